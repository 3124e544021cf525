"""Spreads the events of a calendar that repeat (RFC 5545): each time is one, with what was changed of that one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

from dateutil.rrule import rrulestr
from icalendar.prop import vDDDLists, vRecur

MOST_TIMES = 200
HORIZON = timedelta(days=2 * 366)
"""A rule that never comes true would be looked for until the end of time."""
_RULED = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})


class Unruly(Exception):
    """A rule that cannot be followed."""


@dataclass(frozen=True, slots=True)
class Time:
    """One time of an event: the component that says what it is, when it begins (None: as the component says)."""

    component: Any
    starts: datetime | None = None
    key: str = ""
    """By which it is known among the times of its event; empty where the event does not repeat."""


@dataclass(slots=True)
class Series:
    """An event, and those of its times that were changed by themselves."""

    component: Any
    changed: dict[str, Any]
    is_cut: bool = False

    def times(self) -> Iterator[Time]:
        start = self.component.decoded("dtstart", None)
        left = dict(self.changed)
        if not isinstance(start, datetime):
            yield Time(self.component)
        elif "rrule" not in self.component and "rdate" not in self.component:
            own = left.pop(key_of(start), None)
            yield Time(self.component if own is None else own)
        else:
            found = sorted(self._starts(start))
            self.is_cut = self.is_cut or len(found) > MOST_TIMES
            for at in found[:MOST_TIMES]:
                own = left.pop(key_of(at), None)
                yield Time(self.component, at, key_of(at)) if own is None else Time(own, key=key_of(at))
        for key, own in sorted(left.items()):
            yield Time(own, key=key)

    def _starts(self, start: datetime) -> set[datetime]:
        found = {start}
        for rule in _listed(self.component.get("rrule")):
            ruled = list(islice(self._ruled(rule, start), MOST_TIMES + 1))
            found.update(moment.replace(tzinfo=start.tzinfo) for moment in ruled)
        found.update(_moments(self.component.get("rdate"), start))
        return found - set(_moments(self.component.get("exdate"), start))

    def _ruled(self, rule: Any, start: datetime) -> Iterator[datetime]:
        """On the clocks of its zone: nine o'clock stays nine o'clock when these are put back."""
        if not isinstance(rule, vRecur):
            raise Unruly
        said = dict(rule)
        count, until = said.pop("COUNT", [None])[0], said.pop("UNTIL", [None])[0]
        if said.get("FREQ", [""])[0].upper() not in _RULED or said.get("INTERVAL", [1])[0] < 1:
            raise Unruly
        first = start.replace(tzinfo=None)
        end = _local(until, start) if until is not None else None
        last = min(end, first + HORIZON) if end else first + HORIZON
        try:
            written: Any = vRecur({**said, "UNTIL": [last]})
            text = written.to_ical().decode()
            times = islice(iter(rrulestr(text, dtstart=first)), count)
            yield from times
        except (ValueError, TypeError, OverflowError) as error:
            raise Unruly from error
        self.is_cut = self.is_cut or (count is None and end is None) or (end is not None and end > last)


def key_of(moment: datetime) -> str:
    """The same for the same moment, in whatever zone it is written."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}" if moment.tzinfo else f"{moment:%Y%m%dT%H%M%S}"


def _local(until: date, start: datetime) -> datetime:
    if not isinstance(until, datetime):
        return datetime.combine(until, time.max.replace(microsecond=0))
    return until.astimezone(start.tzinfo).replace(tzinfo=None) if until.tzinfo else until


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _moments(value: Any, start: datetime) -> Iterator[datetime]:
    """What RDATE and EXDATE name; a day stands for the time of that day at which the event begins."""
    for group in _listed(value):
        for entry in _dates(group):
            moment = entry.dt[0] if isinstance(entry.dt, tuple) else entry.dt
            if not isinstance(moment, datetime):
                moment = datetime.combine(moment, start.timetz())
            elif moment.tzinfo is None or start.tzinfo is None:
                moment = moment.replace(tzinfo=start.tzinfo)
            yield moment.astimezone(start.tzinfo) if start.tzinfo else moment


def _dates(group: Any) -> list[Any]:
    if not isinstance(group, vDDDLists):  # what could not be read is a text
        raise Unruly
    return list(group.dts)
