"""Webhooks over REST, for the members of an organisation: made, changed, tried, and what each was told."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.calls import Sparse
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors.desk_calls import OrganisationCall, changed
from apps.events.models import Event
from apps.notifications import services
from apps.notifications.models import Delivery, Endpoint
from apps.notifications.serializers import (
    DELIVERY_DETAIL,
    WEBHOOK,
    DeliveriesQuery,
    DeliveryDetailSerializer,
    DeliverySerializer,
    ReplayedSerializer,
    ReplayIn,
    SecretIn,
    SecretSerializer,
    WebhookSerializer,
)


class WebhookCall(OrganisationCall):
    area = Area.WEBHOOKS
    owners_alone = False

    def endpoint(self) -> Endpoint:
        rows = self.organisation.endpoints.select_related("event")
        found: Endpoint = get_object_or_404(rows, pk=self.kwargs["webhook"])
        return found

    def event(self, slug: str | None) -> Event | None:
        if slug is None:
            return None
        found = self.organisation.events.filter(slug=slug).first()
        if found is None:
            raise ValidationError({"event": [_("The organisation has no event of this address.")]})
        return found


class WebhooksView(WebhookCall, Sparse, ListAPIView[Endpoint]):
    serializer_class = WebhookSerializer
    ordering = ("name", "pk")

    def get_queryset(self) -> QuerySet[Endpoint]:
        if getattr(self, "swagger_fake_view", False):
            return Endpoint.objects.none()
        return self.organisation.endpoints.select_related("event")

    @extend_schema(operation_id="webhooks")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The organisation's webhooks, by name. A secret is never among what is said of one."""
        return self.list(request, *args, **kwargs)

    @documented(
        "webhook_make",
        takes=WebhookSerializer,
        gives=WebhookSerializer,
        status=201,
        example=WEBHOOK,
        refuses={409: ["webhook.too_many"]},
    )
    def post(self, request: Request, organisation: str) -> Response:
        """Makes one. Its secret is asked for by a call of its own, and shown once."""
        wish = self.given(WebhookSerializer)
        event = self.event((wish.pop("event", None) or {}).get("slug"))
        by: Any = request.user
        made = services.make_endpoint(self.organisation, event=event, by=by, **wish)
        return Response(WebhookSerializer(made).data, status=201)


class WebhookView(WebhookCall):
    @documented("webhook", gives=WebhookSerializer, example=WEBHOOK)
    def get(self, request: Request, organisation: str, webhook: int) -> Response:
        """One of them."""
        return Response(WebhookSerializer(self.endpoint()).data)

    @documented(
        "webhook_change",
        takes=WebhookSerializer,
        gives=WebhookSerializer,
        example=WEBHOOK,
        refuses={404: ["webhook.gone"]},
    )
    def patch(self, request: Request, organisation: str, webhook: int) -> Response:
        """Changes what is said; of which event it is told is settled. Switched on again, what is owed goes out."""
        found = self.endpoint()
        wish = self.given(WebhookSerializer, instance=found, partial=True)
        wish.pop("event", None)
        by: Any = request.user
        services.change_endpoint(found, changed=changed(found, wish), by=by)
        return Response(WebhookSerializer(self.endpoint()).data)

    @documented("webhook_delete")
    def delete(self, request: Request, organisation: str, webhook: int) -> Response:
        """Deletes it with everything that it was told and is still owed."""
        self.endpoint().delete()
        return Response(status=204)


class SecretView(WebhookCall):
    takes_keys: ClassVar[bool] = False  # an answer that is kept would be a secret that is kept

    @documented(
        "webhook_secret",
        takes=SecretIn,
        gives=SecretSerializer,
        example={"secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"},
        refuses={409: ["webhook.secret_shown"]},
    )
    def post(self, request: Request, organisation: str, webhook: int) -> Response:
        """Shows the secret, once; or makes a new one and shows that."""
        found = self.endpoint()
        renew = self.given(SecretIn)["renew"]
        secret = services.rotate_secret(found) if renew else services.take_secret(found)
        return Response({"secret": secret}, headers={"Cache-Control": "no-store"})


class TestView(WebhookCall):
    @documented("webhook_test", takes=None)
    def post(self, request: Request, organisation: str, webhook: int) -> Response:
        """Sends a test. What was answered stands among the deliveries."""
        services.send_test(self.endpoint())
        return Response(status=204)


class ReplayView(WebhookCall):
    @documented("webhook_replay", takes=ReplayIn, gives=ReplayedSerializer, example={"again": 12})
    def post(self, request: Request, organisation: str, webhook: int) -> Response:
        """Sends everything again that failed since then, the oldest first."""
        found, since = self.endpoint(), self.given(ReplayIn)["since"]
        count = services.replay_failed(found, since=since)
        return Response(ReplayedSerializer({"again": count}).data)


class DeliveriesView(WebhookCall, Sparse, ListAPIView[Delivery]):
    serializer_class = DeliverySerializer
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[Delivery]:
        if getattr(self, "swagger_fake_view", False):
            return Delivery.objects.none()
        return self.endpoint().deliveries.filter(**self.asked(DeliveriesQuery)).defer("body")

    @extend_schema(operation_id="deliveries", parameters=[DeliveriesQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What it was told in the last month, and is still owed; the latest first."""
        return self.list(request, *args, **kwargs)


class DeliveryView(WebhookCall):
    def delivery(self) -> Delivery:
        rows = self.endpoint().deliveries.prefetch_related("log")
        found: Delivery = get_object_or_404(rows, pk=self.kwargs["delivery"])
        return found

    @documented("delivery", gives=DeliveryDetailSerializer, example=DELIVERY_DETAIL)
    def get(self, request: Request, organisation: str, webhook: int, delivery: int) -> Response:
        """One of them: what is sent, and what was answered each time."""
        return Response(DeliveryDetailSerializer(self.delivery()).data)

    @documented(
        "delivery_again", takes=None, gives=DeliveryDetailSerializer, example=DELIVERY_DETAIL,
        refuses={409: ["webhook.owed"]},
    )  # fmt: skip
    def post(self, request: Request, organisation: str, webhook: int, delivery: int) -> Response:
        """Sends one again that has come to an end, with the id that it had."""
        services.send_again(self.delivery())
        return Response(DeliveryDetailSerializer(self.delivery()).data)
