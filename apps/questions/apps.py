"""Registers the questions app with Django, its figures with the organisers' desk, and the mails that it writes."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

OF_ASKERS = (
    "question.asked_already", "question.empty", "question.named", "question.not_yours", "question.own",
    "question.settled", "question.slow", "question.too_long", "question.word",
)  # fmt: skip
"""Refusals of which the log does not say whom they met: it may have been who asks without a name."""


class QuestionsConfig(AppConfig):
    name = "apps.questions"
    label = "questions"
    verbose_name = _("Questions")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.accounts.registry import own_data  # noqa: PLC0415 - models are known only now
        from apps.core import refusing  # noqa: PLC0415
        from apps.events import registry  # noqa: PLC0415 - models are known only now
        from apps.notifications import registry as mails  # noqa: PLC0415
        from apps.questions import receivers, selectors  # noqa: F401, PLC0415
        from apps.questions.selectors import told  # noqa: PLC0415

        mails.name(selectors.ANSWER_MAIL, _("answers to questions that you asked or follow"))
        registry.numbers.register("questions", position=55)(selectors.own_numbers)
        registry.needs.register("questions")(selectors.needs)
        registry.next_for_you.register("questions")(selectors.just_answered)

        refusing.name_nobody(*OF_ASKERS, "questions:ask", "api:questions")
        own_data.register("questions")(told.questions_asked_by)
        own_data.register("question_votes")(told.votes_of)
        own_data.register("questions_followed")(told.followed_by)
