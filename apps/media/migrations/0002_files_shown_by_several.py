"""Which assets lie in a folder of storage is asked before it is swept: copies of an asset show the same file."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("media", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="asset",
            index=models.Index(fields=["original"], name="media_asset_original", opclasses=["varchar_pattern_ops"]),
        ),
    ]
