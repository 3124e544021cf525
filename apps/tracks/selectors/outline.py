"""The agenda as its pages read it: a light outline of every session, and the details of those that are shown.

Plain values instead of model rows: a day of five hundred sessions is read and built in a few milliseconds.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from apps.core.folding import folded
from apps.events.models import Event
from apps.media.models import Asset
from apps.tracks.models import Room, Session, SessionSpeaker, Track
from apps.tracks.selectors.agenda import FOUND_MOST, programme_day

ORDERED_MOST = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader asked to see; empty lets everything through. Slugs are as given, known or not."""

    tracks: frozenset[str] = frozenset()
    rooms: frozenset[str] = frozenset()
    kind: str = ""
    language: str = ""
    words: str = ""
    my_tracks: bool = False
    """Besides `tracks`, those in which the reader starred something."""

    @property
    def is_open(self) -> bool:
        return self == Choice()


@dataclass(frozen=True, slots=True)
class Row:
    """One session in the outline: enough to choose and to place it."""

    pk: int
    day: date
    starts_at: datetime
    ends_at: datetime
    track_id: int | None
    room_id: int
    kind: str
    language: str


@dataclass(frozen=True, slots=True)
class Talk:
    """One session as the agenda shows it."""

    row: Row
    slug: str
    title: str
    state: str
    speakers: tuple[str, ...]
    track: Track | None
    room: Room
    has_recording: bool
    sign_up: bool = False
    sign_up_opens_at: datetime | None = None
    sign_up_closes_at: datetime | None = None

    def takes_sign_ups_at(self, now: datetime) -> bool:
        """Whether the agenda offers a seat; what becomes of it, the service says."""
        if not self.sign_up or self.is_cancelled or self.row.ends_at <= now:
            return False
        has_begun = self.sign_up_opens_at is None or self.sign_up_opens_at <= now
        return has_begun and (self.sign_up_closes_at is None or now < self.sign_up_closes_at)

    @property
    def is_cancelled(self) -> bool:
        return self.state == Session.State.CANCELLED


@dataclass(frozen=True)
class Outline:
    """An event's whole agenda: three queries, whatever its size."""

    rows: list[Row]
    """In the order of time, then of rooms."""
    tracks: dict[int, Track]
    rooms: dict[int, Room]

    def days(self, rows: Iterable[Row]) -> dict[date, int]:
        """Every day of the programme, with how many of these rows it holds."""
        counted = Counter(row.day for row in rows)
        return {day: counted[day] for day in sorted({row.day for row in self.rows})}

    def tracks_on(self, day: date | None) -> list[tuple[Track, int, date | None]]:
        """Each track with its number of sessions of the day; one that has none there, with its first other day.

        In the organiser's order while a reader can take in them all, else those of the day by name, then the rest.
        """
        counts = Counter(row.track_id for row in self.rows if row.day == day)
        others = {row.track_id: row.day for row in reversed(self.rows) if row.day != day}
        entries = [
            (track, counts[pk], others.get(pk)) for pk, track in self.tracks.items() if pk in counts or pk in others
        ]
        if len(entries) <= ORDERED_MOST:
            return entries
        return sorted(entries, key=lambda entry: (not entry[1], str(entry[0]).casefold()))

    def rooms_on(self, day: date | None) -> list[tuple[Room, int]]:
        counts = Counter(row.room_id for row in self.rows if row.day == day)
        return [(room, counts[pk]) for pk, room in self.rooms.items() if pk in counts]

    def kinds(self) -> list[str]:
        return sorted({row.kind for row in self.rows if row.kind})

    def languages(self) -> list[str]:
        return sorted({row.language for row in self.rows if row.language})


def outline(event: Event) -> Outline:
    zone = ZoneInfo(event.time_zone)
    found = (
        event.sessions.on_agenda()
        .order_by("starts_at", "room__position", "pk")
        .values_list("pk", "starts_at", "ends_at", "track_id", "room_id", "kind", "language")
    )
    return Outline(
        rows=[
            Row(pk, programme_day(starts, zone), starts, ends, track, room, kind, language)
            for pk, starts, ends, track, room, kind, language in found
        ],
        tracks={track.pk: track for track in event.tracks.defer("imported")},
        rooms={room.pk: room for room in event.rooms.defer("imported", "description")},
    )


def chosen(whole: Outline, choice: Choice, *, my_tracks: frozenset[int] = frozenset()) -> list[Row]:
    """The rows that pass, of every day; words are searched in their details, by `found`."""
    tracks = {pk for pk, track in whole.tracks.items() if track.slug in choice.tracks}
    any_track = not (choice.tracks or choice.my_tracks)
    if choice.my_tracks:
        tracks |= my_tracks
    rooms = {pk for pk, room in whole.rooms.items() if room.slug in choice.rooms}
    return [
        row
        for row in whole.rows
        if (any_track or row.track_id in tracks)
        and (not choice.rooms or row.room_id in rooms)
        and (not choice.kind or row.kind == choice.kind)
        and (not choice.language or row.language == choice.language)
    ]


def talks(event: Event, whole: Outline, rows: list[Row]) -> list[Talk]:
    """The details of these rows, in their order: two queries."""
    wanted = [row.pk for row in rows]
    found = event.sessions.filter(pk__in=wanted).values_list(
        "pk", "slug", "title", "state", "video__state", "sign_up", "sign_up_opens_at", "sign_up_closes_at"
    )
    details = {pk: rest for pk, *rest in found}
    speakers: dict[int, list[str]] = defaultdict(list)
    links = SessionSpeaker.objects.filter(session__in=wanted).order_by("position", "pk")
    for session_id, name in links.values_list("session_id", "speaker__name"):
        speakers[session_id].append(name)
    return [
        Talk(
            row=row,
            slug=slug,
            title=str(title),
            state=state,
            speakers=tuple(speakers[row.pk]),
            track=whole.tracks.get(row.track_id) if row.track_id else None,
            room=whole.rooms[row.room_id],
            has_recording=video == Asset.State.READY,
            sign_up=sign_up,
            sign_up_opens_at=opens,
            sign_up_closes_at=closes,
        )
        for row in rows
        if row.pk in details
        for slug, title, state, video, sign_up, opens, closes in [details[row.pk]]
    ]


def found(event: Event, whole: Outline, rows: list[Row], words: str) -> list[Talk]:
    """Those of the rows in which every word stands: in the title, a name, the track, the room or a tag."""
    wanted = folded(words).split()
    tags: dict[int, list[str]] = defaultdict(list)
    for session_id, name in event.sessions.filter(tags__isnull=False).values_list("pk", "tags__name"):
        tags[session_id].append(name)

    def text(talk: Talk) -> str:
        parts = (talk.title, talk.room, talk.track or "", *talk.speakers, *tags[talk.row.pk])
        return folded(" ".join(map(str, parts)))

    matching = (talk for talk in talks(event, whole, rows) if all(map(text(talk).__contains__, wanted)))
    return [talk for talk, _number in zip(matching, range(FOUND_MOST), strict=False)]
