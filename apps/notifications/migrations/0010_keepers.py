"""Webhooks have somebody who answers for them; those that are there already, an owner of their organisation."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery


def give_keepers(apps, schema_editor):
    members = apps.get_model("events", "Membership").objects.filter(organisation=OuterRef("organisation"))
    first = members.filter(user__is_active=True).order_by(F("role").desc(), "pk").values("user")[:1]
    apps.get_model("notifications", "Endpoint").objects.filter(keeper=None).update(keeper=Subquery(first))


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0009_codes_leave_subjects"),
        ("events", "0014_former_members"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "endpoint",
            "keeper",
            models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="who answers for it",
            ),
        ),
        migrations.AlterField(
            "endpoint",
            "why_off",
            models.CharField(
                blank=True,
                choices=[
                    ("", "Switched off by hand"),
                    ("gone", "It answered that it is gone for good"),
                    ("failing", "It took nothing for days"),
                    ("left", "Nobody answers for it any more"),
                ],
                editable=False,
                max_length=8,
                verbose_name="why it is off",
            ),
        ),
        migrations.RunPython(give_keepers, migrations.RunPython.noop, elidable=True),
    ]
