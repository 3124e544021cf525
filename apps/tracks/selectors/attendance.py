"""Who was in which session, and what a stage says of itself."""

from django.db.models import Avg, Count, Q, QuerySet
from django.db.models.functions import Coalesce

from apps.core import clock
from apps.events.models import Event
from apps.tracks import broadcasts
from apps.tracks.models import Attendance, Session


def has_session(event_id: int, session_id: int) -> bool:
    return Session.objects.on_agenda().filter(event_id=event_id, pk=session_id).exists()


def stage_of(event_id: int, session_id: int) -> broadcasts.Stage | None:
    """What everybody at a session is told of its stage; None where the event has no such session."""
    rows = Session.objects.on_agenda().select_related("event", "video").filter(event_id=event_id, pk=session_id)
    session = rows.defer("abstract", "description", "imported").first()
    return broadcasts.stage(session, now=clock.now()) if session else None


def attended(event: Event) -> QuerySet[Session]:
    """Sessions with `came`, `here` and `mean_seconds` of those who came, for the organisers."""
    took_part = Q(attendances__seconds__gt=0) | Q(attendances__here_since__isnull=False)
    return (
        event.sessions.on_agenda()
        .light()
        .annotate(
            came=Count("attendances", filter=took_part),
            here=Count("attendances__here_since"),
            mean_seconds=Coalesce(Avg("attendances__seconds", filter=took_part), 0.0),
        )
    )


def attendance_of(session: Session) -> dict[str, int]:
    """How many people came, are here now, and stayed for how long on average (seconds). For the organisers."""
    now = min(clock.now(), session.ends_at)
    stays = []
    rows = session.attendances.exclude(seconds=0, here_since=None).values_list("seconds", "here_since")
    for seconds, since in rows:
        going_on = (now - max(since, session.starts_at)).total_seconds() if since else 0
        stays.append(seconds + max(0, int(going_on)))
    return {
        "came": len(stays),
        "here": sum(since is not None for _seconds, since in rows),
        "mean_seconds": round(sum(stays) / len(stays)) if stays else 0,
    }


def event_attendance(event: Event) -> dict[str, int]:
    """Of the whole event: how many people came to any session, and how many visits there were."""
    rows = Attendance.objects.filter(session__event=event).exclude(seconds=0, here_since=None)
    return rows.aggregate(people=Count("user", distinct=True), visits=Count("pk"))
