"""The control room: what is live now, how many people are where, what can be launched."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse

from apps.core import clock
from apps.events import broadcasts as event_broadcasts
from apps.events.models import Event
from apps.events.registry import Number, numbers
from apps.live import presence
from apps.polls import broadcasts as poll_broadcasts
from apps.polls import selectors as polls
from apps.polls.models import Poll
from apps.tracks import broadcasts as track_broadcasts
from apps.tracks import selectors as tracks
from apps.tracks.models import Session
from apps.venue import broadcasts
from apps.venue.selectors import words

MOST_SESSIONS = 40
MOST_POLLS, MOST_POLLS_ASKED_FOR = 30, 300
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
    poll_count: int
    """Of all that could be listed."""
    numbers: list[Number]
    snapshot: broadcasts.Control

    @property
    def poll_topics(self) -> list[str]:
        """Where it is heard that one of these polls has opened, closed or come."""
        sessions = (poll_broadcasts.session_topic(line.session.pk) for line in self.lines)
        return [poll_broadcasts.EVENT_POLLS, *sessions]


def control(event: Event, *, all_polls: bool = False) -> Control:
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
    shown, count = _polls(event, rows, MOST_POLLS_ASKED_FOR if all_polls else MOST_POLLS)
    return Control(
        here=state.here, lines=lines, polls=shown, poll_count=count, numbers=numbers.of(event), snapshot=state
    )


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


def _polls(event: Event, rows: list[Session], most: int) -> tuple[list[PollLine], int]:
    """Of these sessions and of the event as a whole: open ones first, then what waits, then closed ones, the latest
    first; and how many there are."""
    listed = event.polls.exclude(state=Poll.State.ARCHIVED).filter(Q(session__in=rows) | Q(session__isnull=True))
    found = list(listed.order_by(*polls.to_run(clock.now()))[: most + 1])
    count = len(found) if len(found) <= most else listed.count()
    found = found[:most]
    by_id = {session.pk: session for session in rows}
    answers = polls.counted(found)
    for poll in found:
        poll.event = event
        if poll.session_id:
            poll.session = by_id[poll.session_id]
    return [PollLine(poll, answers[poll.pk].keys) for poll in found], count
