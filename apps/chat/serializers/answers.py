"""What the API answers about chat, where that is not what the socket says too; and an example of each answer."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from apps.chat import broadcasts

Sums = dict[str, int]


class Said(msgspec.Struct, frozen=True):
    """Messages, oldest first, and whether there are more on either side. `marks` are the sums of reactions by message,
    `mine` what the caller gave."""

    messages: list[broadcasts.Message]
    earlier: bool
    later: bool
    marks: dict[str, Sums]
    mine: dict[str, list[str]]


class History(Said, frozen=True):
    """The same with what the caller said meanwhile that others do not see: `own`, at most 200, the newest."""

    own: list[broadcasts.Message]


class Stretch(Said, frozen=True):
    """The same for a stretch of a recording that began at `start`."""

    start: datetime


class Room(broadcasts.Snapshot, frozen=True, kw_only=True):
    marks: dict[str, Sums]
    mine: dict[str, list[str]]
    own: list[broadcasts.Message]


class Found(msgspec.Struct, frozen=True):
    """The newest first; `earlier` says whether there is another page, asked for by the last one's `seq`."""

    messages: list[broadcasts.Message]
    earlier: bool


class Attached(msgspec.Struct, frozen=True):
    key: str
    kind: str
    name: str
    size: int
    width: int
    height: int


class ReadTo(msgspec.Struct, frozen=True):
    read: int


class Person(msgspec.Struct, frozen=True):
    id: int
    name: str
    about: str


class People(msgspec.Struct, frozen=True):
    people: list[Person]


class Place(msgspec.Struct, frozen=True):
    room: int
    title: str
    address: str
    unread: int


class GroupLine(msgspec.Struct, frozen=True):
    """A group; `room` is its conversation, for who is in."""

    id: int
    name: str
    room: int | None


class Groups(msgspec.Struct, frozen=True):
    groups: list[GroupLine]


class Member(msgspec.Struct, frozen=True):
    id: int
    name: str
    joined: bool
    """False: asked, and has not answered."""


class Group(GroupLine, frozen=True):
    members: list[Member]


class Invited(msgspec.Struct, frozen=True):
    invited: int


# Keeping order ------------------------------------------------------------------------------------------------------


class Line(msgspec.Struct, frozen=True):
    """One line of the record of moderation."""

    id: int
    kind: str
    by: int | None
    person: int | None
    room: int | None
    message: int | None
    undoes: int | None
    detail: dict[str, Any]
    at: datetime


class Record(msgspec.Struct, frozen=True):
    acts: list[Line]


class Held(msgspec.Struct, frozen=True):
    id: int
    room: int
    author: int | None
    name: str
    text: str
    why: str
    at: datetime


class Waiting(msgspec.Struct, frozen=True):
    """How many are held, and those that wait longest."""

    count: int
    messages: list[Held]


class Report(msgspec.Struct, frozen=True):
    by: int | None
    reason: str
    text: str
    at: datetime


class Reported(msgspec.Struct, frozen=True):
    id: int
    room: int
    author: int | None
    text: str
    removed: str
    reports: list[Report]


class Reports(msgspec.Struct, frozen=True):
    messages: list[Reported]


class Stored(msgspec.Struct, frozen=True):
    """A message as it is stored, shown or not."""

    id: int
    room: int
    seq: int | None
    """None: not shown."""
    author: int | None
    name: str
    text: str
    held: str
    """Empty, `waiting` or `rejected`."""
    why: str
    """Why it is held."""
    removed: str
    """Empty, or by whom."""
    at: datetime


class Ruled(msgspec.Struct, frozen=True):
    """A conversation, and the rules that hold in it, as `chat_rules` sets them."""

    room: int
    title: str
    waiting: int
    open: bool
    slow: int
    hosts: bool
    links: bool
    holds: str
    newcomer_minutes: int
    hide_after: int
    display_rate: int


class Barred(msgspec.Struct, frozen=True):
    person: int
    name: str
    kind: str
    until: datetime | None
    since: datetime
    reason: str


class BarredPeople(msgspec.Struct, frozen=True):
    people: list[Barred]


class Word(msgspec.Struct, frozen=True):
    id: int
    language: str
    text: str
    action: str


class Words(msgspec.Struct, frozen=True):
    words: list[Word]
    more: bool


class WordsAdded(msgspec.Struct, frozen=True):
    added: int
    changed: int
    known: int
    too_long: list[str]


# Examples -----------------------------------------------------------------------------------------------------------
AT = datetime(2026, 5, 4, 13, 31, tzinfo=UTC)
MESSAGE = broadcasts.Message(
    id=902,
    seq=311,
    author=broadcasts.Author(57, "Jonas Petterhall", ""),
    role="",
    text="We read the gauge at six every morning.",
    at=AT,
    reply=broadcasts.Quote(899, "Mei Tanaka-Ruiz", "Who reads the gauge?"),
    removed="",
)
SUMS: Sums = {"heart": 4, "idea": 1}
HISTORY = History([MESSAGE], earlier=True, later=False, marks={"902": SUMS}, mine={"902": ["heart"]}, own=[])
STRETCH = Stretch(HISTORY.messages, earlier=True, later=False, marks={"902": SUMS}, mine={}, start=AT)
ROOM = Room(12, 311, broadcasts.Rules(open=True, slow=0), [MESSAGE], earlier=True, marks={"902": SUMS}, mine={}, own=[])
EDITED = broadcasts.Edited(id=902, text="We read the gauge at seven every morning.", at=AT)
ATTACHED = Attached("kQ3vT9xW2b", "image", "gauge.jpg", 482_113, 1600, 1200)
PEOPLE = People([Person(57, "Jonas Petterhall", "Lock keeper, Town of Marl")])
PLACE = Place(12, "Eleven towns, one floodplain", "/e/freshet/chat/12/", 3)
GROUPS = Groups([GroupLine(4, "Gauge readers", 31), GroupLine(9, "Friday’s boat", None)])
GROUP = Group(4, "Gauge readers", 31, [Member(57, "Jonas Petterhall", True), Member(61, "Mei Tanaka-Ruiz", False)])
LINE = Line(71, "remove", by=9, person=57, room=12, message=902, undoes=None, detail={}, at=AT)
STORED = Stored(904, 12, None, 57, "Jonas Petterhall", "See my page", "waiting", "word", "", AT)
RULED = Ruled(
    *(12, "Eleven towns, one floodplain", 1),
    open=True,
    slow=10,
    hosts=False,
    links=True,
    holds="",
    newcomer_minutes=0,
    hide_after=3,
    display_rate=8,
)
WAITING = Waiting(1, [Held(904, 12, 57, "Jonas Petterhall", "See my page", "word", AT)])
REPORTS = Reports([Reported(902, 12, 57, MESSAGE.text, "", [Report(61, "spam", "The third time", AT)])])
BARRED = BarredPeople([Barred(57, "Jonas Petterhall", "mute", None, AT, "Asked to stop twice")])
WORDS = Words([Word(3, "en", "bilge", "hold")], more=False)
