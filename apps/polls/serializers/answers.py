"""What the API answers about polls, where that is not what the socket says too; and an example of each answer."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from apps.polls import broadcasts
from apps.polls.selectors import clock


class Listed(broadcasts.Question, frozen=True, kw_only=True):
    """A poll, and where it is asked."""

    session: int | None


class Described(Listed, frozen=True, kw_only=True):
    """A poll as those who run it see it: with its true state, and what it was told to be."""

    moderated: bool
    takes_late: bool
    seconds: int | None
    opens_at: datetime | None


class Shown(msgspec.Struct, frozen=True):
    """A poll for one reader. Who runs it finds the fields of `poll_create` in it too."""

    poll: broadcasts.Question
    mine: broadcasts.Mine | None
    results: broadcasts.Results | None
    """None while this reader may not see them."""
    late: broadcasts.Results | None
    """Of those who watched the recording."""
    answers: int


class Beside(msgspec.Struct, frozen=True):
    """What was asked beside a recording, of which the first second was at `start`."""

    start: datetime
    polls: list[clock.Moment]


class Template(msgspec.Struct, frozen=True):
    id: int
    name: str
    kind: str


class WholeTemplate(Template, frozen=True):
    question: dict[str, str]
    options: list[dict[str, str]]


class Given(msgspec.Struct, frozen=True):
    """Somebody's standing answer."""

    person: int | None
    name: str
    email: str
    """For organisers; else empty."""
    answer: dict[str, Any]
    """As `poll_vote` takes it."""
    late: bool
    """Given with the recording."""
    at: datetime | None


class Text(msgspec.Struct, frozen=True):
    text: str


class Said(msgspec.Struct, frozen=True):
    """A page of the words of a poll."""

    count: int
    """How many there are on all pages."""
    waiting: int
    """How many of them wait for a decision."""
    results: list[broadcasts.Saying]


AT = datetime(2026, 5, 4, 13, 31, tzinfo=UTC)
QUESTION = broadcasts.Question(
    id=9,
    round=1,
    kind="single",
    question={"en": "Who should pay for the first meadow?"},
    options=[broadcasts.Option(31, {"en": "Those upstream"}), broadcasts.Option(32, {"en": "All of us"})],
    state="open",
    results="live",
    may_change=True,
    closes_at=None,
    closed_at=None,
)
LISTED = Listed(**msgspec.structs.asdict(QUESTION), session=17)
DESCRIBED = Described(
    **msgspec.structs.asdict(QUESTION), session=17, moderated=False, takes_late=True, seconds=90, opens_at=None
)
RESULTS = broadcasts.Results(9, 1, 42, [broadcasts.Tally(31, 12), broadcasts.Tally(32, 30)], of=42)
STAFF = broadcasts.Staff(**msgspec.structs.asdict(RESULTS))
MINE = broadcasts.Mine(9, 1, 1, {"option": 32})
SHOWN = Shown(QUESTION, MINE, RESULTS, None, 42)
GIVEN = Given(31, "Nadia Okello", "nadia@lakeside.example", {"option": 32}, late=False, at=AT)
TEXT = Text("More reeds, fewer walls.")
SAID = Said(1, 1, [broadcasts.Saying("5f" * 32, "Reeds", 12, None)])
TEMPLATE = Template(3, "Who pays?", "single")
WHOLE_TEMPLATE = WholeTemplate(
    3, "Who pays?", "single", question={"en": "Who should pay?"}, options=[{"en": "All"}, {"en": "Some"}]
)
BESIDE = Beside(AT, [clock.Moment(QUESTION, opened=310.0, closed=405.5, results=RESULTS)])
