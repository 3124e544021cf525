"""Registers the venue app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VenueConfig(AppConfig):
    name = "apps.venue"
    label = "venue"
    verbose_name = _("Venue")
    default_auto_field = "django.db.models.BigAutoField"
