"""What pages are told of questions: topic names and values, the same for everybody in a session.

A question's words travel once, in the session's log; what moves with every vote is a list of numbers.
"""

from datetime import datetime

import msgspec

from apps.questions import models


def log_topic(session_id: int) -> str:
    return f"session/{session_id}/questions"


def standing_topic(session_id: int) -> str:
    return f"session/{session_id}/questions/standing"


def stage_topic(session_id: int) -> str:
    return f"session/{session_id}/questions/stage"


def desk_topic(session_id: int) -> str:
    return f"session/{session_id}/questions/desk"


class Reply(msgspec.Struct, frozen=True):
    text: str
    name: str


class Question(msgspec.Struct, frozen=True):
    """A question as everybody sees it. Nothing in it, and nothing beside it, says who asked without a name."""

    id: int
    text: str
    name: str
    """Empty where it was asked without one, or by somebody who is gone."""
    anonymous: bool
    state: str
    votes: int
    tags: list[str]
    reply: Reply | None
    asked_at: datetime
    answered_at: datetime | None


class Entry(msgspec.Struct, frozen=True):
    """One message of the log: the question as it stands, or None where it is no longer shown."""

    id: int
    question: Question | None
    into: int | None = None
    """The question that it was joined with."""


class Rules(msgspec.Struct, frozen=True):
    open: bool
    anonymous: bool
    held: bool
    """A moderator looks at each question first."""
    most_chars: int
    wait: int
    """Seconds between two questions of one person."""


class Standing(msgspec.Struct, frozen=True):
    """What moves: the rules, how many there are, and the votes of the most wanted."""

    rules: Rules
    unanswered: int
    answered: int
    votes: list[tuple[int, int]]
    """[id, votes] of the most wanted unanswered ones, in their order."""


class Stage(msgspec.Struct, frozen=True):
    """What stands over the stage for everybody."""

    question: Question | None


class Desk(msgspec.Struct, frozen=True):
    """For those who run the questions."""

    held: int
    newest: int
    """The id of the newest question that waits; 0 where none does."""


class Mine(msgspec.Struct, frozen=True):
    """What one person made of a question: in the reply to them, in no broadcast."""

    question: int
    voted: bool
    following: bool
    votes: int


class Asked(msgspec.Struct, frozen=True):
    """The answer to who asked. `question.state` is "held" where a moderator looks first."""

    question: Question
    mine: bool = True


def question(row: models.Question) -> Question:
    """Needs `author` and `replied_by`."""
    reply = Reply(row.reply, row.replied_by.name if row.replied_by else "") if row.reply else None
    return Question(
        id=row.pk,
        text=row.text,
        name=name_of(row),
        anonymous=row.is_anonymous,
        state=row.state,
        votes=row.votes,
        tags=list(row.tags),
        reply=reply,
        asked_at=row.created_at,
        answered_at=row.answered_at,
    )


def name_of(row: models.Question) -> str:
    """The asker's name as anybody may see it: the one place that decides it, for pages, payloads and exports."""
    return row.author.name if row.author and not row.is_anonymous else ""


def entry(row: models.Question) -> Entry:
    return Entry(row.pk, question(row) if row.is_shown else None, row.merged_into_id)


def rules(board: models.Board) -> Rules:
    return Rules(
        open=board.is_open,
        anonymous=board.is_anonymous_allowed,
        held=board.holds,
        most_chars=board.most_chars,
        wait=board.wait_seconds,
    )
