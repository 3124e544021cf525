"""A quiz in each phase, with each kind of question: for those who play, who run it, and on the shared screen."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.screens.shots import ON_SCREEN, ONE_EACH, Shot
from tests.screens.stages.scene import LONG, WRITTEN, Scene, words

if TYPE_CHECKING:
    from apps.media.models import Asset
    from apps.quizzes.models import Game, Turn

SECONDS, BEFORE = 600, 200
"""The longest time to answer, of which some is over: a question stays open until its pictures are taken."""
QUICK_SECONDS, PAUSE_SECONDS = 12, 0.15
"""Of a question whose answer is seen: nobody is as quick as the others, so that somebody leads."""
COUNTED_SECONDS = 30
READER = "Nadia Okello"
NAMES = [LONG[:24], "Wadi", "نادية على الضفة", "Level headed", "Ebb & Flo", "Mudlark", "Tana tide", "Reed", "Otter"]
ASKED = {kind: words(row) for kind, row in WRITTEN["quiz"].items()}
CHOICES = {
    kind: [(words(choice), choice.get("right", False)) for choice in row.get("choices", ())]
    for kind, row in WRITTEN["quiz"].items()
}
SAID = WRITTEN["said"]


def shots(scene: Scene) -> dict[str, Shot]:
    """The open questions first: they do not stay open for long."""
    found = {}
    for kind in ("single", "multiple", "truth", "order", "number", "text"):
        quiz = Playing(scene, kind).open().ask().quiz
        found[f"quiz-{kind}"] = scene.shot("quizzes:quiz", quiz=quiz.pk, views=ONE_EACH)
        found[f"quiz-screen-{kind}"] = scene.shot("quizzes:screen", "moderator", quiz=quiz.pk, views=ON_SCREEN)
        if kind == "single":
            found["quiz-host-asked"] = scene.shot("quizzes:host", "moderator", quiz=quiz.pk, views=ONE_EACH)
    for name, asset in (("picture", scene.pictures[0]), ("clip", scene.clip)):
        if asset is not None:
            quiz = Playing(scene, "single", asset).open().ask().quiz
            found[f"quiz-{name}"] = scene.shot("quizzes:quiz", quiz=quiz.pk, views=ONE_EACH)
            found[f"quiz-screen-{name}"] = scene.shot("quizzes:screen", "moderator", quiz=quiz.pk, views=ON_SCREEN)
    found |= _asked_of_few(scene) | _settled(scene) | _alone(scene)
    return found


def _asked_of_few(scene: Scene) -> dict[str, Shot]:
    answered = Playing(scene, "multiple").open().ask().answer().quiz
    watched = Playing(scene, "single").open(with_reader=False).ask().quiz
    team = Playing(scene, "single", teams=True).open().ask().quiz
    beside = Playing(scene, "single", in_session=True).open().ask().quiz
    return {
        "quiz-answered": scene.shot("quizzes:quiz", quiz=answered.pk, views=ONE_EACH),
        "quiz-watched": scene.shot("quizzes:quiz", quiz=watched.pk, views=ONE_EACH),
        "quiz-team": scene.shot("quizzes:quiz", quiz=team.pk, views=ONE_EACH),
        "quiz-beside": scene.shot("venue:session", slug=beside.session.slug, at="#quiz", views=ONE_EACH, whole=False),
    }


def _settled(scene: Scene) -> dict[str, Shot]:
    """What stays as it is: lobby, answers, podium, and a quiz that has not begun."""
    found = {}
    lobby = Playing(scene, "single").open().quiz
    fresh = Playing(scene, "single").quiz
    for name, quiz, person in (("lobby", lobby, "attendee"), ("none", fresh, "moderator")):
        found[f"quiz-{name}"] = scene.shot("quizzes:quiz", person, quiz=quiz.pk, views=ONE_EACH)
        found[f"quiz-host-{name}"] = scene.shot("quizzes:host", "moderator", quiz=quiz.pk, views=ONE_EACH)
        found[f"quiz-screen-{name}"] = scene.shot("quizzes:screen", "moderator", quiz=quiz.pk, views=ON_SCREEN)
    for kind in ("single", "order", "number", "text"):
        quiz = Playing(scene, kind, seconds=QUICK_SECONDS).open().ask().answer().reveal().quiz
        found[f"quiz-revealed-{kind}"] = scene.shot("quizzes:quiz", quiz=quiz.pk, views=ONE_EACH)
        found[f"quiz-screen-revealed-{kind}"] = scene.shot("quizzes:screen", "moderator", quiz=quiz.pk, views=ON_SCREEN)
        if kind == "single":
            found["quiz-host-revealed"] = scene.shot("quizzes:host", "moderator", quiz=quiz.pk, views=ONE_EACH)
    quick = Playing(scene, "single", seconds=QUICK_SECONDS)
    over = quick.open().ask().answer().reveal().ask().answer().reveal().end().quiz
    found["quiz-podium"] = scene.shot("quizzes:quiz", quiz=over.pk)
    found["quiz-host-podium"] = scene.shot("quizzes:host", "moderator", quiz=over.pk, views=ONE_EACH)
    found["quiz-screen-podium"] = scene.shot("quizzes:screen", "moderator", quiz=over.pk, views=ON_SCREEN)
    return found


def _alone(scene: Scene) -> dict[str, Shot]:
    from apps.quizzes import services

    fresh = Playing(scene, "single", alone=True).quiz
    found = {"training-none": scene.shot("quizzes:training", quiz=fresh.pk, views=ONE_EACH)}
    for kind in ("order", "multiple"):
        quiz = Playing(scene, kind, alone=True).quiz
        services.begin(quiz, user=scene.reader)
        found[f"training-{kind}"] = scene.shot("quizzes:task", quiz=quiz.pk, number=1, position=1, views=ONE_EACH)
    return found


@dataclass
class Playing:
    """One quiz, whose first question is of that kind, and what is done with it; each step gives it back."""

    scene: Scene
    kind: str
    asset: "Asset | None" = None
    teams: bool = False
    alone: bool = False
    in_session: bool = False
    seconds: int = SECONDS

    def __post_init__(self) -> None:
        from apps.quizzes.models import Bank, Quiz

        event = self.scene.event
        bank = Bank.objects.create(event=event, name=str(ASKED[self.kind]))
        for place, kind in enumerate([self.kind, "truth", "number"]):
            self._question(bank, kind, place)
        self.quiz = Quiz.objects.create(
            event=event,
            bank=bank,
            title=words(SAID["title"]),
            session=self.scene.session if self.in_session else None,
            mode=Quiz.Mode.ALONE if self.alone else Quiz.Mode.LIVE,
            is_published=self.alone,
            teams=self.teams,
        )

    def _question(self, bank: Any, kind: str, place: int) -> None:
        from apps.quizzes.models import Choice, Question

        question = Question.objects.create(
            bank=bank,
            kind=kind,
            text=ASKED[kind],
            position=place,
            seconds=self.seconds,
            media=self.asset if place == 0 else None,
            media_words=words(SAID["picture"]),
            number="3.5" if kind == "number" else None,
            tolerance="0.25" if kind == "number" else 0,
            unit="m" if kind == "number" else "",
            explanation=words(SAID["why"]) if place == 0 else "",
        )
        Choice.objects.bulk_create(
            Choice(question=question, text=text, is_right=is_right, position=number)
            for number, (text, is_right) in enumerate(CHOICES.get(kind, ()))
        )

    # What its people do ---------------------------------------------------------------------------------------------
    def open(self, *, with_reader: bool = True) -> "Playing":
        from apps.quizzes import services

        game = services.open_lobby(self.quiz)
        people = list(zip(self.scene.crowd, NAMES, strict=False))
        people += [(self.scene.reader, NAMES[0] if self.teams else READER)] if with_reader else []
        joined = services.join([services.Joining(self.scene.event.pk, game.pk, user.pk, name) for user, name in people])
        _all_taken(joined)
        self.people = [user for user, _name in people]
        return self

    @property
    def game(self) -> "Game":
        from apps.quizzes.models import Game

        return Game.objects.select_related("quiz").get(quiz=self.quiz)

    @property
    def turn(self) -> "Turn":
        return self.game.turns.get(position=self.game.position)

    def ask(self) -> "Playing":
        """A question that has been open for a while."""
        from apps.intake import queue
        from apps.quizzes import services
        from apps.quizzes.services import running

        services.ask_next(self.game)
        turn = self.turn
        before = timedelta(seconds=BEFORE) if self.seconds == SECONDS else running.LEAD
        turn.opens_at -= before
        turn.closes_at -= before
        turn.save(update_fields=["opens_at", "closes_at"])
        queue.refresh_gates(services.ANSWER, turn.gates)
        return self

    def answer(self) -> "Playing":
        """Most of them, the reader among the first; every third wrongly."""
        from apps.quizzes import services

        turn = self.turn
        for number, user in enumerate([self.people[0], self.scene.reader, *self.people[1:-2]]):
            said = _said(turn, number)
            given = services.Given(self.scene.event.pk, turn.game_id, user.pk, turn.position, said)
            _all_taken(services.give_answers([given]))
            time.sleep(PAUSE_SECONDS if self.seconds == QUICK_SECONDS else 0)
        return self

    def reveal(self) -> "Playing":
        """The points are counted once the answers are written, by the process that does that."""
        from apps.quizzes import services

        services.reveal(self.game)
        end = time.monotonic() + COUNTED_SECONDS
        while not self.turn.is_scored and time.monotonic() < end:
            time.sleep(0.1)
        return self

    def end(self) -> "Playing":
        from apps.quizzes import services

        services.end(self.game)
        return self


def _said(turn: "Turn", number: int) -> str | list[int]:
    right = turn.key["right"]
    if number % 3 != 2:
        return str(right[0]) if turn.kind == "text" else right if isinstance(right, list) else str(right).lower()
    if turn.kind == "order":
        return list(reversed(right))
    if isinstance(right, list) and turn.kind != "text":
        return [next(option["id"] for option in turn.sheet["options"] if option["id"] not in right)]
    return {"truth": str(not right).lower(), "number": "12.5"}.get(turn.kind, LONG)


def _all_taken(answers: Iterable[Any]) -> None:
    from apps.core.errors import Refused

    for answer in answers:
        if isinstance(answer, Refused):
            raise answer
