"""Attendance: who was in a session while it ran, and for how long. Told by the live engine, in any order."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, IntegerField, Value
from django.db.models.functions import Cast, Ceil, Extract, Greatest, Least

from apps.core import clock
from apps.events.signals import presence_changed
from apps.live import publish
from apps.tracks import broadcasts
from apps.tracks.models import Attendance, Session

# A session that is over for this long has nobody in it any more, whatever was not told.
GRACE = timedelta(minutes=15)


@transaction.atomic
def record_arrivals(*, event_id: int, session_id: int, user_ids: Sequence[int], at: datetime) -> None:
    """These people are in the session since `at`. Being told twice, or late, changes nothing."""
    if not Session.objects.filter(event_id=event_id, pk=session_id).exists():
        return
    Attendance.objects.bulk_create(
        [
            Attendance(session_id=session_id, user_id=user_id, first_at=at, last_at=at, here_since=at)
            for user_id in sorted(set(user_ids))
        ],
        ignore_conflicts=True,
    )
    back = Attendance.objects.filter(session_id=session_id, user__in=user_ids, here_since=None, last_at__lte=at)
    back.update(here_since=at, last_at=at)
    publish.state(event_id, broadcasts.people_topic(session_id))
    presence_changed.send(sender=Session, event_id=event_id, user_ids=user_ids)


@transaction.atomic
def record_departures(*, event_id: int, session_id: int, user_ids: Sequence[int], at: datetime) -> None:
    """These people left at `at`. Only what lies within the session's own time is counted as attended."""
    session = Session.objects.filter(event_id=event_id, pk=session_id).only("starts_at", "ends_at").first()
    if session is None:
        return
    _close(session, at, user_ids)
    publish.state(event_id, broadcasts.people_topic(session_id))
    presence_changed.send(sender=Session, event_id=event_id, user_ids=user_ids)


def _close(session: Session, at: datetime, user_ids: Sequence[int] | None = None) -> int:
    rows = Attendance.objects.filter(session=session, here_since__lte=at)
    if user_ids is not None:
        rows = rows.filter(user__in=user_ids)
    until = Value(min(at, session.ends_at), output_field=DateTimeField())
    since = Greatest(F("here_since"), Value(session.starts_at, output_field=DateTimeField()))
    stay = ExpressionWrapper(Greatest(until, since) - since, output_field=DurationField())
    return rows.update(
        seconds=F("seconds") + Cast(Ceil(Extract(stay, "epoch")), IntegerField()),
        last_at=Greatest(F("last_at"), Least(until, Value(at, output_field=DateTimeField()))),
        here_since=None,
    )


def close_attendance() -> int:
    """Ends the visits to sessions that are long over, in case nobody told of their end."""
    over = Session.objects.filter(ends_at__lt=clock.now() - GRACE, attendances__here_since__isnull=False).distinct()
    return sum(_close(session, clock.now()) for session in over.only("starts_at", "ends_at"))
