from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0020_told_later")]

    operations = [
        migrations.AddField(
            model_name="event",
            name="passes_on",
            field=models.BooleanField(
                db_default=True,
                default=True,
                help_text="Who cannot come may offer their place to somebody else. Where you look at each registration, "
                "you look at theirs too, and the place is free meanwhile.",
                verbose_name="places may be passed on",
            ),
        ),
    ]
