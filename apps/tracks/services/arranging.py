"""The agenda arranged by hand: a session is put into a room at a time, taken off again, or added."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from i18nfield.strings import LazyI18nString

from apps.core import clock
from apps.core.errors import Refused
from apps.core.moments import EARLIEST, LATEST
from apps.events.models import Event
from apps.events.selectors import check_writable
from apps.tracks.models import LONGEST, Session
from apps.tracks.selectors.arranging import Spot
from apps.tracks.services.bounds import check_agenda_room
from apps.tracks.services.editing import agenda_edited, hold_events
from apps.tracks.services.slugs import Slugs

MOST_SLUG = 120
FAR = timedelta(days=31)
"""A session stands this far from its event's dates at most: further away is a slip of the hand."""


@transaction.atomic
def place_session(
    event: Event, *, session_id: int, seen: Spot, room_id: int, starts_at: datetime, ends_at: datetime
) -> Spot:
    """Puts a session into a room at a time, and onto the agenda where it only waited for one. Clashes are allowed.

    Raises Refused where it no longer stands where it was `seen`: somebody else was quicker.
    """
    _must_fit(event, room_id, starts_at, ends_at)
    state = Session.State.PLANNED.value if seen.state == Session.State.UNPLACED else seen.state
    return _move(event, session_id, seen, Spot(room_id, starts_at, ends_at, state))


@transaction.atomic
def unplace_session(event: Event, *, session_id: int, seen: Spot, to: Spot | None = None) -> Spot:
    """Takes a session off the agenda until it has another place; its stars stay.

    It keeps the room and times that it had, or takes those of `to`: who takes a move back finds it as it waited before.
    """
    if seen.state == Session.State.CANCELLED:
        raise Refused(
            "session.cancelled", _("It is cancelled, and stays where people look for it. Bring it back first.")
        )
    if seen.state == Session.State.PLANNED and seen.starts_at <= clock.now():
        raise Refused("session.begun", _("It has begun. Cancel it instead, so that those who look for it learn why."))
    spot = (to or seen)._replace(state=Session.State.UNPLACED.value)
    if spot[:3] != seen[:3]:
        _must_fit(event, spot.room_id, spot.starts_at, spot.ends_at)
    return _move(event, session_id, seen, spot)


@transaction.atomic
def add_session(event: Event, *, title: str, room_id: int, starts_at: datetime, ends_at: datetime) -> Session:
    """A new session with a title alone; the rest is written on its own page."""
    check_writable(event)
    _must_fit(event, room_id, starts_at, ends_at)
    # Two who add one of the same name at once must not ask for the same address.
    hold_events([event.pk])
    check_agenda_room(Session, event.pk)
    slugs = Slugs(event.sessions.values_list("slug", flat=True), most=MOST_SLUG)
    session = Session.objects.create(
        event=event,
        title=LazyI18nString({event.default_language: title}),
        slug=slugs.new(title, "session"),
        room_id=room_id,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    agenda_edited(event_id=event.pk, session_ids=[session.pk])
    return session


def _move(event: Event, session_id: int, seen: Spot, spot: Spot) -> Spot:
    check_writable(event)
    hold_events([event.pk])
    ours = event.sessions.exclude(state=Session.State.WITHDRAWN).filter(pk=session_id)
    if ours.filter(**seen._asdict()).update(**spot._asdict()):
        if spot != seen:
            agenda_edited(event_id=event.pk, session_ids=[session_id])
        return spot
    session = ours.only("title").first()
    if session is None:
        raise Refused("session.unknown", _("There is no such session in this event."), status=404)
    said = _("Somebody else moved “%(title)s” meanwhile. It is where they put it; move it again if you want.")
    raise Refused("session.moved", said, values={"title": session.title})


def _must_fit(event: Event, room_id: int, starts_at: datetime, ends_at: datetime) -> None:
    if not event.rooms.filter(pk=room_id).exists():
        raise Refused("room.unknown", _("There is no such room in this event."), status=404, field="room")
    if ends_at <= starts_at:
        raise Refused("session.backwards", _("A session ends after it begins."), status=400, field="minutes")
    if ends_at > starts_at + LONGEST:
        said = _("A session lasts 99 hours and 59 minutes at most.")
        raise Refused("session.long", said, status=400, field="minutes")
    check_near(event, starts_at, field="starts")


def check_near(event: Event, starts_at: datetime, *, field: str = "starts_at") -> None:
    is_near = event.starts_at - FAR <= starts_at <= event.ends_at + FAR
    if not is_near or not EARLIEST <= starts_at < LATEST - LONGEST:
        said = _("This is more than a month away from the event. Look at the date again.")
        raise Refused("session.far", said, status=400, field=field)
