"""Quizzes over REST as those who run the event make them, and the time that their people have."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.calls import Sparse
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events import selectors as events
from apps.events.doors.desk_calls import DeskCall, changed, check
from apps.quizzes import services
from apps.quizzes.models import Allowance, Bank, Quiz
from apps.quizzes.serializers.desk import (
    QUIZ,
    AllowanceSerializer,
    AllowancesQuery,
    DeskQuizSerializer,
    DeskQuizzesQuery,
    WrittenQuizSerializer,
)

WRONG = ["invalid", "quiz.bank_unknown", "quiz.session_unknown"]
GONE = {404: ["not_found", "quiz.unknown"]}


class DeskQuizCall(DeskCall):
    area = Area.BANKS

    def get_serializer_context(self) -> dict[str, Any]:
        return {"request": self.request, "view": self, "event": getattr(self, "event", None)}

    def check_repeated(self) -> None:
        if "quiz" in self.kwargs:
            self.quiz()

    def rows(self) -> QuerySet[Quiz]:
        found: QuerySet[Quiz] = self.event.quizzes.select_related("event", "session", "bank")
        return found

    def quiz(self) -> Quiz:
        found: Quiz = get_object_or_404(self.rows(), pk=self.kwargs["quiz"])
        return found

    def wish(self, row: Quiz | None = None) -> dict[str, Any]:
        wish = self.given(DeskQuizSerializer, instance=row, partial=row is not None, event=self.event)
        if "bank_id" in wish:
            wish["bank"] = self.bank(wish.pop("bank_id"))
        if "session_id" in wish:
            wish["session"] = self.session(wish.pop("session_id"))
        return wish

    def bank(self, number: int) -> Bank:
        found: Bank | None = self.event.quiz_banks.filter(pk=number).first()
        if found is None:
            raise services.bank_unknown()
        return found

    def session(self, number: int | None) -> Any:
        if number is None:
            return None
        found = self.event.sessions.filter(pk=number).first()
        if found is None:
            raise services.session_unknown()
        return found

    def told(self, quiz: Quiz, *, status: int = 200) -> Response:
        fresh = self.rows().get(pk=quiz.pk)
        return Response(WrittenQuizSerializer(fresh, context={"event": self.event}).data, status=status)


class DeskQuizzesView(DeskQuizCall, Sparse, ListAPIView[Quiz]):
    serializer_class = DeskQuizSerializer
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[Quiz]:
        if getattr(self, "swagger_fake_view", False):
            return Quiz.objects.none()
        return self.rows().filter(**self.asked(DeskQuizzesQuery))

    @extend_schema(operation_id="desk_quizzes", parameters=[DeskQuizzesQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All quizzes and trainings of the event, played or not, the newest first."""
        return self.list(request, *args, **kwargs)

    @documented(
        "quiz_make",
        takes=DeskQuizSerializer,
        gives=WrittenQuizSerializer,
        status=201,
        example=QUIZ,
        refuses={400: WRONG, 409: ["quiz.too_many"]},
    )
    def post(self, request: Request, event: str) -> Response:
        """Makes a quiz that is played together, or a training."""
        quiz = Quiz(event=self.event, **self.wish())
        check(quiz)
        return self.told(services.save_quiz(quiz), status=201)


class DeskQuizView(DeskQuizCall):
    @documented("desk_quiz", gives=WrittenQuizSerializer, example=QUIZ)
    def get(self, request: Request, event: str, quiz: int) -> Response:
        """One of them, with what to know before it is played."""
        return self.told(self.quiz())

    @documented(
        "quiz_change",
        takes=DeskQuizSerializer,
        gives=WrittenQuizSerializer,
        example=QUIZ,
        refuses={400: WRONG, **GONE, 409: ["quiz.still_played"]},
    )
    def patch(self, request: Request, event: str, quiz: int) -> Response:
        """Changes what is said. A game that runs goes on as it began."""
        found = self.quiz()
        new = changed(found, self.wish(found))
        check(found)
        return self.told(services.save_quiz(found, changed=new))

    @documented("quiz_delete", refuses={409: ["quiz.still_played"]})
    def delete(self, request: Request, event: str, quiz: int) -> Response:
        """Deletes it with its games, attempts and what was answered in them."""
        services.remove_quiz(self.quiz())
        return Response(status=204)


class DeskTimesView(DeskCall, Sparse, ListAPIView[Allowance]):
    area = Area.BANKS
    serializer_class = AllowanceSerializer
    ordering = ("-pk",)

    def get_queryset(self) -> QuerySet[Allowance]:
        if getattr(self, "swagger_fake_view", False):
            return Allowance.objects.none()
        asking = self.asked(AllowancesQuery).get("asking")
        rows = events.as_known(self.event.quiz_allowances.select_related("user"), "event__organisation")
        if asking is not None:
            rows = rows.filter(asked__gt=0) if asking else rows.filter(asked=0)
        return rows

    @extend_schema(operation_id="quiz_times", parameters=[AllowancesQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Who has more time in the event's quizzes, or asks for it; whoever came last stands first."""
        return self.list(request, *args, **kwargs)
