"""What follows when organisers change the agenda by hand."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from apps.core import clock
from apps.events.models import Event
from apps.live import publish
from apps.tracks import broadcasts, signals
from apps.tracks.models import Session, Stage
from apps.tracks.services.versions import touch_agenda


@transaction.atomic
def agenda_edited(*, event_id: int, session_ids: Iterable[int] = ()) -> None:
    """To be called after rows of the agenda were saved: pages, downloads and open stages learn of it."""
    session_ids = list(session_ids)
    Session.objects.filter(event_id=event_id, pk__in=session_ids).update(changed_at=clock.now())
    look_at_stages(session_ids)
    touch_agenda(event_id=event_id)
    for session_id in session_ids:
        publish.state(event_id, broadcasts.stage_topic(session_id))


def look_at_stages(session_ids: Collection[int]) -> None:
    """Their times may be others: the next round of beat asks the schedule anew."""
    Stage.objects.filter(session__in=session_ids, mode=Stage.Mode.SCHEDULE).update(due_at=clock.now())


def hold_events(event_ids: Iterable[int]) -> None:
    """Until the end of the transaction. Whoever holds rows of an event and of its sessions holds the event first."""
    rows = Event.objects.select_for_update(no_key=True).filter(pk__in=list(event_ids)).order_by("pk")
    list(rows.values_list("pk"))


@transaction.atomic
def cancel_sessions(*, sessions: QuerySet[Session]) -> int:
    """Shows them as cancelled; their stars stay. Those that are cancelled already are not counted."""
    return _move(sessions.filter(state=Session.State.PLANNED), Session.State.CANCELLED)


@transaction.atomic
def restore_sessions(*, sessions: QuerySet[Session]) -> int:
    """Brings cancelled and withdrawn sessions back into the programme. Those that wait for a place go on waiting: where
    they stood last is no place that anybody wants."""
    gone = (Session.State.CANCELLED, Session.State.WITHDRAWN)
    return _move(sessions.filter(state__in=gone), Session.State.PLANNED)


def _move(sessions: QuerySet[Session], state: Session.State) -> int:
    by_event: dict[int, list[int]] = {}
    chosen = sessions.order_by().values("pk")
    hold_events(Session.objects.filter(pk__in=chosen).order_by().values_list("event", flat=True))
    rows = Session.objects.filter(pk__in=chosen).select_for_update(no_key=True)
    for pk, event_id in rows.values_list("pk", "event_id"):
        by_event.setdefault(event_id, []).append(pk)
    for event_id, session_ids in by_event.items():
        Session.objects.filter(pk__in=session_ids).update(state=state)
        agenda_edited(event_id=event_id, session_ids=session_ids)
    return sum(map(len, by_event.values()))


def announce_stages(*, lately: timedelta) -> int:
    """Tells the pages of sessions that began or ended just now. Telling twice does no harm."""
    now = clock.now()
    begun, ended = Q(starts_at__gt=now - lately, starts_at__lte=now), Q(ends_at__gt=now - lately, ends_at__lte=now)
    turned = list(Session.objects.on_agenda().filter(begun | ended).values_list("event_id", "pk"))
    for event_id, pk in turned:
        publish.state(event_id, broadcasts.stage_topic(pk))
    for event_id in {event_id for event_id, _pk in turned}:
        signals.agenda_changed.send(sender=Session, event_id=event_id)
    return len(turned)
