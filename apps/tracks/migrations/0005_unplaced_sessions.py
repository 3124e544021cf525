"""A session may wait for its place on the agenda."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracks", "0004_seats")]

    operations = [
        migrations.AlterField(
            model_name="session",
            name="state",
            field=models.CharField(
                choices=[
                    ("planned", "Planned"),
                    ("cancelled", "Cancelled"),
                    ("withdrawn", "No longer in the schedule"),
                    ("unplaced", "Not yet scheduled"),
                ],
                default="planned",
                max_length=10,
                verbose_name="state",
            ),
        ),
    ]
