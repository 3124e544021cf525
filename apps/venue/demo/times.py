"""When the demo event is: by the stage that was asked for, and in a zone where it is day at this hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

# The organisers' town is where it is late morning while the event is live, whatever the hour of whoever looks at it.
ZONES = (
    "Europe/Lisbon", "Africa/Nairobi", "Asia/Kolkata", "Asia/Tokyo",
    "Pacific/Auckland", "America/Los_Angeles", "America/New_York",
)  # fmt: skip
ELAPSED = timedelta(minutes=10)
"""How long the running session has been on, at least, when the demo begins; it began at a full five minutes."""
AHEAD, BEHIND = timedelta(days=9), timedelta(days=5)
LATE_MORNING = 11


class When(StrEnum):
    OPEN = "open"
    """Registration is open, the event is to come."""
    LIVE = "live"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Clock:
    """The programme's times count from the beginning of the running session on the first day."""

    zero: datetime
    zone: str

    def at(self, minutes: float, day: int = 0) -> datetime:
        """The same time of day on another day, also where the clocks change in between."""
        local = (self.zero + timedelta(minutes=minutes)).astimezone(ZoneInfo(self.zone))
        return local + timedelta(days=day)

    def span(self, session: dict[str, Any]) -> tuple[datetime, datetime]:
        starts = self.at(session["at"], session["day"])
        return starts, starts + timedelta(minutes=session["for"])


def clock_for(stage: When, now: datetime) -> Clock:
    whole = now.replace(second=0, microsecond=0)
    begun = whole - timedelta(minutes=whole.minute % 5) - ELAPSED
    shift = {When.OPEN: AHEAD, When.LIVE: timedelta(0), When.OVER: -BEHIND}[stage]
    zero = begun + shift
    return Clock(zero, min(ZONES, key=lambda zone: abs(zero.astimezone(ZoneInfo(zone)).hour - LATE_MORNING)))
