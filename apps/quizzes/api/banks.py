"""Question banks over REST, for those who run the event: written by hand, filled from files, taken away as files."""

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.calls import AnyForm, Sparse
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors.acting import record_export
from apps.events.doors.desk_calls import DeskCall, changed, check
from apps.media.models import Asset
from apps.quizzes import services
from apps.quizzes.adapters import MAX_BYTES
from apps.quizzes.models import Bank, Question
from apps.quizzes.models.banks import SHOWN_WITH
from apps.quizzes.serializers.desk import (
    BANK,
    QUESTION,
    TAKEN_IN,
    BankFileIn,
    BankFileQuery,
    BankQuestionSerializer,
    BankSerializer,
    OrderIn,
    QuestionsQuery,
    TakenInSerializer,
)

WRONG = ["invalid", "quiz.question_incomplete"]
GONE = {404: ["not_found", "quiz.bank_unknown"]}
QUESTION_GONE = {404: ["not_found", "quiz.bank_unknown", "quiz.question_unknown"]}


class BankCall(DeskCall):
    area = Area.BANKS

    def get_serializer_context(self) -> dict[str, Any]:
        return {"request": self.request, "view": self, "event": getattr(self, "event", None)}

    def check_repeated(self) -> None:
        if "bank" in self.kwargs:
            self.bank()

    def banks(self) -> QuerySet[Any]:
        found: QuerySet[Any] = self.event.quiz_banks.annotate(held=Count("questions"))
        return found

    def bank(self) -> Bank:
        found: Bank = get_object_or_404(self.banks(), pk=self.kwargs["bank"])
        found.event = self.event
        return found

    def told(self, bank: Bank, *, status: int = 200) -> Response:
        return Response(BankSerializer(self.banks().get(pk=bank.pk)).data, status=status)


class DeskBanksView(BankCall, Sparse, ListAPIView[Bank]):
    serializer_class = BankSerializer
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[Bank]:
        return Bank.objects.none() if getattr(self, "swagger_fake_view", False) else self.banks()

    @extend_schema(operation_id="banks")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The event's question banks, the newest first."""
        return self.list(request, *args, **kwargs)

    @documented(
        "bank_make",
        takes=BankSerializer,
        gives=BankSerializer,
        status=201,
        example=BANK,
        refuses={409: ["quiz.too_many_banks"]},
    )
    def post(self, request: Request, event: str) -> Response:
        """Makes an empty bank."""
        bank = Bank(event=self.event, **self.given(BankSerializer))
        check(bank)
        return self.told(services.save_bank(bank), status=201)


class DeskBankView(BankCall):
    @documented("bank", gives=BankSerializer, example=BANK)
    def get(self, request: Request, event: str, bank: int) -> Response:
        """One of them."""
        return self.told(self.bank())

    @documented("bank_change", takes=BankSerializer, gives=BankSerializer, example=BANK, refuses=GONE)
    def patch(self, request: Request, event: str, bank: int) -> Response:
        """Gives it another name."""
        found = self.bank()
        if changed(found, self.given(BankSerializer, partial=True)):
            check(found)
            services.save_bank(found)
        return self.told(found)

    @documented("bank_delete", refuses={**GONE, 409: ["quiz.bank_in_use"]})
    def delete(self, request: Request, event: str, bank: int) -> Response:
        """Deletes one that no quiz asks from, with its questions."""
        services.remove_bank(self.bank())
        return Response(status=204)


class DeskBankFileView(BankCall):
    parser_classes = (MultiPartParser,)
    content_negotiation_class = AnyForm

    @extend_schema(
        operation_id="bank_take_away",
        parameters=[BankFileQuery],
        responses={(200, "text/csv"): OpenApiTypes.STR, (200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, event: str, bank: int) -> HttpResponseBase:
        """All its questions as a file, with the right answers: a table that can be taken in again, or a QTI package."""
        found, form = self.bank(), self.asked(BankFileQuery)["form"]
        response: HttpResponseBase
        if form == "qti":
            response, name = HttpResponse(services.export_qti(found), content_type="application/zip"), "-qti.zip"
        else:
            lines = services.export_csv(found)
            response, name = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8"), ".csv"
        response.headers["Content-Disposition"] = f'attachment; filename="bank-{found.pk}{name}"'
        record_export(response, self.event, words=str(_("Took a table away")))
        return response

    @documented(
        "bank_fill",
        takes=BankFileIn,
        gives=TakenInSerializer,
        status=201,
        example=TAKEN_IN,
        refuses={**GONE, 422: ["quiz.file", "quiz.bank_full"]},
    )
    def post(self, request: Request, event: str, bank: int) -> Response:
        """Adds the questions of a file: all of them or, where one cannot be read, none."""
        found = self.bank()
        written = services.read_bank(self.given(BankFileIn)["file"].read(MAX_BYTES + 1))
        services.fill_bank(found, written)
        left = [one.place for one in written if one.leaves_behind]
        told = {"added": len(written), "left": left, "questions": found.questions.count()}
        return Response(TakenInSerializer(told).data, status=201)


class DeskBankOrderView(BankCall):
    @documented("bank_arrange", takes=OrderIn, refuses={400: ["invalid", "quiz.question_unknown"], **GONE})
    def put(self, request: Request, event: str, bank: int) -> Response:
        """Puts its questions into this order."""
        services.arrange_questions(self.bank(), self.given(OrderIn)["questions"])
        return Response(status=204)


class BankQuestionCall(BankCall):
    def check_repeated(self) -> None:
        if "question" in self.kwargs:
            self.question()
        else:
            self.bank()

    def rows(self) -> QuerySet[Question]:
        found = Question.objects.filter(bank__event=self.event, bank=self.kwargs["bank"])
        return found.select_related("media").prefetch_related("choices")

    def question(self) -> Question:
        found: Question = get_object_or_404(self.rows().select_related("bank"), pk=self.kwargs["question"])
        return found

    def wish(self, row: Question | None = None) -> tuple[dict[str, Any], list[tuple[Any, bool]] | None]:
        """The question's own fields, and its answers where they were said."""
        wish = self.given(BankQuestionSerializer, instance=row, partial=row is not None, event=self.event)
        choices = wish.pop("choices", None)
        if "media" in wish:
            wish["media"] = self.media(wish["media"]["key"])
        return wish, None if choices is None else [(choice["text"], choice["is_right"]) for choice in choices]

    def media(self, key: str | None) -> Asset | None:
        if not key:
            return None
        found = Asset.objects.filter(SHOWN_WITH, event=self.event, key=key).first()
        if found is None:
            raise ValidationError({"media": [_("The event has no such file.")]})
        return found

    def told_question(self, question: Question, *, status: int = 200) -> Response:
        fresh = self.rows().get(pk=question.pk)
        return Response(BankQuestionSerializer(fresh, context={"event": self.event}).data, status=status)


class DeskBankQuestionsView(BankQuestionCall, Sparse, ListAPIView[Question]):
    serializer_class = BankQuestionSerializer
    ordering = ("position", "pk")

    def get_queryset(self) -> QuerySet[Question]:
        if getattr(self, "swagger_fake_view", False):
            return Question.objects.none()
        self.bank()
        return self.rows().filter(**self.asked(QuestionsQuery))

    @extend_schema(operation_id="bank_questions", parameters=[QuestionsQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The questions of a bank in their order, with their right answers."""
        return self.list(request, *args, **kwargs)

    @documented(
        "bank_question_make",
        takes=BankQuestionSerializer,
        gives=BankQuestionSerializer,
        status=201,
        example=QUESTION,
        refuses={400: WRONG, **GONE, 422: ["quiz.bank_full"]},
    )
    def post(self, request: Request, event: str, bank: int) -> Response:
        """Writes a question, of any kind, with its answers."""
        found = self.bank()
        wish, choices = self.wish()
        question = Question(bank=found, **wish)
        check(question)
        services.save_question(question, choices=choices, at_end="position" not in wish)
        return self.told_question(question, status=201)


class DeskBankQuestionView(BankQuestionCall):
    @documented("bank_question", gives=BankQuestionSerializer, example=QUESTION)
    def get(self, request: Request, event: str, bank: int, question: int) -> Response:
        """One of them."""
        return self.told_question(self.question())

    @documented(
        "bank_question_change",
        takes=BankQuestionSerializer,
        gives=BankQuestionSerializer,
        example=QUESTION,
        refuses={400: WRONG, **QUESTION_GONE},
    )
    def patch(self, request: Request, event: str, bank: int, question: int) -> Response:
        """Changes what is said. Games and attempts that have begun ask it as it was."""
        found = self.question()
        wish, choices = self.wish(found)
        new = changed(found, wish)
        check(found)
        services.save_question(found, choices=choices, changed=new)
        return self.told_question(found)

    @documented("bank_question_delete", refuses=GONE)
    def delete(self, request: Request, event: str, bank: int, question: int) -> Response:
        """Deletes it. Games and attempts that have begun ask it as it was."""
        services.remove_question(self.question())
        return Response(status=204)
