"""What higher rooms add to an event's pages and desk, so that events need not know them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from apps.events.models import Event, Registration
from apps.events.registry.work import Needs, Tasks

if TYPE_CHECKING:
    from apps.accounts.models import User


@dataclass(frozen=True, slots=True)
class Number:
    """One figure of an event, as the organiser's desk shows it."""

    label: str | Promise
    value: int | str
    url: str = ""


class Numbers:
    """The figures of an event: each room registers a function that reads its own."""

    def __init__(self) -> None:
        self._sources: dict[str, tuple[int, Callable[[Event], Iterable[Number]]]] = {}

    def register(self, name: str, *, position: int) -> Callable[[Callable[[Event], Iterable[Number]]], None]:
        """Decorates `source(event) -> numbers`; a smaller position is shown earlier. Call it from `AppConfig.ready`."""

        def add(source: Callable[[Event], Iterable[Number]]) -> None:
            self._sources[name] = (position, source)

        return add

    def of(self, event: Event) -> list[Number]:
        ordered = sorted(self._sources.items(), key=lambda item: (item[1][0], item[0]))
        return [number for _name, (_position, source) in ordered for number in source(event)]


class Checks:
    """What an organiser should look at before publishing: each room registers a function that finds it."""

    def __init__(self) -> None:
        self._sources: dict[str, Callable[[Event], Iterable[str | Promise]]] = {}

    def register(self, name: str) -> Callable[[Callable[[Event], Iterable[str | Promise]]], None]:
        """Decorates `source(event) -> warnings`, sentences that say what is missing and what to do."""

        def add(source: Callable[[Event], Iterable[str | Promise]]) -> None:
            self._sources[name] = source

        return add

    def of(self, event: Event) -> list[str | Promise]:
        return [warning for name in sorted(self._sources) for warning in self._sources[name](event)]


class Remarks:
    """What an organiser should know at one person's place: each room registers a function that says its own."""

    def __init__(self) -> None:
        self._sources: dict[str, Callable[[Registration], Iterable[str]]] = {}

    def register(self, name: str) -> Callable[[Callable[[Registration], Iterable[str]]], None]:
        """Decorates `source(registration) -> sentences`."""

        def add(source: Callable[[Registration], Iterable[str]]) -> None:
            self._sources[name] = source

        return add

    def of(self, registration: Registration) -> list[str]:
        return [remark for name in sorted(self._sources) for remark in self._sources[name](registration)]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of "next for you": what it is, by when, and why it is here."""

    rank: int
    """What runs out first stands first: OPEN_NOW, RUNNING, SOON, REPLY, NEWS."""
    at: datetime
    """Orders entries of one rank, the earliest first."""
    icon: str
    when: str | Promise
    title: str | Promise
    url: str
    why: str | Promise = ""
    left: str | Promise = ""
    """What is left of it, in words; where `until` is set, the page counts down to that moment instead."""
    until: datetime | None = None
    action: str | Promise = ""
    is_hot: bool = False


OPEN_NOW, RUNNING, SOON, REPLY, NEWS = range(5)
Source = Callable[[Event, "User", frozenset[str]], Iterable[Entry]]


class NextForYou:
    """What waits for one person in an event: each room registers a function that knows its own."""

    def __init__(self) -> None:
        self._sources: dict[str, Source] = {}

    def register(self, name: str) -> Callable[[Source], None]:
        """Decorates `source(event, user, roles) -> entries`, at most a handful and in a few queries."""

        def add(source: Source) -> None:
            self._sources[name] = source

        return add

    def of(self, event: Event, user: "User", roles: frozenset[str], *, most: int = 12) -> list[Entry]:
        entries = [entry for name in sorted(self._sources) for entry in self._sources[name](event, user, roles)]
        return sorted(entries, key=lambda entry: (entry.rank, entry.at))[:most]


ticket_parts: list[type[Any]] = []
"""What higher rooms add to the form of a ticket: inlines of the desk."""

numbers = Numbers()
needs = Needs()
tasks = Tasks()
next_for_you = NextForYou()
publish_checks = Checks()
remarks = Remarks()


@dataclass(frozen=True, slots=True)
class Segment:
    """Some of an event's people, to whom something can be said."""

    key: str
    """As it stands in `Announcement.audience`."""
    label: str | Promise
    count: int | None
    """How many they are at this moment; None where nobody asked."""
    on_screen: bool = True
    """Whether they have a topic of their own."""
    by_mail: bool = True


class Segments:
    """Kinds of segments that higher rooms know, such as those who are in a session. The event's own are in
    `selectors.segments_of`."""

    def __init__(self) -> None:
        self._sources: dict[str, Callable[[Event], Iterable[Segment]]] = {}

    def register(
        self, kind: str
    ) -> Callable[[Callable[[Event], Iterable[Segment]]], Callable[[Event], Iterable[Segment]]]:
        """Decorates `source(event) -> segments`, whose keys begin with `kind/`; a bounded number of them."""

        def add(source: Callable[[Event], Iterable[Segment]]) -> Callable[[Event], Iterable[Segment]]:
            self._sources[kind] = source
            return source

        return add

    def of(self, event: Event) -> list[Segment]:
        return [segment for kind in sorted(self._sources) for segment in self._sources[kind](event)]

    def find(self, event: Event, key: str) -> Segment | None:
        """Asks only the room whose kind it is."""
        source = self._sources.get(key.partition("/")[0])
        return next((segment for segment in source(event) if segment.key == key), None) if source else None


segments = Segments()
