"""An organisation's own ways to sign in over REST, for its owners. Trying one needs a browser, so that is done at the
desk; and a domain that is believed by a superuser's word alone is so there."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.doors import limit_by_address
from apps.core.calls import Sparse
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events import services
from apps.events.doors.desk_calls import OrganisationCall, changed, check
from apps.events.models import SignInConnection, SignInDomain
from apps.events.serializers.signing_in import (
    CONNECTION,
    DOMAIN,
    ForgottenSerializer,
    SignInConnectionSerializer,
    SignInDomainIn,
    SignInDomainSerializer,
)

BESIDE = ("secret", "metadata", "metadata_url")
"""What is sent and is no column of the row."""


class ConnectionCall(OrganisationCall):
    area = Area.SIGN_IN

    def rows(self) -> QuerySet[SignInConnection]:
        found: QuerySet[SignInConnection] = self.organisation.sign_in_connections.prefetch_related("domains")
        return found

    def connection(self) -> SignInConnection:
        found: SignInConnection = get_object_or_404(self.rows(), pk=self.kwargs["connection"])
        return found

    def completed(self, row: SignInConnection, wish: dict[str, Any]) -> dict[str, Any]:
        """With what the provider publishes; refused by field where that does not go together."""
        names = [name for needed in services.NEEDED_OF_PROVIDER.values() for name in needed]
        said = {name: getattr(row, name) for name in names} | wish
        self.ask_provider(row, said)
        return wish | {name: said[name] for name in names}

    def ask_provider(self, row: SignInConnection, said: dict[str, Any]) -> None:
        """Over the network: fills in what it publishes of itself."""
        kind, former = (row.kind, row.issuer) if row.pk else (said["kind"], "")
        if wrong := services.wrong_with(said, kind=kind, former_issuer=former):
            raise ValidationError({name or "body": [words] for name, words in wrong.items()})

    def told(self, pk: int, *, status: int = 200) -> Response:
        return Response(SignInConnectionSerializer(self.rows().get(pk=pk)).data, status=status)


class ConnectionsView(ConnectionCall, Sparse, ListAPIView[SignInConnection]):
    takes_keys: ClassVar[bool] = False
    """A digest of what was sent would be one of a secret. A repetition is told by its name, which is taken."""
    serializer_class = SignInConnectionSerializer
    ordering = ("name", "pk")

    def get_queryset(self) -> QuerySet[SignInConnection]:
        if getattr(self, "swagger_fake_view", False):
            return SignInConnection.objects.none()
        return self.rows()

    @extend_schema(operation_id="connections")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The organisation's ways to sign in, by name. A secret is never among what is said of one. For owners."""
        return self.list(request, *args, **kwargs)

    @documented(
        "connection_make",
        takes=SignInConnectionSerializer,
        gives=SignInConnectionSerializer,
        status=201,
        example=CONNECTION,
        refuses={409: ["connection.too_many", "connection.name_taken"], 429: ["too_many"]},
    )
    def post(self, request: Request, organisation: str) -> Response:
        """Connects a provider. It is asked now whether it is there. Nobody comes in by it until it is on. For
        owners."""
        limit_by_address(request, "invite")
        row = SignInConnection(organisation=self.organisation)
        wish = self.completed(row, self.given(SignInConnectionSerializer))
        secret = wish.pop("secret", "")
        changed(row, {name: value for name, value in wish.items() if name not in BESIDE})
        check(row, but=("name",))
        services.add_connection(row, secret=secret)
        return self.told(row.pk, status=201)


class ConnectionView(ConnectionCall):
    takes_keys: ClassVar[bool] = False  # as above

    @documented("connection", gives=SignInConnectionSerializer, example=CONNECTION)
    def get(self, request: Request, organisation: str, connection: int) -> Response:
        """One of them, with what to paste into the provider. For owners."""
        return self.told(self.connection().pk)

    @documented(
        "connection_change",
        takes=SignInConnectionSerializer,
        gives=SignInConnectionSerializer,
        example=CONNECTION,
        refuses={404: ["connection.gone"], 409: ["connection.name_taken"], 429: ["too_many"]},
    )
    def patch(self, request: Request, organisation: str, connection: int) -> Response:
        """Changes what is said. Another issuer or client needs its secret again; of another provider everybody is
        connected anew. For owners."""
        row = self.connection()
        limit_by_address(request, "invite")
        wish = self.given(SignInConnectionSerializer, instance=row, partial=True)
        wish.pop("kind", None)
        wish = self.completed(row, wish)
        secret = wish.pop("secret", "")
        new = changed(row, {name: value for name, value in wish.items() if name not in BESIDE})
        check(row, but=("name",))
        services.change_connection(row, changed=new, secret=secret)
        return self.told(row.pk)

    @documented("connection_delete")
    def delete(self, request: Request, organisation: str, connection: int) -> Response:
        """Nobody comes in by it any more. The accounts stay, and are come to by a mailed code. For owners."""
        services.remove_connection(self.connection())
        return Response(status=204)


class ForgetView(ConnectionCall):
    @documented("connection_forget", takes=None, gives=ForgottenSerializer, example={"forgotten": 12})
    def post(self, request: Request, organisation: str, connection: int) -> Response:
        """Lets everybody be connected anew, by their address: after the provider has counted its people anew."""
        count = services.forget_people(self.connection())
        return Response(ForgottenSerializer({"forgotten": count}).data)


class DomainsView(ConnectionCall):
    @documented(
        "connection_domain_add",
        takes=SignInDomainIn,
        gives=SignInDomainSerializer,
        status=201,
        example=DOMAIN,
        refuses={400: ["domain.unreadable"], 404: ["connection.gone"], 409: ["domain.there", "domain.too_many"]},
    )
    def post(self, request: Request, organisation: str, connection: int) -> Response:
        """Names a mail domain that it shall speak for. It is believed once its record proves it. For owners."""
        made = services.add_domain(self.connection(), **self.given(SignInDomainIn))
        return Response(SignInDomainSerializer(made).data, status=201)


class DomainCall(ConnectionCall):
    def domain(self) -> SignInDomain:
        found: SignInDomain = get_object_or_404(self.connection().domains, pk=self.kwargs["domain"])
        return found


class DomainView(DomainCall):
    @documented("connection_domain_remove")
    def delete(self, request: Request, organisation: str, connection: int, domain: int) -> Response:
        """It speaks for this domain no more. For owners."""
        services.remove_domain(self.domain())
        return Response(status=204)


class ProveView(DomainCall):
    @documented(
        "connection_domain_prove",
        takes=None,
        gives=SignInDomainSerializer,
        example=DOMAIN,
        refuses={409: ["domain.no_record", "domain.of_another"], 429: ["too_many"]},
    )
    def post(self, request: Request, organisation: str, connection: int, domain: int) -> Response:
        """Looks its record up now. For owners."""
        found = self.domain()
        limit_by_address(request, "invite")
        services.prove_domain(found)
        return Response(SignInDomainSerializer(self.domain()).data)
