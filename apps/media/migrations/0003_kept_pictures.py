"""Pictures that an organisation keeps beyond its events."""

import django.db.models.deletion
from django.db import migrations, models

import apps.core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0019_moments_in_reach"),
        ("media", "0002_files_shown_by_several"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptPicture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(default=apps.core.ids.new_token, max_length=40, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("original", models.CharField(max_length=300)),
                ("file_name", models.CharField(blank=True, max_length=200)),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("width", models.PositiveIntegerField(null=True)),
                ("height", models.PositiveIntegerField(null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="events.organisation"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["original"], name="media_kept_original", opclasses=["varchar_pattern_ops"])
                ],
            },
        ),
    ]
