"""How often the points of a game were counted anew: those who play ask for their own then."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("quizzes", "0004_worth_of_tasks"),
    ]

    operations = [
        migrations.AddField(
            model_name="game",
            name="recounts",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]
