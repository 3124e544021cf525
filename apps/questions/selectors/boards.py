"""Where questions are asked, found by what belongs to the event only."""

from collections.abc import Iterable

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.events.models import Event
from apps.events.registry import Number
from apps.questions import permissions
from apps.questions.models import Board, Question
from apps.tracks.models import Session, SessionSpeaker

RULES = ("is_open", "is_anonymous_allowed", "holds", "most_chars", "wait_seconds")


def unknown() -> Refused:
    return Refused("question.unknown", _("This question does not exist (any more)."), status=404)


def unknown_session() -> Refused:
    return Refused("question.session_unknown", _("There is no such session in this event."), status=404)


def get_session(event_id: int, session_id: int) -> Session:
    rows = Session.objects.on_agenda().light().filter(event_id=event_id, pk=session_id)
    found = rows.select_related("event").first()
    if found is None:
        raise unknown_session()
    return found


def board_of(session: Session) -> Board:
    """The session's board; until somebody asked there or set its rules, one with the usual rules that is not stored."""
    found = Board.objects.filter(Q(session=session) | Q(event=session.event_id, session=None)).order_by(
        "session"
    )  # PostgreSQL puts null last
    boards = list(found[:2])
    if boards and boards[0].session_id:
        return boards[0]
    usual = {name: getattr(boards[0], name) for name in RULES} if boards else {}
    return Board(event_id=session.event_id, session=session, **usual)


def get_question(event_id: int, question_id: int) -> Question:
    """Any question of the event, shown or not: ask `permissions` and `is_shown` what may be told of it."""
    rows = Question.objects.filter(board__event=event_id, pk=question_id)
    found = rows.select_related("board__session__event", "author", "replied_by").first()
    if found is None:
        raise unknown()
    return found


def may_run(session: Session, user_id: int | None, roles: frozenset[str]) -> bool:
    """Moderators run the questions of every session, speakers those of their own."""
    if permissions.can_moderate(roles):
        return True
    if user_id is None or not permissions.can_moderate_own(roles):
        return False
    return SessionSpeaker.objects.filter(session=session, speaker__user=user_id).exists()


def own_numbers(event: Event) -> Iterable[Number]:
    """The event's questions in figures, for the organisers' desk."""
    answered = Count("pk", filter=Q(state=Question.State.ANSWERED))
    found = Question.objects.filter(board__event=event).aggregate(asked=Count("pk"), answered=answered)
    address = reverse("admin:questions_question_changelist") + f"?board__event__id__exact={event.pk}"
    yield Number(_("Questions asked"), found["asked"], address)
    yield Number(_("Questions answered"), found["answered"], address)
