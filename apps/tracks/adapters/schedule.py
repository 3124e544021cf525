"""A conference schedule as one typed tree, whatever file it came from or goes to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.words import Sentence
from apps.tracks.adapters.values import line
from apps.tracks.models import DAY_CHANGE

GENERATOR = "Plenary"
# One person's agenda must not come back as the whole schedule: readers tell the two apart by this name.
PERSONAL = "Plenary, personal agenda"
MAX_BYTES = 10_000_000
"""Of a file, whichever door it comes by: with its form around it, it is what a request may bring."""
MOST_SESSIONS = 10_000
"""Of a file, and of its people, rooms and tracks each."""
LINK_KINDS = frozenset({"slides", "paper", "web", "blog", "article", "media", "related", "activitypub"})


class ScheduleError(Exception):
    """The file cannot be read as a schedule; `place` is a line or a path in it.

    Where more than one thing is wrong, `problems` are all of them.
    """

    def __init__(self, message: str, place: str = "", *, problems: "Sequence[Remark]" = ()) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.problems = [str(problem) for problem in problems] or [str(self)]

    def __str__(self) -> str:
        """One line, whatever the parsers below us said."""
        said = f"{self.place}: {self.message}" if self.place else self.message
        return line(said)[:500]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something odd that did not stop the reading, and where it stands."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


def one_line(text: str) -> str:
    """What a remark says or where it stands, whatever the file wrote; a sentence of ours stays one."""
    return text.cleaned(line) if isinstance(text, Sentence) else line(text)


def refusal(problems: Sequence[Remark]) -> ScheduleError:
    """All that is wrong; the first of it says how much more there is."""
    first, *more = problems
    words = first.message
    if more:
        count = len(more)
        words += " " + ngettext("(and %(count)d more problem)", "(and %(count)d more problems)", count) % {
            "count": count
        }
    return ScheduleError(words, first.place, problems=problems)


def too_many(place: str) -> ScheduleError:
    words = _("more than %(most)d sessions, people, rooms or tracks; split the file") % {"most": MOST_SESSIONS}
    return ScheduleError(words, place)


def too_large() -> ScheduleError:
    """What to raise of a file that is better not read at all."""
    return ScheduleError(_("the file is larger than %d MB") % (MAX_BYTES // 1_000_000), _("byte %d") % MAX_BYTES)


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    title: str = ""
    kind: str = ""
    attached: bool = False


# In the parts below, None means that the file does not say; an empty text means that it says "nothing".
# `guid`, `source_id` and the name are what a part is recognised by, in this order. `number` is our own id,
# `slug` and `url` our own address: they are written into exports and never read back.


@dataclass(slots=True, eq=False)
class Room:
    name: str
    guid: UUID | None = None
    source_id: str = ""
    description: str | None = None
    capacity: int | None = None
    place: str = ""
    slug: str = ""


@dataclass(slots=True, eq=False)
class Track:
    name: str
    guid: UUID | None = None
    source_id: str = ""
    colour: str | None = None
    place: str = ""
    slug: str = ""


@dataclass(slots=True, eq=False)
class Speaker:
    name: str
    guid: UUID | None = None
    source_id: str = ""
    biography: str | None = None
    place: str = ""
    number: int = 0
    slug: str = ""
    url: str = ""


@dataclass(slots=True, eq=False)
class Session:
    title: str
    starts_at: datetime
    ends_at: datetime
    room: Room
    guid: UUID | None = None
    source_id: str = ""
    track: Track | None = None
    subtitle: str | None = None
    kind: str | None = None
    language: str | None = None
    abstract: str | None = None
    description: str | None = None
    speakers: list[Speaker] | None = None
    links: list[Link] | None = None
    recording_license: str | None = None
    do_not_record: bool | None = None
    logo_url: str | None = None
    origin_url: str | None = None
    feedback_url: str | None = None
    as_of: datetime | None = None
    """When a table of ours was made, which somebody has worked on since."""
    place: str = ""
    number: int = 0
    slug: str = ""
    url: str = ""
    changed_at: datetime | None = None
    cancelled: bool = False
    """Written into exports; of files, calendars and tables of ours say it."""


@dataclass(slots=True, eq=False)
class Day:
    """One day of the programme; it ends when the night does, not at midnight."""

    index: int
    date: date
    starts_at: datetime
    ends_at: datetime


@dataclass(slots=True, eq=False)
class Conference:
    title: str
    acronym: str
    time_zone: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    description: str = ""
    url: str = ""


@dataclass(slots=True)
class Schedule:
    conference: Conference
    version: str = ""
    is_part: bool = False
    """A table of ours, which may hold some of the sessions: what is not in it stays."""
    says_cancelled: bool = False
    """A calendar, which says of each session whether it is cancelled."""
    own: bool = False
    """Written by this platform: its acronym, slugs, ids and addresses are ours, and tell nothing new."""
    system: str = ""
    rooms: list[Room] = field(default_factory=list)
    tracks: list[Track] = field(default_factory=list)
    speakers: list[Speaker] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {
            "tracks": len(self.tracks),
            "rooms": len(self.rooms),
            "sessions": len(self.sessions),
            "speakers": len(self.speakers),
        }


def programme_day(moment: datetime) -> date:
    """The day of the programme on which a local time falls."""
    return (moment - timedelta(hours=DAY_CHANGE.hour)).date()
