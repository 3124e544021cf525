"""A session's polls on its recording's clock: what was asked when, and how it came out."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from apps.core import clock
from apps.polls import broadcasts, kinds, permissions
from apps.polls.models import Poll
from apps.polls.selectors import lists
from apps.polls.selectors.results import results_of, with_options
from apps.tracks.models import Session

MOST = 50


class Moment(msgspec.Struct, frozen=True):
    poll: broadcasts.Question
    opened: float
    """In seconds on the recording's clock; 0 for one that was open before it began."""
    closed: float | None
    """Likewise; null where it closed after the recording."""
    results: broadcasts.Results | None
    """Of those who were there; null where they are not for everybody."""


@dataclass(frozen=True, slots=True)
class Beside:
    """The same for a page."""

    moment: Moment
    shown: lists.Shown


def on_clock(session: Session, start: datetime, end: datetime) -> list[Beside]:
    """What was asked before the recording ended, in the order in which it was opened. Results as a shared screen would
    show them: they are the same for every reader."""
    now = clock.now()
    rows = Poll.objects.filter(event_id=session.event_id, session=session, opened_at__lt=end)
    rows = rows.exclude(state__in=permissions.HIDDEN_STATES).order_by("opened_at", "pk")
    polls = list(with_options(rows)[:MOST])
    found = results_of(polls) if polls else {}
    return [_beside(poll, found[poll.pk], start, end, now) for poll in polls]


def _beside(poll: Poll, found: broadcasts.Results, start: datetime, end: datetime, now: datetime) -> Beside:
    seen = found if permissions.can_show_results(poll, now=now) else None
    shown = lists.Shown(poll, kinds.question(poll, now), None, seen, found.total)
    opened, closed = poll.opened_at or start, shown.question.closed_at
    until = (closed - start).total_seconds() if closed is not None and start <= closed < end else None
    return Beside(Moment(shown.question, max(0.0, (opened - start).total_seconds()), until, seen), shown)
