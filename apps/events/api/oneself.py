"""One's own account over REST: where one is signed in, one's tokens and second step, one's data, and the end of it all.

It stands here, as its pages do, for the events that tokens name, and for sessions that links of mails opened.
"""

from typing import Any, ClassVar

from django.contrib.auth import logout
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import selectors, services
from apps.accounts.doors import check_own_proof, check_shown_lately, limit_by_address
from apps.accounts.models import ApiToken
from apps.core.errors import Refused
from apps.core.schemas import documented
from apps.events import selectors as events
from apps.events.doors.account_calls import AccountCall, check_session
from apps.events.doors.acting import name_at_the_desk
from apps.events.models import Event
from apps.events.serializers.oneself import (
    DEVICE,
    MADE_TOKEN,
    SECOND_STEP,
    TOKEN,
    DeviceSerializer,
    LeavingIn,
    MadeTokenSerializer,
    SecondStepSerializer,
    TokenIn,
    TokenSerializer,
)

LINK = ["link.only"]
SESSION = [*LINK, "signin.again", "token.session_needed"]
TOO_MANY = {429: ["too_many"]}
EVERYTHING: dict[str, Any] = {"type": "object", "additionalProperties": {}}


class DevicesView(AccountCall):
    @property
    def this(self) -> str:
        return "" if self.request.auth is not None else str(self.request.session.session_key)

    @documented("devices", gives=DeviceSerializer(many=True), example=[DEVICE], refuses={403: LINK})
    def get(self, request: Request) -> Response:
        """Where you are signed in: this device, then the latest."""
        return Response(DeviceSerializer(selectors.devices(self.me, self.this), many=True).data)

    @documented("devices_end", refuses={403: LINK, **TOO_MANY})
    def delete(self, request: Request) -> Response:
        """Signs you out everywhere but here; with a token, everywhere."""
        limit_by_address(request, "devices")
        services.end_other_sessions(self.me, self.this)
        return Response(status=204)


class DeviceView(AccountCall):
    @documented("device_end", refuses={403: LINK, **TOO_MANY})
    def delete(self, request: Request, device: int) -> Response:
        """Signs you out there."""
        limit_by_address(request, "devices")
        if not services.end_session(self.me, device):
            raise Http404
        return Response(status=204)


class TokensView(AccountCall):
    takes_keys: ClassVar[bool] = False
    """What is kept of an answer would hold the secret."""

    @documented("tokens", gives=TokenSerializer(many=True), example=[TOKEN], refuses={403: LINK})
    def get(self, request: Request) -> Response:
        """Your tokens, the newest first, without their secrets: those that work, and those whose time ended lately."""
        tokens = selectors.tokens_of(self.me)
        return Response(TokenSerializer(tokens, many=True, context=self.about(tokens)).data)

    @documented(
        "token_make",
        takes=TokenIn,
        gives=MadeTokenSerializer,
        status=201,
        example=MADE_TOKEN,
        refuses={
            400: ["invalid", "token.days", "token.event_unknown", "token.scopes"],
            403: [*SESSION, "signin.own_proof"],
            409: ["token.too_many"],
            **TOO_MANY,
        },
    )
    @sensitive_variables("secret")
    def post(self, request: Request) -> Response:
        """Makes one, and says its secret this once. For whoever is signed in, and showed lately who they are."""
        limit_by_address(request, "tokens")
        check_session(request)
        wish = self.given(TokenIn)
        event = self.event(wish.pop("event"))
        check_own_proof(request)
        check_shown_lately(request, anew=True)
        name_at_the_desk(self.me)
        token, secret = services.create_token(self.me, wanted=wish.pop("scopes"), event_id=event, **wish)
        token.secret = secret  # type: ignore[attr-defined]
        told = MadeTokenSerializer(token, context=self.about([token])).data
        return Response(told, status=201, headers={"Cache-Control": "no-store"})

    def event(self, slug: str | None) -> int | None:
        """One of the person's own, as the page offers them."""
        if slug is None:
            return None
        own = {event.slug: event.pk for event in events.events_for_tokens(self.me)}
        if slug not in own:
            words = _("There is no such event among yours. Name one of them, or none for all.")
            raise Refused("token.event_unknown", words, field="event", status=400)
        return own[slug]

    def about(self, tokens: list[ApiToken]) -> dict[str, Any]:
        named = Event.objects.filter(pk__in={token.event_id for token in tokens if token.event_id})
        return {"events": dict(named.values_list("pk", "slug")), "this": getattr(self.request.auth, "pk", None)}


class TokenView(AccountCall):
    @documented("token_revoke", refuses={403: LINK, **TOO_MANY})
    def delete(self, request: Request, token: int) -> Response:
        """Nothing more is done with it from now on; a token may end itself."""
        limit_by_address(request, "tokens")
        name_at_the_desk(self.me)
        if not services.revoke_token(self.me, token):
            raise Http404
        return Response(status=204)


class SecondStepView(AccountCall):
    @documented("second_step", gives=SecondStepSerializer, example=SECOND_STEP, refuses={403: LINK})
    def get(self, request: Request) -> Response:
        """Your own second step. It is set up and taken away on its page, which needs a browser for passkeys."""
        return Response(SecondStepSerializer(selectors.second_steps(self.me)).data)


class OwnDataView(AccountCall):
    @documented("own_data", gives=EVERYTHING, refuses={403: [*LINK, "token.session_needed"], **TOO_MANY})
    def get(self, request: Request) -> Response:
        """Everything that is held of you, as the page gives it. It holds something of every area, so no token opens
        it; a few times an hour."""
        check_session(request)
        limit_by_address(request, "own_data", also_get=True)
        return Response(services.everything_of(self.me), headers={"Cache-Control": "no-store"})


class LeavingView(AccountCall):
    takes_keys: ClassVar[bool] = False
    """Afterwards there is nobody to keep an answer for."""

    @documented(
        "account_end",
        takes=LeavingIn,
        refuses={400: ["invalid", "account.address"], 403: SESSION, 409: ["account.runs_events"], **TOO_MANY},
    )
    def post(self, request: Request) -> Response:
        """Deletes your account for good, as the page does: profile, places, answers and stars go. For whoever is signed
        in, showed lately who they are, and types their address. Whoever runs events hands them over first."""
        check_session(request)
        check_shown_lately(request)
        limit_by_address(request, "own_data")
        if self.given(LeavingIn)["email"] != self.me.email:
            words = _("This is not the address of your account. Nothing was deleted.")
            raise Refused("account.address", words, field="email", status=400)
        services.delete_account(self.me)
        logout(request)
        return Response(status=204)
