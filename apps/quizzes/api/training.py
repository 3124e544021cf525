"""Trainings over REST: found, begun, answered, handed in, looked over."""

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
from apps.quizzes import selectors, serializers, services
from apps.quizzes.api.playing import SHUT, TOO_FAST, UNKNOWN
from apps.quizzes.models import Attempt, Quiz
from apps.quizzes.permissions import ATTEMPT_RATE, TASK_RATE
from apps.quizzes.registry.words import in_languages


class TrainingsAPI(Listing, EventAPIView):
    access = Access.ATTENDEE
    area = Area.QUIZZES
    reads_primary: ClassVar[bool] = True
    ordering = ("-created_at", "-pk")

    @documented(
        "trainings",
        asks=[serializers.QuizzesQuery, *PAGING],
        gives=page_shape(serializers.Training),
        example=page_example(serializers.TRAINING),
    )
    def get(self, request: Request, event: str) -> Response:
        """The trainings that you may work through, the newest first, and how far you are with each."""
        query = serializers.QuizzesQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        if self.person is None:
            return self.listed(Quiz.objects.none(), serializers.Training, lambda page: page)
        rows = selectors.open_trainings(self.event, self.person, self.roles).filter(**query.validated_data)
        return self.listed(
            rows,
            serializers.Training,
            lambda page: [_training(one) for one in selectors.offered(page, most=len(page))],
        )


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


class AttemptsAPI(Listing, TrainingCall):
    ordering = ("-number",)

    @documented(
        "training_attempts",
        asks=PAGING,
        gives=page_shape(serializers.Attempted),
        example=page_example(serializers.ATTEMPTED),
        refuses=UNKNOWN,
    )
    def get(self, request: Request, event: str, training: int) -> Response:
        """Your own attempts at a training, the newest first."""
        rows = Attempt.objects.filter(quiz=self.quiz(), user=self.user_id)
        return self.listed(rows, serializers.Attempted, lambda page: [_attempted(one) for one in page])

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
