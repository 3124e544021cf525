"""What is read of rooms: snapshots, pages of history, replay of the log."""

from collections.abc import Iterable, Sequence

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count, Exists, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.chat import broadcasts, permissions, registry
from apps.chat.models import Change, Message, Room, Sanction
from apps.core.errors import Refused
from apps.events.models import Event
from apps.events.registry import Number
from apps.live import counters, seq

PAGE = 50
MOST_PAGE = 200
ENTRY = ("author", "reply_to__author")
"""What an entry of the log needs, selected with its message."""


def get_room(
    event_id: int, room_id: int, *, user_id: int | None, roles: frozenset[str], epoch: int | None = None
) -> Room:
    """The room, for somebody who may read it. Refused as unknown where it is another event's or not theirs to see.
    `epoch` is that of the ticket, where a socket asks."""
    shut_out = Sanction.objects.standing().filter(event=event_id, user=user_id, kind=Sanction.Kind.BAN)
    room = Room.objects.filter(event_id=event_id, pk=room_id).annotate(shut_out=Exists(shut_out)).first()
    if room is None or not registry.may_join(room, user_id, roles, epoch):
        raise unknown()
    if room.shut_out and not permissions.can_moderate(roles):
        raise banned()
    return room


def shut_out_of(event_id: int) -> frozenset[int]:
    """Who is banned from the event's conversations now. Asked of the primary: a ban holds at once."""
    found = Sanction.objects.using(DEFAULT_DB_ALIAS).standing().filter(event=event_id, kind=Sanction.Kind.BAN)
    return frozenset(found.values_list("user", flat=True))


def is_shut_out(event_id: int, user_id: int | None, roles: frozenset[str]) -> bool:
    """Whether the event's conversations are closed to this person; to moderators they never are."""
    if permissions.can_moderate(roles):
        return False
    bans = Sanction.objects.using(DEFAULT_DB_ALIAS).standing().filter(event=event_id, kind=Sanction.Kind.BAN)
    return bans.filter(user=user_id).exists()


def unknown() -> Refused:
    return Refused("chat.unknown", _("This conversation does not exist, or is not open to you."), status=404)


def banned() -> Refused:
    return Refused(
        "chat.banned",
        _("The moderators have closed the event’s conversations to you. Everything else is open as before."),
        status=403,
    )


def room_snapshot(room: Room, limit: int = PAGE) -> broadcasts.Snapshot:
    """The room as every reader of it sees it."""
    newest = seq.head(room.event_id, broadcasts.topic(room.pk))
    # What is numbered after the head was read comes as a broadcast.
    found = list(shown(room).filter(seq__lte=newest)[: limit + 1])
    return broadcasts.Snapshot(
        room=room.pk,
        seq=newest,
        rules=broadcasts.rules_of(room),
        messages=[broadcasts.message_entry(message) for message in reversed(found[:limit])],
        earlier=len(found) > limit,
        pinned=_pinned(room),
    )


def _pinned(room: Room) -> broadcasts.Message | None:
    if room.pinned_id is None:
        return None
    message = Message.objects.filter(pk=room.pinned_id).select_related(*ENTRY).first()
    return broadcasts.message_entry(message) if message else None


def replay(event_id: int, room_id: int, *, after: int, limit: int) -> Sequence[tuple[int, broadcasts.Entry]]:
    """The log's entries after this seq. A message that was removed since comes without its text."""
    room = Room.objects.get(event_id=event_id, pk=room_id)
    messages = shown(room).filter(seq__gt=after).order_by("seq")[:limit]
    changes = (
        Change.objects.filter(room=room, seq__gt=after)
        .select_related(*(f"message__{name}" for name in ENTRY))
        .order_by("seq")[:limit]
    )
    restored = _restored_by(changes)
    entries: list[tuple[int, broadcasts.Entry]] = [
        *((message.seq or 0, broadcasts.message_entry(message)) for message in messages),
        *((change.seq, broadcasts.change_entry(change, restored.get(change.pk, ()))) for change in changes),
    ]
    entries.sort(key=lambda entry: entry[0])
    return entries[:limit]


def newest_alteration(event_id: int, room_id: int) -> int:
    """The seq of the newest change to what messages say; 0 where every message stands as it was written."""
    found = Change.objects.filter(room=room_id, room__event=event_id, kind__in=Change.ALTERS).order_by("-seq")
    return found.values_list("seq", flat=True).first() or 0


def _restored_by(changes: Iterable[Change]) -> dict[int, list[Message]]:
    """By change: the messages that it put back, as they are now."""
    wanted = {change.pk: change.value["messages"] for change in changes if change.kind == Change.Kind.RESTORED}
    if not wanted:
        return {}
    ids = {pk for messages in wanted.values() for pk in messages}
    found = {message.pk: message for message in Message.objects.filter(pk__in=ids).select_related(*ENTRY)}
    return {change: [found[pk] for pk in messages if pk in found] for change, messages in wanted.items()}


def reactions(event_id: int, room_id: int) -> dict[str, int]:
    return broadcasts.reaction_counts(counters.read(event_id, broadcasts.reactions_topic(room_id)))


def own_numbers(event: Event) -> Iterable[Number]:
    """The event's conversation in figures, for the organisers' desk."""
    said = Message.objects.filter(room__event=event, removed="", held="")
    found = said.aggregate(messages=Count("pk"), people=Count("author", distinct=True))
    address = reverse("admin:chat_message_changelist") + f"?room__event__id__exact={event.pk}"
    yield Number(_("Chat messages"), found["messages"], address)
    yield Number(_("People who wrote"), found["people"], address)


def shown(room: Room) -> QuerySet[Message]:
    """Newest first, with what an entry needs."""
    return Message.objects.filter(room=room, seq__isnull=False).select_related(*ENTRY).order_by("-seq")


def badge(room: Room, user_id: int | None, roles: frozenset[str]) -> str:
    """The role beside a name there: the weightiest, but a host is named for what they are in that place."""
    weightiest, kind = permissions.badge(roles), registry.kind_of(room)
    if weightiest in permissions.STAFF_BADGES or kind.host_role not in roles:
        return weightiest
    return kind.host_role if kind.hosts(room, user_id, roles) else weightiest
