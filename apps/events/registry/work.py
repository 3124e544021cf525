"""What waits for an organiser, and what is done and to do on an event: each room says its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.events.models import Event


@dataclass(frozen=True, slots=True)
class Need:
    """One line of "what needs you" on the organiser's home: a sentence with its number, and where it is done."""

    rank: int
    """What people wait for stands first: WAITING, BROKEN, MISSING."""
    text: str
    url: str
    event_id: int | None = None


WAITING, BROKEN, MISSING = range(3)
NeedSource = Callable[["dict[int, Event]", "User"], Iterable[Need]]


class Needs:
    """What waits for an organiser: each room registers a function that knows its own."""

    def __init__(self) -> None:
        self._sources: dict[str, NeedSource] = {}

    def register(self, name: str) -> Callable[[NeedSource], None]:
        """Decorates `source(events by id, user) -> needs`: a query or two for all events together, a line an event."""

        def add(source: NeedSource) -> None:
            self._sources[name] = source

        return add

    def of(self, events: "dict[int, Event]", user: "User") -> list[Need]:
        """Of these events; within a rank the event that begins first."""
        found = [need for name in sorted(self._sources) for need in self._sources[name](events, user)] if events else []

        def urgency(need: Need) -> tuple[int, float, int]:
            event = events.get(need.event_id or 0)
            return need.rank, event.starts_at.timestamp() if event else 0.0, need.event_id or 0

        return sorted(found, key=urgency)


class Part(IntEnum):
    """The parts of an organiser's work, in its order."""

    SET_UP, AGENDA, PEOPLE, CONTENT, LIVE, AFTER = range(6)


@dataclass(frozen=True, slots=True)
class Task:
    """A line of the check list on an event's desk: done or not, and where it is done."""

    part: Part
    text: str | Promise
    is_done: bool
    url: str
    is_optional: bool = False


class Tasks:
    """The work on an event: each room registers a function that knows its own part of it."""

    def __init__(self) -> None:
        self._sources: dict[str, tuple[int, Callable[[Event], Iterable[Task]]]] = {}

    def register(self, name: str, *, position: int) -> Callable[[Callable[["Event"], Iterable[Task]]], None]:
        """Decorates `source(event) -> tasks`; within a part a smaller position is shown earlier."""

        def add(source: Callable[["Event"], Iterable[Task]]) -> None:
            self._sources[name] = (position, source)

        return add

    def of(self, event: "Event") -> dict[Part, list[Task]]:
        ordered = sorted(self._sources.items(), key=lambda item: (item[1][0], item[0]))
        parts: dict[Part, list[Task]] = {part: [] for part in Part}
        for _name, (_position, source) in ordered:
            for task in source(event):
                parts[task.part].append(task)
        return parts
