"""Registers the notifications app with Django, and listens to the facts that make mail due."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "apps.notifications"
    label = "notifications"
    verbose_name = _("Notifications")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.events import registry  # noqa: PLC0415 - models are known only now
        from apps.notifications import receivers, selectors  # noqa: F401, PLC0415

        registry.remarks.register("mail")(selectors.remarks)
        registry.needs.register("notifications")(selectors.needs)
