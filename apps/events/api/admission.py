"""How one gets into an event, over REST, for those who run it: tickets, invitation codes, questions."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.calls import Sparse
from apps.core.errors import Refused
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events import services
from apps.events.doors.desk_calls import DeskCall, changed, check
from apps.events.models import InvitationCode, Question, Registration, TicketKind
from apps.events.serializers.admission import (
    MADE_CODE,
    QUESTION,
    TICKET,
    CodeChange,
    CodeSerializer,
    CodesIn,
    CodesQuery,
    MadeCodesSerializer,
    QuestionSerializer,
    TicketSerializer,
)
from apps.events.services.registering import TICKET_UNKNOWN

NOT_SO = ["invalid", "question.choice", "question.takes_no_choices", "registration.ticket"]
NOT_OURS = {400: ["invalid", "registration.ticket"]}


class AdmissionCall(DeskCall):
    area = Area.REGISTRATIONS

    def get_serializer_context(self) -> dict[str, Any]:
        return {"request": self.request, "view": self, "event": getattr(self, "event", None)}

    def tickets_named(self, ids: list[int]) -> list[TicketKind]:
        found = list(self.event.tickets.filter(pk__in=ids))
        if len(found) < len({*ids}):
            raise Refused("registration.ticket", TICKET_UNKNOWN, field="tickets", status=400)
        return found

    def ticket_named(self, pk: int | None) -> TicketKind | None:
        return self.tickets_named([pk])[0] if pk is not None else None


class TicketCall(AdmissionCall):
    def ticket(self) -> TicketKind:
        found: TicketKind = get_object_or_404(self.rows(), pk=self.kwargs["ticket"])
        found.event = self.event
        return found

    def rows(self) -> QuerySet[TicketKind]:
        taken = Count("registrations", filter=Q(registrations__state=Registration.State.CONFIRMED))
        return self.event.tickets.annotate(taken=taken)

    def told(self, ticket: TicketKind, *, status: int = 200) -> Response:
        fresh = self.rows().get(pk=ticket.pk)
        return Response(TicketSerializer(fresh, context={"event": self.event}).data, status=status)


class DeskTicketsView(TicketCall, Sparse, ListAPIView[TicketKind]):
    serializer_class = TicketSerializer
    ordering = ("position", "pk")

    def get_queryset(self) -> QuerySet[TicketKind]:
        return TicketKind.objects.none() if getattr(self, "swagger_fake_view", False) else self.rows()

    @extend_schema(operation_id="desk_tickets")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All tickets of the event, on offer or not, with how many have one."""
        return self.list(request, *args, **kwargs)

    @documented(
        "ticket_make",
        takes=TicketSerializer,
        gives=TicketSerializer,
        status=201,
        example=TICKET,
        refuses={400: ["ticket.closes_first"], 409: ["ticket.name_taken", "ticket.too_many"]},
    )
    def post(self, request: Request, event: str) -> Response:
        """Makes a ticket."""
        ticket = TicketKind(event=self.event, **self.given(TicketSerializer, event=self.event))
        check(ticket)
        services.save_ticket(ticket)
        return self.told(ticket, status=201)


class DeskTicketView(TicketCall):
    @documented("ticket", gives=TicketSerializer, example=TICKET)
    def get(self, request: Request, event: str, ticket: int) -> Response:
        """One of them."""
        return self.told(self.ticket())

    @documented(
        "ticket_change",
        takes=TicketSerializer,
        gives=TicketSerializer,
        example=TICKET,
        refuses={400: ["ticket.closes_first"], 404: ["ticket.gone"], 409: ["ticket.name_taken"]},
    )
    def patch(self, request: Request, event: str, ticket: int) -> Response:
        """Changes what is said. More places go to those who wait; who is inside learns of what it opens no more."""
        found = self.ticket()
        new = changed(found, self.given(TicketSerializer, partial=True, event=self.event))
        check(found)
        services.save_ticket(found, changed=new)
        return self.told(found)

    @documented("ticket_delete", refuses={409: ["ticket.taken"]})
    def delete(self, request: Request, event: str, ticket: int) -> Response:
        """Deletes one that nobody has registered with."""
        services.remove_ticket(self.ticket())
        return Response(status=204)


class CodesView(AdmissionCall, Sparse, ListAPIView[InvitationCode]):
    serializer_class = CodeSerializer
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[InvitationCode]:
        if getattr(self, "swagger_fake_view", False):
            return InvitationCode.objects.none()
        asked, rows = self.asked(CodesQuery), self.event.invitation_codes.all()
        if "ticket" in asked:
            rows = rows.filter(ticket=asked["ticket"])
        if "works" in asked:
            usable = InvitationCode.objects.usable(clock.now()).filter(event=self.event).values("pk")
            rows = rows.filter(pk__in=usable) if asked["works"] else rows.exclude(pk__in=usable)
        return rows

    @extend_schema(operation_id="codes", parameters=[CodesQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The event's invitation codes, the newest first."""
        return self.list(request, *args, **kwargs)

    @documented(
        "codes_make",
        takes=CodesIn,
        gives=MadeCodesSerializer,
        status=201,
        example={"codes": [MADE_CODE]},
        refuses={**NOT_OURS, 409: ["code.one_word", "code.taken", "code.too_many", "code.unlucky"]},
    )
    def post(self, request: Request, event: str) -> Response:
        """Makes one with a word of yours, or as many as you want that nobody can guess."""
        wish = self.given(CodesIn)
        count, ticket = wish.pop("count"), self.ticket_named(wish.pop("ticket"))
        made = services.make_codes(InvitationCode(event=self.event, ticket=ticket, **wish), count=count, by=self.by)
        return Response(MadeCodesSerializer({"codes": made}).data, status=201)


class CodeView(AdmissionCall):
    def code(self) -> InvitationCode:
        found: InvitationCode = get_object_or_404(self.event.invitation_codes, pk=self.kwargs["code"])
        return found

    @documented("code", gives=CodeSerializer, example=MADE_CODE)
    def get(self, request: Request, event: str, code: int) -> Response:
        """One of them."""
        return Response(CodeSerializer(self.code()).data)

    @documented(
        "code_change",
        takes=CodeChange,
        gives=CodeSerializer,
        example=MADE_CODE,
        refuses={**NOT_OURS, 404: ["code.gone"], 409: ["code.overused"]},
    )
    def patch(self, request: Request, event: str, code: int) -> Response:
        """Changes what it is good for, ends it, or lets people in by it again. Who came by it stays."""
        found, wish = self.code(), self.given(CodeChange)
        ended = wish.pop("ended", None)
        if "ticket" in wish:
            wish["ticket"] = self.ticket_named(wish["ticket"])
        services.change_code(found, changed=changed(found, wish), ended=ended)
        return Response(CodeSerializer(self.code()).data)

    @documented("code_end")
    def delete(self, request: Request, event: str, code: int) -> Response:
        """Ends it: it lets nobody in any more. Who came by it stays, and so does its row."""
        services.end_code(self.code())
        return Response(status=204)


class QuestionCall(AdmissionCall):
    def question(self) -> Question:
        found: Question = get_object_or_404(self.rows(), pk=self.kwargs["question"])
        return found

    def rows(self) -> QuerySet[Question]:
        return self.event.registration_questions.prefetch_related("choices", "tickets")

    def told(self, question: Question, *, status: int = 200) -> Response:
        fresh = self.rows().get(pk=question.pk)
        return Response(QuestionSerializer(fresh, context={"event": self.event}).data, status=status)

    def wish(self, found: Question | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
        """The question's own fields, and what hangs on it where that was said."""
        given = self.given(QuestionSerializer, instance=found, partial=found is not None, event=self.event)
        more: dict[str, Any] = {}
        if "choices" in given:
            more["choices"] = [(choice.get("pk"), choice["label"]) for choice in given.pop("choices")]
        if "tickets" in given:
            more["tickets"] = self.tickets_named(given.pop("tickets"))
        return given, more


class DeskQuestionsView(QuestionCall, Sparse, ListAPIView[Question]):
    serializer_class = QuestionSerializer
    ordering = ("position", "pk")

    def get_queryset(self) -> QuerySet[Question]:
        return Question.objects.none() if getattr(self, "swagger_fake_view", False) else self.rows()

    @extend_schema(operation_id="desk_questions")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All questions at registration, asked or not."""
        return self.list(request, *args, **kwargs)

    @documented(
        "registration_question_make",
        takes=QuestionSerializer,
        gives=QuestionSerializer,
        status=201,
        example=QUESTION,
        refuses={400: NOT_SO, 409: ["question.no_choices", "question.too_many", "question.too_many_choices"]},
    )
    def post(self, request: Request, event: str) -> Response:
        """Makes a question."""
        fields, more = self.wish()
        question = Question(event=self.event, **fields)
        check(question)
        services.save_question(question, **more)
        return self.told(question, status=201)


class DeskQuestionView(QuestionCall):
    @documented("registration_question", gives=QuestionSerializer, example=QUESTION)
    def get(self, request: Request, event: str, question: int) -> Response:
        """One of them."""
        return self.told(self.question())

    @documented(
        "registration_question_change",
        takes=QuestionSerializer,
        gives=QuestionSerializer,
        example=QUESTION,
        refuses={
            400: NOT_SO,
            404: ["question.gone"],
            409: ["question.kind", "question.no_choices", "question.too_many_choices"],
        },
    )
    def patch(self, request: Request, event: str, question: int) -> Response:
        """Changes what is said. New words of a consent are a new version, to which nobody has agreed yet."""
        found = self.question()
        fields, more = self.wish(found)
        new = changed(found, fields)
        check(found)
        services.save_question(found, changed=new, **more)
        return self.told(found)

    @documented("registration_question_delete", refuses={409: ["question.answered"]})
    def delete(self, request: Request, event: str, question: int) -> Response:
        """Deletes one that nobody has answered."""
        services.remove_question(self.question())
        return Response(status=204)
