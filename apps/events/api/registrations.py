"""Registrations over REST, for those who run the event: found, decided, made for others."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.audit import services as audit
from apps.core.calls import Sparse
from apps.core.errors import Refused
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events import selectors, services
from apps.events.doors.desk_calls import DeskCall
from apps.events.models import Registration, TicketKind
from apps.events.serializers.registrations import (
    REGISTRATION_DETAIL,
    CorrectionIn,
    DecisionIn,
    InviteIn,
    RegistrationDetailSerializer,
    RegistrationSerializer,
    RegistrationsQuery,
)
from apps.events.services.registering import TICKET_UNKNOWN


class RegistrationCall(DeskCall):
    area = Area.REGISTRATIONS

    def found(self, pk: int) -> Registration:
        row = selectors.registrations_where(self.event).prefetch_related("answers__question").filter(pk=pk).first()
        if row is None:
            raise Http404
        return row

    def told(self, pk: int, *, status: int = 200) -> Response:
        return Response(RegistrationDetailSerializer(self.found(pk)).data, status=status)

    def ticket(self, pk: int | None) -> TicketKind | None:
        if pk is None:
            return None
        found = self.event.tickets.filter(pk=pk).first()
        if found is None:
            raise Refused("registration.ticket", TICKET_UNKNOWN, field="ticket", status=400)
        return found


class RegistrationsView(RegistrationCall, Sparse, ListAPIView[Registration]):
    serializer_class = RegistrationSerializer
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[Registration]:
        if getattr(self, "swagger_fake_view", False):
            return Registration.objects.none()
        return selectors.registrations_where(self.event, **self.asked(RegistrationsQuery))

    @extend_schema(operation_id="registrations", parameters=[RegistrationsQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Everybody who registered, in any state; the newest first."""
        return self.list(request, *args, **kwargs)

    @documented(
        "registration_make",
        takes=InviteIn,
        gives=RegistrationDetailSerializer,
        status=201,
        example=REGISTRATION_DETAIL,
        refuses={
            400: ["invalid", "registration.ticket"],
            409: ["registration.full", "registration.person_banned"],
        },
    )
    def post(self, request: Request, event: str) -> Response:
        """Gives somebody a place; they get their link by mail, of a draft once it is published. Who waits or was told
        no gets in, and who has a place already is the answer."""
        wish = self.given(InviteIn)
        terms = services.Terms(self.ticket(wish.pop("ticket")))
        return self.told(services.invite(self.event, terms=terms, by=self.by, **wish).pk, status=201)


class RegistrationView(RegistrationCall):
    @documented("registration_read", gives=RegistrationDetailSerializer, example=REGISTRATION_DETAIL)
    def get(self, request: Request, event: str, registration: int) -> Response:
        """One of them, with what they answered."""
        return self.told(registration)

    @documented(
        "registration_correct",
        takes=CorrectionIn,
        gives=RegistrationDetailSerializer,
        example=REGISTRATION_DETAIL,
        refuses={
            400: ["invalid", "registration.ticket"],
            409: [
                "registration.answer", "registration.cancelled", "registration.consent", "registration.full",
                "registration.has_one", "registration.person_banned", "registration.same_address",
            ],
        },
    )  # fmt: skip
    def patch(self, request: Request, event: str, registration: int) -> Response:
        """Puts right what is wrong of a place or a wish: its ticket, its answers, a mistyped address. With another
        ticket, seats that it does not open are given back. With another address it is another registration, which is
        the answer: the links of the former one end, and the right address is mailed."""
        wish, found = self.given(CorrectionIn), self.found(registration)
        ticket = self.ticket(wish.get("ticket"))
        answers, email = wish.get("answers"), wish.get("email", "")
        return self.told(services.correct(found, ticket=ticket, answers=answers, email=email).pk)


class DecisionView(RegistrationCall):
    @documented(
        "registration_decide",
        takes=DecisionIn,
        gives=RegistrationDetailSerializer,
        example=REGISTRATION_DETAIL,
        refuses={
            400: ["invalid"],
            409: [
                "registration.cancelled", "registration.decided", "registration.full", "registration.person_banned",
            ],
        },
    )  # fmt: skip
    def post(self, request: Request, event: str, registration: int) -> Response:
        """Says yes or no to a wish (approve, decline), takes a no back (reconsider), cancels a place or a wish
        (cancel), mails somebody their link again (send_link) or ends all their links (end_links)."""
        wish, found = self.given(DecisionIn), self.found(registration)
        match wish["do"]:
            case "approve":
                services.approve(found, by=self.by)
            case "decline":
                services.decline(found, by=self.by, reason=wish["reason"])
            case "reconsider":
                services.reconsider(found)
            case "cancel":
                services.cancel_place(found, reason=wish["reason"])
            case "send_link":
                services.send_link_again(found)
                self.keep_mailing(found)
            case _:
                services.revoke_links(found)
        return self.told(registration)

    def keep_mailing(self, found: Registration) -> None:
        """No row of it shows that. The desk keeps it as the bulk action that it is there."""
        audit.record(
            str(_("Mail their link again")),
            thing=found,
            event_id=self.event.pk,
            organisation_id=self.event.organisation_id,
        )
