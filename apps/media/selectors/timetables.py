"""When each segment of a recording that plays as live is due: a function of its lengths and the clock alone."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate

from apps.media.selectors import hls

MOST_LISTED = 5400
"""Six hours of four seconds."""
SLACK = 1e-6
"""Sums of lengths are not exact."""


@dataclass(frozen=True)
class Plan:
    """When a recording plays as live."""

    begins: datetime
    """When its first second is on stage."""
    loops: bool = False
    """It begins again at its end, until `ends` or for ever."""
    ends: datetime | None = None
    """Nothing that begins later is shown."""
    window: timedelta | None = None
    """How far one may go back; None is to the beginning."""


@dataclass(frozen=True)
class Due:
    """The segments from `first` up to, not including, `end`, counted over all rounds of a loop."""

    first: int
    end: int
    is_over: bool
    """Nothing more will come."""
    next_in: float
    """Seconds until the next segment is due."""


class Timetable:
    """When each segment of one rendition is due. `period` is the length of a round, the same for all renditions: what
    lasts longer is cut by the next round."""

    def __init__(self, segments: Sequence[hls.Segment], plan: Plan, period: float) -> None:
        self.segments, self.plan, self.period = segments, plan, period
        ends = list(accumulate(one.seconds for one in segments))
        self._starts = [0.0, *ends[:-1]]
        self._ends = [min(end, period) for end in ends] if plan.loops else ends

    def due(self, now: datetime) -> Due:
        """Only what is over has been on stage: a segment is due when its last frame is."""
        elapsed, total = (now - self.plan.begins).total_seconds(), self._total()
        end = self._counted(elapsed, self._ends, bisect_right)
        is_over = total is not None and end >= total
        if is_over and total is not None:
            end = total
        next_in = 0.0 if is_over else max(0.0, self.begins(end) + self._seconds(end) - elapsed)
        return Due(self._first(end), end, is_over, next_in)

    def _counted(self, elapsed: float, marks: Sequence[float], find: Callable[[Sequence[float], float], int]) -> int:
        """How many segments lie before that second, by their ends or their starts."""
        if elapsed < 0:
            return 0
        rounds = int(elapsed // self.period) if self.plan.loops else 0
        return rounds * len(marks) + find(marks, elapsed - rounds * self.period + SLACK)

    def _total(self) -> int | None:
        """How many segments there will be; None where it loops for ever."""
        whole = None if self.plan.loops else len(self.segments)
        if self.plan.ends is None:
            return whole
        length = (self.plan.ends - self.plan.begins).total_seconds()
        begun = self._counted(length - 2 * SLACK, self._starts, bisect_left)
        return begun if whole is None else min(whole, begun)

    def _first(self, end: int) -> int:
        first = max(0, end - MOST_LISTED)
        if self.plan.window is None or end == 0:
            return first
        edge = self.begins(end - 1) + self._seconds(end - 1) - self.plan.window.total_seconds()
        return max(first, min(self._counted(edge, self._ends, bisect_right), end - 1))

    def begins(self, number: int) -> float:
        """Seconds from the plan's beginning."""
        rounds, at = divmod(number, len(self.segments))
        return rounds * self.period + self._starts[at]

    def _seconds(self, number: int) -> float:
        at = number % len(self.segments)
        return self._ends[at] - self._starts[at]

    def listed(self, due: Due) -> list[hls.Segment]:
        """With the moment at which each stretch was on stage, and a discontinuity where a round begins."""
        found = []
        for number in range(due.first, due.end):
            one, is_cut = self.segments[number % len(self.segments)], self.is_cut(number)
            date = None
            if is_cut or number == due.first:
                date = self.plan.begins + timedelta(seconds=self.begins(number))
            found.append(replace(one, is_cut=is_cut, date=date))
        return found

    def is_cut(self, number: int) -> bool:
        rounds, at = divmod(number, len(self.segments))
        return (at == 0 and rounds > 0) or self.segments[at].is_cut

    def cuts_before(self, number: int) -> int:
        """How many discontinuities stand before a segment, its own not among them."""
        rounds, at = divmod(number, len(self.segments))
        inner = [self.is_cut(len(self.segments) + n) for n in range(len(self.segments))]
        first = number > 0 and not self.segments[0].is_cut
        return rounds * sum(inner) + sum(inner[:at]) - int(first)

    @property
    def only_grows(self) -> bool:
        return self.plan.window is None and not self.plan.loops and len(self.segments) <= MOST_LISTED
