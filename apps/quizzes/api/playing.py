"""Quizzes over REST for those who play: found, seen, joined, answered."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.access import Access
from apps.core.calls import Listing
from apps.core.doors import answer
from apps.core.schemas import PAGING, documented, page_example, page_shape
from apps.core.scopes import Area
from apps.events.doors import EventAPIView
from apps.events.doors.paced import Paced
from apps.quizzes import broadcasts, selectors, serializers, services
from apps.quizzes.models import Game, Quiz
from apps.tracks import selectors as tracks

SHUT = ["session.seat", "session.ticket"]
UNKNOWN = {403: SHUT, 404: ["quiz.unknown"]}
TOO_FAST = {429: ["rate.limited"]}


class QuizzesAPI(Listing, EventAPIView):
    access = Access.ATTENDEE
    area = Area.QUIZZES
    reads_primary: ClassVar[bool] = True
    ordering = ("-opened_at", "-pk")

    @documented(
        "quizzes",
        asks=[serializers.QuizzesQuery, *PAGING],
        gives=page_shape(broadcasts.Listed),
        example=page_example(serializers.LISTED),
    )
    def get(self, request: Request, event: str) -> Response:
        """The quizzes that can be joined now, the newest first."""
        query = serializers.QuizzesQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        rows = selectors.joinable(self.event.pk)
        if "session" in query.validated_data:
            rows = rows.filter(quiz__session=query.validated_data["session"])
        return self.listed(rows, broadcasts.Listed, selectors.told_of)


class QuizCall(Paced, EventAPIView):
    access = Access.ATTENDEE
    area = Area.QUIZZES
    reads_primary: ClassVar[bool] = True

    def check_repeated(self) -> None:
        self.quiz()

    def quiz(self) -> Quiz:
        quiz = selectors.get_quiz(self.event.pk, self.kwargs["quiz"])
        if not quiz.games.exists() and not selectors.can_run(quiz, self.roles, self.user_id):
            raise selectors.unknown()
        tracks.check_enters(self.event.pk, quiz.session_id, user_id=self.user_id, roles=self.roles)
        return quiz

    def game(self) -> Game:
        game = selectors.newest_game(self.quiz())
        if game is None:
            raise selectors.unknown()
        return game

    @property
    def user_id(self) -> int:
        return self.person.pk if self.person else 0


class QuizAPI(QuizCall):
    @documented("quiz", gives=serializers.SeenOut, example=serializers.SEEN, refuses=UNKNOWN)
    def get(self, request: Request, event: str, quiz: int) -> Response:
        """What stands on the stage, who is here, and your own place. The right answer is in it once it is revealed."""
        game = self.game()
        return answer(
            {
                "stage": selectors.stage(self.event.pk, game.pk),
                "hall": selectors.hall(self.event.pk, game.pk),
                "mine": selectors.own_place(game, self.user_id),
            }
        )


class SeatAPI(QuizCall):
    @documented(
        "quiz_join",
        takes=serializers.SeatIn,
        gives=broadcasts.Mine,
        example=serializers.MINE,
        refuses={
            400: ["invalid", "quiz.name"],
            **UNKNOWN,
            409: ["quiz.name_refused", "quiz.name_taken", "quiz.over"],
            **TOO_FAST,
            503: ["quiz.join_again"],
        },
    )
    def put(self, request: Request, event: str, quiz: int) -> Response:
        """Joins the game, or the team of that name. Who has a seat keeps it."""
        given = serializers.SeatIn(data=request.data)
        given.is_valid(raise_exception=True)
        self.spend("quiz.join")
        joining = services.Joining(
            self.event.pk, self.game().pk, self.user_id, given.validated_data["name"], self.roles
        )
        [outcome] = services.join([joining])
        return answer(outcome)


class AnswerAPI(QuizCall):
    @documented(
        "quiz_answer",
        takes=serializers.AnswerIn,
        gives=broadcasts.OwnAnswer,
        example=serializers.TAKEN,
        refuses={
            400: ["invalid", "quiz.answer_invalid"],
            **UNKNOWN,
            403: ["quiz.not_joined", "quiz.captain_answers", *SHUT],
            409: ["quiz.answered", "quiz.next_question", "quiz.not_open", "quiz.too_early", "quiz.too_late"],
            **TOO_FAST,
        },
    )
    def put(self, request: Request, event: str, quiz: int) -> Response:
        """Answers the question that stands; the first answer counts."""
        given = serializers.AnswerIn(data=request.data)
        given.is_valid(raise_exception=True)
        words = given.validated_data
        self.spend("quiz.answer")
        wish = services.Given(
            event_id=self.event.pk,
            game_id=self.game().pk,
            user_id=self.user_id,
            position=words["position"],
            said=words.get("options") or words.get("text", ""),
            roles=self.roles,
        )
        [outcome] = services.give_answers([wish])
        return answer(outcome)
