"""The agenda as a file for other programs: frab XML, JSON, iCalendar; whole, or what one person starred. And as a table
(CSV, XLSX), which can be worked on and read back."""

from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from apps.core import clock, sheets
from apps.events.models import Event
from apps.tracks.adapters import ical_writer, json_writer, table_writer, xml_writer
from apps.tracks.adapters import schedule as files
from apps.tracks.adapters.table_columns import EXPORTED, NAMES, STATE
from apps.tracks.models import Room, Session, SessionLink, Speaker, Track
from apps.tracks.services import looks
from apps.tracks.services.fields import in_language

Format = Literal["xml", "json", "ics", "csv", "xlsx"]
FORMATS: dict[Format, tuple[str, Callable[..., bytes]]] = {
    "xml": ("application/xml", xml_writer.write),
    "json": ("application/json", json_writer.write),
    "ics": ("text/calendar; charset=utf-8", ical_writer.write),
    "csv": ("text/csv; charset=utf-8", table_writer.write_csv),
    "xlsx": (sheets.KIND, table_writer.write_xlsx),
}


def export(event: Event, *, form: Format, only: frozenset[int] | None = None) -> bytes:
    """The schedule in one of the formats. With `only`, a person's own: these sessions, and not to be imported."""
    _content_type, write = FORMATS[form]
    return write(schedule_of(event, only=only, with_cancelled=form == "ics"), personal=only is not None)


def schedule_of(event: Event, *, only: frozenset[int] | None = None, with_cancelled: bool = False) -> files.Schedule:
    """The agenda as a tree, in the event's main language. Six queries."""
    return _Export(event, only, with_cancelled).schedule


def session_rows(sessions: QuerySet[Session]) -> Iterator[list[Any]]:
    """Sessions as the desk lists them, in the columns that an import reads, and beside them what it passes over.

    It says when it was made: what nobody has changed here since is the file's to change.
    """
    as_of = clock.now().astimezone(UTC).replace(microsecond=0).isoformat()
    yield ["event", *NAMES, STATE, EXPORTED]
    rows = sessions.select_related("event", "room", "track").prefetch_related("session_speakers__speaker")
    for row in rows.iterator(chunk_size=500):
        cells = table_writer.cells(_as_file(row), ZoneInfo(row.event.time_zone))
        yield [row.event.slug, *cells, row.state, as_of]


def _as_file(row: Session) -> files.Session:
    """One row by itself, with no more of its room, track and speakers than their names."""

    def words(value: object) -> str:
        return in_language(value, row.event.default_language)

    return files.Session(
        title=words(row.title),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        room=files.Room(words(row.room.name)),
        guid=row.guid,
        track=files.Track(words(row.track.name)) if row.track else None,
        subtitle=words(row.subtitle),
        kind=row.kind,
        language=row.language,
        abstract=words(row.abstract),
        description=words(row.description),
        speakers=[files.Speaker(speaker.name) for speaker in row.people],
        recording_license=row.recording_license,
        do_not_record=row.do_not_record,
        origin_url=row.url,
        feedback_url=row.feedback_url,
    )


class _Export:
    def __init__(self, event: Event, only: frozenset[int] | None, with_cancelled: bool) -> None:
        self.event = event
        self.language = event.default_language
        self.site = settings.SITE_URL
        zone = ZoneInfo(event.time_zone)
        conference = files.Conference(
            title=self.words(event.name),
            acronym=event.slug,
            time_zone=event.time_zone,
            starts_on=event.starts_at.astimezone(zone).date(),
            ends_on=event.ends_at.astimezone(zone).date(),
            description=self.words(event.description),
            url=f"{self.site}{event.get_absolute_url()}",
        )
        self.schedule = files.Schedule(conference, str(event.agenda_version), own=True, system=self.site)
        self.rooms = {room.pk: self.room(room) for room in event.rooms.defer("imported")}
        self.tracks = {track.pk: self.track(track) for track in event.tracks.defer("imported")}
        self.schedule.rooms = list(self.rooms.values())
        self.schedule.tracks = list(self.tracks.values())
        self.speakers: dict[int, files.Speaker] = {}
        rows = event.sessions.on_agenda() if with_cancelled else event.sessions.planned()
        if only is not None:
            rows = rows.filter(pk__in=only)
        prefetched = rows.defer("imported").prefetch_related("session_speakers__speaker", "links")
        self.schedule.sessions = [self.session(row) for row in prefetched.order_by("starts_at", "pk")]
        self.schedule.speakers = list(self.speakers.values())

    def words(self, value: object) -> str:
        return in_language(value, self.language)

    def room(self, row: Room) -> files.Room:
        return files.Room(
            self.words(row.name),
            guid=row.guid,
            description=self.words(row.description),
            capacity=row.capacity,
            slug=row.slug,
        )

    def track(self, row: Track) -> files.Track:
        return files.Track(self.words(row.name), guid=row.guid, colour=looks.hex_of(row.colour), slug=row.slug)

    def speaker(self, row: Speaker) -> files.Speaker:
        if row.pk not in self.speakers:
            self.speakers[row.pk] = files.Speaker(
                row.name,
                guid=row.guid,
                biography=self.words(row.biography),
                number=row.pk,
                slug=row.slug,
                url=f"{self.site}/e/{self.event.slug}/speakers/{row.slug}/",
            )
        return self.speakers[row.pk]

    def session(self, row: Session) -> files.Session:
        links = [
            files.Link(link.url, link.title, link.content, link.kind == SessionLink.Kind.ATTACHMENT)
            for link in row.links.all()
        ]
        return files.Session(
            title=self.words(row.title),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            room=self.rooms[row.room_id],
            guid=row.guid,
            track=self.tracks.get(row.track_id) if row.track_id else None,
            subtitle=self.words(row.subtitle),
            kind=row.kind,
            language=row.language,
            abstract=self.words(row.abstract),
            description=self.words(row.description),
            speakers=[self.speaker(spoken.speaker) for spoken in row.session_speakers.all()],
            links=sorted(links, key=lambda link: link.attached),
            recording_license=row.recording_license,
            do_not_record=row.do_not_record,
            logo_url=row.logo_url,
            origin_url=row.url,
            feedback_url=row.feedback_url,
            number=row.pk,
            slug=row.slug,
            url=f"{self.site}/e/{self.event.slug}/sessions/{row.slug}/",
            changed_at=row.changed_at,
            cancelled=row.is_cancelled,
        )
