"""The demo's quizzes: one with a lobby in which some of the crowd already wait, and a training that some have done."""

import io
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from apps.accounts.models import User
from apps.core.errors import Refused
from apps.events.models import Event
from apps.media.models import Asset
from apps.quizzes import services as quizzes
from apps.quizzes.models import Attempt, Bank, Choice, Question, Quiz, Task
from apps.tracks.models import Session
from apps.venue.demo import content, film_slides

File = Callable[[bytes, str], Asset]
NOT_FIELDS = ("choices", "picture", "clip")


def make_quiz(
    event: Event, sessions: Mapping[str, Session], crowd: Sequence[User], chance: Random, file: File, *, is_open: bool
) -> Quiz:
    written = content.read("quiz")
    bank = _bank(
        event, written, lambda row: file(_slide(row["picture"]), written["bank"]) if "picture" in row else None
    )
    quiz = Quiz.objects.create(event=event, bank=bank, title=written["title"], session=sessions[written["session"]])
    if is_open:
        _fill(quiz, written["players"], crowd, chance)
    return quiz


def make_training(
    event: Event, sessions: Mapping[str, Session], nadia: User, crowd: Sequence[User], chance: Random
) -> Quiz:
    """With the session's film for a clip. Nadia has done it once and begun again; some of the crowd have done it."""
    written = content.read("training")
    session = Session.objects.select_related("video").get(pk=sessions[written["session"]].pk)
    bank = _bank(event, written, lambda row: session.video if row.get("clip") else None)
    quiz = Quiz.objects.create(
        event=event, bank=bank, title=written["title"], session=session, mode=Quiz.Mode.ALONE, is_published=True,
        shuffles=True, pass_percent=written["percent"], most_attempts=written["attempts"],
    )  # fmt: skip
    for person in [nadia, *chance.sample(list(crowd), k=min(written["crowd"], len(crowd)))]:
        attempt = quizzes.begin(quiz, user=person)
        _answer(attempt, chance, most=len(written["question"]))
        quizzes.hand_in(attempt)
    _answer(quizzes.begin(quiz, user=nadia), chance, most=2)
    return quiz


def _bank(event: Event, written: Mapping[str, Any], shown_with: Callable[[Mapping[str, Any]], Asset | None]) -> Bank:
    bank = Bank.objects.create(event=event, name=written["bank"])
    for place, row in enumerate(written["question"]):
        fields = {name: value for name, value in row.items() if name not in NOT_FIELDS}
        question = Question.objects.create(bank=bank, position=place, media=shown_with(row), **fields)
        Choice.objects.bulk_create(
            Choice(question=question, text=text, is_right=is_right, position=number)
            for number, (text, is_right) in enumerate(row.get("choices", ()))
        )
    return bank


def _slide(name: str) -> bytes:
    picture = io.BytesIO()
    getattr(film_slides, name)(0).done().save(picture, "PNG")
    return picture.getvalue()


def _fill(quiz: Quiz, names: Sequence[str], crowd: Sequence[User], chance: Random) -> None:
    game = quizzes.open_lobby(quiz)
    people = chance.sample(list(crowd), k=min(len(names), len(crowd)))
    joined = quizzes.join(
        [quizzes.Joining(quiz.event_id, game.pk, user.pk, name) for user, name in zip(people, names, strict=False)]
    )
    for answer in joined:
        if isinstance(answer, Refused):
            raise answer


def _answer(attempt: Attempt, chance: Random, *, most: int) -> None:
    """Rightly two times out of three."""
    for task in attempt.tasks.order_by("position")[:most]:
        said = _right(task) if chance.random() < 0.67 else _wrong(task)
        quizzes.answer_task(attempt, position=task.position, said=said)


def _right(task: Task) -> str | list[int]:
    right = task.key["right"]
    if task.kind == "text":
        return str(right[0])
    return right if isinstance(right, list) else str(right).lower()


def _wrong(task: Task) -> str | list[int]:
    right = task.key["right"]
    if task.kind == "order":
        return list(reversed(right))
    if task.kind in ("single", "multiple"):
        return [next(option["id"] for option in task.sheet["options"] if option["id"] not in right)]
    return {"truth": str(not right).lower(), "number": "12"}.get(task.kind, "The bank")
