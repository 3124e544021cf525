"""Bans are lifted, and links of roles mailed and ended, by workers too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0023_moments_bounded")]

    operations = [
        migrations.AlterField(
            model_name="errand",
            name="deed",
            field=models.CharField(
                choices=[
                    ("approve", "Say yes: they get a place"),
                    ("decline", "Say no: they hear of it by mail"),
                    ("reconsider", "Take a no back: decide again"),
                    ("cancel", "Cancel these places"),
                    ("send_links", "Mail their link again"),
                    ("revoke_links", "End all their links"),
                    ("mail_roles", "Mail the links of their roles"),
                    ("end_roles", "End the links of their roles"),
                    ("lift_bans", "Let in again"),
                ],
                editable=False,
                max_length=12,
                verbose_name="what",
            ),
        ),
    ]
