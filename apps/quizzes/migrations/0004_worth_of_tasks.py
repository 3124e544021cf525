"""What a question of a training is worth goes along with its attempt; of those begun before, all weigh the same."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("quizzes", "0003_more_time"),
    ]

    operations = [
        migrations.AddField(
            model_name="task",
            name="worth",
            field=models.PositiveSmallIntegerField(db_default=1000, default=1000),
        ),
    ]
