"""Mails of an event over REST: whether each left, and those that were given up sent after all. Their texts hold
people's links and are not told."""

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
from apps.events.doors.desk_calls import DeskCall
from apps.notifications import selectors, services
from apps.notifications.models import OwedMail
from apps.notifications.serializers import MAIL, MailAgainIn, MailSerializer, MailsQuery


class MailsCall(DeskCall):
    area = Area.REGISTRATIONS
    writes_event = False

    def rows(self) -> QuerySet[OwedMail]:
        return selectors.mails_of(self.event)

    def found(self) -> OwedMail:
        row: OwedMail = get_object_or_404(self.rows(), pk=self.kwargs["mail"])
        return row


class MailsView(MailsCall, Sparse, ListAPIView[OwedMail]):
    serializer_class = MailSerializer
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[OwedMail]:
        if getattr(self, "swagger_fake_view", False):
            return OwedMail.objects.none()
        return selectors.mails_of(self.event, **self.asked(MailsQuery))

    @extend_schema(operation_id="mails", parameters=[MailsQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What the event mailed to people, the latest first, and whether it left. Without their texts."""
        return self.list(request, *args, **kwargs)


class MailView(MailsCall):
    @documented("mail", gives=MailSerializer, example=MAIL)
    def get(self, request: Request, event: str, mail: int) -> Response:
        """One of them."""
        return Response(MailSerializer(self.found()).data)


class MailAgainView(MailsCall):
    @documented(
        "mail_again",
        takes=MailAgainIn,
        gives=MailSerializer,
        example=MAIL,
        refuses={409: ["mail.not_given_up", "mail.refused", "mail.spam"]},
    )
    def post(self, request: Request, event: str, mail: int) -> Response:
        """Sends one after all that was given up: it is `owed` then. One that the address refused needs
        `address_is_right`, and stays `refused` where its text is forgotten by then: only what comes later reaches the
        address. Whoever called us spam is not written to again."""
        wish = self.given(MailAgainIn)
        services.send_after_all(self.found(), by=self.by, address_is_right=wish["address_is_right"])
        return Response(MailSerializer(self.found()).data)
