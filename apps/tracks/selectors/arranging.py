"""One day of the agenda as organisers arrange it: rooms across, time down, what clashes, and what waits for a place."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple, Self
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.events.models import Event
from apps.tracks.models import Room, Session, SessionSpeaker, Track
from apps.tracks.selectors.agenda import day_bounds, programme_day
from apps.tracks.selectors.grid import HOUR, STEP
from apps.tracks.selectors.outline import Row, outline

MOST_DAYS = 60
MOST_WAITING = 200
MOST_CLASHES = 100
OPENS, CLOSES = time(8), time(19)
"""From when to when a day is drawn at least."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_STATES = (Session.State.PLANNED, Session.State.CANCELLED, Session.State.UNPLACED)


class Spot(NamedTuple):
    """Where a session stands. Whoever moves one says the spot they saw, so that two organisers cannot undo each
    other's work unseen: the row is changed only while it still stands there."""

    room_id: int
    starts_at: datetime
    ends_at: datetime
    state: str

    def written(self) -> str:
        """As pages carry it and send it back; times in microseconds, for a row may have some."""
        start, end = ((moment - _EPOCH) // _TICK for moment in (self.starts_at, self.ends_at))
        return f"{self.room_id}.{start}.{end}.{self.state}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises ValueError where the text is no spot."""
        try:
            room, start, end, state = text.split(".")
            first, last = (_EPOCH + int(number) * _TICK for number in (start, end))
            spot = cls(int(room), first, last, state)
        except (ValueError, OverflowError) as error:
            raise ValueError(f"no spot: {text}") from error
        if spot.state not in _STATES or not 0 < spot.room_id < 2**63:
            raise ValueError(f"no spot: {text}")
        return spot


@dataclass(slots=True)
class Card:
    """One session as it lies on the sheet, or waits beside it."""

    pk: int
    title: str
    spot: Spot
    track: Track | None
    people: list[tuple[int, str]]
    row: int = 0
    rows: int = 1
    lane: int = 0
    lanes: int = 1
    clashes: bool = False
    is_own: bool = True
    """Of this day. One that began on a day before and reaches into this one is drawn, and moved on its own day."""

    @property
    def starts_at(self) -> datetime:
        return self.spot.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.spot.ends_at

    @property
    def minutes(self) -> int:
        return max(1, round((self.ends_at - self.starts_at) / timedelta(minutes=1)))

    @property
    def is_cancelled(self) -> bool:
        return self.spot.state == Session.State.CANCELLED

    @property
    def names(self) -> list[str]:
        return [name for _pk, name in self.people]

    @property
    def people_ids(self) -> str:
        return " ".join(str(pk) for pk, _name in self.people)


@dataclass(frozen=True, slots=True)
class Clash:
    """Two sessions that cannot both be, or one outside of the event; allowed, and told."""

    kind: str
    """room, speaker, early or late."""
    first: Card
    second: Card | None = None
    name: str = ""

    def __str__(self) -> str:
        values = {"first": self.first.title, "second": self.second.title if self.second else "", "name": self.name}
        words = {
            "room": _("“%(first)s” and “%(second)s” are in %(name)s at the same time."),
            "speaker": _("%(name)s speaks in “%(first)s” and in “%(second)s” at the same time."),
            "early": _("“%(first)s” begins before the event does."),
            "late": _("“%(first)s” ends after the event does."),
        }
        return words[self.kind] % values


@dataclass(slots=True)
class Lane:
    """One room's column."""

    room: Room
    cards: list[Card] = field(default_factory=list)


@dataclass(frozen=True)
class Arrangement:
    days: dict[date, int]
    """Every day of the event, and those that hold sessions besides, each with how many."""
    day: date
    begins_at: datetime
    height: int
    """In rows of five minutes."""
    hours: list[tuple[int, datetime]]
    columns: list[Lane]
    clashes: list[Clash]
    has_more_clashes: bool
    waiting: list[Card]
    has_more_waiting: bool

    @property
    def count(self) -> int:
        return self.days.get(self.day, 0)


def arrangement(event: Event, day: date | None) -> Arrangement:
    """One day, the first that holds something where none is named: six queries, whatever its size."""
    zone = ZoneInfo(event.time_zone)
    whole = outline(event)
    days = _days(event, zone, whole.rows)
    if day not in days:
        day = next((at for at, number in days.items() if number), next(iter(days)))
    rows = list(_touching(whole.rows, day, zone))
    waiting = list(_waiting(event)[: MOST_WAITING + 1])
    wanted = [row.pk for row in rows]
    titles = {pk: (str(title), state) for pk, title, state in _titles(event, wanted)}
    people = _people([*wanted, *(pk for pk, *_rest in waiting)])
    cards = [
        Card(row.pk, titles[row.pk][0], Spot(row.room_id, row.starts_at, row.ends_at, titles[row.pk][1]),
             whole.tracks.get(row.track_id) if row.track_id else None, people[row.pk], is_own=row.day == day)
        for row in rows if row.pk in titles
    ]  # fmt: skip
    next_day = day_bounds(day, zone)[1]
    drawn = [card for card in cards if card.is_own or card.starts_at < next_day]
    begins_at, height = _extent(day, zone, drawn)
    clashes = _mark(_clashes(event, whole.rooms, cards))
    return Arrangement(
        days=days,
        day=day,
        begins_at=begins_at,
        height=height,
        hours=[(n * (HOUR // STEP), begins_at + n * HOUR) for n in range(height // (HOUR // STEP))],
        columns=_columns(whole.rooms, drawn, begins_at, height),
        clashes=clashes[:MOST_CLASHES],
        has_more_clashes=len(clashes) > MOST_CLASHES,
        waiting=[
            Card(pk, str(title), Spot(*spot), whole.tracks.get(track) if track else None, people[pk])
            for pk, title, track, *spot in waiting[:MOST_WAITING]
        ],
        has_more_waiting=len(waiting) > MOST_WAITING,
    )


def clashes_of(found: Arrangement, session_id: int) -> list[Clash]:
    return [clash for clash in found.clashes if session_id in {clash.first.pk, clash.second and clash.second.pk}]


def _days(event: Event, zone: ZoneInfo, rows: list[Row]) -> dict[date, int]:
    first, last = programme_day(event.starts_at, zone), programme_day(event.ends_at - _TICK, zone)
    counts: dict[date, int] = defaultdict(int)
    for row in rows:
        counts[row.day] += 1
    own = {first + timedelta(days=n) for n in range(min((last - first).days + 1, MOST_DAYS))} or {first}
    return {day: counts[day] for day in sorted({*own, *counts})[: 2 * MOST_DAYS]}


def _touching(rows: list[Row], day: date, zone: ZoneInfo) -> Iterator[Row]:
    """Those of the day, those of days before that reach into it, and those of days after into which it reaches."""
    first = day_bounds(day, zone)[0]
    until = max((row.ends_at for row in rows if row.day == day), default=first)
    for row in rows:
        if row.day == day or (row.day < day and row.ends_at > first) or (row.day > day and row.starts_at < until):
            yield row


def _titles(event: Event, wanted: list[int]) -> Iterable[tuple[int, object, str]]:
    return event.sessions.filter(pk__in=wanted).values_list("pk", "title", "state")


def _waiting(event: Event) -> "QuerySet[Session, Any]":
    rows = event.sessions.filter(state=Session.State.UNPLACED).order_by("-changed_at", "pk")
    return rows.values_list("pk", "title", "track_id", "room_id", "starts_at", "ends_at", "state")


def _people(wanted: list[int]) -> dict[int, list[tuple[int, str]]]:
    people: dict[int, list[tuple[int, str]]] = defaultdict(list)
    links = SessionSpeaker.objects.filter(session__in=wanted).order_by("position", "pk")
    for session_id, pk, name in links.values_list("session_id", "speaker_id", "speaker__name"):
        people[session_id].append((pk, name))
    return people


def _extent(day: date, zone: ZoneInfo, cards: list[Card]) -> tuple[datetime, int]:
    """From which hour on the day is drawn, and over how many rows: an hour around what there is."""
    first, last = day_bounds(day, zone)
    # What comes from the day before begins where the sheet does, and what goes on after this day ends where it does.
    starts = [card.starts_at if card.is_own else card.ends_at for card in cards]
    ends = [card.ends_at for card in cards if card.is_own or card.ends_at <= last]
    begin = min([datetime.combine(day, OPENS, zone), *(moment.astimezone(zone) - HOUR for moment in starts)])
    end = max([datetime.combine(day, CLOSES, zone), *(moment.astimezone(zone) + HOUR for moment in ends)])
    begin = max(begin.replace(minute=0, second=0, microsecond=0), first).astimezone(UTC)
    hours = -((begin - min(end, last)) // HOUR)
    return begin, hours * (HOUR // STEP)


def _columns(rooms: dict[int, Room], cards: list[Card], begins_at: datetime, height: int) -> list[Lane]:
    """The cards under their rooms, each set where it is drawn."""
    columns = {pk: Lane(room) for pk, room in rooms.items()}
    last = begins_at + height * STEP
    for card in cards:
        card.row = max(0, (card.starts_at - begins_at) // STEP)
        card.rows = max(1, round((min(card.ends_at, last) - max(card.starts_at, begins_at)) / STEP))
        columns[card.spot.room_id].cards.append(card)
    for column in columns.values():
        _set_side_by_side(column.cards)
    return list(columns.values())


def _set_side_by_side(cards: list[Card]) -> None:
    """Those of one room that overlap share its width; back to back is no overlap."""
    group: list[Card] = []
    lanes: list[datetime] = []
    for card in cards:
        if group and card.starts_at >= max(lanes):
            _share(group, lanes)
            group, lanes = [], []
        free = next((n for n, end in enumerate(lanes) if end <= card.starts_at), len(lanes))
        lanes[free : free + 1] = [card.ends_at]
        card.lane = free
        group.append(card)
    _share(group, lanes)


def _share(group: list[Card], lanes: list[datetime]) -> None:
    for card in group:
        card.lanes = len(lanes)


def _clashes(event: Event, rooms: dict[int, Room], cards: list[Card]) -> Iterator[Clash]:
    """Of what is planned; what is cancelled is in nobody's way."""
    standing = [card for card in cards if not card.is_cancelled]
    for pk, room in rooms.items():
        for first, second in _pairs([card for card in standing if card.spot.room_id == pk]):
            yield Clash("room", first, second, str(room))
    of_speaker: dict[int, list[Card]] = defaultdict(list)
    names = {}
    for card in standing:
        for pk, name in card.people:
            of_speaker[pk].append(card)
            names[pk] = name
    for pk, own in of_speaker.items():
        for first, second in _pairs(own):
            yield Clash("speaker", first, second, names[pk])
    for card in [card for card in standing if card.is_own]:
        if card.starts_at < event.starts_at:
            yield Clash("early", card)
        elif card.ends_at > event.ends_at:
            yield Clash("late", card)


def _pairs(cards: list[Card]) -> Iterator[tuple[Card, Card]]:
    """Those that overlap, of cards in the order of time, where one of them is of the day."""
    open_: list[Card] = []
    for card in cards:
        open_ = [other for other in open_ if other.ends_at > card.starts_at]
        yield from ((other, card) for other in open_ if other.is_own or card.is_own)
        open_.append(card)


def _mark(clashes: Iterator[Clash]) -> list[Clash]:
    """Says so on the cards, and keeps the first of them for the list."""
    kept: list[Clash] = []
    for clash in clashes:
        for card in (clash.first, clash.second):
            if card is not None:
                card.clashes = True
        if len(kept) <= MOST_CLASHES:
            kept.append(clash)
    return kept
