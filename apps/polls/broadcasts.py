"""What pages are told of polls: topic names and values. Each value is for one audience, and the same for all of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

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


def staff_topic(poll_id: int) -> str:
    return f"poll/{poll_id}/staff"


class Option(msgspec.Struct, frozen=True):
    id: int
    text: dict[str, str]
    """By language: one value serves every reader, and the page takes theirs."""


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


class Tally(msgspec.Struct, frozen=True):
    option: int
    votes: int


class Results(msgspec.Struct, frozen=True):
    poll: int
    round: int
    total: int
    votes: list[Tally]
    """In the order of the options."""


class Turnout(msgspec.Struct, frozen=True):
    poll: int
    answers: int


class Mine(msgspec.Struct, frozen=True):
    """One person's standing answer: in their page and in the reply to them, in no broadcast."""

    poll: int
    option: int
    revision: int


def in_languages(text: Any, main: str) -> dict[str, str]:
    """An organiser's text in all its languages; `main` names the language of a text that has only one."""
    data = getattr(text, "data", text)
    return {code: str(words) for code, words in data.items() if words} if isinstance(data, dict) else {main: str(data)}


def question(poll: Poll, now: datetime) -> Question:
    """Needs `event` and `options`."""
    main = poll.event.default_language
    state = poll.state
    closed_at = poll.closed_at
    if state == Poll.State.OPEN and not poll.takes_answers_at(now):
        state, closed_at = Poll.State.CLOSED, poll.closes_at
    return Question(
        id=poll.pk,
        round=poll.round,
        kind=poll.kind,
        question=in_languages(poll.question, main),
        options=[Option(option.pk, in_languages(option.text, main)) for option in poll.options.all()],
        state=str(state),
        results=poll.results,
        may_change=poll.may_change,
        closes_at=poll.closes_at,
        closed_at=closed_at,
    )


def results(poll: Poll, votes: Mapping[int, int]) -> Results:
    """`votes` by option id; options nobody chose may be missing."""
    tallies = [Tally(option.pk, votes.get(option.pk, 0)) for option in poll.options.all()]
    return Results(poll=poll.pk, round=poll.round, total=sum(tally.votes for tally in tallies), votes=tallies)
