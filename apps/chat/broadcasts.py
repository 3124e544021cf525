"""What readers of a room are told: topic names, the entries of its log, its snapshot, and the reactions.

Applied in order to a snapshot, entries give the fresh snapshot: a `message` is appended, `removed` empties the
message and every quote of it, `purged` does so with everything of one author, `restored` gives messages back their
words, `room` replaces the rules.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from apps.chat import models

QUOTE_CHARS = 90
REACTIONS = ("applause", "heart", "idea", "laugh", "wow")


def topic(room_id: int) -> str:
    return f"chat/{room_id}"


MODERATION = "chat/moderation"
"""How much waits for moderators."""


def own_topic(user_id: int) -> str:
    """What one person alone sees of the event's conversations."""
    return f"person/{user_id}/chat"


def pace_topic(room_id: int) -> str:
    return f"chat/{room_id}/pace"


def reactions_topic(room_id: int) -> str:
    return f"reactions/{room_id}"


class Author(msgspec.Struct, frozen=True):
    id: int
    name: str
    photo: str
    """An address, or empty: then the page draws initials."""


class Quote(msgspec.Struct, frozen=True):
    """What a message replies to. The text is empty once that was removed."""

    id: int
    name: str
    text: str


class Message(msgspec.Struct, frozen=True, tag_field="type", tag="message", omit_defaults=True):
    id: int
    seq: int | None
    """None: stored, but above the room's display rate; only its author is told."""
    author: Author | None
    """None: their account is gone."""
    role: str
    text: str
    at: datetime
    reply: Quote | None
    removed: str
    """Empty, or by whom: "author", "moderator", "reports"; then `text` is empty."""
    held: str = ""
    """"waiting" or "rejected": only its author (on their own topic) and moderators are told of it."""


class Removed(msgspec.Struct, frozen=True, tag_field="type", tag="removed"):
    id: int
    by: str


class Purged(msgspec.Struct, frozen=True, tag_field="type", tag="purged"):
    """Everything that this author had said in the room is gone."""

    author: int
    by: str


class Restored(msgspec.Struct, frozen=True, tag_field="type", tag="restored"):
    """These, which had been removed, are as they were; of many only the newest are named."""

    messages: list[Message]


class Rules(msgspec.Struct, frozen=True, tag_field="type", tag="room", omit_defaults=True):
    open: bool
    slow: int
    """Seconds between two messages of one person; 0: no such rule."""
    hosts: bool = False
    """Whether only hosts write."""
    links: bool = True
    holds: str = ""
    """Whose messages wait for a moderator: "", "first" (of each person), "all"."""


Entry = Message | Removed | Purged | Restored | Rules


class Bar(msgspec.Struct, frozen=True):
    """What keeps somebody from writing: "mute" or "ban", until when (None: as long as the event is there)."""

    kind: str
    until: datetime | None


class OwnMessage(msgspec.Struct, frozen=True):
    room: int
    message: Message


class Own(msgspec.Struct, frozen=True):
    """What one person alone sees: what keeps them from writing, and their messages that the log does not hold: those
    that wait, were rejected, or were not shown because the room was too lively. Newest first."""

    bar: Bar | None
    messages: list[OwnMessage]


class Queue(msgspec.Struct, frozen=True):
    """What waits for moderators: how many messages are held, how many were reported; and the newest act."""

    waiting: int
    reported: int
    act: int


class Pace(msgspec.Struct, frozen=True):
    """When last a message was stored without being shown; None: never."""

    sampled_at: datetime | None


class Snapshot(msgspec.Struct, frozen=True):
    """A room as everybody sees it: the newest messages, oldest first, up to and including the log's `seq`."""

    room: int
    seq: int
    rules: Rules
    messages: list[Message]
    earlier: bool
    """Whether there are older ones."""


def author_of(message: models.Message) -> Author | None:
    user = message.author
    if user is None:
        return None
    return Author(user.pk, user.name, user.photo.url if user.photo else "")


def message_entry(message: models.Message) -> Message:
    """Needs `author` and `reply_to__author`, selected with it."""
    quoted = message.reply_to
    reply = None
    if quoted is not None:
        words = "" if quoted.removed else quoted.text[:QUOTE_CHARS]
        reply = Quote(quoted.pk, quoted.author.name if quoted.author else "", words)
    return Message(
        id=message.pk,
        seq=message.seq,
        author=author_of(message),
        role=message.author_role,
        text="" if message.removed else message.text,
        at=message.created_at,
        reply=reply,
        removed=message.removed,
        held=str(message.held),
    )


def rules_of(room: models.Room) -> Rules:
    return Rules(
        open=room.is_open,
        slow=room.slow_seconds,
        hosts=room.hosts_only,
        links=room.links_allowed,
        holds=str(room.holds),
    )


def change_entry(change: models.Change, restored: Iterable[models.Message] = ()) -> Removed | Purged | Restored | Rules:
    """`restored`: the messages that the change names, where it put some back; see `message_entry`."""
    if change.kind == models.Change.Kind.REMOVED:
        return Removed(id=change.message_id or 0, by=change.value["by"])
    if change.kind == models.Change.Kind.PURGED:
        return Purged(author=change.value["author"], by=change.value["by"])
    if change.kind == models.Change.Kind.RESTORED:
        return Restored([message_entry(message) for message in restored])
    return Rules(**change.value)


def reaction_counts(counts: Mapping[str, int]) -> dict[str, int]:
    """Every kind, in a fixed order, so that equal counts are equal payloads."""
    return {kind: counts.get(kind, 0) for kind in REACTIONS}
