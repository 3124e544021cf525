"""Running polls: scheduled, opened, locked, revealed, closed, begun anew, put away."""

import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import DateTimeField, F, Q, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refused
from apps.intake import queue
from apps.live import publish
from apps.polls import broadcasts, kinds, signals
from apps.polls.models import Poll
from apps.polls.services import sealing
from apps.polls.services.applying import ANSWER, tell_results, tell_those_who_answered, tell_whoever_answered

logger = logging.getLogger(__name__)

State = Poll.State
EXTENSION_SECONDS = 30
LONGEST_SECONDS = 86_400


@transaction.atomic
def schedule_poll(poll: Poll, *, opens_at: datetime) -> Poll:
    """It opens by itself then."""
    kinds.check_askable(poll)
    if opens_at <= clock.now():
        raise Refused(
            "poll.past", _("That time is over. Choose one to come, or open the poll now."), field="opens_at", status=400
        )
    _move(poll, (State.DRAFT, State.SCHEDULED), state=State.SCHEDULED, opens_at=opens_at)
    open_in_time(poll)
    return poll


@transaction.atomic
def unschedule_poll(poll: Poll) -> Poll:
    """A draft again, which waits for somebody to open it."""
    return _move(poll, (State.SCHEDULED,), state=State.DRAFT, opens_at=None)


@transaction.atomic
def open_poll(poll: Poll) -> Poll:
    """From now on people can answer; a closed poll goes on with the answers it has. A closing time that is over is
    dropped; where there are seconds to answer, they begin."""
    if not _open(poll, ~Q(state__in=(State.OPEN, State.ARCHIVED))):
        raise Refused("poll.open_already", _("This poll is open already, or was put away."))
    return poll


@transaction.atomic
def _open(poll: Poll, which: Q) -> bool:
    """Whether it was one of these, and is open now."""
    now = clock.now()
    opened = Poll.objects.filter(which, pk=poll.pk).update(
        state=State.OPEN,
        opened_at=Coalesce(F("opened_at"), Value(now), output_field=DateTimeField()),
        closed_at=None,
        opens_at=None,
        locked=False,
    )
    if not opened:
        return False
    Poll.objects.filter(pk=poll.pk, closes_at__lte=now).update(closes_at=None)
    poll.refresh_from_db()
    kinds.check_askable(poll)  # now that we hold the row, and nobody can change it any more
    if poll.seconds:
        poll.closes_at = now + timedelta(seconds=poll.seconds)
        poll.save(update_fields=["closes_at"])
    if poll.takes_late:
        queue.close_gate(ANSWER, poll.late_gate)
    sealing.seal(poll)
    sealing.unseal(poll)
    queue.refresh_gates(ANSWER, [poll.gate])
    signals.poll_opened.send(Poll, poll=poll)
    _tell(poll)
    close_in_time(poll)
    return True


def open_due_polls() -> int:
    """Opens the polls whose time has come, unless somebody takes that back meanwhile; one that cannot be asked stays
    where its organiser finds it."""
    is_due = Q(state=State.SCHEDULED, opens_at__lte=clock.now())
    count = 0
    for poll in Poll.objects.filter(is_due).order_by("pk"):
        try:
            count += _open(poll, is_due)
        except Refused as refusal:
            logger.warning("Poll %s is due and cannot be opened: %s", poll.pk, refusal.code)
    return count


@transaction.atomic
def close_poll(poll: Poll) -> Poll:
    """Nobody can answer any more. What was acknowledged before counts, nothing after."""
    if not _close(Q(pk=poll.pk)):
        raise _not_open()
    poll.refresh_from_db()
    return poll


@transaction.atomic
def close_due_polls() -> int:
    """Closes the polls whose time is over."""
    return len(_close(Q(closes_at__lte=clock.now())))


def _close(which: Q) -> list[Poll]:
    due = Poll.objects.select_for_update(no_key=True, of=("self",)).filter(which, state=State.OPEN)
    polls = list(due.select_related("event", "session").order_by("pk"))
    for poll in polls:
        # By the queue's clock, and while we hold the row: nobody can open it again from what the row said before.
        moment = queue.close_gate(ANSWER, poll.gate)
        poll.state, poll.closed_at = State.CLOSED, min(moment, poll.closes_at or moment)
        poll.locked = False
        poll.save(update_fields=["state", "closed_at", "locked"])
        sealing.seal(poll)
        if poll.takes_late:
            sealing.unseal(poll, late=True)
        signals.poll_closed.send(Poll, poll=poll)
        _tell(poll)
    return polls


@transaction.atomic
def lock_poll(poll: Poll) -> Poll:
    """It stays open to see, and takes no answers until it is unlocked. What was acknowledged before counts."""
    held = Poll.objects.select_for_update(no_key=True).filter(pk=poll.pk, state=State.OPEN, locked=False).first()
    if held is None:
        raise _not_open()
    queue.close_gate(ANSWER, held.gate)
    return _set(poll, locked=True)


@transaction.atomic
def unlock_poll(poll: Poll) -> Poll:
    if not Poll.objects.filter(pk=poll.pk, state=State.OPEN, locked=True).update(locked=False):
        raise Refused("poll.not_locked", _("This poll takes answers, or is not open."))
    poll.refresh_from_db()
    queue.refresh_gates(ANSWER, [poll.gate])
    _tell(poll)
    return poll


@transaction.atomic
def reveal_results(poll: Poll) -> Poll:
    """Everybody sees the results from now on, open or closed."""
    return _set(poll, revealed=True)


@transaction.atomic
def hide_results(poll: Poll) -> Poll:
    """Back to what the poll says of its results."""
    return _set(poll, revealed=False)


@transaction.atomic
def extend_poll(poll: Poll, *, seconds: int = EXTENSION_SECONDS) -> Poll:
    """More time: after the closing time that it has, else from now."""
    if not 1 <= seconds <= LONGEST_SECONDS:
        raise Refused(
            "poll.seconds",
            _("Give from one second to a day."),
            field="seconds",
            status=400,
        )
    now = clock.now()
    later = Greatest(Coalesce(F("closes_at"), Value(now)), Value(now), output_field=DateTimeField())
    more = later + timedelta(seconds=seconds)
    still_open = Q(closes_at__isnull=True) | Q(closes_at__gt=now)
    if not Poll.objects.filter(still_open, pk=poll.pk, state=State.OPEN).update(closes_at=more):
        raise _not_open()
    poll.refresh_from_db()
    publish_changes(poll)
    return poll


@transaction.atomic
def reset_poll(poll: Poll, *, ends: int) -> Poll:
    """Begins anew without answers. `ends` names the round that does, so that saying it twice resets once. An open poll
    stays open; any other one becomes a draft. Answers of former rounds are kept, and shown nowhere."""
    held = Poll.objects.select_for_update(no_key=True).filter(pk=poll.pk, round=ends).first()
    if held is None:
        raise Refused("poll.reset_already", _("This poll has been begun anew already."))
    _shut(held)
    sealing.forget(held)
    stays = held.state == State.OPEN and held.is_on_at(clock.now())
    fields: dict[str, Any] = {"opened_at": clock.now()} if stays else {"opened_at": None, "state": State.DRAFT}
    Poll.objects.filter(pk=poll.pk).update(
        round=F("round") + 1, closed_at=None, revealed=False, locked=False, opens_at=None, **fields
    )
    if not stays:
        Poll.objects.filter(pk=poll.pk, closes_at__lte=clock.now()).update(closes_at=None)
    poll.refresh_from_db()
    if stays:
        sealing.unseal(poll)
        queue.refresh_gates(ANSWER, [poll.gate])
    tell_those_who_answered(poll, ends)
    _tell(poll)
    return poll


@transaction.atomic
def archive_poll(poll: Poll) -> Poll:
    """Put away: nobody but those who run polls finds it. It must not be open."""
    held = Poll.objects.select_for_update(no_key=True).filter(pk=poll.pk).first()
    if held is None or held.state == State.OPEN:
        raise _still_open()
    _shut(held)
    sealing.seal(held)
    return _set(poll, state=State.ARCHIVED, opens_at=None)


@transaction.atomic
def remove_poll(poll: Poll) -> None:
    """For good, with its answers. It must not be open; who watches the recording can answer until this moment."""
    held = Poll.objects.select_for_update().filter(pk=poll.pk).first()
    if held is None:
        return
    if held.state == State.OPEN:
        raise _still_open()
    _shut(held)
    held.delete()
    publish.state(poll.event_id, broadcasts.list_topic(poll))


@transaction.atomic
def put_away_with(session_ids: Collection[int]) -> None:
    """All polls of sessions that are about to be deleted; those that are open are closed first."""
    _close(Q(session__in=session_ids))
    for poll in Poll.objects.filter(session__in=session_ids).exclude(state=State.ARCHIVED).order_by("pk"):
        archive_poll(poll)


@transaction.atomic
def restore_poll(poll: Poll) -> Poll:
    """Out of the archive: closed if it was asked, else a draft."""
    was_asked = Poll.objects.filter(pk=poll.pk, opened_at__isnull=False).exists()
    _move(poll, (State.ARCHIVED,), state=State.CLOSED if was_asked else State.DRAFT)
    if poll.takes_late and poll.state == State.CLOSED:
        sealing.unseal(poll, late=True)
    return poll


def _shut(poll: Poll) -> None:
    """Nothing more comes into this round, by either gate. Hold the row."""
    queue.close_gate(ANSWER, poll.gate)
    if poll.takes_late:
        queue.close_gate(ANSWER, poll.late_gate)


def _move(poll: Poll, states: tuple[State, ...], **fields: Any) -> Poll:
    if not Poll.objects.filter(pk=poll.pk, state__in=states).update(**fields):
        raise Refused("poll.state", _("This cannot be done with the poll as it is now. Reload the page to see it."))
    poll.refresh_from_db()
    _tell(poll)
    return poll


def _set(poll: Poll, **fields: Any) -> Poll:
    Poll.objects.filter(pk=poll.pk).update(**fields)
    poll.refresh_from_db()
    _tell(poll)
    return poll


def _still_open() -> Refused:
    return Refused("poll.still_open", _("Close this poll first."))


def _not_open() -> Refused:
    return Refused("poll.not_open", _("This poll is not open."))


def open_in_time(poll: Poll) -> None:
    """Asks for the opening at its time; a sweep finds what this misses."""
    due = poll.opens_at
    if poll.state == State.SCHEDULED and due is not None:
        transaction.on_commit(lambda: current_app.send_task("polls.open_due", eta=due), robust=True)


def close_in_time(poll: Poll) -> None:
    """Asks for the closing at its time; a sweep finds what this misses, and no answer is taken after it anyway."""
    due = poll.closes_at
    if poll.state == State.OPEN and due is not None:
        transaction.on_commit(lambda: current_app.send_task("polls.close_due", eta=due), robust=True)


def publish_changes(poll: Poll) -> None:
    """Tells the pages that show it, and its gate, that the poll's words or times have changed."""
    open_in_time(poll)
    if poll.state not in (State.DRAFT, State.SCHEDULED):
        if poll.takes_late and poll.state == State.CLOSED:
            sealing.unseal(poll, late=True)
        queue.refresh_gates(ANSWER, [poll.gate, poll.late_gate])
        _tell(poll)
        tell_whoever_answered(poll, poll.round)
        close_in_time(poll)


def _tell(poll: Poll) -> None:
    publish.state(poll.event_id, broadcasts.list_topic(poll))
    tell_results(poll)


# Whoever runs polls, from wherever, says one of these words.
DEEDS: dict[str, Callable[..., Poll]] = {
    "open": open_poll,
    "close": close_poll,
    "lock": lock_poll,
    "unlock": unlock_poll,
    "reveal": reveal_results,
    "hide": hide_results,
    "extend": extend_poll,
    "reset": reset_poll,
    "archive": archive_poll,
    "restore": restore_poll,
    "schedule": schedule_poll,
    "unschedule": unschedule_poll,
}
TAKES = {"extend": "seconds", "reset": "ends", "schedule": "opens_at"}
"""What some of them need to be told."""


def run_poll(poll: Poll, deed: str, **said: Any) -> Poll:
    """`deed` is one of DEEDS; of `said` it takes what is its own."""
    own = TAKES.get(deed)
    if own and said.get(own) is None:
        if own == "seconds":
            return extend_poll(poll)
        raise Refused(
            "poll.unsaid", _("Something is missing here: say also when, or which round."), field=own, status=400
        )
    return DEEDS[deed](poll, **({own: said[own]} if own else {}))
