"""The control room: what is live now, how many people are where, what can be launched."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse

from apps.core import clock
from apps.events import broadcasts as event_broadcasts
from apps.events.models import Event
from apps.events.registry import Number, numbers
from apps.live import presence
from apps.polls import selectors as polls
from apps.polls.models import Poll
from apps.tracks import broadcasts as track_broadcasts
from apps.tracks import selectors as tracks
from apps.tracks.models import Session
from apps.venue import broadcasts
from apps.venue.selectors import words

MOST_SESSIONS = 40
MOST_POLLS = 30
SOON = timedelta(minutes=45)


@dataclass(frozen=True, slots=True)
class Line:
    """A session of the run of show."""

    session: Session
    is_running: bool
    people: int
    left: int


@dataclass(frozen=True, slots=True)
class PollLine:
    poll: Poll
    answers: int

    @property
    def is_open(self) -> bool:
        return self.poll.is_on_at(clock.now())

    @property
    def deeds(self) -> list[tuple[str, Any]]:
        return polls.deeds_for(self.poll)

    @property
    def page(self) -> str:
        """From which it is run, with its words and its results."""
        slug = self.poll.event.slug
        if self.poll.session:
            return reverse("polls:run_session", args=[slug, self.poll.session.slug]) + f"#poll-{self.poll.pk}"
        return reverse("polls:run", args=[slug]) + f"#poll-{self.poll.pk}"

    @property
    def is_draft(self) -> bool:
        return self.poll.state in (Poll.State.DRAFT, Poll.State.SCHEDULED)


@dataclass(frozen=True, slots=True)
class Control:
    here: int
    lines: list[Line]
    polls: list[PollLine]
    numbers: list[Number]
    snapshot: broadcasts.Control


def control(event: Event) -> Control:
    now = clock.now()
    rows = _shown(event)
    state = snapshot(event.pk)
    lines = [
        Line(
            session=session,
            is_running=session.starts_at <= now,
            people=state.sessions.get(str(session.pk), 0),
            left=words.minutes_until(session.ends_at if session.starts_at <= now else session.starts_at, now),
        )
        for session in rows
    ]
    return Control(here=state.here, lines=lines, polls=_polls(event, rows), numbers=numbers.of(event), snapshot=state)


def snapshot(event_id: int) -> broadcasts.Control:
    """Exact counts, for those who run the event."""
    now = clock.now()
    running = Session.objects.planned().filter(event_id=event_id, starts_at__lt=now + SOON, ends_at__gt=now)
    ids = list(running.order_by("starts_at", "pk").values_list("pk", flat=True)[:MOST_SESSIONS])
    topics = {pk: track_broadcasts.stage_topic(pk) for pk in ids}
    counts = presence.counts(event_id, list(topics.values())) if topics else {}
    return broadcasts.Control(
        here=presence.count(event_id, event_broadcasts.HERE),
        sessions={str(pk): counts[topic] for pk, topic in topics.items()},
    )


def _shown(event: Event) -> list[Session]:
    """What runs and what begins soon; with nothing of either, what comes next."""
    now = clock.now()
    rows = tracks.sessions_of(event).planned().filter(starts_at__lt=now + SOON, ends_at__gt=now)
    return list(rows[:MOST_SESSIONS]) or tracks.sessions_next(event, limit=6)


def _polls(event: Event, rows: list[Session]) -> list[PollLine]:
    """Of these sessions and of the event as a whole: open ones first, then drafts."""
    shown = event.polls.exclude(state=Poll.State.ARCHIVED)
    found = list(shown.filter(session__in=rows).union(shown.filter(session__isnull=True)).order_by("pk")[:MOST_POLLS])
    order = {Poll.State.OPEN: 0, Poll.State.SCHEDULED: 1, Poll.State.DRAFT: 2, Poll.State.CLOSED: 3}
    found.sort(key=lambda poll: (order[Poll.State(poll.state)], poll.pk))
    by_id = {session.pk: session for session in rows}
    answers = polls.counted(found)
    for poll in found:
        poll.event = event
        if poll.session_id:
            poll.session = by_id[poll.session_id]
    return [PollLine(poll, answers[poll.pk].keys) for poll in found]
