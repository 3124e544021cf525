"""Registers the quizzes app with Django, and its handler with the intake."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuizzesConfig(AppConfig):
    name = "apps.quizzes"
    label = "quizzes"
    verbose_name = _("Quizzes")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.accounts.registry import own_data  # noqa: PLC0415 - models are known only now
        from apps.quizzes import receivers  # noqa: F401, PLC0415 - models are known only now
        from apps.quizzes.selectors import told  # noqa: PLC0415

        own_data.register("quiz_attempts")(told.attempts_of)
        own_data.register("quiz_seats")(told.seats_of)
        own_data.register("quiz_times")(told.times_of)
