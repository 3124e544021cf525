"""Reads an agenda as a table, CSV or XLSX, into raw parts: one session a line. What is wrong is told all at once, each
with its line and column."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo

from apps.core import tables, workbooks
from apps.core.words import sentence as _
from apps.tracks.adapters import values
from apps.tracks.adapters.raw import Part, RawDay, RawRoom, RawSchedule
from apps.tracks.adapters.schedule import MOST_SESSIONS, Remark, ScheduleError, refusal
from apps.tracks.adapters.table_columns import BESIDE, COLUMNS, EXPORTED, NAMES, STATE, meant
from apps.tracks.adapters.table_times import Days, day_part, read_clock, read_length
from apps.tracks.models import LONGEST, Session

MOST_PROBLEMS = 50
HEAD = 4096
_BETWEEN_CELLS = re.compile(r"[,;\t\n\r]")
_BETWEEN_NAMES = re.compile(r"[;\n]")
# What the tree calls them.
_TEXTS = {
    "title": "title", "subtitle": "subtitle", "room": "room", "track": "track", "kind": "type", "language": "language",
    "abstract": "abstract", "description": "description", "page": "url", "feedback": "feedback_url",
    "licence": "recording_license", "do not record": "do_not_record", EXPORTED: "as_of",
    STATE: "state",
}  # fmt: skip


def is_table(data: bytes) -> bool:
    """Whether it is a workbook, or its first lines name a column that every agenda has."""
    if data.startswith((workbooks.MARK, workbooks.OLD_MARK)):
        return True
    coding = "utf-16" if data.startswith(tables.WIDE) else "utf-8-sig"
    lines = data[:HEAD].decode(coding, errors="replace").splitlines()[:2]
    heads = {meant(tables.said(cell.strip().strip('"'))) for line in lines for cell in _BETWEEN_CELLS.split(line)}
    return not heads.isdisjoint(column.name for column in COLUMNS if column.is_needed)


def read(data: bytes, *, title: str, zone: str, slug: str = "") -> RawSchedule:
    """A table says nothing of its event: its title, and the zone of times without an offset, come from here. One of
    ours may hold several events: with `slug`, only the lines of that one are read."""
    try:
        lines = workbooks.table_lines(data)
        head_line, head = next(lines, (1, []))
        reading = _Reading(head_line, head, zone, slug)
        reading.gather(lines)
    except tables.Unreadable as problem:
        raise ScheduleError(problem.message, _line(problem.line)) from problem
    parts = reading.parts()
    raw = RawSchedule(Part(_line(head_line), {"title": title, "time_zone_name": zone}))
    raw.unknown = reading.unknown
    raw.odd += reading.elsewhere.values()
    raw.is_part = EXPORTED in reading.columns
    raw.days = [RawDay(Part(_line(head_line)), [RawRoom(Part(_line(head_line)), parts)])]
    return raw


class _Row:
    """One line: what stands under each column that the table has, and where that is."""

    def __init__(self, line: int, cells: dict[str, str]) -> None:
        self.line = line
        self.cells = cells

    def of(self, name: str) -> str:
        return self.cells.get(name, "")

    def where(self, name: str) -> str:
        return _("line %(line)d, column “%(column)s”") % {"line": self.line, "column": name}


class _Reading:
    def __init__(self, line: int, head: list[str], zone: str, slug: str) -> None:
        self.slug = slug
        self.elsewhere: dict[str, tuple[str, str]] = {}
        """Of other events that lines are of: where the first of them stands, and what is said of it."""
        self.zone: tzinfo = values.zone(zone) or UTC
        self.problems: list[Remark] = []
        self.unknown: dict[str, str] = {}
        self.columns: dict[str, int] = {}
        self.rows: list[_Row] = []
        self.starts: dict[int, datetime] = {}
        for place, given in enumerate(head):
            self._note_column(place, tables.said(given).strip(), line)
        missing = [column.name for column in COLUMNS if column.is_needed and column.name not in self.columns]
        if missing:
            self._refuse(_line(line), _("the column “%(name)s” is missing") % {"name": missing[0]})
            raise refusal(self.problems)

    def _note_column(self, place: int, given: str, line: int) -> None:
        name = meant(given)
        if name in self.columns:
            self._refuse(_line(line), _("the column “%(name)s” stands twice") % {"name": name})
            raise refusal(self.problems)
        if name in NAMES or name in BESIDE:
            self.columns[name] = place
        elif name:
            self.unknown.setdefault(f"“{values.line(given)[:60]}”", _line(line))

    def gather(self, lines: Iterable[tuple[int, list[str]]]) -> None:
        for line, cells in lines:
            if len(self.rows) >= MOST_SESSIONS:
                raise tables.Unreadable(_("more than %(most)d lines; split the file") % {"most": MOST_SESSIONS}, line)
            found = {
                name: tables.said(cells[place].strip()) if place < len(cells) else ""
                for name, place in self.columns.items()
            }
            if self._is_elsewhere(line, found):
                continue
            if found.get(STATE, "").casefold() != Session.State.WITHDRAWN:
                self.rows.append(_Row(line, found))
        if not self.rows and self.elsewhere:
            words = _("every line is of another event; take the column “event” away to bring them in here")
            raise tables.Unreadable(words, 1)
        if not self.rows:
            raise tables.Unreadable(_("no session stands below the first line"), 1)

    def _is_elsewhere(self, line: int, found: dict[str, str]) -> bool:
        named = found.get("event", "")
        if not self.slug or EXPORTED not in self.columns or named in ("", self.slug):
            return False
        if len(self.elsewhere) < MOST_PROBLEMS:
            words = _("lines of the event “%s” are left out") % named[:60]
            self.elsewhere.setdefault(named, (_line(line), words))
        return True

    def parts(self) -> list[Part]:
        dated = (row.of(name) for row in self.rows for name in ("date", "start", "end"))
        self.days = Days(day_part(cell) for cell in dated)
        found = [part for row in self.rows if (part := self._part(row)) is not None]
        self._name(found)
        if self.problems:
            raise refusal(self.problems)
        return found

    def _part(self, row: _Row) -> Part | None:
        if len(self.problems) >= MOST_PROBLEMS:
            return None
        part = Part(_line(row.line))
        for name, called in _TEXTS.items():
            if name in row.cells:
                part.values[called] = row.of(name)
                part.own_places[called] = row.where(name)
        for name in ("title", "room"):
            if not row.of(name):
                self._refuse(row.where(name), _("this must not be empty"))
        if "speakers" in row.cells:
            names = [name.strip() for name in _BETWEEN_NAMES.split(row.of("speakers")) if name.strip()]
            part.lists["persons"] = [Part(row.where("speakers"), {"name": name}) for name in names]
        self._take_times(row, part)
        part.values["id"] = row.of("id")
        part.own_places["id"] = row.where("id")
        return part

    def _take_times(self, row: _Row, part: Part) -> None:
        said = row.of("date")
        on = self.days.read(day_part(said)) if said else None
        if said and on is None:
            self._refuse(row.where("date"), self._no_day(said))
            return
        starts_at = self.days.moment(row.of("start"), on, self.zone)
        if starts_at is None:
            self._refuse(row.where("start"), self._no_moment(row.of("start"), has_day=on is not None))
            return
        part.values["date"] = starts_at.isoformat()
        part.own_places["date"] = row.where("start")
        ends_at = self._end(row, starts_at)
        if ends_at is not None:
            part.values["end"] = ends_at.isoformat()
            part.own_places["end"] = row.where("end" if row.of("end") else "duration")

    def _end(self, row: _Row, starts_at: datetime) -> datetime | None:
        """By the column that says it; both may, and then they must not differ."""
        length = read_length(row.of("duration")) if row.of("duration") else None
        if row.of("duration") and length is None:
            words = _("“%s” is no length; write minutes, or such as 1:30") % row.of("duration")[:40]
            self._refuse(row.where("duration"), words)
            return None
        if not row.of("end"):
            if length is None:
                self._refuse(row.where("end"), _("a session needs an end or a duration"))
                return None
            return self._bounded(row, "duration", starts_at, starts_at + length)
        local = starts_at.astimezone(self.zone)
        ends_at = self.days.moment(row.of("end"), local.date(), self.zone)
        if ends_at is None:
            self._refuse(row.where("end"), self._no_moment(row.of("end"), has_day=True))
            return None
        if ends_at <= starts_at and read_clock(row.of("end")) is not None:
            ends_at = self.days.moment(row.of("end"), local.date() + timedelta(days=1), self.zone) or ends_at
        if length is not None and starts_at + length != ends_at:
            self._refuse(row.where("duration"), _("the duration says another end than the end does"))
            return None
        return self._bounded(row, "end", starts_at, ends_at)

    def _bounded(self, row: _Row, name: str, starts_at: datetime, ends_at: datetime) -> datetime | None:
        if ends_at <= starts_at:
            self._refuse(row.where(name), _("the session ends before it begins"))
            return None
        if ends_at - starts_at > LONGEST:
            self._refuse(row.where(name), _("a session lasts 99:59 hours at most"))
            return None
        return ends_at

    def _no_day(self, said: str) -> str:
        if self.days.is_unsure and "/" in said:
            return _("“%s” may be two days; write it as 2026-10-13") % said[:40]
        return _("“%s” is no day; write it as 2026-10-13") % said[:40]

    def _no_moment(self, said: str, *, has_day: bool) -> str:
        if not said:
            return _("this must not be empty")
        if self.days.is_unsure and "/" in said:
            return self._no_day(said)
        if not has_day and read_clock(said) is not None:
            return _("“%s” has no day; write it before the hour, or in the column “date”") % said[:40]
        return _("“%s” is no time; write it as 2026-10-13 09:00") % said[:40]

    def _name(self, parts: list[Part]) -> None:
        """By what each is known: its id; its start too, where several without one share a title."""
        taken: dict[str, str] = {}
        titles: dict[str, int] = {}
        for part in parts:
            given = str(part.values["id"])
            if given and (before := taken.setdefault(given, part.place)) != part.place:
                self._refuse(part.where("id"), _("this id stands in %(place)s already") % {"place": before})
            elif not given:
                titles[_title(part)] = titles.get(_title(part), 0) + 1
        for part in parts:
            given = str(part.values.pop("id"))
            if given:
                # Told apart where it is looked at: a guid is one of ours, or of whoever wrote the table.
                part.values["guid"] = given
                part.own_places["guid"] = part.own_places["id"]
            elif titles[_title(part)] > 1:
                part.values["id"] = f"{_title(part)[:160]} · {part.values.get('date', '')}"

    def _refuse(self, place: str, message: str) -> None:
        self.problems.append(Remark(place, message))


def _title(part: Part) -> str:
    return values.line(str(part.values["title"])).casefold()


def _line(number: int) -> str:
    return _("line %(line)d") % {"line": number}
