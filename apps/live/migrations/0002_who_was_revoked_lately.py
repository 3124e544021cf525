from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("live", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Asking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_id", models.PositiveBigIntegerField()),
                ("place", models.CharField(max_length=80)),
                ("mark", models.PositiveBigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["event_id", "at"], name="live_asking_lately")],
                "constraints": [models.UniqueConstraint(fields=("event_id", "place"), name="live_asking_once")],
            },
        ),
        migrations.CreateModel(
            name="Floor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_id", models.PositiveBigIntegerField()),
                ("user_id", models.PositiveBigIntegerField()),
                ("epoch", models.PositiveBigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["event_id", "at"], name="live_floor_lately")],
                "constraints": [models.UniqueConstraint(fields=("event_id", "user_id"), name="live_floor_once")],
            },
        ),
    ]
