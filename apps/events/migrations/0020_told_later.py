from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0019_moments_in_reach")]

    operations = [
        migrations.AddField(
            model_name="registration",
            name="told_later",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(
                condition=models.Q(("told_later", True)), fields=["event", "id"], name="events_registration_untold"
            ),
        ),
    ]
