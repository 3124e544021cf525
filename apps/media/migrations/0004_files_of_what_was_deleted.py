"""Files that something showed which was deleted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("media", "0003_kept_pictures"),
    ]

    operations = [
        migrations.AddField(
            model_name="asset",
            name="is_put_away",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
    ]
