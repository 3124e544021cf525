"""Writes an agenda as a table, one session a line, in the columns that are read back."""

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from apps.core import sheets, tables
from apps.tracks.adapters import values
from apps.tracks.adapters.schedule import Schedule, Session
from apps.tracks.adapters.table_columns import COLUMNS, NAMES


def write_csv(schedule: Schedule, *, personal: bool = False) -> bytes:
    return "".join(tables.csv_lines(_table(schedule))).encode()


def write_xlsx(schedule: Schedule, *, personal: bool = False) -> bytes:
    return b"".join(sheets.workbook(_table(schedule), name=schedule.conference.acronym))


def _table(schedule: Schedule) -> Iterator[list[str]]:
    zone = values.zone(schedule.conference.time_zone) or ZoneInfo("UTC")
    yield [*NAMES]
    for session in schedule.sessions:
        yield cells(session, zone)


def template() -> Iterable[list[str]]:
    """All columns, and one session as an example."""
    return [[*NAMES], [column.example for column in COLUMNS]]


def cells(session: Session, zone: tzinfo) -> list[str]:
    """One session, in the order of NAMES; its times as a clock on the wall says them."""
    starts, ends = _moment(session.starts_at, zone), _moment(session.ends_at, zone)
    found = {
        "id": str(session.guid or ""),
        "title": session.title,
        "subtitle": session.subtitle,
        "start": starts,
        "end": ends,
        "room": session.room.name,
        "track": session.track.name if session.track else "",
        "speakers": "; ".join(speaker.name.replace(";", ",") for speaker in session.speakers or ()),
        "kind": session.kind,
        "language": session.language,
        "abstract": session.abstract,
        "description": session.description,
        "page": session.origin_url,
        "feedback": session.feedback_url,
        "licence": session.recording_license,
        "do not record": "yes" if session.do_not_record else "no",
    }
    return [found.get(name) or "" for name in NAMES]


def _moment(moment: datetime, zone: tzinfo) -> str:
    """With an offset only in the one hour of the year that the clock shows twice."""
    local = moment.astimezone(zone).replace(microsecond=0)
    plain = local.replace(tzinfo=None, fold=0)
    if plain.replace(tzinfo=zone) != moment.replace(microsecond=0):
        return local.isoformat(sep=" ")
    return plain.isoformat(sep=" ", timespec="seconds" if plain.second else "minutes")
