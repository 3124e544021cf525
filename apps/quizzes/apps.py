"""Registers the quizzes app with Django, and its handler with the intake."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuizzesConfig(AppConfig):
    name = "apps.quizzes"
    label = "quizzes"
    verbose_name = _("Quizzes")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.quizzes import receivers  # noqa: F401, PLC0415 - models are known only now
