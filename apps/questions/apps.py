"""Registers the questions app with Django, and its figures with the organisers' desk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuestionsConfig(AppConfig):
    name = "apps.questions"
    label = "questions"
    verbose_name = _("Questions")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.events import registry  # noqa: PLC0415 - models are known only now
        from apps.questions import selectors  # noqa: PLC0415

        registry.numbers.register("questions", position=55)(selectors.own_numbers)
        registry.next_for_you.register("questions")(selectors.just_answered)
