from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("polls", "0007_answers_without_constraints")]

    operations = [
        migrations.AlterField("poll", "least", models.SmallIntegerField(blank=True, null=True, verbose_name="at least")),
        migrations.AlterField("poll", "most", models.SmallIntegerField(blank=True, null=True, verbose_name="at most")),
    ]
