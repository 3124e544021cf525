"""How games and trainings went, over REST, for those who run them."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.calls import Listing
from apps.core.doors import answer
from apps.core.schemas import PAGING, documented, page_example, page_shape
from apps.quizzes import selectors
from apps.quizzes.api.running import RUN, RunCall
from apps.quizzes.models import Attempt, Game
from apps.quizzes.selectors import figures
from apps.quizzes.serializers import reports

INVALID = {400: ["invalid"]}


class ReportCall(RunCall):
    def asked(self, shape: Any) -> dict[str, Any]:
        query = shape(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return dict(query.validated_data)


class GameCall(ReportCall):
    def game(self) -> Game:
        """The one that the address names, of any that were played of this quiz."""
        quiz = self.quiz()
        game = selectors.get_game(self.event.pk, self.kwargs["game"])
        if game.quiz_id != quiz.pk:
            raise selectors.unknown()
        return game


class GamesAPI(Listing, RunCall):
    ordering = ("-opened_at", "-pk")

    @documented(
        "quiz_games",
        asks=PAGING,
        gives=page_shape(reports.Played),
        example=page_example(reports.PLAYED),
        refuses=RUN,
    )
    def get(self, request: Request, event: str, quiz: int) -> Response:
        """The games of a quiz in which something was asked, the newest first."""
        return self.listed(selectors.played(self.quiz()), reports.Played, self.told)

    def told(self, rows: list[Any]) -> list[reports.Played]:
        return [reports.Played(row.pk, row.phase, row.teams, row.people, row.opened_at, row.ended_at) for row in rows]


class GameQuestionsAPI(GameCall):
    @documented("quiz_game_questions", gives=list[reports.AskedQuestion], example=[reports.ASKED_QUESTION], refuses=RUN)
    def get(self, request: Request, event: str, quiz: int, game: int) -> Response:
        """How each question of a game went that was revealed."""
        found = self.game()
        entered = figures.entered(found)
        return answer([_asked(turn, entered) for turn in figures.revealed_turns(found)])


class GamePeopleAPI(Listing, GameCall):
    ordering = ("-standing", "pk")

    @documented(
        "quiz_game_people",
        asks=PAGING,
        gives=page_shape(reports.Result),
        example=page_example(reports.RESULT),
        refuses=RUN,
    )
    def get(self, request: Request, event: str, quiz: int, game: int) -> Response:
        """How each person did, the best first; of a team each of its people."""
        found = self.game()
        revealed = [*found.turns.filter(closed_at__isnull=False).values_list("position", flat=True)]

        def told(seats: list[Any]) -> list[reports.Result]:
            marks = figures.marks_of(found, {seat.side_id for seat in seats})
            return [_result(seat, marks.get(seat.side_id, {}), revealed) for seat in seats]

        return self.listed(figures.results(found), reports.Result, told)


class GameAnswersAPI(Listing, GameCall):
    ordering = ("pk",)

    @documented(
        "quiz_game_answers",
        asks=[reports.AnswersQuery, *PAGING],
        gives=page_shape(reports.GivenAnswer),
        example=page_example(reports.GIVEN_ANSWER),
        refuses={**INVALID, **RUN},
    )
    def get(self, request: Request, event: str, quiz: int, game: int) -> Response:
        """What each answered to the questions that are revealed, in the order in which it was written down."""
        rows = figures.answers(self.game(), **self.asked(reports.AnswersQuery))
        return self.listed(rows, reports.GivenAnswer, lambda page: [_given(row) for row in page])


class TrainingPeopleAPI(Listing, ReportCall):
    ordering = ("-started_at", "-pk")

    @documented(
        "quiz_attempts",
        asks=[reports.TriedQuery, *PAGING],
        gives=page_shape(reports.Tried),
        example=page_example(reports.TRIED),
        refuses={**INVALID, **RUN},
    )
    def get(self, request: Request, event: str, quiz: int) -> Response:
        """All attempts at a training, the newest first."""
        rows = figures.attempts(self.quiz(), **self.asked(reports.TriedQuery))
        return self.listed(rows, reports.Tried, lambda page: [_tried(row) for row in page])


class TrainingQuestionsAPI(Listing, ReportCall):
    ordering = ("pk",)

    @documented(
        "quiz_attempt_questions",
        asks=PAGING,
        gives=page_shape(reports.TriedQuestion),
        example=page_example(reports.TRIED_QUESTION),
        refuses=RUN,
    )
    def get(self, request: Request, event: str, quiz: int) -> Response:
        """How each question of a training went, over all attempts that were handed in, in the words in which it
        was asked; `question` is null where it was deleted since."""
        found = self.quiz()

        def told(rows: list[Any]) -> list[reports.TriedQuestion]:
            tries = figures.tries_of(found, rows)
            return [
                reports.TriedQuestion(
                    question=row.question_id,
                    text=row.sheet["text"],
                    asked=tries[row.pk]["asked"],
                    right=tries[row.pk]["right"],
                    unanswered=tries[row.pk]["unanswered"],
                    percent=round(100 * (tries[row.pk]["part"] or 0)),
                )
                for row in rows
                if row.pk in tries
            ]

        return self.listed(figures.tried_questions(found), reports.TriedQuestion, told)


def _asked(turn: Any, entered: list[int]) -> reports.AskedQuestion:
    return reports.AskedQuestion(
        position=turn.position,
        kind=turn.kind,
        text=turn.sheet["text"],
        could_answer=sum(first <= turn.position for first in entered),
        answered=turn.answered,
        right=turn.right,
        partly=turn.partly,
        seconds=_seconds(turn.after),
        points=None if turn.base is None else round(turn.base + turn.bonus),
        answer=selectors.right_words(turn),
    )


def _result(seat: Any, marks: dict[str, Any], revealed: list[int]) -> reports.Result:
    """`revealed` are the places of the questions; those from before they came are none that they left out."""
    could = sum(position >= seat.side.enters_at for position in revealed)
    right, partly, wrong = (marks.get(name, 0) for name in ("right", "partly", "wrong"))
    return reports.Result(
        person=seat.user_id,
        name=seat.user.name,
        plays_as=seat.side.name,
        captain=seat.is_captain,
        place=seat.side.rank or None,
        points=seat.side.points,
        right=right,
        partly=partly,
        wrong=wrong,
        unanswered=max(0, could - right - partly - wrong),
        seconds=_seconds(marks.get("after")),
        extra=seat.extra,
    )


def _given(row: Any) -> reports.GivenAnswer:
    return reports.GivenAnswer(
        position=row.position,
        plays_as=row.side.name,
        said=selectors.words_of(row.turn, row.said),
        percent=round(100 * row.share),
        seconds=round(row.after_ms / 1000, 1),
        extra=row.extra,
        points=row.base + row.bonus,
        bonus=row.bonus,
    )


def _tried(row: Attempt) -> reports.Tried:
    return reports.Tried(
        row.user_id, row.user.name, row.number, row.started_at, row.finished_at, row.percent, row.passed
    )


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds / 1000, 1)
