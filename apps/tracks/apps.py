"""Registers the tracks app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TracksConfig(AppConfig):
    name = "apps.tracks"
    label = "tracks"
    verbose_name = _("Agenda")
    default_auto_field = "django.db.models.BigAutoField"
