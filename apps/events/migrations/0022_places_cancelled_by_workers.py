"""Places that are cancelled in bulk are an errand too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0021_passing_on")]

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
                ],
                editable=False,
                max_length=12,
                verbose_name="what",
            ),
        ),
    ]
