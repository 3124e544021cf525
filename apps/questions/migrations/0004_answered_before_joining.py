"""Followers who came with a duplicate, and whom the notice of one tells."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("questions", "0003_name_fields"),
    ]

    operations = [
        migrations.AddField(
            model_name="follow",
            name="via",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="questions.question"
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="until",
            field=models.PositiveBigIntegerField(null=True),
        ),
    ]
