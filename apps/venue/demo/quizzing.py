"""The demo's quiz: a bank with a question of every kind, and a lobby in which some of the crowd already wait."""

from collections.abc import Mapping, Sequence
from random import Random

from apps.accounts.models import User
from apps.core.errors import Refused
from apps.events.models import Event
from apps.quizzes import services as quizzes
from apps.quizzes.models import Bank, Choice, Question, Quiz
from apps.tracks.models import Session
from apps.venue.demo import content


def make_quiz(
    event: Event, sessions: Mapping[str, Session], crowd: Sequence[User], chance: Random, *, is_open: bool
) -> Quiz:
    written = content.read("quiz")
    bank = Bank.objects.create(event=event, name=written["bank"])
    for place, row in enumerate(written["question"]):
        fields = {name: value for name, value in row.items() if name != "choices"}
        question = Question.objects.create(bank=bank, position=place, **fields)
        Choice.objects.bulk_create(
            Choice(question=question, text=text, is_right=is_right, position=number)
            for number, (text, is_right) in enumerate(row.get("choices", ()))
        )
    quiz = Quiz.objects.create(event=event, bank=bank, title=written["title"], session=sessions[written["session"]])
    if is_open:
        _fill(quiz, written["players"], crowd, chance)
    return quiz


def _fill(quiz: Quiz, names: Sequence[str], crowd: Sequence[User], chance: Random) -> None:
    game = quizzes.open_lobby(quiz)
    people = chance.sample(list(crowd), k=min(len(names), len(crowd)))
    joined = quizzes.join(
        [quizzes.Joining(quiz.event_id, game.pk, user.pk, name) for user, name in zip(people, names, strict=False)]
    )
    for answer in joined:
        if isinstance(answer, Refused):
            raise answer
