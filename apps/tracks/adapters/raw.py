"""What a reader finds in a file before it is understood: named values, each part with its place."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from apps.tracks.adapters.values import readable

Value = str | int | float | bool | None


@dataclass(slots=True)
class Part:
    """An object of the file. A value that is absent was not said; None was said to be nothing."""

    place: str
    values: dict[str, Value] = field(default_factory=dict)
    lists: dict[str, list["Part"]] = field(default_factory=dict)
    own_places: dict[str, str] = field(default_factory=dict)

    def text(self, *names: str) -> str | None:
        """The first of these values that is not blank, as text; "" if one was blank, None if none was there."""
        said: str | None = None
        for name in names:
            if name in self.values:
                value = self.values[name]
                said = "" if value is None else readable(str(value))
                if said.strip():
                    return said
        return said

    def where(self, *names: str) -> str:
        """Where one of these values stands, or else the part itself."""
        return next((self.own_places[name] for name in names if name in self.own_places), self.place)


@dataclass(slots=True)
class RawRoom:
    part: Part
    sessions: list[Part]


@dataclass(slots=True)
class RawDay:
    part: Part
    rooms: list[RawRoom]


@dataclass(slots=True)
class RawSchedule:
    conference: Part
    generator: str = ""
    system: str = ""
    version: str = ""
    base_url: str = ""
    tracks: list[Part] = field(default_factory=list)
    rooms: list[Part] = field(default_factory=list)
    speakers: list[Part] = field(default_factory=list)
    days: list[RawDay] = field(default_factory=list)
    is_part: bool = False
    """A table that was exported here, and need not hold every session."""
    says_cancelled: bool = False
    """Whether the `state` of a session says that it is cancelled."""
    unknown: dict[str, str] = field(default_factory=dict)
    """Names that the format does not have, with the first place of each."""
    odd: list[tuple[str, str]] = field(default_factory=list)
    """Places, and what could not be taken as it stands there."""

    def sessions(self) -> Iterator[tuple[RawDay, RawRoom, Part]]:
        for day in self.days:
            for room in day.rooms:
                for session in room.sessions:
                    yield day, room, session
