"""One's own account: where one is signed in, one's tokens and second step, and who asks one to join."""

from typing import Any

from rest_framework import serializers

from apps.accounts.models import ApiToken
from apps.accounts.services import TOKEN_DAYS
from apps.core import clock
from apps.core.scopes import SCOPES
from apps.events.models import MemberInvitation

MOST_TOKEN = 1000


class DeviceSerializer(serializers.Serializer[Any]):
    """A `Device`."""

    id = serializers.IntegerField(source="pk")
    browser = serializers.CharField(help_text="Empty where it does not say.")
    system = serializers.CharField()
    address = serializers.CharField(help_text="The network's, as it was when somebody signed in there.")
    since = serializers.DateTimeField()
    is_this = serializers.BooleanField(help_text="Whether this call comes from there.")


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    """Needs `events` in the context: the address of each by its number."""

    scopes = serializers.ListField(child=serializers.CharField(), read_only=True)
    event = serializers.SerializerMethodField(help_text="The only one that it opens; null: all of one's own.")
    works = serializers.SerializerMethodField(help_text="Whether its time is not over.")
    is_this = serializers.SerializerMethodField(help_text="Whether this call comes with it.")

    class Meta:
        model = ApiToken
        fields: tuple[str, ...] = (
            *("id", "name", "start", "scopes", "event", "works", "is_this", "created_at", "expires_at", "last_used_at"),
        )
        read_only_fields: tuple[str, ...] = fields

    def get_event(self, token: ApiToken) -> str | None:
        found: str | None = self.context.get("events", {}).get(token.event_id)
        return found

    def get_works(self, token: ApiToken) -> bool:
        return token.expires_at > clock.now()

    def get_is_this(self, token: ApiToken) -> bool:
        return bool(token.pk == self.context.get("this"))


class MadeTokenSerializer(TokenSerializer):
    secret = serializers.CharField(read_only=True, help_text="Said this once.")

    class Meta(TokenSerializer.Meta):
        fields = (*TokenSerializer.Meta.fields, "secret")
        read_only_fields = fields


class TokenIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80, help_text="What it is for: the program that will have it.")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=[*SCOPES]), min_length=1, max_length=len(SCOPES)
    )
    event = serializers.SlugField(
        max_length=80,
        required=False,
        allow_null=True,
        default=None,
        help_text="The only one that it shall open; left out: all of one's own.",
    )
    days = serializers.ChoiceField(choices=TOKEN_DAYS, help_text="How long it holds.")


class PasskeySerializer(serializers.Serializer[Any]):
    name = serializers.CharField(source="wrap.name")
    since = serializers.DateTimeField(source="created_at")
    last_used_at = serializers.DateTimeField(allow_null=True)


class SecondStepSerializer(serializers.Serializer[Any]):
    """A `SecondSteps`."""

    is_set_up = serializers.SerializerMethodField()
    is_needed = serializers.BooleanField(source="is_obliged", help_text="Whoever runs events signs in with one.")
    app_since = serializers.DateTimeField(source="app.created_at", default=None, allow_null=True)
    passkeys = PasskeySerializer(source="keys", many=True)
    codes_left = serializers.IntegerField(help_text="For emergencies.")

    def get_is_set_up(self, steps: Any) -> bool:
        return bool(steps.count)


class LeavingIn(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254, help_text="One's own, typed out: nothing of it comes back.")

    def validate_email(self, value: str) -> str:
        return value.lower()


class OwnInvitationSerializer(serializers.ModelSerializer[MemberInvitation]):
    organisation = serializers.CharField(source="organisation.slug", read_only=True)
    name = serializers.CharField(source="organisation.name", read_only=True)
    by = serializers.CharField(source="by.email", read_only=True, default="")

    class Meta:
        model = MemberInvitation
        fields = ("id", "organisation", "name", "role", "by", "created_at", "expires_at")
        read_only_fields = fields


class AcceptIn(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=MOST_TOKEN, help_text="The last part of the address that was mailed.")


DEVICE = {
    "id": 4, "browser": "Firefox", "system": "Linux", "address": "198.51.100.7", "since": "2026-05-04T07:12:00Z",
    "is_this": True,
}  # fmt: skip
TOKEN = {
    "id": 9, "name": "Sign board", "start": "pln_8Kd2", "scopes": ["agenda:read"], "event": "freshet", "works": True,
    "is_this": False, "created_at": "2026-04-02T08:11:00Z", "expires_at": "2026-07-01T08:11:00Z", "last_used_at": None,
}  # fmt: skip
MADE_TOKEN = {**TOKEN, "secret": "pln_…"}
SECOND_STEP = {
    "is_set_up": True, "is_needed": True, "app_since": "2026-04-02T08:11:00Z",
    "passkeys": [{"name": "My desk", "since": "2026-04-02T08:11:00Z", "last_used_at": None}], "codes_left": 9,
}  # fmt: skip
OWN_INVITATION = {
    "id": 2, "organisation": "lakeside", "name": "Lakeside Trust", "role": "manager", "by": "ines@lakeside.example",
    "created_at": "2026-04-02T08:11:00Z", "expires_at": "2026-04-09T08:11:00Z",
}  # fmt: skip
