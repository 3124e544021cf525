"""What features tell the engine: their topics and commands, declared in each app's `live.py`.

A topic's name is relative to its event (`chat/7`); the engine adds the event, which it takes from the signed
ticket and never from the client. `live.py` is a door: it calls selectors, permissions and services.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import msgspec
from django.core.exceptions import ImproperlyConfigured

from apps.core.access import ROLES_FOR, Access, beyond_attending
from apps.live import seq

MOST_TOPIC_CHARS = 80
CONVERTERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    # One spelling for one thing: `chat/07` must not be a second channel of `chat/7`.
    "int": (r"0|[1-9][0-9]{0,17}", int),
    "slug": (r"[a-z0-9][a-z0-9_-]{0,49}", str),
}
OF_EVERYBODY = (Access.ANYONE, Access.PUBLIC, Access.SIGNED_IN, Access.ATTENDEE)
PARAMETER = re.compile(r"\{([a-z_]+):([a-z]+)\}")


@dataclass(frozen=True, slots=True)
class Who:
    """The person behind a socket, as their ticket says. `user_id` is None for an anonymous visitor and for the feed."""

    user_id: int | None
    event_id: int
    name: str
    roles: frozenset[str]
    epoch: int
    language: str = ""

    @property
    def has_role(self) -> bool:
        """Beyond attending: what they do is kept by the audit log."""
        return bool(beyond_attending(self.roles))

    def may(self, access: Access) -> bool:
        """Whether the ticket's roles open this access; whether the event may be seen was decided with the ticket."""
        if access in (Access.ANYONE, Access.PUBLIC):
            return True
        if access is Access.SIGNED_IN:
            return self.user_id is not None
        return not self.roles.isdisjoint(ROLES_FOR.get(access, frozenset()))


def user_ids(people: Sequence[Who]) -> list[int]:
    """Without anonymous visitors."""
    return [who.user_id for who in people if who.user_id is not None]


class Shed(IntEnum):
    """What rests while a process cannot keep up, the first first; see `shedding.py`. Nothing else ever does: joining,
    video, votes and registration go on. A topic of values that rests keeps its newest for later; a command that rests
    is refused until it is over. Topics and commands declare the first two; the others are the engine's own."""

    REACTIONS = 1
    PRESENCE = 2
    """Counts of people: the counting goes on, the telling rests."""
    SAMPLING = 3
    """Busy rooms show half of their display rate."""
    FEED = 4
    """The feed is read less often, and cached longer."""


class Excepts(Protocol):
    """Event id → people."""

    def __call__(self, event_id: int, /) -> frozenset[int]: ...


class Topic(ABC):
    """What the two kinds have in common. Declare one with `@register`, never subclass this directly.

    `pattern` holds parameters as `{poll_id:int}` or `{name:slug}`; every hook gets them by keyword. What belongs to one
    person begins with `person/`: a process hears all of those of an event through one group (see `layer.group`).
    Hooks run in threads and may use the database; each one must scope by the event it is given.
    """

    pattern: ClassVar[str]
    access: ClassVar[Access]
    """The coarse rule, checked from the ticket's roles before `guard` is asked."""
    feed: ClassVar[bool] = True
    """Whether the cacheable HTTP feed may serve it. False for everything that belongs to one person."""
    by_ticket: ClassVar[bool] = False
    """Whether `guard` looks at nothing but the ticket, and waits for nothing: then it is asked on the event loop, for
    each person alone, and its answer is not kept."""
    presence: ClassVar[bool] = False
    """Whether the engine keeps who is here: `presence.count()`, and the two hooks below."""
    shed: ClassVar[Shed | None] = None
    """Of a state topic: with which step of the ladder its values rest. None: never."""
    excepted: ClassVar[Excepts | None] = None
    """The people for whom their audience's yes does not count, such as those who are banned: the guard is
    asked for each of them by name, and what the feed serves to their audience is not theirs. `staticmethod(…)` of a
    function in a thread; topics that name the same function share its answer. Whoever comes to stand or no longer
    stands among them is revoked (`publish.revoke`)."""

    @abstractmethod
    def guard(self, who: Who, *args: Any, **params: Any) -> None:
        """Raises Refused where this person may not read the topic. Asked once, at joining; see `publish.revoke`.

        An object of another event must be refused as if it did not exist: look it up by `who.event_id`.
        """

    def joined(self, people: Sequence[Who], at: datetime, *args: Any, **params: Any) -> None:  # noqa: B027
        """These signed-in people are here now: the first socket of each, in any process. All are of one event.

        May be told again about somebody who is here already (after a failure of Redis): open an interval only
        where none is open.
        """

    def left(self, people: Sequence[Who], at: datetime, *args: Any, **params: Any) -> None:  # noqa: B027
        """The last socket of each of these people is gone; after a process died, `at` is when it was last alive."""


class LogTopic(Topic):
    """Every message counts: a gapless `seq`, replayed to those who were away.

    The annotations of `replay` (and of a state topic's `snapshot`) say what the payloads are: the protocol's
    description is made of them.
    """

    replay_most: ClassVar[int] = 500
    """Someone who missed more than this is told to reload ("reset") instead."""

    def head(self, event_id: int, *args: Any, **params: Any) -> int:
        """The newest seq; by default what `seq.next_seq` gave out last for this topic."""
        return seq.head(event_id, self.name(**params))

    def revision(self, event_id: int, *args: Any, **params: Any) -> int:
        """The seq of the newest entry that takes back or alters what an earlier one said; by default none ever does.
        It is part of the addresses of the feed's full pages, so that those readers ask for say what is true now."""
        return 0

    @abstractmethod
    def replay(self, event_id: int, *args: Any, **params: Any) -> Sequence[tuple[int, Any]]:
        """Called with `after=` and `limit=`: the messages whose seq is greater, oldest first, as (seq, payload).

        Payloads equal what was published. Read it from the primary database: a committed seq that is not
        returned counts as deleted.
        """

    @classmethod
    def name(cls, **params: Any) -> str:
        return name_of(cls, **params)


class StateTopic(Topic):
    """Only the latest value counts: changes mark it dirty, a ticker publishes the whole value."""

    interval_ms: ClassVar[int] = 300
    """The least time between two values; 250 to 500 feels immediate, presence may take seconds."""

    @abstractmethod
    def snapshot(self, event_id: int, *args: Any, **params: Any) -> Any:
        """The whole value, exactly what the page rendered for the same audience."""

    def snapshots(self, event_id: int, every: Sequence[Mapping[str, Any]]) -> Sequence[Any]:
        """The values of several topics of this kind, by their parameters. Worth a word of its own where each person
        has one: when a session begins and hundreds join at a time, they are read together."""
        return [self.snapshot(event_id, **params) for params in every]

    @classmethod
    def name(cls, **params: Any) -> str:
        return name_of(cls, **params)


B = TypeVar("B", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Rate:
    """A token bucket: how often something may happen."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class Call(Generic[B]):
    """One command of one person. `id` is the client's own (at most 40 characters): store it in a unique column
    where doing it twice would matter, since a retry may arrive at another process after a crash."""

    who: Who
    body: B
    id: str | None = None
    address: str = ""
    """Where it comes from, of those with a role alone."""


class Done(msgspec.Struct, frozen=True):
    """The answer of a command that has no more to say than that it was done."""


class Command(ABC):
    """Something people ask for over the socket. Commands of one kind that arrive in one tick come as one list."""

    name: ClassVar[str]
    access: ClassVar[Access]
    Body: ClassVar[type[msgspec.Struct]]
    """Declare it with `forbid_unknown_fields=True` and a bound on every text and list."""
    rate: ClassVar[Rate] = Rate(per_second=5, burst=20)
    """How often one person may do it, over all their pages and all processes."""
    place_rate: ClassVar[Rate | None] = None
    """How often all people together may do it in one place, over all processes; see `place`."""
    shed: ClassVar[Shed | None] = None
    """With which step of the ladder it rests. None: never."""

    remembers: ClassVar[bool] = True
    """Whether its answer is kept for minutes under its sender, so that a retry is answered and not repeated. False
    where nobody may learn whose it was; the service then knows a retry by itself."""
    of_staff: ClassVar[bool] = False
    """Whether the audit log names whoever does it with a role; so it is wherever `access` asks for a role."""

    @property
    def is_kept(self) -> bool:
        return self.of_staff or self.access not in OF_EVERYBODY

    def place(self, body: Any) -> int | str:
        """Which place a call is about (a room's id), where `place_rate` is declared."""
        raise NotImplementedError

    @abstractmethod
    def run(self, calls: list[Call[Any]]) -> list[Any]:
        """One answer for each call, in order: a payload, or a Refused (returned, not raised, so that the others stand).

        Runs in a thread. Must be all or nothing: after an unexpected error the engine tries the calls one by one. What
        is not one transaction goes through `singly`, which lets no error out.
        Its annotation says what the answers are (`list[Message | Refused]`): the protocol's description is made of it.
        """


@dataclass(frozen=True, slots=True)
class Match:
    """A topic's name, understood: whose topic it is, and its parameters."""

    name: str
    topic: LogTopic | StateTopic
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pattern:
    regex: re.Pattern[str]
    convert: dict[str, Callable[[str], Any]]
    template: str
    topic: LogTopic | StateTopic


@dataclass(slots=True)
class Registry:
    patterns: list[Pattern] = field(default_factory=list)
    commands: dict[str, Command] = field(default_factory=dict)
    raise_epoch: Callable[[int], int] | None = None
    read_epoch: Callable[[int], int] | None = None
    forget: list[Callable[[int], None]] = field(default_factory=list)

    def topics(self) -> list[LogTopic | StateTopic]:
        return [pattern.topic for pattern in self.patterns]


registry = Registry()
C = TypeVar("C", bound=type[LogTopic] | type[StateTopic] | type[Command])


def register(declared: C) -> C:
    """Class decorator: makes a topic or command known to the engine."""
    if not isinstance(getattr(declared, "access", None), Access):
        raise ImproperlyConfigured(f"{declared.__qualname__} must say who may come in: access = Access.…")
    if issubclass(declared, Command):
        _register_command(declared)
    elif issubclass(declared, LogTopic | StateTopic):
        _register_topic(declared)
    else:
        raise ImproperlyConfigured(f"{declared.__qualname__} is neither a LogTopic, a StateTopic nor a Command.")
    return declared


def _register_command(declared: type[Command]) -> None:
    if declared.name in registry.commands:
        raise ImproperlyConfigured(f"The command {declared.name} is registered twice.")
    if not declared.Body.__struct_config__.forbid_unknown_fields:
        raise ImproperlyConfigured(f"The body of {declared.name} must be declared with forbid_unknown_fields=True.")
    registry.commands[declared.name] = declared()


def _register_topic(declared: type[LogTopic] | type[StateTopic]) -> None:
    if declared.shed is not None and issubclass(declared, LogTopic):
        raise ImproperlyConfigured(f"{declared.pattern} is a log: every message counts, none may be shed.")
    if declared.feed and declared.pattern.startswith("person/"):
        raise ImproperlyConfigured(f"{declared.pattern} belongs to one person, and must say so: feed = False.")
    template = PARAMETER.sub(r"{\1}", declared.pattern)
    if any(template == known.template for known in registry.patterns):
        raise ImproperlyConfigured(f"The topic {declared.pattern} is registered twice.")
    convert: dict[str, Callable[[str], Any]] = {}
    source, at = "", 0
    for parameter in PARAMETER.finditer(declared.pattern):
        name, kind = parameter.groups()
        expression, convert[name] = CONVERTERS[kind]
        source += re.escape(declared.pattern[at : parameter.start()]) + f"(?P<{name}>{expression})"
        at = parameter.end()
    source += re.escape(declared.pattern[at:])
    registry.patterns.append(Pattern(re.compile(source), convert, template, declared()))
    resolve.cache_clear()


@lru_cache(maxsize=8192)
def resolve(name: str) -> Match | None:
    """The topic of this name, or None where no feature knows it."""
    if len(name) > MOST_TOPIC_CHARS:
        return None
    for pattern in registry.patterns:
        found = pattern.regex.fullmatch(name)
        if found:
            params = {key: pattern.convert[key](value) for key, value in found.groupdict().items()}
            return Match(name, pattern.topic, params)
    return None


def name_of(declared: type[LogTopic] | type[StateTopic], **params: Any) -> str:
    return PARAMETER.sub(r"{\1}", declared.pattern).format(**params)


def keep_epochs(raise_epoch: Callable[[int], int], read_epoch: Callable[[int], int]) -> None:
    """The room that owns events registers here how an event's epoch is raised, and read: event id → the epoch.

    It is raised inside the transaction that revokes, so that a ticket issued after it carries the new epoch.
    """
    registry.raise_epoch, registry.read_epoch = raise_epoch, read_epoch


def forgets(forget: Callable[[int], None]) -> None:
    """A room that keeps for a moment, in this process, what its guards read registers here how it forgets that: event
    id → nothing. It is called with each revocation, before anybody who comes back is asked about."""
    registry.forget.append(forget)


@contextmanager
def also(*declared: type[LogTopic] | type[StateTopic] | type[Command]) -> Iterator[None]:
    """For tests: for a while the engine knows these topics and commands beside its own, and then forgets them."""
    patterns, commands = list(registry.patterns), dict(registry.commands)
    epochs = registry.raise_epoch, registry.read_epoch
    try:
        for one in declared:
            register(one)
        yield
    finally:
        registry.patterns[:] = patterns
        registry.commands.clear()
        registry.commands.update(commands)
        registry.raise_epoch, registry.read_epoch = epochs
        resolve.cache_clear()
