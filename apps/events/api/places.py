"""Getting a place over REST: what there is to register for, what is asked, and one's own place."""

from typing import Any, ClassVar

from django.http import Http404
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.doors import limit_by_address
from apps.accounts.models import User
from apps.core.access import Access
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events import selectors, services
from apps.events.doors import EventAPIView
from apps.events.doors.by_code import code_brought, code_of_wish
from apps.events.doors.desk_calls import Reading
from apps.events.models import Registration
from apps.events.serializers.places import (
    ASKED,
    OWN,
    TICKETS,
    AnswersIn,
    AskedSerializer,
    OfferIn,
    OwnIn,
    OwnSerializer,
    TicketsSerializer,
)

State = Registration.State
REFUSED = [
    "registration.banned", "registration.declined",
]  # fmt: skip
CLOSED = [
    "registration.answer", "registration.closed", "registration.code", "registration.code_needed",
    "registration.domain", "registration.early", "registration.full", "registration.no_ticket", "registration.over",
    "registration.ticket_code",
]  # fmt: skip
TOO_MANY = {429: ["too_many"]}


class PlaceCall(EventAPIView):
    """Of a private event: for whoever brings a code, as `?code=`."""

    access = Access.PUBLIC
    area = Area.EVENTS
    code = ""

    def opens_by_address(self) -> bool:
        self.code = code_brought(self.request, self.event)
        return bool(self.code)


class TicketsView(PlaceCall):
    @documented("tickets", gives=TicketsSerializer, example=TICKETS)
    def get(self, request: Request, event: str) -> Response:
        """What one can register for now, how one gets in, and whether it is full."""
        is_full = selectors.is_full(self.event)
        told = {
            "takes_registrations": self.event.takes_registrations,
            "opens_at": self.event.registration_opens_at,
            "closes_at": self.event.registration_closes_at,
            "way_in": self.event.admission,
            "takes_codes": selectors.takes_codes(self.event),
            "is_full": is_full,
            "has_waiting_list": self.event.waiting_list,
            "tickets": selectors.tickets_on_offer(self.event),
        }
        return Response(TicketsSerializer(told, context={"is_full": is_full}).data)


class AskedView(PlaceCall):
    @documented("registration_questions", gives=AskedSerializer(many=True), example=ASKED)
    def get(self, request: Request, event: str) -> Response:
        """What whoever registers is asked, in its order."""
        return Response(AskedSerializer(selectors.all_questions_asked(self.event), many=True).data)


class OwnCall(Reading, PlaceCall):
    reads_primary: ClassVar[bool] = True

    def opens_by_address(self) -> bool:
        """Whoever asked for a place knows of the event."""
        asked = selectors.registration_of(self.event, self.request.user)
        return (asked is not None and asked.state != State.CANCELLED) or super().opens_by_address()

    @property
    def me(self) -> User:
        if self.person is None:
            raise NotAuthenticated
        return self.person

    def own(self) -> Registration:
        found = selectors.registration_of(self.event, self.me)
        if found is None:
            raise Http404
        found.event, found.user = self.event, self.me
        return found

    def told(self, found: Registration, *, status: int = 200) -> Response:
        number = selectors.place_in_queue(found) if found.state == State.WAITING else None
        context: dict[str, Any] = {"number": number, "answers": selectors.answers_given(found)}
        return Response(OwnSerializer(found, context=context).data, status=status)


class OwnView(OwnCall):
    """What is asked of a person: the page of a wish asks for the same, whoever has a place or not."""

    @documented("registration", gives=OwnSerializer, example=OWN)
    def get(self, request: Request, event: str) -> Response:
        """Your own place or wish in this event, in whatever state it is; 404 where you never had one."""
        return self.told(self.own())

    @documented(
        "registration_ask",
        takes=OwnIn,
        gives=OwnSerializer,
        status=201,
        example=OWN,
        refuses={400: ["invalid", "registration.ticket"], 403: REFUSED, 409: CLOSED, **TOO_MANY},
    )
    def post(self, request: Request, event: str) -> Response:
        """Registers yourself. Where you have a place or a wish already, that is the answer."""
        limit_by_address(request, "register")
        me, wish = self.me, self.given(OwnIn)
        code = code_of_wish(request, wish["code"], brought=self.code)
        asked = services.Wish(wish["ticket"], code, wish["answers"], wish["ref"])
        services.register_person(self.event, user=me, wish=asked)
        return self.told(self.own(), status=201)

    @documented(
        "registration_answer",
        takes=AnswersIn,
        gives=OwnSerializer,
        example=OWN,
        refuses={400: ["invalid"], 409: ["registration.answer"]},
    )
    def patch(self, request: Request, event: str) -> Response:
        """Changes what you answered. For whoever has a place."""
        found = self.own()
        if found.state != State.CONFIRMED or not self.roles:  # as on pages: not of who was put out
            raise Http404
        services.answer_again(found, selectors.answers_given(found) | self.given(AnswersIn)["answers"])
        return self.told(self.own())

    @documented("registration_cancel")
    def delete(self, request: Request, event: str) -> Response:
        """Gives your place or your wish back. Twice changes nothing."""
        found = self.own()
        if found.state in Registration.STANDING:
            services.give_place_back(found)
        return Response(status=204)


class PassOnView(OwnCall):
    access = Access.ATTENDEE

    def own(self) -> Registration:
        found = super().own()
        if found.state != State.CONFIRMED:
            raise Http404
        return found

    @documented(
        "registration_offer",
        takes=OfferIn,
        gives=OwnSerializer,
        example=OWN,
        refuses={
            400: ["invalid"],
            409: [
                "registration.cancelled", "registration.domain", "registration.over", "transfer.closed",
                "transfer.oneself", "transfer.too_soon",
            ],
            **TOO_MANY,
        },
    )  # fmt: skip
    def put(self, request: Request, event: str) -> Response:
        """Offers your place to somebody by mail. It is yours until they take it; a second offer ends the first."""
        limit_by_address(request, "resend")
        services.offer_place(self.own(), **self.given(OfferIn))
        return self.told(self.own())

    @documented("registration_offer_end")
    def delete(self, request: Request, event: str) -> Response:
        """Takes the offer back."""
        services.withdraw_offer(self.own())
        return Response(status=204)
