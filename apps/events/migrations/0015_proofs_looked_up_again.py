"""Proofs of mail domains are looked up again. Of those that are there, what was proven at the moment of a look-up was
proven by its record; the others stand by a superuser's word, until somebody looks them up."""

from datetime import timedelta

from django.db import migrations, models
from django.db.models import F

AT_ONCE = timedelta(minutes=1)


def tell_records_from_words(apps, schema_editor):
    proven = apps.get_model("events", "SignInDomain").objects.exclude(proven_at=None)
    looked_up = proven.filter(checked_at__gte=F("proven_at") - AT_ONCE, checked_at__lte=F("proven_at") + AT_ONCE)
    looked_up.update(by_record=True)


class Migration(migrations.Migration):
    dependencies = [("events", "0014_former_members")]

    operations = [
        migrations.AddField("signindomain", "by_record", models.BooleanField(default=False, editable=False)),
        migrations.AddField(
            "signindomain",
            "gone_since",
            models.DateTimeField(editable=False, null=True, verbose_name="record gone since"),
        ),
        migrations.RunPython(tell_records_from_words, migrations.RunPython.noop, elidable=True),
    ]
