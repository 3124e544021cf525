"""Registers the exhibitors app with Django, and with the rooms below: figures, conversations, next for you."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExhibitorsConfig(AppConfig):
    name = "apps.exhibitors"
    label = "exhibitors"
    verbose_name = _("Exhibitors")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.accounts.registry import own_data  # noqa: PLC0415 - models are known only now

        # Models can be imported only now.
        from apps.exhibitors import receivers, selectors  # noqa: F401, PLC0415

        own_data.register("contact_requests")(selectors.requests_of)
        own_data.register("booths")(selectors.booths_of)
