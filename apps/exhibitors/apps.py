"""Registers the exhibitors app with Django, and with the rooms below: figures, conversations, next for you."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExhibitorsConfig(AppConfig):
    name = "apps.exhibitors"
    label = "exhibitors"
    verbose_name = _("Exhibitors")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models can be imported only now.
        from apps.exhibitors import receivers  # noqa: F401, PLC0415
