"""What pages are told of polls: topic names and values. Each value is for one audience, and the same for all of it."""

from datetime import datetime
from typing import Any

import msgspec

from apps.media.selectors import image_url
from apps.polls.models import Poll

EVENT_POLLS = "event/polls"


def session_topic(session_id: int) -> str:
    return f"session/{session_id}/polls"


def list_topic(poll: Poll) -> str:
    """Where a poll is listed: at its session, or at the event as a whole."""
    return session_topic(poll.session_id) if poll.session_id else EVENT_POLLS


def turnout_topic(poll_id: int) -> str:
    return f"poll/{poll_id}/turnout"


def results_topic(poll_id: int) -> str:
    return f"poll/{poll_id}/results"


def answered_topic(poll_id: int, number: int) -> str:
    """The round is in its name: who answered one does not go on listening to the next."""
    return f"poll/{poll_id}/{number}/results"


def late_topic(poll_id: int) -> str:
    return f"poll/{poll_id}/late"


def answered_late_topic(poll_id: int, number: int) -> str:
    return f"poll/{poll_id}/{number}/late"


def screen_topic(poll_id: int) -> str:
    return f"poll/{poll_id}/screen"


def staff_topic(poll_id: int) -> str:
    return f"poll/{poll_id}/staff"


class Option(msgspec.Struct, frozen=True):
    id: int
    text: dict[str, str]
    """By language: one value serves every reader, and the page takes theirs."""
    picture: str = ""
    """A signed address."""


class Question(msgspec.Struct, frozen=True):
    """A poll without its results: what everybody who takes part may see once it is open."""

    id: int
    round: int
    kind: str
    question: dict[str, str]
    options: list[Option]
    state: str
    """`open` or `closed`, by the server's clock."""
    results: str
    may_change: bool
    closes_at: datetime | None
    closed_at: datetime | None
    least: int = 0
    """With `most`: options to choose, the ends of a scale, ranks to give, words a person, or a text's characters."""
    most: int = 0
    low: dict[str, str] = {}
    """What the low end of a scale means, by language."""
    high: dict[str, str] = {}
    anonymous: bool = False
    locked: bool = False
    """Open, and no answer is taken for the moment."""
    revealed: bool = False
    """Everybody sees the results, whatever `results` says."""
    late: bool = False
    """Who watches the recording can answer."""
    moment: float | None = None
    """Seconds from the recording's beginning to where it was asked."""


class Tally(msgspec.Struct, frozen=True):
    option: int
    """An option's id; of a scale, the value."""
    votes: int
    """How many chose it; of a ranking its Borda points, of a sharing out the sum of what it was given."""


class Word(msgspec.Struct, frozen=True):
    text: str
    votes: int


class Results(msgspec.Struct, frozen=True):
    poll: int
    round: int
    total: int
    """How many have answered."""
    votes: list[Tally]
    """In the order of the options, or of the scale."""
    of: int = 0
    """The whole, of which `votes` are parts: 100 percent."""
    mean: float | None = None
    """Of a scale."""
    words: list[Word] = []
    """Of a word cloud, the most said first."""
    texts: list[str] = []
    """Of an open text, the newest first."""


class Turnout(msgspec.Struct, frozen=True):
    poll: int
    answers: int


class Saying(msgspec.Struct, frozen=True):
    """Words that somebody answered, for those who decide what is shown."""

    subject: str
    text: str
    votes: int
    shown: bool | None
    """None while nobody has decided."""


class Staff(Results, frozen=True):
    """For those who run the poll: all results, and the words to decide on."""

    sayings: list[Saying] = []
    """What waits for a decision first."""
    said: int = 0
    """How many there are; `sayings` are the first of them. On the socket, of more than a thousand texts only the newest
    are gone through, and this is how many people wrote one."""
    late: Results | None = None


class Screen(msgspec.Struct, frozen=True):
    """What a shared screen shows, for everybody who can see it."""

    question: Question
    answers: int
    results: Results | None
    """None until everybody may see them."""


class Mine(msgspec.Struct, frozen=True):
    """One person's standing answer: in their page and in the reply to them, in no broadcast."""

    poll: int
    round: int
    """The one that it answers: a poll may begin anew while an answer is on its way."""
    revision: int
    answer: dict[str, Any] | None
    """None in an anonymous poll: only their own device remembers it."""
    counted: bool = True
    """Whether what was sent is what stands; else another device of theirs was quicker."""
    late: bool = False


def in_languages(text: Any, main: str) -> dict[str, str]:
    """An organiser's text in all its languages; `main` names the language of a text that has only one."""
    data = getattr(text, "data", text)
    if isinstance(data, dict):
        return {code: str(words) for code, words in data.items() if words}
    return {main: str(data)} if data else {}


def question(poll: Poll, now: datetime, *, bounds: tuple[int, int]) -> Question:
    """Needs `event`, `session` and `options` with their pictures. `bounds` as its kind has them."""
    main = poll.event.default_language
    state = poll.state
    closed_at = poll.closed_at
    if state == Poll.State.OPEN and not poll.is_on_at(now):
        state, closed_at = Poll.State.CLOSED, poll.closes_at
    late = poll.takes_late_at(now)
    return Question(
        id=poll.pk,
        round=poll.round,
        kind=poll.kind,
        question=in_languages(poll.question, main),
        options=[
            Option(option.pk, in_languages(option.text, main), image_url(option.picture))
            for option in poll.options.all()
        ],
        state=str(state),
        results=poll.results,
        may_change=poll.may_change,
        closes_at=poll.closes_at,
        closed_at=closed_at,
        least=bounds[0],
        most=bounds[1],
        low=in_languages(poll.low_words, main),
        high=in_languages(poll.high_words, main),
        anonymous=poll.anonymous,
        locked=poll.locked,
        revealed=poll.revealed,
        late=late,
        moment=moment(poll) if late else None,
    )


def moment(poll: Poll) -> float | None:
    """Where in the recording it was asked: the stage plays it by the session's clock, or its offset from that."""
    if poll.session is None or poll.opened_at is None:
        return None
    length = (poll.session.ends_at - poll.session.starts_at).total_seconds()
    after = (poll.opened_at - poll.session.starts_at).total_seconds() - poll.session.recording_offset
    return min(max(0.0, after), length)
