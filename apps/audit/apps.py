"""Registers the audit room with Django, and puts its triggers on the tables once they are there."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "apps.audit"
    label = "audit"
    verbose_name = _("Audit log")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_watch, sender=self, dispatch_uid="audit.watch")


def _watch(using: str, **_: Any) -> None:
    from apps.audit import watching  # noqa: PLC0415 - models are known only now

    watching.watch(using)
