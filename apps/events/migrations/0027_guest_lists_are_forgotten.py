from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("events", "0026_guest_batches")]

    operations = [
        migrations.AddField(
            "guestlist",
            "forgotten_at",
            models.DateTimeField(editable=False, null=True, verbose_name="forgotten at"),
        ),
    ]
