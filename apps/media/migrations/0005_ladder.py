"""Several sounds, storyboard, waveform and loudness of what is played; steps of a job, which can be stopped."""

from django.db import migrations, models


def tell_sound_from_pictures(apps, schema_editor):
    """The one sound stood among the rungs, with a height of 0. What plays goes on playing: its folder stays."""
    Encoding = apps.get_model("media", "Encoding")
    for encoding in Encoding.objects.only("rungs", "sounds").iterator(chunk_size=500):
        sounds = [
            {
                "name": rung["name"], "language": "", "title": "", "role": "main", "codecs": rung["codecs"],
                "peak": rung["peak"], "average": rung["average"], "channels": 2,
            }
            for rung in encoding.rungs
            if not rung["height"]
        ]  # fmt: skip
        if sounds:
            encoding.sounds = sounds
            encoding.rungs = [rung for rung in encoding.rungs if rung["height"]]
            encoding.save(update_fields=["rungs", "sounds"])


def put_sound_among_pictures(apps, schema_editor):
    Encoding = apps.get_model("media", "Encoding")
    for encoding in Encoding.objects.only("rungs", "sounds").iterator(chunk_size=500):
        sizes = {"width": 0, "height": 0, "fps": 0}
        keys = ("name", "codecs", "peak", "average")
        encoding.rungs += [sizes | {key: sound[key] for key in keys} for sound in encoding.sounds[:1]]
        encoding.save(update_fields=["rungs"])


class Migration(migrations.Migration):
    dependencies = [
        ("media", "0004_files_of_what_was_deleted"),
    ]

    operations = [
        migrations.AddField(
            model_name="encoding",
            name="sounds",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name="encoding",
            name="storyboard",
            field=models.CharField(blank=True, db_default="", max_length=300),
        ),
        migrations.AddField(
            model_name="encoding",
            name="waveform",
            field=models.CharField(blank=True, db_default="", max_length=300),
        ),
        migrations.AddField(
            model_name="encoding",
            name="loudness",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="encoding",
            name="gain",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="transcodejob",
            name="step",
            field=models.CharField(
                blank=True,
                choices=[
                    ("fetch", "Fetching the file"),
                    ("look", "Looking what it is"),
                    ("measure", "Measuring the sound"),
                    ("ladder", "Encoding"),
                    ("extras", "Still and captions"),
                    ("store", "Storing"),
                ],
                db_default="",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="transcodejob",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("running", "Running"),
                    ("done", "Done"),
                    ("failed", "Failed"),
                    ("cancelled", "Stopped"),
                ],
                default="waiting",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="transcodejob",
            name="remote",
            field=models.JSONField(null=True),
        ),
        migrations.RunPython(tell_sound_from_pictures, put_sound_among_pictures, elidable=True),
    ]
