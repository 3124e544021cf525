"""Compares a schedule with an event's agenda: what would be added, changed, moved, removed, kept. Writes nothing."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_noop

from apps.core.html import to_text
from apps.core.words import sentence as _
from apps.events.models import Event
from apps.tracks.adapters import schedule as files
from apps.tracks.adapters import values
from apps.tracks.models import Imported, Room, Session, SessionLink, SessionSpeaker, Speaker, Track
from apps.tracks.services import fields, looks
from apps.tracks.services.fields import Field
from apps.tracks.services.making import Maker
from apps.tracks.services.matching import Matches
from apps.tracks.services.report import Edit, Entry, Report, shortened

_MISSING = object()
_CANCELLED = "cancelled"  # Kept with what an import brought: the last file said so of the session.
_GONE = {
    "room": gettext_noop("is a room the file no longer has; it stays here, with what is still in it"),
    "track": gettext_noop("is a track the file no longer has; it stays here, with what is still in it"),
    "speaker": gettext_noop("is a person the file no longer has; their page stays here while they speak in a session"),
}


@dataclass(slots=True)
class Changes:
    """The rows of one model that are to be written."""

    new: list[Any] = field(default_factory=list)
    altered: dict[int, Any] = field(default_factory=dict)
    columns: set[str] = field(default_factory=set)

    def alter(self, row: Any, *columns: str) -> None:
        if row.pk is not None:
            self.altered[row.pk] = row
            self.columns.update(columns)


@dataclass(slots=True)
class Plan:
    report: Report
    rooms: Changes = field(default_factory=Changes)
    tracks: Changes = field(default_factory=Changes)
    speakers: Changes = field(default_factory=Changes)
    sessions: Changes = field(default_factory=Changes)
    spoken: list[tuple[Session, list[Speaker]]] = field(default_factory=list)
    linked: list[tuple[Session, list[files.Link]]] = field(default_factory=list)


def plan_import(event: Event, schedule: files.Schedule) -> Plan:
    """What importing this schedule would do. The event may be one that is not saved yet."""
    return _Planner(event, schedule).plan


def _was_seen(row: Any, part: Any) -> bool:
    """Whether whoever worked on the file had the row before them as it is: a table of ours says when it was made."""
    as_of, changed_at = getattr(part, "as_of", None), getattr(row, "changed_at", None)
    return bool(as_of and changed_at and changed_at <= as_of)


class _Planner:
    def __init__(self, event: Event, schedule: files.Schedule) -> None:
        self.event = event
        self.language = event.default_language
        self.zone = ZoneInfo(event.time_zone)
        self.schedule = schedule
        self.plan = Plan(Report(schedule.counts(), own=schedule.own, warnings=list(schedule.remarks)))
        self.rooms: dict[int, Room] = {}
        self.tracks: dict[int, Track] = {}
        self.speakers: dict[int, Speaker] = {}
        self.names: dict[str, str] = {}
        """What people call a room, track or speaker, by its guid, for the report."""
        self.guids: dict[str, dict[int | None, str]] = {}
        self._plan_rooms()
        self._plan_tracks()
        self._plan_speakers()
        self._plan_sessions()
        self._remark_dates()

    # Rooms, tracks, speakers

    def _plan_rooms(self) -> None:
        rows = list(Room.objects.filter(event=self.event)) if self.event.pk else []
        make = Maker(Room, self.event, rows)
        compared = [
            fields.i18n("name", gettext_noop("name"), self.language),
            fields.i18n("description", gettext_noop("description"), self.language, rich=True),
            fields.plain("capacity", gettext_noop("places")),
        ]
        self._plan_parts("room", self.schedule.rooms, rows, compared, make, self.plan.rooms, self.rooms)

    def _plan_tracks(self) -> None:
        rows = list(Track.objects.filter(event=self.event)) if self.event.pk else []
        look = looks.Looks((row.colour, row.shape) for row in rows)
        make = Maker(Track, self.event, rows, look.dress)
        compared = [fields.i18n("name", gettext_noop("name"), self.language)]
        self._plan_parts("track", self.schedule.tracks, rows, compared, make, self.plan.tracks, self.tracks)

    def _plan_speakers(self) -> None:
        rows = list(Speaker.objects.filter(event=self.event)) if self.event.pk else []
        make = Maker(Speaker, self.event, rows)
        compared = [
            fields.plain("name", gettext_noop("name")),
            fields.i18n("biography", gettext_noop("biography"), self.language, rich=True),
        ]
        self._plan_parts("speaker", self.schedule.speakers, rows, compared, make, self.plan.speakers, self.speakers)

    def _plan_parts(
        self,
        what: str,
        parts: list[Any],
        rows: list[Any],
        compared: list[Field[Any, Any]],
        make: Maker,
        changes: Changes,
        found: dict[int, Any],
    ) -> None:
        matches: Matches[Any, Any] = Matches(
            parts,
            rows,
            name_of_part=lambda part: part.name,
            name_of_row=lambda row: fields.in_language(row.name, self.language),
        )
        self.guids[what] = {row.pk: str(row.guid) for row in rows}
        for row in rows:
            self.names[str(row.guid)] = fields.in_language(row.name, self.language)
        for part in parts:
            row = matches.of(part)
            if row is None:
                row = make(part)
                for one in compared:
                    self._fill(row, one, one.theirs(part))
                changes.new.append(row)
                self.plan.report.added.append(Entry(what, part.name, part.place))
            else:
                self._recognise(row, part, changes)
                edits = self._merge(what, row, part, compared, changes)
                if edits:
                    self.plan.report.changed.append(Entry(what, part.name, part.place, edits))
            found[id(part)] = row
            self.names[str(row.guid)] = fields.in_language(row.name, self.language)
        self._remark_gone(what, list(matches.free.values()))

    def _remark_gone(self, what: str, rows: list[Any]) -> None:
        """Sessions that a file leaves out are withdrawn; what they were in or who spoke there stays, unused."""
        for row in rows if not (self.schedule.own or self.schedule.is_part) else ():
            if row.imported:
                name = fields.in_language(row.name, self.language)
                self.plan.report.warnings.append(files.Remark(name, _(_GONE[what])))

    # Sessions

    def _plan_sessions(self) -> None:
        rows = list(Session.objects.filter(event=self.event)) if self.event.pk else []
        matches: Matches[files.Session, Session] = Matches(self.schedule.sessions, rows)
        guids = self._guids_of_sessions()
        make = Maker(Session, self.event, rows)
        compared = self._session_fields(*guids)
        for part in self.schedule.sessions:
            row = matches.of(part)
            if row is None:
                self._add_session(part, make, compared)
            else:
                self._change_session(row, part, compared)
        for row in matches.free.values() if not self.schedule.is_part else ():
            if row.imported and row.state == Session.State.PLANNED:
                row.state = Session.State.WITHDRAWN
                self.plan.sessions.alter(row, "state")
                self.plan.report.removed.append(Entry("session", fields.in_language(row.title, self.language)))

    def _add_session(self, part: files.Session, make: Maker, compared: list[Field[Any, Any]]) -> None:
        row = make(part)
        for one in compared:
            self._fill(row, one, one.theirs(part))
        if part.cancelled:
            row.state = Session.State.CANCELLED
            row.imported[_CANCELLED] = True
        self.plan.sessions.new.append(row)
        edits = [Edit(_("time"), "", self._show_time(row.imported["time"])), Edit(_("room"), "", part.room.name)]
        self.plan.report.added.append(Entry("session", part.title, part.place, edits))

    def _change_session(self, row: Session, part: files.Session, compared: list[Field[Any, Any]]) -> None:
        changes, report = self.plan.sessions, self.plan.report
        self._recognise(row, part, changes)
        edits = self._merge("session", row, part, compared, changes)
        if row.state == Session.State.WITHDRAWN:
            row.state = Session.State.CANCELLED if part.cancelled else Session.State.PLANNED
            changes.alter(row, "state")
            report.added.append(Entry("session", part.title, part.place, edits))
            return
        edits += self._cancel(row, part)
        moving = {_(one.label) for one in compared if one.moves}
        moved = [edit for edit in edits if edit.field in moving]
        changed = [edit for edit in edits if edit.field not in moving]
        if moved:
            report.moved.append(Entry("session", part.title, part.place, moved))
        if changed:
            report.changed.append(Entry("session", part.title, part.place, changed))

    def _cancel(self, row: Session, part: files.Session) -> list[Edit]:
        """A calendar cancels, and brings back what it cancelled; what was cancelled here stays so."""
        if not self.schedule.says_cancelled:
            return []
        was = bool(row.imported.get(_CANCELLED))
        if was != part.cancelled:
            row.imported = {**row.imported, _CANCELLED: part.cancelled}
            self.plan.sessions.alter(row, "imported")
        before, wanted = Session.State.CANCELLED, Session.State.PLANNED
        before, wanted = (wanted, before) if part.cancelled else (before, wanted)
        if was == part.cancelled or row.state != before:
            return []
        row.state = wanted
        self.plan.sessions.alter(row, "state")
        return [Edit(_("state"), _(before.label), _(wanted.label))]

    def _guids_of_sessions(self) -> tuple[dict[int, list[str]], dict[int, list[Any]]]:
        """For each session of the event, its speakers' guids and its links, both in order."""
        speakers: dict[int, list[str]] = {}
        links: dict[int, list[Any]] = {}
        if self.event.pk:
            rows = SessionSpeaker.objects.filter(session__event=self.event).order_by("session_id", "position", "pk")
            for session_id, guid in rows.values_list("session_id", "speaker__guid"):
                speakers.setdefault(session_id, []).append(str(guid))
            for link in SessionLink.objects.filter(session__event=self.event).order_by("session_id", "position", "pk"):
                attached = link.kind == SessionLink.Kind.ATTACHMENT
                links.setdefault(link.session_id, []).append([link.url, link.title, link.content, attached])
            for found in links.values():
                found.sort(key=lambda link: bool(link[3]))  # as files have them: links, then attachments
        return speakers, links

    def _session_fields(self, spoken: dict[int, list[str]], linked: dict[int, list[Any]]) -> list[Field[Any, Any]]:
        return [
            fields.i18n("title", gettext_noop("title"), self.language),
            fields.i18n("subtitle", gettext_noop("subtitle"), self.language),
            fields.plain("kind", gettext_noop("kind")),
            fields.plain("language", gettext_noop("language")),
            fields.i18n("abstract", gettext_noop("abstract"), self.language, rich=True),
            fields.i18n("description", gettext_noop("description"), self.language, rich=True),
            fields.time(),
            *self._fields_of_place(),
            *self._fields_of_lists(spoken, linked),
            fields.plain("url", gettext_noop("page elsewhere"), source="origin_url"),
            fields.plain("feedback_url", gettext_noop("feedback page")),
            fields.plain("logo_url", gettext_noop("picture")),
            fields.plain("recording_license", gettext_noop("licence of the recording")),
            fields.plain("do_not_record", gettext_noop("must not be recorded")),
        ]

    def _fields_of_place(self) -> list[Field[Any, Any]]:
        """Where a session stands: its room and its track."""
        rooms = {str(row.guid): row for row in self.rooms.values()}
        tracks = {str(row.guid): row for row in self.tracks.values()}

        def write_room(row: Session, guid: str) -> None:
            row.room = rooms[guid]

        def write_track(row: Session, guid: str) -> None:
            row.track = tracks[guid] if guid else None

        return [
            Field(
                "room",
                gettext_noop("room"),
                theirs=lambda part: str(self.rooms[id(part.room)].guid),
                ours=lambda row: self.guids["room"].get(row.room_id, ""),
                write=write_room,
                columns=("room",),
                moves=True,
            ),
            Field(
                "track",
                gettext_noop("track"),
                theirs=lambda part: str(self.tracks[id(part.track)].guid) if part.track else "",
                ours=lambda row: self.guids["track"].get(row.track_id, ""),
                write=write_track,
                columns=("track",),
            ),
        ]

    def _fields_of_lists(self, spoken: dict[int, list[str]], linked: dict[int, list[Any]]) -> list[Field[Any, Any]]:
        """What a session has several of, written once its row exists: speakers and links."""
        speakers = {str(row.guid): row for row in self.speakers.values()}

        def write_speakers(row: Session, guids: list[str]) -> None:
            self.plan.spoken.append((row, [speakers[guid] for guid in guids]))

        def write_links(row: Session, links: list[Any]) -> None:
            self.plan.linked.append((row, [files.Link(*link) for link in links]))

        return [
            Field(
                "speakers",
                gettext_noop("speakers"),
                theirs=self._their_speakers,
                ours=lambda row: spoken.get(row.pk, []),
                write=write_speakers,
            ),
            Field(
                "links",
                gettext_noop("links"),
                theirs=lambda part: fields.links_of(part.links),
                ours=lambda row: linked.get(row.pk, []),
                normal=lambda links: [[values.address(url), values.line(title), *rest] for url, title, *rest in links],
                write=write_links,
            ),
        ]

    def _their_speakers(self, part: files.Session) -> list[str] | None:
        if part.speakers is None:
            return None
        return [str(self.speakers[id(person)].guid) for person in part.speakers]

    # One field

    def _fill(self, row: Any, one: Field[Any, Any], new: Any) -> None:
        if new is not None:
            one.write(row, new)
            row.imported[one.name] = new

    def _recognise(self, row: Imported, part: Any, changes: Changes) -> None:
        """Remembers the surest names under which the file knows the row."""
        if self.schedule.own:
            return
        if part.guid and row.imported.get("guid") != str(part.guid):
            row.imported["guid"] = str(part.guid)
            changes.alter(row, "imported")
        if part.source_id and row.source != part.source_id:
            row.source = part.source_id
            changes.alter(row, "source")

    def _merge(self, what: str, row: Any, part: Any, compared: list[Field[Any, Any]], changes: Changes) -> list[Edit]:
        """Three ways: what the file says now, what it said last time, and what the row says."""
        edits: list[Edit] = []
        kept: list[Edit] = []
        for one in compared:
            new = one.theirs(part)
            if new is None:
                continue
            raw = one.ours(row)
            current = raw if raw == new else one.normal(raw)
            base = row.imported.get(one.name, _MISSING)
            if new == current:
                if not self.schedule.own:
                    self._remember(row, one, new, base, changes)
                continue
            edit = Edit(_(one.label), self._show(one, current), self._show(one, new))
            if base in (raw, current) or (base is _MISSING and not current) or _was_seen(row, part):
                one.write(row, new)
                changes.alter(row, *one.columns)
                edits.append(edit)
            else:
                kept.append(edit)
            if edit not in kept or not self.schedule.own:
                self._remember(row, one, new, base, changes)
        if kept:
            name = fields.in_language(row.title if what == "session" else row.name, self.language)
            self.plan.report.kept.append(Entry(what, name, part.place, kept))
        return edits

    def _remember(self, row: Imported, one: Field[Any, Any], new: Any, base: Any, changes: Changes) -> None:
        if base != new:
            row.imported[one.name] = new
            changes.alter(row, "imported")

    def _show(self, one: Field[Any, Any], value: Any) -> str:
        if one.name == "time":
            return self._show_time(value)
        if one.name in ("room", "track"):
            return self.names.get(value, "")
        if one.name == "speakers":
            return shortened(", ".join(self.names.get(guid, "") for guid in value))
        if one.name == "links":
            return shortened(", ".join(link[1] for link in value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return shortened(to_text(value).replace("\n", " ") if one.normal is values.rich else str(value or ""))

    def _show_time(self, value: list[str]) -> str:
        start, end = (datetime.fromisoformat(text).astimezone(self.zone) for text in value)
        return f"{start:%Y-%m-%d %H:%M}–{end:%H:%M}"

    def _remark_dates(self) -> None:
        event, sessions = self.event, self.schedule.sessions
        if event.pk is None or not sessions:
            return
        first, last = min(s.starts_at for s in sessions), max(s.ends_at for s in sessions)
        if first < event.starts_at or last > event.ends_at:
            self.plan.report.warnings.append(
                files.Remark(
                    self.schedule.conference.title,
                    _("sessions from %(first)s to %(last)s do not fit between the dates of the event")
                    % {"first": first.astimezone(self.zone).date(), "last": last.astimezone(self.zone).date()},
                )
            )
