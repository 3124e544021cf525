"""Who was in which session, and what a stage says of itself."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.events.models import Event
from apps.events.registry import Number, Segment
from apps.live import presence
from apps.tracks import broadcasts
from apps.tracks.models import Attendance, Session


def has_session(event_id: int, session_id: int) -> bool:
    return Session.objects.on_agenda().filter(event_id=event_id, pk=session_id).exists()


def stage_of(event_id: int, session_id: int) -> broadcasts.Stage | None:
    """What everybody at a session is told of its stage; None where the event has no such session."""
    rows = Session.objects.on_agenda().select_related("event", "video", "stream", "stage__recording")
    rows = rows.filter(event_id=event_id, pk=session_id)
    session = rows.defer("abstract", "description", "imported").first()
    return broadcasts.stage(session, now=clock.now()) if session else None


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


def own_numbers(event: Event) -> Iterable[Number]:
    """What the desk shows of the agenda: sessions, and the people who came to any."""
    sessions = reverse("admin:tracks_session_changelist") + f"?event__id__exact={event.pk}"
    yield Number(_("Sessions"), event.sessions.planned().count(), sessions)
    attendance = event_attendance(event)
    yield Number(_("In sessions"), attendance["people"], sessions)
    yield Number(_("Visits to sessions"), attendance["visits"], sessions)


def missing(event: Event) -> Iterable[str | Promise]:
    """What an organiser should look at before publishing."""
    if not event.sessions.planned().exists():
        yield _("The agenda is empty. Import a schedule or add sessions.")
    elif event.sessions.planned().filter(Q(starts_at__lt=event.starts_at) | Q(ends_at__gt=event.ends_at)).exists():
        yield _("Some sessions lie outside of the dates of the event. Check its dates and its time zone.")


MOST_SESSIONS = 40
SOON, LATELY = timedelta(hours=12), timedelta(hours=1)


def announcement_key(session_id: int) -> str:
    """How an announcement names those who are in this session."""
    return f"session/{session_id}"


def in_sessions(event: Event) -> Iterable[Segment]:
    """Those who are in a session now, for each that runs or comes soon: told on screen, as they are there."""
    now = clock.now()
    near = (
        event.sessions.planned().filter(starts_at__lt=now + SOON, ends_at__gt=now - LATELY).order_by("starts_at", "pk")
    )
    for session in near[:MOST_SESSIONS]:
        here = presence.count(event.pk, broadcasts.stage_topic(session.pk))
        label = _("In the session now: %(session)s") % {"session": session.title}
        yield Segment(announcement_key(session.pk), label, here, by_mail=False)
