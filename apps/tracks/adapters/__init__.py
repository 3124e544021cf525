"""Schedules in the formats of the outside world: reading and writing, without a database."""

from django.utils.translation import gettext as _

from apps.tracks.adapters import ical_reader, json_reader, table_reader, xml_reader
from apps.tracks.adapters.assembly import assemble
from apps.tracks.adapters.schedule import MAX_BYTES, Schedule, ScheduleError, too_large

__all__ = ["MAX_BYTES", "Schedule", "ScheduleError", "read", "too_large"]

_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def read(data: bytes, *, title: str = "", zone: str = "", slug: str = "") -> Schedule:
    """The schedule in a file's bytes: frab/pentabarf XML, pretalx/frab JSON, iCalendar, or a table (CSV, XLSX), told by
    how it begins. `title` and `zone` are those of the event, for files that do not say them.

    Raises ScheduleError, which names the place.
    """
    if len(data) > MAX_BYTES:
        raise too_large()
    start = data[:200]
    for mark in _MARKS:
        start = start.removeprefix(mark)
    start = start.replace(b"\x00", b"").lstrip()
    if not start:
        raise ScheduleError(_("the file is empty"), _("line 1"))
    if start.startswith(b"<"):
        return assemble(xml_reader.read(data))
    if start.startswith((b"{", b"[")):
        return assemble(json_reader.read(data))
    if start.upper().startswith(b"BEGIN:VCALENDAR"):
        return assemble(ical_reader.read(data, zone=zone))
    if table_reader.is_table(data):
        return assemble(table_reader.read(data, title=title, zone=zone, slug=slug))
    raise ScheduleError(_("this is neither XML nor JSON nor a calendar nor a table of sessions"), _("line 1"))
