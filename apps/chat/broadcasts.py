"""What readers of a room are told: topic names, the entries of its log, its snapshot, and the reactions.

Applied in order to a snapshot, entries give the fresh snapshot: a `message` is appended, `removed` empties the
message and every quote of it, `purged` does so with everything of one author (`since` a message, where that is named),
`restored` gives messages back their words, `edited` replaces the words of a message and of every quote of it, `pinned`
replaces what stands above the conversation, `room` replaces the rules. A pinned message is emptied, changed and put
back like any other.
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


def marks_topic(room_id: int) -> str:
    """The sums of reactions of the messages that were reacted to last."""
    return f"chat/{room_id}/marks"


def trace_topic(room_id: int) -> str:
    """For moderators: what was said before it was changed or taken away."""
    return f"chat/{room_id}/trace"


def mentions_topic(user_id: int) -> str:
    return f"person/{user_id}/mentions"


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


class Named(msgspec.Struct, frozen=True):
    """Somebody whose name, after an @, stands in the text."""

    id: int
    name: str


class File(msgspec.Struct, frozen=True):
    """What goes with a message; its address is made of the room's and `key`."""

    key: str
    kind: str
    """"image" or "pdf"."""
    name: str
    alt: str
    size: int
    width: int
    """Of the preview, in pixels; 0 where there is none."""
    height: int


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
    mentions: list[Named] = []
    files: list[File] = []
    edited: datetime | None = None


class Removed(msgspec.Struct, frozen=True, tag_field="type", tag="removed"):
    id: int
    by: str


class Purged(msgspec.Struct, frozen=True, tag_field="type", tag="purged", omit_defaults=True):
    """Everything that this author had said in the room is gone."""

    author: int
    by: str
    since: int = 0
    """Only from the message with this seq on: they had said so much that the rest is still there."""


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


class Edited(msgspec.Struct, frozen=True, tag_field="type", tag="edited", omit_defaults=True):
    """Other words for a message; none where it was removed since."""

    id: int
    text: str
    at: datetime
    mentions: list[Named] = []


class Pinned(msgspec.Struct, frozen=True, tag_field="type", tag="pinned"):
    """What stands above the conversation from now on; None: nothing."""

    message: Message | None


Entry = Message | Removed | Purged | Restored | Rules | Edited | Pinned


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


SELECTION_SECONDS = 15
"""How long after such a message a room is said to show a selection; static/chat/order.js says the same."""


class Pace(msgspec.Struct, frozen=True):
    """When last a message was stored without being shown; None: never."""

    sampled_at: datetime | None


class MentionEntry(msgspec.Struct, frozen=True):
    room: int
    message: int
    seq: int
    name: str
    """Of who wrote it."""
    text: str
    at: datetime


class Mentions(msgspec.Struct, frozen=True):
    """Where somebody was named and has not read it yet: how often, and the newest of them."""

    count: int
    invited: int
    """How many groups they are asked into and have not answered."""
    newest: list[MentionEntry]


class Trace(msgspec.Struct, frozen=True):
    """What a message said before; `by` and `removed` where it was taken away."""

    id: int
    was: list[str]
    """Oldest first; the last is what was removed, where it was."""
    by: str
    removed: str


class Snapshot(msgspec.Struct, frozen=True):
    """A room as everybody sees it: the newest messages, oldest first, up to and including the log's `seq`."""

    room: int
    seq: int
    rules: Rules
    messages: list[Message]
    earlier: bool
    """Whether there are older ones."""
    pinned: Message | None = None


def author_of(message: models.Message) -> Author | None:
    user = message.author
    if user is None:
        return None
    return Author(user.pk, user.name, user.photo_url)


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
        mentions=[] if message.removed else mentions_of(message),
        files=[] if message.removed else [File(**file) for file in message.extras.get("files", ())],
        edited=None if message.removed else message.edited_at,
    )


def mentions_of(message: models.Message) -> list[Named]:
    return [Named(**person) for person in message.extras.get("mentions", ())]


def rules_of(room: models.Room) -> Rules:
    return Rules(
        open=room.is_open,
        slow=room.slow_seconds,
        hosts=room.hosts_only,
        links=room.links_allowed,
        holds=str(room.holds),
    )


def change_entry(change: models.Change, restored: Iterable[models.Message] = ()) -> Entry:
    """`restored`: the messages that the change names, where it put some back; see `message_entry`."""
    message = change.message
    if change.kind == models.Change.Kind.REMOVED:
        return Removed(id=change.message_id or 0, by=change.value["by"])
    if change.kind == models.Change.Kind.PURGED:
        return Purged(author=change.value["author"], by=change.value["by"], since=change.value.get("since", 0))
    if change.kind == models.Change.Kind.RESTORED:
        return Restored([message_entry(message) for message in restored])
    if change.kind == models.Change.Kind.PINNED:
        return Pinned(message_entry(message) if message else None)
    if change.kind == models.Change.Kind.EDITED and message is not None:
        words = "" if message.removed else message.text
        mentions = [] if message.removed else mentions_of(message)
        return Edited(id=message.pk, text=words, at=message.edited_at or change.created_at, mentions=mentions)
    return Rules(**change.value)


def reaction_counts(counts: Mapping[str, int]) -> dict[str, int]:
    """Every kind, in a fixed order, so that equal counts are equal payloads."""
    return {kind: counts.get(kind, 0) for kind in REACTIONS}
