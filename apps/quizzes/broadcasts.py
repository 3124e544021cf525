"""What pages are told of quizzes: topic names and values. A value is for one audience, and the same for all of it."""

from datetime import datetime
from typing import Any

import msgspec


def stage_topic(game_id: int) -> str:
    return f"quiz/{game_id}/stage"


def hall_topic(game_id: int) -> str:
    return f"quiz/{game_id}/hall"


def desk_topic(game_id: int) -> str:
    return f"quiz/{game_id}/desk"


def own_topic(user_id: int, game_id: int) -> str:
    return f"person/{user_id}/quiz/{game_id}"


def list_topic() -> str:
    return "event/quizzes"


class Option(msgspec.Struct, frozen=True):
    id: int
    """Its place on the sheet, from 1."""
    text: dict[str, str]


class Captions(msgspec.Struct, frozen=True):
    url: str
    language: str
    label: str


class Media(msgspec.Struct, frozen=True):
    """A picture or clip. Nothing in it says what the file is called: that may well be the answer."""

    kind: str
    """`image`, `video` or `audio`."""
    url: str
    """Of the picture, signed; of a clip its playlist, where who asks is checked."""
    words: dict[str, str]
    """What it shows, for those who cannot see it."""
    poster: str
    seconds: float
    captions: list[Captions]


class Sheet(msgspec.Struct, frozen=True):
    """A question without its answer."""

    kind: str
    text: dict[str, str]
    options: list[Option]
    unit: str
    media: Media | None
    seconds: int
    worth: int


class Bar(msgspec.Struct, frozen=True):
    """How often one answer was given. `option` names it where it was chosen, `text` where it was typed."""

    option: int | None
    text: str
    count: int
    right: bool


class Leader(msgspec.Struct, frozen=True):
    rank: int
    name: str
    points: int
    gained: int
    streak: int


class Reveal(msgspec.Struct, frozen=True):
    """What leaves the server only once nobody can answer any more."""

    right: list[int]
    """Of what is chosen: the right options; of an order: all of them, in the right one."""
    words: list[str]
    """Of a number: the number itself; of true or false: `true` or `false`."""
    spellings: list[dict[str, str]]
    """Of a text that is typed: what is taken, each by language."""
    tolerance: str
    bars: list[Bar]
    answers: int
    explanation: dict[str, str]


class Stage(msgspec.Struct, frozen=True):
    """What everybody sees: lobby, question, answer or podium."""

    game: int
    phase: str
    position: int
    turns: int
    teams: bool
    sheet: Sheet | None
    opens_at: datetime | None
    """The options are uncovered then, for everybody at the same moment; answers are taken from then on."""
    closes_at: datetime | None
    last_at: datetime | None
    """When also those with more time must have answered."""
    reveal: Reveal | None
    counted: bool
    """Whether the points of this turn are in."""
    recounts: int
    """How often points were counted anew: with each time one's own, and one's place, may be others."""
    leaders: list[Leader]


class Hall(msgspec.Struct, frozen=True):
    """Who is here, and how many have answered."""

    game: int
    players: int
    names: list[str]
    """The newest, at most sixty; also of teams."""
    answers: int


class Desk(msgspec.Struct, frozen=True):
    """For those who run the game."""

    game: int
    asking: int
    """How many people ask for more time."""


class OwnAnswer(msgspec.Struct, frozen=True):
    position: int
    said: Any
    share: float | None
    """How much of it was right; known once the answer is revealed and counted."""
    points: int | None
    after_ms: int | None


class Mine(msgspec.Struct, frozen=True):
    """One person's place in the game: in their page, and in the reply to them."""

    game: int
    name: str
    points: int
    rank: int
    streak: int
    gained: int
    enters_at: int
    captain: bool
    extra: int
    """Percent more time than the question says."""
    given: int
    """The same from the next question on."""
    asked: int
    """What they asked for and have not got (yet); 0: nothing."""
    answer: OwnAnswer | None


class Granted(msgspec.Struct, frozen=True):
    """What of a place others may give or take: said on the person's own topic. The words are those of `Mine`."""

    name: str
    captain: bool
    extra: int
    given: int
    asked: int


class Listed(msgspec.Struct, frozen=True):
    """A quiz that can be joined now."""

    quiz: int
    game: int
    title: dict[str, str]
    url: str
    session: int | None
    phase: str
