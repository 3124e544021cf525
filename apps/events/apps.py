"""Registers the events app, and the organisers' desk as the admin site, with Django."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _

from apps.accounts.registry import ways


class DeskConfig(admin_apps.AdminConfig):
    """Stands for `django.contrib.admin` in INSTALLED_APPS."""

    default = False  # AdminConfig says True, and this module's default is EventsConfig
    default_site = "apps.events.doors.site.DeskSite"


class EventsConfig(AppConfig):
    name = "apps.events"
    label = "events"
    verbose_name = _("Events")
    default_auto_field = "django.db.models.BigAutoField"
    default = True

    def ready(self) -> None:
        from apps.events import receivers, registry, selectors  # noqa: F401, PLC0415 - models are known only now

        registry.numbers.register("events", position=10)(selectors.own_numbers)
        registry.publish_checks.register("events")(selectors.missing)
        registry.needs.register("events")(selectors.needs)
        registry.tasks.register("events", position=10)(selectors.tasks)
        ways.register(of_address=selectors.way_of_address, required=selectors.required_way)
