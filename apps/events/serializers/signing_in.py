"""An organisation's own ways to sign in, as its owners set them up. A secret is taken, and never told."""

from typing import Any

from django.core.validators import URLValidator
from rest_framework import serializers

from apps.events import selectors
from apps.events.models import SignInConnection, SignInDomain

MOST_METADATA = 500_000
ADDRESS = URLValidator(schemes=["http", "https"])
ADDRESSES = {
    SignInConnection.Kind.OIDC.value: {"redirect": "signin_back"},
    SignInConnection.Kind.SAML.value: {"entity_id": "signin_metadata", "acs": "signin_acs"},
}


class SignInDomainSerializer(serializers.ModelSerializer[SignInDomain]):
    is_proven = serializers.SerializerMethodField()
    record_name = serializers.CharField(read_only=True, help_text="Where the TXT record stands that proves it.")
    record_text = serializers.CharField(read_only=True, help_text="What that record says.")

    class Meta:
        model = SignInDomain
        fields = ("id", "domain", "is_proven", "proven_at", "checked_at", "gone_since", "record_name", "record_text")
        read_only_fields = fields

    def get_is_proven(self, domain: SignInDomain) -> bool:
        return domain.proven_at is not None


class SignInDomainIn(serializers.Serializer[Any]):
    domain = serializers.CharField(max_length=253, help_text="Such as example.org.")


class OurAddressesSerializer(serializers.Serializer[Any]):
    """What the provider needs of us."""

    redirect = serializers.CharField(required=False, help_text="OpenID Connect: where people come back.")
    entity_id = serializers.CharField(required=False, help_text="SAML: our entity ID, and the address of our metadata.")
    acs = serializers.CharField(required=False, help_text="SAML: where answers go, by POST.")


class SignInConnectionSerializer(serializers.ModelSerializer[SignInConnection]):
    kind = serializers.ChoiceField(
        choices=SignInConnection.Kind.choices,
        default=SignInConnection.Kind.OIDC,
        help_text="Settled once it is made.",
    )
    issuer = serializers.CharField(
        max_length=300,
        required=False,
        allow_blank=True,
        validators=[ADDRESS],
        help_text="Exactly as the provider writes it.",
    )
    sso_url = serializers.CharField(max_length=500, required=False, allow_blank=True, validators=[ADDRESS])
    certificates = serializers.CharField(
        max_length=20_000, required=False, allow_blank=True, help_text="In PEM, one below the other."
    )
    has_secret = serializers.SerializerMethodField()
    secret = serializers.CharField(
        max_length=500,
        required=False,
        allow_blank=True,
        write_only=True,
        help_text="The client's. Left out: the one that is there, unless another issuer or client is named.",
    )
    metadata = serializers.CharField(
        max_length=MOST_METADATA,
        required=False,
        allow_blank=True,
        write_only=True,
        help_text="Of a SAML provider: fills in its entity ID, address and certificates.",
    )
    metadata_url = serializers.CharField(
        max_length=500,
        required=False,
        allow_blank=True,
        write_only=True,
        validators=[ADDRESS],
        help_text="The same by its address, which is read now.",
    )
    domains = SignInDomainSerializer(many=True, read_only=True, help_text="What it may speak for, once it is proven.")
    addresses = serializers.SerializerMethodField()

    class Meta:
        model = SignInConnection
        fields = (
            *("id", "name", "kind", "is_on", "is_required", "new_people", "issuer", "client_id", "has_secret"),
            *("entity_id", "sso_url", "certificates", "email_attribute", "name_attribute", "may_begin_there"),
            *("addresses", "domains", "created_at", "secret", "metadata", "metadata_url"),
        )
        read_only_fields = ("created_at",)

    def get_has_secret(self, connection: SignInConnection) -> bool:
        return bool(connection.client_secret)

    def get_addresses(self, connection: SignInConnection) -> OurAddressesSerializer:
        named = ADDRESSES[connection.kind]
        told: Any = {what: selectors.address_of(route, connection) for what, route in named.items()}
        return told  # type: ignore[no-any-return]


class ForgottenSerializer(serializers.Serializer[Any]):
    forgotten = serializers.IntegerField(help_text="How many people are connected anew when they come next.")


DOMAIN = {
    "id": 2, "domain": "lakeside.example", "is_proven": True, "proven_at": "2026-04-02T08:11:00Z",
    "checked_at": "2026-04-02T08:11:00Z", "gone_since": None, "record_name": "_plenary-signin.lakeside.example",
    "record_text": "plenary=3Ckq0Xc2aR",
}  # fmt: skip
CONNECTION = {
    "id": 4, "name": "Lakeside account", "kind": "oidc", "is_on": True, "is_required": False, "new_people": "refuse",
    "issuer": "https://id.lakeside.example", "client_id": "plenary", "has_secret": True, "entity_id": "",
    "sso_url": "", "certificates": "", "email_attribute": "", "name_attribute": "", "may_begin_there": False,
    "addresses": {"redirect": "https://events.example.org/signin/connection/4/back/"}, "domains": [DOMAIN],
    "created_at": "2026-04-02T08:11:00Z",
}  # fmt: skip
