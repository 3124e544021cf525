"""Codes of signing in stood in the subjects of mails that were sent long ago."""

from django.db import migrations


def forget(apps, schema_editor):
    sent = apps.get_model("notifications", "OwedMail").objects.filter(event=None, is_secret=True, state="sent", text="")
    sent.exclude(subject="").update(subject="")


class Migration(migrations.Migration):
    dependencies = [("notifications", "0008_mailings_put_off")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop, elidable=True)]
