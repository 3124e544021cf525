"""In which zone a page's times are shown: the reader's own, or the event's where the reader asked for it."""

import zoneinfo
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.utils import timezone


@dataclass(frozen=True)
class Zones:
    """`own` is the reader's (profile, else what their browser said), None while nobody knows; `event` is the event's.

    `wants_event` is the reader's choice to see the event's times; without an own zone these are shown anyway.
    """

    own: zoneinfo.ZoneInfo | None
    event: zoneinfo.ZoneInfo | None = None
    wants_event: bool = False

    @property
    def shown(self) -> zoneinfo.ZoneInfo:
        if self.event and (self.wants_event or self.own is None):
            return self.event
        return self.own or self.event or zoneinfo.ZoneInfo(settings.TIME_ZONE)

    @property
    def is_guess(self) -> bool:
        """Nobody has said yet where the reader is: the page asks their browser."""
        return self.own is None and not self.wants_event

    @property
    def other(self) -> zoneinfo.ZoneInfo | None:
        """The zone that is one click away."""
        candidate = self.own if self.shown == self.event else self.event
        return candidate if candidate and candidate != self.shown else None


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def find(key: str | None) -> zoneinfo.ZoneInfo | None:
    """The zone of that name; None for whatever else a cookie may hold."""
    return zoneinfo.ZoneInfo(key) if key and key in _known() else None


def city(zone: zoneinfo.ZoneInfo) -> str:
    """What people call a zone: Africa/Nairobi is Nairobi."""
    return zone.key.rpartition("/")[2].replace("_", " ")


def settle(zones: Zones, event_zone: str) -> Zones:
    """The same reader, now inside an event; its times are shown from here on."""
    settled = Zones(own=zones.own, event=find(event_zone), wants_event=zones.wants_event)
    timezone.activate(settled.shown)
    return settled
