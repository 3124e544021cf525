"""What the API answers about questions, as its description tells it, with an example of each."""

from datetime import UTC, datetime

import msgspec

from apps.questions import broadcasts, selectors


class Described(msgspec.Struct, frozen=True):
    """A question, and what it is to the caller."""

    question: broadcasts.Question
    mine: bool
    voted: bool
    following: bool
    into: int | None
    """The question that it was joined with."""


class Placed(Described, frozen=True):
    """A question, what it is to the caller, and where it was asked."""

    session: int | None


class Page(msgspec.Struct, frozen=True):
    """A page of a session's questions: the numbers that everybody sees, and 30 of them. `tags` are those in use."""

    standing: broadcasts.Standing
    stage: broadcasts.Question | None
    questions: list[Described]
    page: int
    pages: int
    tags: list[str]


class Beside(msgspec.Struct, frozen=True):
    """What was asked beside a recording, of which the first second was at `start`."""

    start: datetime
    questions: list[selectors.Moment]


QUESTION = broadcasts.Question(
    id=412,
    text="Who reads the gauge at Marl, and do all eleven towns believe it?",
    name="Mei Tanaka-Ruiz",
    anonymous=False,
    state="new",
    votes=83,
    tags=["Trust"],
    reply=broadcasts.Reply(text="The school; its readings are public.", name="Oduya Barasa"),
    asked_at=datetime(2026, 5, 4, 13, 25, tzinfo=UTC),
    answered_at=None,
)
DESCRIBED = Described(QUESTION, mine=False, voted=True, following=False, into=None)
PLACED = Placed(QUESTION, mine=False, voted=True, following=False, into=None, session=17)
ASKED = broadcasts.Asked(msgspec.structs.replace(QUESTION, id=431, votes=0, tags=[], reply=None, state="held"))
RULES = broadcasts.Rules(open=True, anonymous=True, held=False, most_chars=300, wait=20)
STANDING = broadcasts.Standing(rules=RULES, unanswered=12, answered=3, votes=[(412, 83), (409, 72)])
PAGE = Page(STANDING, None, [DESCRIBED], page=1, pages=1, tags=["Money", "Trust"])
MINE = broadcasts.Mine(question=412, voted=True, following=False, votes=84)
BESIDE = Beside(datetime(2026, 5, 4, 13, 1, tzinfo=UTC), [selectors.Moment(QUESTION, asked=1440.0, answered=None)])
