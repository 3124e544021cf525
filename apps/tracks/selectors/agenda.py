"""The agenda as lists of sessions: by day, sieved, running, next; few queries, whatever their number."""

import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from apps.core import clock
from apps.events.models import Event
from apps.tracks.models import Room, Session, Track

# A session that starts before this hour belongs to the evening before.
DAY_CHANGE = time(4)
FOUND_MOST = 200


@dataclass(frozen=True, slots=True)
class Sieve:
    """What a reader asked to see. Empty fields let everything through; slugs are those of the event."""

    tracks: frozenset[str] = frozenset()
    room: str = ""
    kind: str = ""
    language: str = ""
    tag: str = ""
    words: str = ""

    @property
    def is_open(self) -> bool:
        return self == Sieve()


@dataclass(slots=True)
class Agenda:
    """One day (or, for a search, all days) with everything that a page around it needs."""

    zone: tzinfo
    day: date | None
    """None while words are searched for: what is found comes from every day."""
    days: dict[date, int]
    """Each day of the programme with its number of sessions."""
    sessions: list[Session]
    """With track, room, speakers (`.people`) and tags at hand."""
    tracks: list[Track]
    """Those with a session on some day, in order."""
    rooms: list[Room]
    """Those with a session among `sessions`, in order."""
    kinds: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    found_more: bool = False


def programme_day(moment: datetime, zone: tzinfo) -> date:
    """The day of the programme on which a moment falls: a talk at one in the night belongs to the evening."""
    return (moment.astimezone(zone) - timedelta(hours=DAY_CHANGE.hour)).date()


def day_bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """From when to when a day of the programme lasts; the end is the beginning of the next."""
    return datetime.combine(day, DAY_CHANGE, zone), datetime.combine(day + timedelta(days=1), DAY_CHANGE, zone)


def sessions_of(event: Event) -> QuerySet[Session]:
    """The event's sessions as lists show them: three queries, whatever their number."""
    return (
        event.sessions.on_agenda()
        .light()
        .prefetch_related("session_speakers__speaker", "tags")
        .order_by("starts_at", "room__position", "pk")
    )


def programme_days(event: Event, *, zone: tzinfo | None = None) -> dict[date, int]:
    """Each day that has a session, with their number. One query."""
    zone = zone or ZoneInfo(event.time_zone)
    starts = event.sessions.on_agenda().order_by("starts_at").values_list("starts_at", flat=True)
    return dict(Counter(programme_day(start, zone) for start in starts))


def current_day(days: dict[date, int], *, zone: tzinfo) -> date | None:
    """The day to open an agenda at: today, else the next one, else the last."""
    today = programme_day(clock.now(), zone)
    return next((day for day in days if day >= today), None) or (list(days)[-1] if days else None)


def agenda(
    event: Event,
    *,
    day: date | None = None,
    zone: tzinfo | None = None,
    sieve: Sieve = Sieve(),
    only: frozenset[int] | None = None,
) -> Agenda:
    """The agenda of one day, in a zone (the event's, where none is given), opened at the current day.

    `only` narrows to these sessions, for "mine". Six queries.
    """
    zone = zone or ZoneInfo(event.time_zone)
    everything = event.sessions.on_agenda()
    if only is not None:
        everything = everything.filter(pk__in=only)
    days: Counter[date] = Counter()
    kinds: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    used: set[int] = set()
    for start, kind, language, track_id in everything.order_by("starts_at").values_list(
        "starts_at", "kind", "language", "track_id"
    ):
        days[programme_day(start, zone)] += 1
        kinds[kind] += 1
        languages[language] += 1
        used.add(track_id)
    shown = None if sieve.words else (day if day in days else current_day(dict(days), zone=zone))
    sessions = _sieved(event, sieve, only, day_bounds(shown, zone) if shown else None)
    in_rooms = {session.room_id for session in sessions}
    return Agenda(
        zone=zone,
        day=shown,
        days=dict(days),
        sessions=sessions[:FOUND_MOST] if sieve.words else sessions,
        tracks=[track for track in event.tracks.defer("imported") if track.pk in used],
        rooms=[room for room in event.rooms.defer("imported", "description") if room.pk in in_rooms],
        kinds=sorted(kind for kind in kinds if kind),
        languages=sorted(language for language in languages if language),
        found_more=bool(sieve.words) and len(sessions) > FOUND_MOST,
    )


def _sieved(
    event: Event, sieve: Sieve, only: frozenset[int] | None, bounds: tuple[datetime, datetime] | None
) -> list[Session]:
    rows = sessions_of(event).defer("abstract", "description", "imported", "room__description")
    if only is not None:
        rows = rows.filter(pk__in=only)
    if bounds:
        rows = rows.filter(starts_at__gte=bounds[0], starts_at__lt=bounds[1])
    if sieve.tracks:
        rows = rows.filter(track__slug__in=sieve.tracks)
    if sieve.room:
        rows = rows.filter(room__slug=sieve.room)
    if sieve.kind:
        rows = rows.filter(kind=sieve.kind)
    if sieve.language:
        rows = rows.filter(language=sieve.language)
    if sieve.tag:
        rows = rows.filter(tags__name=sieve.tag)
    wanted = folded(sieve.words).split()
    # Here rather than in SQL: organisers' texts are kept in several languages inside one column.
    return [session for session in rows if all(word in _words_of(session) for word in wanted)]


def _words_of(session: Session) -> str:
    parts = [session.title, session.subtitle, session.room.name, session.track.name if session.track else ""]
    parts += [speaker.name for speaker in session.people]
    parts += [tag.name for tag in session.tags.all()]
    return folded(" ".join(str(part) for part in parts))


def folded(text: str) -> str:
    """For finding: without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def sessions_now(event: Event) -> list[Session]:
    """What runs at this moment, the one that ends first last."""
    return list(sessions_of(event).running_at(clock.now()).order_by("-ends_at", "room__position", "pk"))


def sessions_next(event: Event, *, limit: int = 12) -> list[Session]:
    """What begins soonest."""
    return list(sessions_of(event).planned().filter(starts_at__gt=clock.now())[:limit])


def session_by_slug(event: Event, slug: str) -> Session | None:
    """One session with everything that its page shows. Withdrawn ones are gone, cancelled ones say so."""
    rows = event.sessions.on_agenda().select_related("event", "track", "room", "video")
    prefetched = rows.prefetch_related("session_speakers__speaker__photo", "links", "tags")
    return prefetched.defer("imported").filter(slug=slug).first()
