"""Making quizzes: which bank they ask from, where and how they are played; and quizzes that go."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core.bounds import check_room
from apps.core.errors import Refused
from apps.quizzes import selectors
from apps.quizzes.models import Bank, Game, Quiz
from apps.quizzes.models.banks import MOST_QUIZZES
from apps.quizzes.services.writing import BANK_UNKNOWN
from apps.tracks import services as tracks


@transaction.atomic
def save_quiz(quiz: Quiz, *, changed: Collection[str] | None = None) -> Quiz:
    """A new one (`changed` is None), or what was changed of one. A game that runs goes on as it began; how the quiz is
    played is not changed meanwhile. Raises Refused where there are as many as may be."""
    if changed is None:
        check_quizzes(quiz.event_id)
    held = Quiz.objects.select_for_update(no_key=True).filter(pk=quiz.pk)
    if changed is not None and held.first() is None:
        raise selectors.unknown()
    # Held, so that nobody deletes it before we are done.
    bank = Bank.objects.select_for_update(no_key=True).filter(pk=quiz.bank_id, event=quiz.event_id)
    if bank.first() is None:
        raise bank_unknown()
    if quiz.session is not None and quiz.session.event_id != quiz.event_id:
        raise session_unknown()
    if changed is not None and "mode" in changed and _is_played(quiz):
        raise _still_played()
    if changed is None:
        quiz.save()
    elif changed:
        quiz.save(update_fields=[*changed])
    return quiz


def check_quizzes(event_id: int) -> None:
    tracks.hold_events([event_id])
    check_room(Quiz.objects.filter(event=event_id), most=MOST_QUIZZES, code="quiz.too_many")


@transaction.atomic
def remove_quiz(quiz: Quiz) -> None:
    """With its games, attempts and what was answered in them."""
    list(Quiz.objects.select_for_update().filter(pk=quiz.pk).values_list("pk"))
    if _is_played(quiz):
        raise _still_played()
    quiz.delete()


def bank_unknown() -> Refused:
    return Refused("quiz.bank_unknown", BANK_UNKNOWN, field="bank", status=400)


def session_unknown() -> Refused:
    return Refused("quiz.session_unknown", _("There is no such session in this event."), field="session", status=400)


def _is_played(quiz: Quiz) -> bool:
    return Game.objects.filter(quiz=quiz).exclude(phase=Game.Phase.OVER).exists()


def _still_played() -> Refused:
    return Refused("quiz.still_played", _("This quiz is being played. End the game first."))
