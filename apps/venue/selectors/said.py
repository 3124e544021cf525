"""What the organisers say, as a page lists it and goes on with it."""

from collections.abc import Sequence
from datetime import timedelta

from apps.core import clock
from apps.events import broadcasts
from apps.events import selectors as events
from apps.events.models import Announcement, Event
from apps.live import seq

LATELY = timedelta(minutes=20)
MOST_SHOWN = 2


def heard(event: Event, audiences: Sequence[str], *, beside: str = "") -> tuple[str, int]:
    """The topics of these audiences with the number of what was said last in each, as said-list.js reads them:
    `announcements:12 announcements/role/speaker:3`; and, from the same query, the number of the log `beside` them.
    Ask before the lists themselves are read."""
    topics = [broadcasts.announcements_topic(audience) for audience in audiences]
    heads = seq.heads((event.pk, topic) for topic in [*topics, *filter(None, [beside])])
    told = " ".join(f"{topic}:{heads.get((event.pk, topic), 0)}" for topic in topics)
    return told, heads.get((event.pk, beside), 0)


def said_lately(event: Event, audiences: Sequence[str]) -> list[Announcement]:
    since = clock.now() - LATELY
    return list(events.announced_to(event, audiences).filter(created_at__gte=since)[:MOST_SHOWN])
