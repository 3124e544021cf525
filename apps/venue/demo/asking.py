"""What the demo's people asked in its sessions, and who wants it answered: through the services, as it would be."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from apps.accounts.models import User
from apps.core.errors import Refused
from apps.events.models import Event
from apps.questions import services
from apps.questions.models import Question
from apps.tracks.models import Session
from apps.venue.demo import content

ATTENDEE = frozenset({"attendee"})


class Making(Protocol):
    """What questions need of the demo that is being made."""

    event: Event
    now: datetime
    chance: random.Random
    people: dict[str, User]
    sessions: dict[str, Session]
    crowd: list[User]

    def moment(self, minutes: float) -> datetime:
        """So many minutes after the main session began."""


def make_questions(making: Making) -> None:
    """What lies ahead of now is not asked yet."""
    event, people = making.event, making.people
    for place in content.read("questions")["session"]:
        session = making.sessions[place["slug"]]
        asked: list[Question] = []
        # What was asked over minutes is asked within a second here.
        usual = services.board_for(session).wait_seconds
        services.set_rules(session, wait_seconds=0)
        for row in place["ask"]:
            if making.moment(row["at"]) > making.now:
                break
            asked.append(_ask(event, session, people, row))
            _want(event, asked[-1], making.chance.sample(making.crowd, k=round(len(making.crowd) * row["want"])))
        for question, row in zip(asked, place["ask"], strict=False):
            _settle(question, row, asked, people)
            Question.objects.filter(pk=question.pk).update(created_at=making.moment(row["at"]))
        services.set_rules(session, wait_seconds=usual)


def _ask(event: Event, session: Session, people: Mapping[str, User], row: Mapping[str, Any]) -> Question:
    [answer] = services.ask_questions(
        [
            services.Asking(
                event_id=event.pk,
                session_id=session.pk,
                user_id=people[row["by"]].pk,
                roles=ATTENDEE,
                text=row["text"],
                is_anonymous=row.get("nameless", False),
            )
        ]
    )
    if isinstance(answer, Refused):
        raise answer
    return Question.objects.get(pk=answer.question.id)


def _want(event: Event, question: Question, voters: Sequence[User]) -> None:
    services.cast_votes([services.Wish(event.pk, question.pk, user.pk) for user in voters])


def _settle(question: Question, row: Mapping[str, Any], asked: Sequence[Question], people: Mapping[str, User]) -> None:
    if "tags" in row:
        services.tag_question(question, tags=row["tags"])
    if "reply" in row:
        services.reply_to_question(question, text=row["reply"], by=people[row["reply_by"]])
    if "same" in row:
        services.merge_question(question, into=asked[row["same"] - 1])
    if "state" in row:
        services.move_question(question, to=row["state"])
