import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("media", "0005_ladder")]

    operations = [
        migrations.CreateModel(
            name="Cut",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("begins", models.FloatField()),
                ("ends", models.FloatField()),
                (
                    "encoding",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cut", to="media.encoding"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cuts", to="media.encoding"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(begins__gte=0) & Q(ends__gt=F("begins")), name="media_cut_in_order"
                    )
                ],
            },
        ),
    ]
