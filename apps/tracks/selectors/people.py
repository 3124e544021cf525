"""The speakers of an event."""

from django.db.models import Count, Prefetch, Q, QuerySet

from apps.events.models import Event
from apps.tracks.models import Session, Speaker


def speakers(event: Event) -> QuerySet[Speaker]:
    """Everybody who speaks, by name, with `session_count`; those whose sessions are all gone are not shown."""
    on_agenda = ~Q(sessions__state__in=Session.OFF_AGENDA)
    return (
        event.speakers.select_related("photo")
        .defer("imported")
        .annotate(session_count=Count("sessions", filter=on_agenda, distinct=True))
        .filter(session_count__gt=0)
        .order_by("name", "pk")
    )


def speaker_by_slug(event: Event, slug: str) -> Speaker | None:
    """One speaker with their sessions (`.sessions.all()`), in the order of time."""
    sessions = (
        Session.objects.on_agenda().light().prefetch_related("session_speakers__speaker", "tags").order_by("starts_at")
    )
    found = speakers(event).filter(slug=slug).prefetch_related(Prefetch("sessions", queryset=sessions))
    return found.first()
