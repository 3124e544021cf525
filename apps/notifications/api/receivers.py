"""Test receivers of a webhook over REST: made for a day, tried, and what arrived there."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.calls import Sparse
from apps.core.schemas import documented
from apps.notifications import selectors, services
from apps.notifications.api import WebhookCall
from apps.notifications.models import Receiver, ReceiverCall
from apps.notifications.serializers import RECEIVER, ReceiverCallSerializer, ReceiverSerializer


class ReceiversCall(WebhookCall):
    def rows(self) -> QuerySet[Receiver]:
        return selectors.receivers_of(self.endpoint())

    def receiver(self) -> Receiver:
        found: Receiver = get_object_or_404(self.rows(), pk=self.kwargs["receiver"])
        return found


class ReceiversView(ReceiversCall, Sparse, ListAPIView[Receiver]):
    serializer_class = ReceiverSerializer
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[Receiver]:
        return Receiver.objects.none() if getattr(self, "swagger_fake_view", False) else self.rows()

    @extend_schema(operation_id="receivers")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Its test receivers, the latest first; those that ended are gone a day later."""
        return self.list(request, *args, **kwargs)

    @documented(
        "receiver_make",
        takes=None,
        gives=ReceiverSerializer,
        status=201,
        example=RECEIVER,
        refuses={409: ["receiver.most"]},
    )
    def post(self, request: Request, organisation: str, webhook: int) -> Response:
        """Makes an address of this platform that takes what it is sent for a day, a hundred calls at most."""
        made = services.make_receiver(self.endpoint())
        return Response(ReceiverSerializer(made).data, status=201)


class ReceiverView(ReceiversCall):
    @documented("receiver", gives=ReceiverSerializer, example=RECEIVER)
    def get(self, request: Request, organisation: str, webhook: int, receiver: int) -> Response:
        """One of them."""
        return Response(ReceiverSerializer(self.receiver()).data)

    @documented("receiver_delete")
    def delete(self, request: Request, organisation: str, webhook: int, receiver: int) -> Response:
        """Ends it now, and deletes what arrived."""
        services.remove_receiver(self.receiver())
        return Response(status=204)


class ReceiverTestView(ReceiversCall):
    @documented("receiver_test", takes=None, refuses={409: ["receiver.ended"]})
    def post(self, request: Request, organisation: str, webhook: int, receiver: int) -> Response:
        """Sends the webhook's test there, instead of to its own address."""
        services.try_receiver(self.receiver())
        return Response(status=204)


class ReceivedView(ReceiversCall, Sparse, ListAPIView[ReceiverCall]):
    serializer_class = ReceiverCallSerializer
    ordering = ("-at", "-pk")

    def get_queryset(self) -> QuerySet[ReceiverCall]:
        if getattr(self, "swagger_fake_view", False):
            return ReceiverCall.objects.none()
        found: QuerySet[ReceiverCall] = self.receiver().log.all()
        return found

    @extend_schema(operation_id="received")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What arrived there, the latest first, and whether its signature holds."""
        return self.list(request, *args, **kwargs)
