"""What readers of a room are told: topic names, the entries of its log, its snapshot, and the reactions.

Applied in order to a snapshot, entries give the fresh snapshot: a `message` is appended, `removed` empties the
message and every quote of it, `room` replaces the rules.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from apps.chat import models

QUOTE_CHARS = 90
REACTIONS = ("applause", "heart", "idea", "laugh", "wow")


def topic(room_id: int) -> str:
    return f"chat/{room_id}"


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


class Message(msgspec.Struct, frozen=True, tag_field="type", tag="message"):
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
    """Empty, or by whom: "author", "moderator"; then `text` is empty."""


class Removed(msgspec.Struct, frozen=True, tag_field="type", tag="removed"):
    id: int
    by: str


class Rules(msgspec.Struct, frozen=True, tag_field="type", tag="room"):
    open: bool
    slow: int


Entry = Message | Removed | Rules


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
    )


def rules_of(room: models.Room) -> Rules:
    return Rules(open=room.is_open, slow=room.slow_seconds)


def change_entry(change: models.Change) -> Removed | Rules:
    if change.kind == models.Change.Kind.REMOVED:
        return Removed(id=change.message_id or 0, by=change.value["by"])
    return Rules(open=change.value["open"], slow=change.value["slow"])


def reaction_counts(counts: Mapping[str, int]) -> dict[str, int]:
    """Every kind, in a fixed order, so that equal counts are equal payloads."""
    return {kind: counts.get(kind, 0) for kind in REACTIONS}
