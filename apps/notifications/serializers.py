"""Webhooks and mails as the API writes them."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from apps.core.errors import Refused
from apps.notifications import services
from apps.notifications.models import Attempt, Delivery, Endpoint, OwedMail, Receiver, ReceiverCall
from apps.notifications.registry import facts


class WebhookSerializer(serializers.ModelSerializer[Endpoint]):
    """Needs `events` in the context where it is written: those of the organisation."""

    event = serializers.SlugField(
        source="event.slug",
        max_length=60,
        allow_null=True,
        required=False,
        default=None,
        help_text="Settled once it is made. Null: it is told of all events of the organisation.",
    )
    url = serializers.CharField(max_length=500, help_text="Begins with https://.")
    kinds = serializers.ListField(
        child=serializers.CharField(max_length=40), min_length=1, max_length=40, help_text="What it is told of."
    )
    why_off = serializers.CharField(read_only=True, help_text="gone, failing, or empty: by hand.")

    class Meta:
        model = Endpoint
        fields = (
            *("id", "name", "url", "event", "kinds", "is_on", "why_off", "failing_since", "secret_shown_at"),
            "created_at",
        )
        read_only_fields = ("failing_since", "secret_shown_at", "created_at")

    def validate_url(self, value: str) -> str:
        try:
            services.check_url(value)
        except Refused as refused:
            raise serializers.ValidationError(str(refused.message)) from refused
        return value

    def get_fields(self) -> dict[str, Any]:
        """Rooms register what can be told once all are loaded; only then the kinds can be named."""
        fields: dict[str, Any] = super().get_fields()
        kinds = fields["kinds"]
        kinds.child = serializers.ChoiceField(choices=facts.choices())
        kinds.child.bind(field_name="", parent=kinds)
        return fields

    def validate_kinds(self, value: list[str]) -> list[str]:
        return [*dict.fromkeys(value)]


class SecretIn(serializers.Serializer[Any]):
    renew = serializers.BooleanField(
        default=False, help_text="A new one, now. For a day the one before signs beside it."
    )


class SecretSerializer(serializers.Serializer[Any]):
    secret = serializers.CharField(help_text="As Standard Webhooks writes one; it is shown once.")


class DeliveriesQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=Delivery.State.choices, required=False)
    kind = serializers.CharField(max_length=40, required=False)


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    class Meta:
        model = Delivery
        fields: tuple[str, ...] = ("id", "message_id", "kind", "state", "attempts", "due_at", "created_at")
        read_only_fields: tuple[str, ...] = fields


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    error = serializers.CharField(source="why", read_only=True, help_text="Why there was no answer, or empty.")

    class Meta:
        model = Attempt
        fields = ("at", "status", "ms", "error", "excerpt")
        read_only_fields = fields


class DeliveryDetailSerializer(DeliverySerializer):
    log = AttemptSerializer(many=True, read_only=True, help_text="Each attempt, the latest first.")

    class Meta(DeliverySerializer.Meta):
        fields = (*DeliverySerializer.Meta.fields, "body", "log")
        read_only_fields = fields


class ReplayIn(serializers.Serializer[Any]):
    since = serializers.DateTimeField(help_text="What failed since.")


class ReplayedSerializer(serializers.Serializer[Any]):
    again = serializers.IntegerField(help_text="How many are sent again; a thousand at once.")


class ReceiverSerializer(serializers.ModelSerializer[Receiver]):
    url = serializers.SerializerMethodField(help_text="Where it takes what it is sent, by POST.")

    class Meta:
        model = Receiver
        fields = ("id", "url", "calls", "created_at", "ends_at")
        read_only_fields = fields

    def get_url(self, receiver: Receiver) -> str:
        return f"{settings.SITE_URL}{receiver.path}"


class ReceiverCallSerializer(serializers.ModelSerializer[ReceiverCall]):
    headers = serializers.DictField(
        child=serializers.CharField(), read_only=True, help_text="As they came, without cookies and passwords."
    )
    holds = serializers.BooleanField(read_only=True, help_text="Whether the signature holds.")

    class Meta:
        model = ReceiverCall
        fields = ("id", "at", "holds", "headers", "body")
        read_only_fields = fields


class MailsQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=OwedMail.State.choices, required=False)
    kind = serializers.CharField(max_length=40, required=False, help_text="Such as welcome.")
    q = serializers.CharField(max_length=100, required=False, help_text="In an address or a subject.")


class MailSerializer(serializers.ModelSerializer[OwedMail]):
    class Meta:
        model = OwedMail
        fields = (
            *("id", "to", "subject", "kind", "state", "attempts", "bounces", "error", "created_at", "due_at"),
            *("sent_at", "delivered_at"),
        )
        read_only_fields = fields


class MailAgainIn(serializers.Serializer[Any]):
    address_is_right = serializers.BooleanField(
        default=False, help_text="Of a mail that the address refused: send to it again, this and what comes later."
    )


class WantedSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    about = serializers.CharField(help_text="What such mails are about, in words.")
    wanted = serializers.BooleanField()


class WantedMailsSerializer(serializers.Serializer[Any]):
    mails = WantedSerializer(many=True)


class WantedIn(serializers.Serializer[Any]):
    wanted = serializers.BooleanField()


WEBHOOK = {
    "id": 3, "name": "CRM", "url": "https://crm.lakeside.example/plenary", "event": "freshet",
    "kinds": ["registration.created"], "is_on": True, "why_off": "", "failing_since": None,
    "secret_shown_at": None, "created_at": "2026-04-02T08:11:00Z",
}  # fmt: skip
DELIVERY = {
    "id": 81, "message_id": "msg_2Q7", "kind": "registration.created", "state": "failed", "attempts": 9,
    "due_at": "2026-04-03T08:11:00Z", "created_at": "2026-04-02T08:11:00Z",
}  # fmt: skip
DELIVERY_DETAIL = {
    **DELIVERY,
    "body": '{"type":"registration.created"}',
    "log": [{"at": "2026-04-02T08:11:01Z", "status": 500, "ms": 41, "error": "", "excerpt": "Oops"}],
}
RECEIVER = {
    "id": 7, "url": "https://events.example.org/hooks/3Ckq0Xc2/", "calls": 2, "created_at": "2026-04-02T08:11:00Z",
    "ends_at": "2026-04-03T08:11:00Z",
}  # fmt: skip
MAIL = {
    "id": 81, "to": "nadia@lakeside.example", "subject": "You are in", "kind": "welcome", "state": "failed",
    "attempts": 8, "bounces": 0, "error": "SMTPServerDisconnected: Connection unexpectedly closed",
    "created_at": "2026-04-02T08:11:00Z", "due_at": "2026-04-02T12:11:00Z", "sent_at": None, "delivered_at": None,
}  # fmt: skip
WANTED = {"kind": "announcement", "about": "announcements of your events", "wanted": True}
