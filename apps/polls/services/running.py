"""Running polls: they are made, opened and closed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import DateTimeField, F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refused
from apps.events.models import Event
from apps.intake import queue
from apps.live import publish
from apps.polls import broadcasts, signals
from apps.polls.models import Option, Poll
from apps.polls.services.applying import ANSWER, tell_results
from apps.tracks.models import Session

LEAST_OPTIONS, MOST_OPTIONS = 2, 12
SESSION_UNKNOWN = _("There is no such session in this event.")


@transaction.atomic
def create_poll(
    *,
    event: Event,
    question: Any,
    options: Sequence[Any],
    session: Session | None = None,
    results: str = Poll.Results.LIVE,
    may_change: bool = True,
    closes_at: datetime | None = None,
) -> Poll:
    """A draft. `question` and `options` are texts, or texts by language."""
    if session is not None and session.event_id != event.pk:
        raise Refused("poll.session_unknown", SESSION_UNKNOWN, field="session", status=400)
    _check_count(len(options))
    poll = Poll.objects.create(
        event=event, session=session, question=question, results=results, may_change=may_change, closes_at=closes_at
    )
    Option.objects.bulk_create(Option(poll=poll, text=text, position=place) for place, text in enumerate(options))
    return poll


@transaction.atomic
def open_poll(poll: Poll) -> Poll:
    """From now on people can answer; a closed poll goes on with the answers it has. A closing time that is over is
    dropped."""
    _check_count(poll.options.count())
    now = clock.now()
    opened = (
        Poll.objects.filter(pk=poll.pk)
        .exclude(state=Poll.State.OPEN)
        .update(
            state=Poll.State.OPEN,
            opened_at=Coalesce(F("opened_at"), Value(now), output_field=DateTimeField()),
            closed_at=None,
        )
    )
    if not opened:
        raise Refused("poll.open_already", _("This poll is open already."))
    Poll.objects.filter(pk=poll.pk, closes_at__lte=now).update(closes_at=None)
    poll.refresh_from_db()
    queue.refresh_gates(ANSWER, [poll.gate])
    signals.poll_opened.send(Poll, poll=poll)
    _tell(poll)
    close_in_time(poll)
    return poll


@transaction.atomic
def close_poll(poll: Poll) -> Poll:
    """Nobody can answer any more. What was acknowledged before counts, nothing after."""
    if not _close(Q(pk=poll.pk)):
        raise Refused("poll.not_open", _("This poll is not open."))
    poll.refresh_from_db()
    return poll


@transaction.atomic
def close_due_polls() -> int:
    """Closes the polls whose time is over."""
    return len(_close(Q(closes_at__lte=clock.now())))


def _close(which: Q) -> list[Poll]:
    due = Poll.objects.select_for_update(no_key=True, of=("self",)).filter(which, state=Poll.State.OPEN)
    polls = list(due.select_related("event").order_by("pk"))
    for poll in polls:
        # By the queue's clock, and while we hold the row: nobody can open it again from what the row said before.
        moment = queue.close_gate(ANSWER, poll.gate)
        poll.state, poll.closed_at = Poll.State.CLOSED, min(moment, poll.closes_at or moment)
        poll.save(update_fields=["state", "closed_at"])
        signals.poll_closed.send(Poll, poll=poll)
        _tell(poll)
    return polls


def close_in_time(poll: Poll) -> None:
    """Asks for the closing at its time; a sweep finds what this misses, and no answer is taken after it anyway."""
    due = poll.closes_at
    if poll.state == Poll.State.OPEN and due is not None:
        transaction.on_commit(lambda: current_app.send_task("polls.close_due", eta=due), robust=True)


def publish_changes(poll: Poll) -> None:
    """Tells the pages that show it, and its gate, that the poll's words or times have changed."""
    if poll.state != Poll.State.DRAFT:
        queue.refresh_gates(ANSWER, [poll.gate])
        _tell(poll)
        close_in_time(poll)


def _check_count(count: int) -> None:
    if not LEAST_OPTIONS <= count <= MOST_OPTIONS:
        raise Refused(
            "poll.options",
            _("A poll has %(least)s to %(most)s options; this one has %(count)s.")
            % {"least": LEAST_OPTIONS, "most": MOST_OPTIONS, "count": count},
            field="options",
            status=400,
        )


def _tell(poll: Poll) -> None:
    publish.state(poll.event_id, broadcasts.list_topic(poll))
    tell_results(poll)
