"""The geometry of the agenda: time down in steps of five minutes, rooms or tracks across, lanes where two overlap.

Pure functions. Places are whole numbers that become classes of `static/tracks/grid.css` (.r row, .n rows, .c column,
.j columns it joins, .y columns of the whole grid), because a page without inline styles can carry no others.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apps.tracks.models import Room, Track
from apps.tracks.selectors.outline import Talk

STEP = timedelta(minutes=5)
HOUR = timedelta(hours=1)
ROWS_MOST = 360
COLUMNS_MOST = 99
"""More than this across, and the day is shown as a list."""
LANES_MOST = 12
LEVELS = 20
"""In how many steps a session fills while it runs (.d0 to .d20); a script does it by the minute."""
TRACKS_ACROSS = 8
"""Up to so many tracks stand across, as long as none overlaps itself; else rooms do."""
FEW = 6
"""Up to so many columns share the page's width; more scroll inside the grid."""
SHORT = timedelta(minutes=15)
"""A day with shorter sessions gets taller rows, so that each has a line."""


@dataclass
class Column:
    """One room or track: where it begins, how many lanes it needs, and what runs in it."""

    thing: Room | Track | None
    first: int = 0
    lanes: int = 1
    tracks: list[Track] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    talk: Talk
    row: int
    rows: int
    column: int
    spans_all: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line across the grid: a full or a half hour, in the reader's zone."""

    at: datetime
    row: int
    is_full: bool


@dataclass(frozen=True)
class Grid:
    starts_at: datetime
    columns: list[Column]
    places: list[Place]
    lines: list[Line]
    width: int
    height: int
    by_track: bool
    is_fine: bool

    @property
    def fits(self) -> bool:
        return self.width <= COLUMNS_MOST

    @property
    def is_many(self) -> bool:
        return self.width > FEW

    def row_of(self, moment: datetime) -> int | None:
        """The row of a moment, None outside of the grid."""
        row = (moment - self.starts_at) // STEP + 1
        return row if 1 <= row <= self.height else None


def lay_out(talks: list[Talk], zone: ZoneInfo) -> Grid | None:
    """Places one day's talks (in order of time); None where there are none."""
    if not talks:
        return None
    begin = _floor(min(talk.row.starts_at for talk in talks), zone)
    end = min(max(talk.row.ends_at for talk in talks), begin + ROWS_MOST * STEP)
    by_track = _tracks_fit(talks)
    everybody = {talk.row.pk for talk in talks if by_track and talk.track is None}
    columns, placed = _columns([talk for talk in talks if talk.row.pk not in everybody], by_track=by_track)
    width = sum(column.lanes for column in columns)
    places = [
        Place(
            talk=talk,
            row=(talk.row.starts_at - begin) // STEP + 1,
            rows=max(1, round((min(talk.row.ends_at, end) - talk.row.starts_at) / STEP)),
            column=placed.get(talk.row.pk, 1),
            spans_all=talk.row.pk in everybody,
        )
        for talk in talks
    ]
    height = -((begin - end) // STEP)
    return Grid(
        starts_at=begin,
        columns=columns,
        places=places,
        lines=_lines(begin, height),
        width=max(width, 1),
        height=height,
        by_track=by_track,
        is_fine=any(talk.row.ends_at - talk.row.starts_at < SHORT for talk in talks),
    )


def _floor(moment: datetime, zone: ZoneInfo) -> datetime:
    """The full hour before, as the reader's clock counts hours."""
    return moment.astimezone(zone).replace(minute=0, second=0, microsecond=0)


def _lines(begin: datetime, height: int) -> list[Line]:
    step = HOUR // 2
    count = height * STEP // step + 1
    return [Line(at=begin + step * n, row=n * (step // STEP) + 1, is_full=n % 2 == 0) for n in range(count)]


def _tracks_fit(talks: list[Talk]) -> bool:
    """Whether tracks can stand across: few of them, each with one thing at a time, and what has none stands alone."""
    tracks = {talk.track.pk for talk in talks if talk.track}
    if not 0 < len(tracks) <= TRACKS_ACROSS:
        return False
    of_track = _lanes(talks, lambda talk: talk.track.pk if talk.track else None)
    if any(lane for key, lane in of_track.values() if key is not None):
        return False
    for plenary in (talk for talk in talks if talk.track is None):
        for talk in talks:
            if talk is not plenary and _overlap(talk, plenary):
                return False
    return True


def _overlap(one: Talk, other: Talk) -> bool:
    return one.row.starts_at < other.row.ends_at and other.row.starts_at < one.row.ends_at


def _lanes(talks: Iterable[Talk], key_of: Callable[[Talk], Hashable]) -> dict[int, tuple[Hashable, int]]:
    """For each talk its group, and the first lane of that group which is free when it starts."""
    busy: dict[Hashable, list[datetime]] = {}
    lanes = {}
    for talk in talks:
        ends = busy.setdefault(key_of(talk), [])
        lane = next((n for n, end in enumerate(ends) if end <= talk.row.starts_at), None)
        if lane is None and len(ends) < LANES_MOST:
            lane = len(ends)
            ends.append(talk.row.ends_at)
        elif lane is None:
            lane = LANES_MOST - 1
        ends[lane] = talk.row.ends_at
        lanes[talk.row.pk] = (key_of(talk), lane)
    return lanes


def _columns(talks: list[Talk], *, by_track: bool) -> tuple[list[Column], dict[int, int]]:
    """The columns in the organiser's order, and the column of each talk; the first is the clock's."""

    def thing(talk: Talk) -> Room | Track | None:
        return talk.track if by_track else talk.room

    lanes = _lanes(talks, lambda talk: getattr(thing(talk), "pk", None))
    columns: dict[Hashable, Column] = {}
    for talk in sorted(talks, key=lambda talk: _order(thing(talk))):
        key, lane = lanes[talk.row.pk]
        column = columns.setdefault(key, Column(thing(talk)))
        column.lanes = max(column.lanes, lane + 1)
        if talk.track and talk.track not in column.tracks:
            column.tracks.append(talk.track)
    first = 2
    for column in columns.values():
        column.first = first
        first += column.lanes
    placed = {pk: columns[key].first + lane for pk, (key, lane) in lanes.items()}
    return list(columns.values()), placed


def _order(thing: Room | Track | None) -> tuple[int, int]:
    return (thing.position, thing.pk) if thing else (-1, 0)
