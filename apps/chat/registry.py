"""What owners of rooms say of them: who may read and write, what the place is called, where its page is.

The app that owns a kind of place registers it when it is ready:

    registry.owner_kind("session", may_read=…, may_write=…, hosts=…, titles=…, address=…)

All guards get the room, the person's id (None: anonymous) and their roles in the event. They are asked for
every message of a batch, so they should decide by the roles and cost no query where they can. Whether the event
itself may be seen was decided by the door.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from apps.chat.models import Room
from apps.core.access import ROLES_FOR, Access, May, may
from apps.core.errors import Refused

Guard = Callable[[Room, int | None, frozenset[str]], bool]
Titles = Callable[[Sequence[Room]], Mapping[int, str]]
"""By room's id: the names of these places, in one query; one that is gone may be missing."""


class LetIn(Protocol):
    """Of these people, with their roles, those who may read: asked of the place together. With the `epoch` of the
    one socket that asks, the place may keep its yes for a moment."""

    def __call__(
        self, room: Room, people: Mapping[int, frozenset[str]], *, epoch: int | None = None
    ) -> Collection[int]: ...


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
    let_in: LetIn | None
    """What `may_read` says, of many at a time; where that costs a query for each."""
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
    let_in: LetIn | None = None,
    recorded_from: Callable[[Room], datetime | None] | None = None,
) -> None:
    """Registers a kind of place. Without `may_write`, who reads may write. `hosts` are those whose place it is: they
    write where others only read, and wait neither for slow mode nor for approval."""
    _kinds[name] = OwnerKind(
        name, may_read, may_write or may_read, hosts, host_role, titles, address, let_in, recorded_from
    )


def forget(name: str) -> None:
    """For tests."""
    _kinds.pop(name, None)


def is_known(name: str) -> bool:
    return name in _kinds


def may_read(room: Room, user_id: int | None, roles: frozenset[str]) -> bool:
    """Moderators are everywhere; for the others the place decides."""
    return may(roles, May.MODERATE) or kind_of(room).may_read(room, user_id, roles)


def may_join(room: Room, user_id: int | None, roles: frozenset[str], epoch: int | None) -> bool:
    """The same for a socket, with its ticket's epoch: a page asks for several topics of a room at once."""
    if user_id is None or epoch is None or may(roles, May.MODERATE):
        return may_read(room, user_id, roles)
    let_in = kind_of(room).let_in
    return may_read(room, user_id, roles) if let_in is None else user_id in let_in(room, {user_id: roles}, epoch=epoch)


class Asked:
    """Who may read and write in the rooms of one batch: asked once a room, however many people want something there."""

    def __init__(self, wishes: Iterable[tuple[Room | None, int, frozenset[str]]]) -> None:
        self._people: dict[Room, dict[int, frozenset[str]]] = {}
        for room, user_id, roles in wishes:
            if room is not None and room.owner_kind in _kinds and kind_of(room).let_in is not None:
                self._people.setdefault(room, {}).setdefault(user_id, roles)
        self._inside = {
            room.pk: frozenset(let_in(room, people))
            for room, people in self._people.items()
            if (let_in := kind_of(room).let_in) is not None
        }

    def may_read(self, room: Room, user_id: int, roles: frozenset[str]) -> bool:
        # Of somebody with two tickets, the second is asked for alone.
        if self._people.get(room, {}).get(user_id) != roles:
            return may_read(room, user_id, roles)
        return may(roles, May.MODERATE) or user_id in self._inside[room.pk]

    def may_write(self, room: Room, user_id: int, roles: frozenset[str]) -> bool:
        kind = kind_of(room)
        if kind.may_write is kind.may_read:
            return self.may_read(room, user_id, roles)
        return may_write(room, user_id, roles)


def may_write(room: Room, user_id: int | None, roles: frozenset[str]) -> bool:
    if user_id is None:
        return False
    return may(roles, May.MODERATE) or kind_of(room).may_write(room, user_id, roles)


def is_host(room: Room, user_id: int | None, roles: frozenset[str]) -> bool:
    """Whether it is their place: moderators everywhere, else whom its owner names."""
    return may(roles, May.MODERATE) or kind_of(room).hosts(room, user_id, roles)


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
