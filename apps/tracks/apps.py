"""Registers the tracks app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TracksConfig(AppConfig):
    name = "apps.tracks"
    label = "tracks"
    verbose_name = _("Agenda")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.events import registry  # noqa: PLC0415 - models are known only now
        from apps.tracks import receivers, selectors  # noqa: F401, PLC0415

        registry.numbers.register("tracks", position=30)(selectors.own_numbers)
        registry.publish_checks.register("tracks")(selectors.missing)
        registry.needs.register("tracks")(selectors.needs)
        registry.tasks.register("tracks", position=30)(selectors.tasks)
