"""Quizzes over REST for those who run them: found, opened, stepped through, and the people who play."""

from typing import Any, ClassVar

from django.db.models import F, QuerySet
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.access import Access
from apps.core.calls import Listing
from apps.core.doors import answer
from apps.core.schemas import PAGING, documented, page_example, page_shape
from apps.core.scopes import Area
from apps.events.doors import EventAPIView, scope
from apps.events.models import Event
from apps.quizzes import broadcasts, selectors, serializers, services
from apps.quizzes.api.playing import SHUT, UNKNOWN, QuizCall
from apps.quizzes.models import Game, Quiz
from apps.quizzes.registry.words import in_languages

RUN = {**UNKNOWN, 403: ["quiz.not_yours", *SHUT]}
NO_PLAYER = {**RUN, 404: ["quiz.unknown", "not_found"]}


class ToRunAPI(Listing, EventAPIView):
    access = Access.SPEAKER
    area = Area.QUIZZES
    reads_primary: ClassVar[bool] = True
    ordering = ("-created_at", "-pk")

    @documented(
        "quizzes_to_run",
        asks=[serializers.QuizzesQuery, *PAGING],
        gives=page_shape(serializers.ToRun),
        example=page_example(serializers.TO_RUN),
    )
    def get(self, request: Request, event: str) -> Response:
        """The quizzes that you may open and run, played or not, the newest first: of a speaker, those of their own
        sessions."""
        query = serializers.QuizzesQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        rows = selectors.runnable(self.event, self.roles, self.person.pk if self.person else None)
        return self.listed(rows.select_related("event").filter(**query.validated_data), serializers.ToRun, self.told)

    def told(self, rows: list[Any]) -> list[serializers.ToRun]:
        games = selectors.running_games([quiz.pk for quiz in rows])
        return [
            serializers.ToRun(
                quiz=quiz.pk,
                title=in_languages(quiz.title, self.event.default_language),
                url=quiz.get_absolute_url(),
                session=quiz.session_id,
                questions=quiz.asks,
                teams=quiz.teams,
                phase=games.get(quiz.pk),
            )
            for quiz in rows
        ]


class RunCall(QuizCall):
    """For moderators, and for the speakers of the quiz's session."""

    access = Access.SPEAKER

    def quiz(self) -> Quiz:
        quiz = super().quiz()
        if not selectors.can_run(quiz, self.roles, self.user_id):
            raise selectors.not_yours()
        return quiz


class OpenAPI(RunCall):
    @documented(
        "quiz_open",
        takes=None,
        gives=broadcasts.Stage,
        status=201,
        example=serializers.STAGE,
        refuses={**RUN, 409: ["quiz.alone", "quiz.empty", "quiz.question_incomplete", "quiz.runs_already"]},
    )
    def post(self, request: Request, event: str, quiz: int) -> Response:
        """Opens a lobby."""
        game = services.open_lobby(self.quiz())
        return answer(selectors.stage(self.event.pk, game.pk), status=201)


class StepAPI(RunCall):
    @documented(
        "quiz_step",
        takes=serializers.StepIn,
        gives=broadcasts.Stage,
        example=serializers.STAGE,
        refuses={
            400: ["invalid", "quiz.seconds"],
            **RUN,
            409: ["quiz.moved_on", "quiz.not_asked", "quiz.not_revealed", "quiz.over"],
            503: ["quiz.counting"],
        },
    )
    def post(self, request: Request, event: str, quiz: int) -> Response:
        """Asks the next question, reveals, gives everybody more time, or ends the game."""
        given = serializers.StepIn(data=request.data)
        given.is_valid(raise_exception=True)
        game = services.step(self.game(), **given.validated_data)
        return answer(selectors.stage(self.event.pk, game.pk))


class PlayersAPI(Listing, RunCall):
    ordering = ("name", "pk")

    @documented(
        "quiz_players",
        asks=[serializers.PlayersQuery, *PAGING],
        gives=page_shape(serializers.Player),
        example=page_example(serializers.PLAYER),
        refuses=RUN,
    )
    def get(self, request: Request, event: str, quiz: int) -> Response:
        """Who plays, by name, with the time that each has and asks for."""
        query = serializers.PlayersQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        rows = selectors.players(self.game(), **query.validated_data).annotate(name=F("side__name"))
        return self.listed(rows, serializers.Player, lambda page: [_player(seat) for seat in page])


class PlayerCall(RunCall):
    def seats(self, game: Game) -> QuerySet[Any]:
        return selectors.with_time(game.seats.select_related("side"))

    def seat(self, game: Game) -> Any:
        return get_object_or_404(self.seats(game), user=self.kwargs["person"])


class PlayerAPI(PlayerCall):
    @documented(
        "quiz_player_act",
        takes=serializers.PlayerDeedIn,
        gives=serializers.Player,
        example=serializers.PLAYER,
        refuses={400: ["invalid"], **NO_PLAYER, 404: ["quiz.unknown", "quiz.not_joined", "not_found"]},
    )
    def post(self, request: Request, event: str, quiz: int, person: int) -> Response:
        """Takes a name away that should not stand there, gives a team's word to this one of its people, or declines
        more time."""
        given = serializers.PlayerDeedIn(data=request.data)
        given.is_valid(raise_exception=True)
        game = self.game()
        self.seat(game)
        deeds = {"rename": services.rename, "captain": services.make_captain, "decline": services.decline_time}
        deeds[given.validated_data["do"]](game, user_id=person)
        return answer(_player(self.seat(game)))


class PlayerTimeAPI(PlayerCall):
    @documented(
        "quiz_give_time",
        takes=serializers.TimeIn,
        gives=serializers.Player,
        example=serializers.PLAYER,
        refuses={400: ["invalid"], **NO_PLAYER},
    )
    def put(self, request: Request, event: str, quiz: int, person: int) -> Response:
        """Gives somebody who plays more time, in all quizzes of the event, from the next question on; that answers
        their wish, whatever it was."""
        given = serializers.TimeIn(data=request.data)
        given.is_valid(raise_exception=True)
        game = self.game()
        self.seat(game)
        services.give_time(game, user_id=person, **given.validated_data)
        return answer(_player(self.seat(game)))


class TimeAPI(EventAPIView):
    access = Access.ORGANISER
    area = Area.QUIZZES
    reads_primary: ClassVar[bool] = True

    @documented(
        "quiz_allow_time",
        takes=serializers.TimeIn,
        gives=serializers.Given,
        example=serializers.GIVEN,
        refuses={400: ["invalid"]},
    )
    def put(self, request: Request, event: str, person: int) -> Response:
        """The same beforehand, for somebody of the event, whether they play or not."""
        given = serializers.TimeIn(data=request.data)
        given.is_valid(raise_exception=True)
        found = get_object_or_404(scope.people_of(Event.objects.filter(pk=self.event.pk)), pk=person)
        extra = given.validated_data["extra"]
        services.allow_time(self.event, user_id=found.pk, extra=extra)
        return answer(serializers.Given(person=found.pk, given=extra))


def _player(seat: Any) -> serializers.Player:
    return serializers.Player(
        person=seat.user_id, name=seat.side.name, extra=seat.extra, given=seat.given, asked=seat.asked
    )
