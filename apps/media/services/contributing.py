"""What somebody in a green room does: they come with a ticket, hold their place by a lease, and are on air while the
producer has them on stage.

The `ingest` role calls it in the place of `publishing` for whoever comes with a browser: `admit`, `renew`, `leave`,
`begin_take`, `add_segment`, and `show`. Who is on stage comes before every encoder; while they are away, an encoder
takes over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core import clock, ids
from apps.core.errors import Refused
from apps.core.rows import hold_row
from apps.live import publish
from apps.media import broadcasts
from apps.media.models import Brought, Contribution, Stream
from apps.media.selectors.contributions import MOST_CONTRIBUTORS, check_contributes, read_contribution_ticket
from apps.media.services import glimpses
from apps.media.services.glimpses import show
from apps.media.services.publishing import AIR_LEASE, KEY_LEASE, Cut, add_segment, begin_take

__all__ = [
    "Contributor", "Cut", "add_segment", "admit", "begin_take", "leave", "leave_for_good", "look_after_green_rooms",
    "note", "put_on_stage", "renew", "show", "take_off_stage",
]  # fmt: skip

CHECK_EVERY = timedelta(seconds=5)
KEPT_FOR = timedelta(minutes=10)
"""A place is kept for so long after its line broke."""
SAID = ("is_ready", "shows", "has_sound")


@dataclass(frozen=True)
class Contributor:
    """Somebody who was let in."""

    contribution_id: int
    stream_id: int
    event_id: int
    lease: str
    input: str = Brought.BROWSER.value


def admit(ticket: str, *, shows: str, has_sound: bool) -> Contributor:
    """A place in the green room, or the one they had; an older connection of theirs is cut off. Raises `Refused`."""
    stream, user = read_contribution_ticket(ticket)
    check_contributes(stream, user)
    now, lease = clock.now(), ids.new_token()
    with transaction.atomic():
        hold_row(stream, gone="stream.gone")
        others = stream.contributions.exclude(person=user).exclude(lease="")
        if others.count() >= MOST_CONTRIBUTORS:
            raise Refused("contribution.most", _("The green room is full. Somebody must leave it first."), status=403)
        values = {
            "lease": lease, "leased_until": now + KEY_LEASE, "checked_at": now, "shows": shows,
            "has_sound": has_sound, "has_picture": False, "is_on_air": False,
        }  # fmt: skip
        place, _made = Contribution.objects.update_or_create(stream=stream, person=user, defaults=values)
        tell(stream.event_id, stream.pk)
    return Contributor(place.pk, stream.pk, stream.event_id, lease)


def renew(who: Contributor, *, health: Mapping[str, Any], comes: bool, steady: float) -> bool:
    """Whether theirs is the picture on air. `comes`: pictures are coming in. Raises `Cut` with a code."""
    if why := _check_again(who):
        raise Cut(why)
    return _renew(who, comes=comes)


@transaction.atomic
def _renew(who: Contributor, *, comes: bool) -> bool:
    now = clock.now()
    _hold_stream(who)
    mine = Contribution.objects.filter(pk=who.contribution_id, lease=who.lease)
    if not mine.update(leased_until=now + KEY_LEASE):
        raise Cut(_why_cut(who))
    is_on = comes and _take_air(who, now)
    if not is_on:
        _give_air(who)
    if mine.exclude(has_picture=comes, is_on_air=is_on).update(has_picture=comes, is_on_air=is_on):
        if not comes:
            _forget_glimpse(who)
        tell(who.event_id, who.stream_id)
    return is_on


def _hold_stream(who: Contributor) -> None:
    """Before its people, as everywhere here: the other way round two could wait for each other."""
    Stream.objects.select_for_update(no_key=True).filter(pk=who.stream_id).first()


def _take_air(who: Contributor, now: datetime) -> bool:
    on_stage = Stream.objects.filter(pk=who.stream_id, on_stage=who.contribution_id).exclude(state=Stream.State.ENDED)
    return bool(on_stage.update(air=who.lease, air_input=Brought.BROWSER, air_until=now + AIR_LEASE))


def _check_again(who: Contributor) -> str:
    """Whoever is no longer a speaker, or was banned, does not stay for the length of a connection: they are gone when
    this gives the code of a refusal. Empty where they may stay."""
    now = clock.now()
    mine = Contribution.objects.filter(pk=who.contribution_id, lease=who.lease)
    if not mine.filter(checked_at__lt=now - CHECK_EVERY).update(checked_at=now):
        return ""
    place = mine.select_related("stream__event", "person").first()
    if place is None:
        return ""
    try:
        check_contributes(place.stream, place.person)
    except Refused as refused:
        leave_for_good(who)
        return refused.code
    return ""


def _why_cut(who: Contributor) -> str:
    if Stream.objects.filter(pk=who.stream_id, state=Stream.State.ENDED).exists():
        return "stream.ended"
    is_elsewhere = Contribution.objects.filter(pk=who.contribution_id).exclude(lease="").exists()
    return "contribution.elsewhere" if is_elsewhere else "contribution.gone"


def _give_air(who: Contributor) -> None:
    Stream.objects.filter(pk=who.stream_id, air=who.lease).update(air="", air_input="", air_until=None)


@transaction.atomic
def leave(who: Contributor) -> None:
    """Their connection has ended; the place, and the stage, is kept for them."""
    mine = Contribution.objects.filter(pk=who.contribution_id, lease=who.lease)
    _give_air(who)
    if mine.update(lease="", leased_until=clock.now(), has_picture=False, is_on_air=False):
        _forget_glimpse(who)
        tell(who.event_id, who.stream_id)


def _forget_glimpse(who: Contributor) -> None:
    """Before `tell`, so that it is gone when that is heard."""
    transaction.on_commit(lambda: glimpses.forget(who.lease), robust=True)


@transaction.atomic
def leave_for_good(who: Contributor) -> None:
    """They said so, or may not stay."""
    _hold_stream(who)
    leave(who)
    Contribution.objects.filter(pk=who.contribution_id, lease="").delete()


@transaction.atomic
def note(who: Contributor, said: Mapping[str, Any]) -> None:
    """What they say of themselves: `is_ready`, `shows`, `has_sound`, any of them."""
    values = {name: said[name] for name in SAID if name in said}
    if values and Contribution.objects.filter(pk=who.contribution_id, lease=who.lease).update(**values):
        tell(who.event_id, who.stream_id)


# What the producer does ---------------------------------------------------------------------------------------------
@transaction.atomic
def put_on_stage(stream: Stream, contribution_id: int) -> None:
    """In the place of whoever was; on air within half a second. Refused while they are not there."""
    hold_row(stream, gone="stream.gone")
    place = stream.contributions.exclude(lease="").filter(pk=contribution_id).first()
    if place is None:
        raise Refused("contribution.away", _("They are not in the green room at this moment."))
    stream.on_stage = place
    stream.save(update_fields=["on_stage"])
    tell(stream.event_id, stream.pk)


@transaction.atomic
def take_off_stage(stream: Stream, contribution_id: int) -> None:
    """An encoder that is there takes over. Nothing happens where somebody else is on stage by now."""
    if hold_row(stream, gone="stream.gone").on_stage_id != contribution_id:
        return
    stream.on_stage = None
    stream.save(update_fields=["on_stage"])
    tell(stream.event_id, stream.pk)


def empty_green_room(stream: Stream) -> None:
    """When the stream ends; called inside its transaction."""
    stream.contributions.all().delete()
    stream.backstage_lines.all().delete()
    tell(stream.event_id, stream.pk)


def look_after_green_rooms(*, limit: int = 100) -> None:
    """Beat's round: who was cut off without a word is so for everybody, and places are not kept for ever."""
    now = clock.now()
    for place in Contribution.objects.exclude(lease="").filter(leased_until__lt=now).select_related("stream")[:limit]:
        _leave_behind(Contributor(place.pk, place.stream_id, place.stream.event_id, place.lease), now)
    gone = Contribution.objects.filter(lease="", leased_until__lt=now - KEPT_FOR).select_related("stream")
    for place in gone[:limit]:
        with transaction.atomic():
            if Contribution.objects.filter(pk=place.pk, lease="").delete()[0]:
                tell(place.stream.event_id, place.stream_id)


@transaction.atomic
def _leave_behind(who: Contributor, now: datetime) -> None:
    """Unless they renewed at this moment: after an outage of the database all come back at once."""
    late = Contribution.objects.filter(pk=who.contribution_id, lease=who.lease, leased_until__lt=now)
    _hold_stream(who)
    if late.exists():
        leave(who)


def tell(event_id: int, stream_id: int) -> None:
    """Who went takes their glimpse along, and what was said to them."""
    topics = (
        broadcasts.green_room_topic, broadcasts.health_topic, broadcasts.glimpses_topic, broadcasts.backstage_topic,
    )  # fmt: skip
    for topic in topics:
        publish.state(event_id, topic(stream_id))
