"""Registers the core app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from apps.core import checks, said  # noqa: F401 - checks register themselves


class CoreConfig(AppConfig):
    name = "apps.core"
    label = "core"
    verbose_name = _("Core")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        said.look_for_words()
