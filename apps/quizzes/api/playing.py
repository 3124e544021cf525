"""Quizzes over REST: see, join and answer them; open and run them, and give time to who needs more of it; trainings."""

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.access import Access
from apps.core.doors import answer
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors import EventAPIView, scope
from apps.events.doors.paced import Paced
from apps.events.models import Event
from apps.quizzes import broadcasts, selectors, serializers, services
from apps.quizzes.models import Attempt, Game, Quiz
from apps.quizzes.permissions import ATTEMPT_RATE, TASK_RATE
from apps.quizzes.registry.words import in_languages
from apps.tracks import selectors as tracks

SHUT = ["session.seat", "session.ticket"]
UNKNOWN = {403: SHUT, 404: ["quiz.unknown"]}
RUN = {**UNKNOWN, 403: ["quiz.not_yours", *SHUT]}
TOO_FAST = {429: ["rate.limited"]}


class QuizzesAPI(EventAPIView):
    access = Access.ATTENDEE
    area = Area.QUIZZES
    reads_primary: ClassVar[bool] = True

    @documented("quizzes", gives=list[broadcasts.Listed], example=[serializers.LISTED])
    def get(self, request: Request, event: str) -> Response:
        """The quizzes that can be joined now, the newest thirty."""
        return answer(selectors.listed(self.event.pk))


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


class PlayersAPI(RunCall):
    @documented(
        "quiz_players",
        asks=[serializers.PlayersQuery],
        gives=list[serializers.Player],
        example=[serializers.PLAYER],
        refuses=RUN,
    )
    def get(self, request: Request, event: str, quiz: int) -> Response:
        """Who plays, with the time that each has and asks for: the first hundred, by name."""
        query = serializers.PlayersQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        return answer([_player(seat) for seat in selectors.seats(self.game(), **query.validated_data)])


class PlayerTimeAPI(RunCall):
    @documented(
        "quiz_give_time",
        takes=serializers.TimeIn,
        gives=serializers.Player,
        example=serializers.PLAYER,
        refuses={400: ["invalid"], **RUN, 404: ["quiz.unknown", "not_found"]},
    )
    def put(self, request: Request, event: str, quiz: int, person: int) -> Response:
        """Gives somebody who plays more time, in all quizzes of the event, from the next question on; that answers
        their wish, whatever it was."""
        given = serializers.TimeIn(data=request.data)
        given.is_valid(raise_exception=True)
        game = self.game()
        self.seat(game, person)
        services.give_time(game, user_id=person, **given.validated_data)
        return answer(_player(self.seat(game, person)))

    def seat(self, game: Game, person: int) -> Any:
        return get_object_or_404(selectors.with_time(game.seats.select_related("side")), user=person)


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


class TrainingsAPI(EventAPIView):
    access = Access.ATTENDEE
    area = Area.QUIZZES
    reads_primary: ClassVar[bool] = True

    @documented("trainings", gives=list[serializers.Training], example=[serializers.TRAINING])
    def get(self, request: Request, event: str) -> Response:
        """The trainings that you may work through, the newest thirty, and how far you are with each."""
        if self.person is None:
            return answer([])
        found = selectors.open_trainings(self.event, self.person, self.roles)
        return answer([_training(one) for one in selectors.offered(found, most=selectors.MOST_LISTED)])


class TrainingCall(Paced, EventAPIView):
    access = Access.ATTENDEE
    area = Area.QUIZZES
    reads_primary: ClassVar[bool] = True

    def check_repeated(self) -> None:
        self.quiz()

    def quiz(self) -> Quiz:
        return selectors.get_training(self.event.pk, self.kwargs["training"], user_id=self.user_id, roles=self.roles)

    def attempt(self) -> Attempt:
        return selectors.own_attempt(self.quiz(), self.user_id, self.kwargs["number"])

    @property
    def user_id(self) -> int:
        return self.person.pk if self.person else 0


class AttemptsAPI(TrainingCall):
    @documented(
        "training_attempts", gives=list[serializers.Attempted], example=[serializers.ATTEMPTED], refuses=UNKNOWN
    )
    def get(self, request: Request, event: str, training: int) -> Response:
        """Your own attempts at a training, the newest first."""
        return answer([_attempted(one) for one in selectors.own_attempts(self.quiz(), self.user_id)])

    @documented(
        "training_begin",
        takes=None,
        gives=serializers.Attempted,
        status=201,
        example=serializers.ATTEMPTED,
        refuses={
            **UNKNOWN,
            403: ["quiz.not_published", *SHUT],
            409: ["quiz.empty", "quiz.no_attempt_left", "quiz.question_incomplete"],
            **TOO_FAST,
        },
    )
    def post(self, request: Request, event: str, training: int) -> Response:
        """Begins an attempt, or goes on with the one that is under way."""
        found = self.quiz()
        if self.person is None:
            raise selectors.unknown()
        self.spend_at(ATTEMPT_RATE, "quiz.attempt")
        return answer(_attempted(services.begin(found, user=self.person)), status=201)


class AttemptAPI(TrainingCall):
    @documented("training_questions", gives=list[serializers.Asked], example=[serializers.ASKED], refuses=UNKNOWN)
    def get(self, request: Request, event: str, training: int, number: int) -> Response:
        """The questions of one of your attempts, with what you have answered so far."""
        return answer([serializers.Asked(*one) for one in selectors.asked(self.attempt(), self.event)])


class TaskAPI(TrainingCall):
    @documented(
        "training_answer",
        takes=serializers.TaskIn,
        refuses={400: ["invalid", "quiz.answer_invalid"], **UNKNOWN, 409: ["quiz.handed_in"], **TOO_FAST},
    )
    def put(self, request: Request, event: str, training: int, number: int, position: int) -> Response:
        """Answers a question; that may be changed until the attempt is handed in."""
        given = serializers.TaskIn(data=request.data)
        given.is_valid(raise_exception=True)
        words = given.validated_data
        self.spend_at(TASK_RATE, "quiz.task")
        services.answer_task(self.attempt(), position=position, said=words.get("options") or words.get("text", ""))
        return Response(status=204)


class HandInAPI(TrainingCall):
    @documented(
        "training_hand_in",
        takes=None,
        gives=serializers.Attempted,
        example=serializers.ATTEMPTED,
        refuses={**UNKNOWN, 409: ["quiz.handed_in"]},
    )
    def post(self, request: Request, event: str, training: int, number: int) -> Response:
        """Hands an attempt in: it is marked, and cannot be changed any more."""
        return answer(_attempted(services.hand_in(self.attempt())))


class ReviewAPI(TrainingCall):
    @documented(
        "training_review",
        gives=list[selectors.Reviewed],
        example=[serializers.REVIEWED],
        refuses={**UNKNOWN, 409: ["quiz.not_handed_in"]},
    )
    def get(self, request: Request, event: str, training: int, number: int) -> Response:
        """Each question of an attempt that is handed in, as it was asked and answered; what was right where the
        organiser shows that."""
        return answer(selectors.review(self.attempt()))


def _training(one: selectors.Offered) -> serializers.Training:
    return serializers.Training(
        quiz=one.quiz.pk,
        title=in_languages(one.quiz.title, one.quiz.event.default_language),
        url=one.quiz.get_absolute_url(),
        session=one.quiz.session_id,
        needs=one.quiz.pass_percent,
        attempts=one.attempts,
        left=one.left,
        running=one.is_running,
        best=one.best,
        passed=one.passed is not None,
    )


def _attempted(one: Attempt) -> serializers.Attempted:
    return serializers.Attempted(one.number, one.started_at, one.finished_at, one.percent, one.passed)
