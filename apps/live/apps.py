"""Registers the live app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LiveConfig(AppConfig):
    name = "apps.live"
    label = "live"
    verbose_name = _("Live engine")
    default_auto_field = "django.db.models.BigAutoField"
