"""Rooms of places, and their rules."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.chat import broadcasts, registry
from apps.chat.models import Act, Change, Room
from apps.chat.services.changes import log_change
from apps.chat.services.recording import Actor, record
from apps.core.errors import Refused
from apps.events.kinds import Plan
from apps.events.models import Event

MOST_SLOW_SECONDS = 600
MOST_NEWCOMER_MINUTES = 60 * 24
MOST_HIDE_AFTER = 100
MOST_DISPLAY_RATE = 100
BOUNDS = {
    "slow_seconds": (0, MOST_SLOW_SECONDS),
    "newcomer_minutes": (0, MOST_NEWCOMER_MINUTES),
    "hide_after": (0, MOST_HIDE_AFTER),
    "display_rate": (1, MOST_DISPLAY_RATE),
}
RULES = ("is_open", "hosts_only", "links_allowed", "holds", *BOUNDS)


def room_for(event: Event, owner: str) -> Room:
    """The room of a place (`lobby`, `session/12`), made when first asked for. The caller vouches for the place."""
    kind = owner.partition("/")[0]
    if not registry.is_known(kind):
        raise ValueError(f"No app has registered {kind!r} as an owner of rooms.")
    room = Room.objects.filter(event=event, owner=owner).first()
    return room or Room.objects.get_or_create(event=event, owner=owner)[0]


def begin_room(event: Event, owner: str, plan: Plan) -> None:
    """The room of a place of a new event, with the rules of its kind: nobody is there yet who must be told of them."""
    Room.objects.get_or_create(event=event, owner=owner, defaults=dict(plan.chat))


@transaction.atomic
def set_rules(
    room: Room, *, user_id: int | None, command_id: str | None = None, undoes: Act | None = None, **rules: Any
) -> Act | None:
    """Changes those of RULES that are named; readers see it at once. None where nothing changes.

    The caller vouches that this person may moderate.
    """
    for name, value in rules.items():
        if name not in RULES:
            raise TypeError(f"A room has no rule {name!r}.")
        least, most = BOUNDS.get(name, (0, 0))
        if name in BOUNDS and not least <= value <= most:
            raise Refused(
                "chat.rule_bounds",
                _("Choose a number from %(least)s to %(most)s."),
                values={"least": least, "most": most},
                field=name,
                status=400,
            )
        if name == "holds" and value not in Room.Holds.values:
            raise Refused("chat.rule_bounds", _("Choose one of the offered."), field=name, status=400)
    before = Room.objects.select_for_update(no_key=True).get(pk=room.pk)
    changed = {name: value for name, value in rules.items() if getattr(before, name) != value}
    for name, value in rules.items():
        setattr(room, name, value)
    if not changed:
        return None
    room.save(update_fields=list(changed))
    act = record(
        Actor(room.event_id, user_id, frozenset(), command_id),
        Act.Kind.UNDO if undoes else Act.Kind.RULES,
        room=room,
        undoes=undoes,
        before={name: getattr(before, name) for name in changed},
        after=changed,
    )
    now = broadcasts.rules_of(room)
    if broadcasts.rules_of(before) != now:
        value = {"open": now.open, "slow": now.slow, "hosts": now.hosts, "links": now.links, "holds": now.holds}
        log_change(room, Change.Kind.ROOM, value=value, user_id=user_id)
    return act
