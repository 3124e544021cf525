"""The columns of an agenda as a table: what they are called, what may stand in them, and which others mean the same."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    """As the first line of a table has it, in any language of the interface."""
    words: str | Promise
    """What may stand in it, for those who write such a table."""
    example: str = ""
    is_needed: bool = False


COLUMNS = (
    Column("id", _("By what a session is known when the table comes again. Without it: by its title, and by its start "
                   "where several have the same title.")),
    Column("title", _("At most 300 letters."), "High water, low water", is_needed=True),
    Column("subtitle", _("At most 300 letters.")),
    Column("date", _("The day, where start and end say only the hour."), "2026-10-13"),
    Column("start", _("Such as 2026-10-13 09:00, 13.10.2026 09:00 or 09:00. In the event’s time zone, or with an "
                      "offset: 2026-10-13T09:00+01:00."), "09:00", is_needed=True),
    Column("end", _("Like the start; an hour before it is on the next day."), "09:45"),
    Column("duration", _("Where there is no end: in minutes, or such as 1:30.")),
    Column("room", _("Made where there is none of this name."), "Weir", is_needed=True),
    Column("track", _("Made where there is none of this name."), "Rivers"),
    Column("speakers", _("Their names, with semicolons between them, or one a line."), "Nadia Okello; Ivo Brandt"),
    Column("kind", _("Such as talk, panel or workshop."), "talk"),
    Column("language", _("Its code, such as en."), "en"),
    Column("abstract", _("A few sentences, as text or HTML."), "A year in levels."),
    Column("description", _("As long as you like, as text or HTML.")),
    Column("page", _("The address of a page about it elsewhere.")),
    Column("feedback", _("The address of a page for feedback.")),
    Column("licence", _("Of the recording.")),
    Column("do not record", _("yes or no.")),
)  # fmt: skip
NAMES = tuple(column.name for column in COLUMNS)

# What tables from elsewhere call them.
MEANT = {
    "guid": "id", "code": "id", "session": "title", "name": "title", "session title": "title", "day": "date",
    "starts": "start", "starts at": "start", "start time": "start", "begin": "start", "begins": "start",
    "from": "start", "ends": "end", "ends at": "end", "end time": "end", "to": "end", "minutes": "duration",
    "length": "duration", "stage": "room", "location": "room", "speaker": "speakers", "persons": "speakers",
    "type": "kind", "session type": "kind", "format": "kind", "url": "page", "link": "page",
    "recording licence": "licence", "recording license": "licence", "license": "licence",
    "titel": "title", "untertitel": "subtitle", "datum": "date", "beginn": "start", "ende": "end", "dauer": "duration",
    "raum": "room", "vortragende": "speakers", "sprache": "language", "art": "kind", "beschreibung": "description",
}  # fmt: skip
# Ours alone: what the desk writes beside them. They are read, or passed over, without a remark.
STATE, EXPORTED = "state", "exported"
BESIDE = frozenset({"event", STATE, EXPORTED, "stars", "came"})


def meant(head: str) -> str:
    """The column that a head names; the head itself in small letters where it names none of ours."""
    name = " ".join(head.replace("_", " ").split()).casefold()
    return MEANT.get(name, name)
