"""Webhooks are told when a question is asked, and when it is answered; rules go along when an event is duplicated."""

from typing import Any

import msgspec
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.events.kinds import Plan
from apps.events.models import Event
from apps.events.registry.copying import parts
from apps.events.signals import event_set_up
from apps.notifications import services as notifications
from apps.notifications.registry import facts
from apps.questions import services
from apps.questions.models import Board, Question
from apps.questions.signals import question_answered, question_asked


@facts.register("question.asked", _("a question was asked"))
class Asked(msgspec.Struct):
    """Somebody asked a question. Where its state is `held`, it waits for a moderator. Who asked it is not told."""

    question: int
    session: int
    state: str
    text: str
    at: str


@facts.register("question.answered", _("a question was answered"))
class Answered(Asked):
    """A question was marked as answered."""


@receiver(question_asked)
def tell_of_question(sender: Any, question: Question, **_: Any) -> None:
    _tell(Asked, question)


@receiver(question_answered)
def tell_of_answer(sender: Any, question: Question, **_: Any) -> None:
    _tell(Answered, question)


@receiver(event_set_up)
def begin_rules(sender: Any, event: Event, plan: Plan, **_: Any) -> None:
    if plan.questions:
        services.set_usual_rules(event, **plan.questions)


def _tell(kind: Any, question: Question) -> None:
    board = question.board
    said = kind(
        question=question.pk,
        session=board.session_id,
        state=question.state,
        text=question.text,
        at=clock.now().isoformat(),
    )
    notifications.tell(board.event_id, said)


parts.register(
    "questions",
    label=_("Rules for questions"),
    words=_("Of the event and of the sessions that go along; no question that was asked."),
    position=64,
    count=lambda event: Board.objects.filter(event=event).count(),
)(services.copy_rules)
