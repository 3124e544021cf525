"""What owners of rooms say of them: who may read and write, what the place is called, where its page is.

The app that owns a kind of place registers it when it is ready:

    registry.owner_kind("session", may_read=…, may_write=…, hosts=…, titles=…, address=…)

All guards get the room, the person's id (None: anonymous) and their roles in the event. They are asked for
every message of a batch, so they should decide by the roles and cost no query where they can. Whether the event
itself may be seen was decided by the door.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from apps.chat.models import Room
from apps.core.access import ROLES_FOR, Access
from apps.core.errors import Refused

Guard = Callable[[Room, int | None, frozenset[str]], bool]
Titles = Callable[[Sequence[Room]], Mapping[int, str]]
"""By room's id: the names of these places, in one query; one that is gone may be missing."""


def may_attend(room: Room, user_id: int | None, roles: frozenset[str]) -> bool:
    """The usual guard: everybody who takes part in the event."""
    return not roles.isdisjoint(ROLES_FOR[Access.ATTENDEE])


@dataclass(frozen=True, slots=True)
class OwnerKind:
    name: str
    may_read: Guard
    may_write: Guard
    hosts: Guard
    host_role: str
    """What makes somebody a host: their badge there, also where they have a weightier role elsewhere."""
    titles: Titles
    address: Callable[[Room], str] | None
    """The page on which the room is shown; none: the room has only its own page."""
    recorded_from: Callable[[Room], datetime | None] | None
    """When the first second of the recording was, where there is one to watch."""


def speaks(room: Room, user_id: int | None, roles: frozenset[str]) -> bool:
    """The usual hosts of a place: those who speak at the event."""
    return "speaker" in roles


_kinds: dict[str, OwnerKind] = {}


def owner_kind(
    name: str,
    *,
    may_read: Guard = may_attend,
    may_write: Guard | None = None,
    hosts: Guard = speaks,
    host_role: str = "speaker",
    titles: Titles = lambda rooms: {},
    address: Callable[[Room], str] | None = None,
    recorded_from: Callable[[Room], datetime | None] | None = None,
) -> None:
    """Registers a kind of place. Without `may_write`, who reads may write. `hosts` are those whose place it is: they
    write where others only read, and wait neither for slow mode nor for approval."""
    _kinds[name] = OwnerKind(name, may_read, may_write or may_read, hosts, host_role, titles, address, recorded_from)


def forget(name: str) -> None:
    """For tests."""
    _kinds.pop(name, None)


def is_known(name: str) -> bool:
    return name in _kinds


def may_read(room: Room, user_id: int | None, roles: frozenset[str]) -> bool:
    """Moderators are everywhere; for the others the place decides."""
    return not roles.isdisjoint(ROLES_FOR[Access.MODERATOR]) or kind_of(room).may_read(room, user_id, roles)


def may_write(room: Room, user_id: int | None, roles: frozenset[str]) -> bool:
    if user_id is None:
        return False
    return not roles.isdisjoint(ROLES_FOR[Access.MODERATOR]) or kind_of(room).may_write(room, user_id, roles)


def is_host(room: Room, user_id: int | None, roles: frozenset[str]) -> bool:
    """Whether it is their place: moderators everywhere, else whom its owner names."""
    return not roles.isdisjoint(ROLES_FOR[Access.MODERATOR]) or kind_of(room).hosts(room, user_id, roles)


def titles_of(rooms: Iterable[Room]) -> dict[int, str]:
    """By room's id: what each place is called; its bare address where nobody can say any more."""
    found: dict[int, str] = {}
    by_kind: dict[str, list[Room]] = {}
    for room in rooms:
        found[room.pk] = room.owner
        by_kind.setdefault(room.owner_kind, []).append(room)
    for name, ours in by_kind.items():
        if name in _kinds:
            found |= _kinds[name].titles(ours)
    return found


def kind_of(room: Room) -> OwnerKind:
    """Raises Refused where no installed app owns this room any more."""
    found = _kinds.get(room.owner_kind)
    if found is None:
        raise Refused("chat.unknown", _("This conversation does not exist (any more)."), status=404)
    return found
