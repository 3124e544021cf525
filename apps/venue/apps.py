"""Registers the venue app with Django, and with the rooms below: conversations, next for you."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VenueConfig(AppConfig):
    name = "apps.venue"
    label = "venue"
    verbose_name = _("Venue")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models can be imported only now.
        from apps.venue import receivers  # noqa: F401, PLC0415
