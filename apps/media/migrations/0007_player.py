"""Chapters of films, and what was watched of them."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import apps.core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("media", "0006_hls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Chapter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "begins",
                    models.FloatField(
                        validators=[django.core.validators.MinValueValidator(0)], verbose_name="begins at"
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="chapters", to="media.asset"
                    ),
                ),
            ],
            options={
                "verbose_name": "chapter",
                "verbose_name_plural": "chapters",
                "ordering": ["begins"],
                "constraints": [
                    models.UniqueConstraint(fields=("asset", "begins"), name="media_chapter_once"),
                    models.CheckConstraint(condition=models.Q(("begins__gte", 0)), name="media_chapter_begins"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Watched",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seconds", models.FloatField(default=0)),
                ("furthest", models.FloatField(default=0)),
                ("place", models.FloatField(default=0)),
                ("updated_at", models.DateTimeField(default=apps.core.clock.now)),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="watched", to="media.asset"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="watched",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("asset", "person"), name="media_watched_once")],
            },
        ),
        migrations.CreateModel(
            name="WatchedMinute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minute", models.PositiveIntegerField()),
                ("seconds", models.FloatField(default=0)),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="watched_minutes", to="media.asset"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("asset", "minute"), name="media_watched_minute_once")
                ],
            },
        ),
    ]
