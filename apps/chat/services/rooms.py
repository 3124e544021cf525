"""Rooms of places, and their rules."""

from django.db import transaction

from apps.chat import broadcasts, registry
from apps.chat.models import Change, Room
from apps.chat.services.changes import log_change
from apps.events.models import Event

MOST_SLOW_SECONDS = 600


def room_for(event: Event, owner: str) -> Room:
    """The room of a place (`lobby`, `session/12`), made when first asked for. The caller vouches for the place."""
    kind = owner.partition("/")[0]
    if not registry.is_known(kind):
        raise ValueError(f"No app has registered {kind!r} as an owner of rooms.")
    room = Room.objects.filter(event=event, owner=owner).first()
    return room or Room.objects.get_or_create(event=event, owner=owner)[0]


@transaction.atomic
def set_rules(
    room: Room, *, is_open: bool, slow_seconds: int, display_rate: int | None = None, user_id: int | None
) -> Room:
    """Opens or closes a room, sets its slow mode; readers see it at once. Nothing is logged where nothing changes."""
    before = Room.objects.select_for_update(no_key=True).get(pk=room.pk)
    room.is_open, room.slow_seconds = is_open, slow_seconds
    room.display_rate = before.display_rate if display_rate is None else display_rate
    room.save(update_fields=["is_open", "slow_seconds", "display_rate"])
    if broadcasts.rules_of(before) != broadcasts.rules_of(room):
        log_change(room, Change.Kind.ROOM, value={"open": is_open, "slow": slow_seconds}, user_id=user_id)
    return room
