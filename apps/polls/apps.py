"""Registers the polls app with Django, its handler with the intake, its figures with the organisers' desk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PollsConfig(AppConfig):
    name = "apps.polls"
    label = "polls"
    verbose_name = _("Polls")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.accounts.registry import own_data  # noqa: PLC0415 - models are known only now
        from apps.events import registry  # noqa: PLC0415 - models are known only now
        from apps.polls import receivers, selectors  # noqa: F401, PLC0415
        from apps.polls.selectors import told  # noqa: PLC0415

        registry.numbers.register("polls", position=50)(selectors.own_numbers)
        registry.tasks.register("polls", position=50)(selectors.tasks)

        own_data.register("poll_answers")(told.answers_of)
        own_data.register("polls_without_names")(told.anonymous_polls_of)
