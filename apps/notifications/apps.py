"""Registers the notifications app with Django, and listens to the facts that make mail due."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "apps.notifications"
    label = "notifications"
    verbose_name = _("Notifications")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.accounts.registry import own_data  # noqa: PLC0415 - models are known only now
        from apps.events import registry  # noqa: PLC0415 - models are known only now
        from apps.notifications import receivers, selectors  # noqa: F401, PLC0415
        from apps.notifications import registry as mails  # noqa: PLC0415
        from apps.notifications.selectors import told  # noqa: PLC0415

        mails.name("announcement", _("announcements of your events"))
        registry.remarks.register("mail")(selectors.remarks)

        own_data.register("mails")(told.mails_to)
        own_data.register("mails_not_wanted")(told.silences_of)
        registry.needs.register("notifications")(selectors.needs)
