"""The rules under which questions are asked: of one session, and those with which sessions begin."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.events.models import Event
from apps.questions import selectors
from apps.questions.models import LEAST_CHARS, MOST_CHARS, MOST_WAIT, Board
from apps.questions.services.telling import tell_standing
from apps.tracks.models import Session


def board_for(session: Session) -> Board:
    """The session's board, stored from now on."""
    fresh = selectors.board_of(session)
    if fresh.pk is not None:
        return fresh
    rules = {name: getattr(fresh, name) for name in selectors.RULES}
    return Board.objects.get_or_create(session=session, defaults={"event_id": session.event_id, **rules})[0]


@transaction.atomic
def set_rules(session: Session, **rules: Any) -> Board:
    """Sets any of `selectors.RULES` for one session; what is not named stays. From the commit on they hold."""
    _check(rules)
    # FOR UPDATE: waits for votes and questions that are being written, and those that come later see the new rules.
    board = Board.objects.select_for_update().get(pk=board_for(session).pk)
    _write(board, rules)
    board.session = session
    tell_standing([board])
    return board


@transaction.atomic
def set_usual_rules(event: Event, **rules: Any) -> Board:
    """Sets the event's usual rules, and those of all its sessions with them."""
    _check(rules)
    board, _made = Board.objects.get_or_create(event=event, session=None)
    for one in Board.objects.select_for_update().filter(event=event).order_by("pk"):
        _write(one, rules)
        tell_standing([one])
    board.refresh_from_db()
    return board


def _write(board: Board, rules: dict[str, Any]) -> None:
    for name, value in rules.items():
        setattr(board, name, value)
    board.save(update_fields=list(rules))


def _check(rules: dict[str, Any]) -> None:
    unknown = set(rules) - set(selectors.RULES)
    if unknown:
        raise TypeError(f"Not a rule for questions: {sorted(unknown)}")
    if not LEAST_CHARS <= rules.get("most_chars", LEAST_CHARS) <= MOST_CHARS:
        raise Refused(
            "question.rule_chars",
            _("A question may have %(least)s to %(most)s characters."),
            values={"least": LEAST_CHARS, "most": MOST_CHARS},
            field="most_chars",
            status=400,
        )
    if not 0 <= rules.get("wait_seconds", 0) <= MOST_WAIT:
        raise Refused(
            "question.rule_wait",
            _("Between two questions may lie 0 to %(most)s seconds."),
            values={"most": MOST_WAIT},
            field="wait_seconds",
            status=400,
        )
