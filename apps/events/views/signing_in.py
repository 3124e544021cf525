"""Signing in by an organisation's own provider: its page, the way there, and the ways back.

The person who comes back passes all of allauth's stages, their second step among them, like everybody else.
"""

import logging
from typing import Any, ClassVar

from allauth.account.forms import RequestLoginCodeForm
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import Login
from allauth.mfa.internal.constants import LoginStageKey
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from apps.accounts.doors import limit_by_address, limit_codes
from apps.accounts.doors.mailbox import CONNECTION
from apps.accounts.models import User
from apps.accounts.registry import HINT
from apps.core import ids
from apps.core.access import Access
from apps.core.errors import Refused
from apps.events import permissions, selectors, services
from apps.events.adapters import oidc, saml
from apps.events.adapters.claims import WHY, Claims, Doubt
from apps.events.doors import pending
from apps.events.doors.pending import Pending
from apps.events.models import Organisation, SignInConnection

logger = logging.getLogger(__name__)

ARRIVED = "signin:arrived:"
ARRIVED_SECONDS = 120
STRONG = frozenset(
    {"mfa", "otp", "hwk", "swk", "fpt", "sc", "https://refeds.org/profile/mfa",
     "http://schemas.microsoft.com/claims/multipleauthn"}
)  # fmt: skip
"""What providers call more than a password: RFC 8176, REFEDS, and what Microsoft's write."""


class _Way(View):
    """Limited like the other ways in. What is refused is a page with a number, under which the log says why."""

    access: ClassVar[Access] = Access.ANYONE

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            limit_by_address(request, "connection", also_get=True)
            answer = super().dispatch(request, *args, **kwargs)
        except Refused as refused:
            answer = self._refuse(refused, kwargs.get("connection"))
        add_never_cache_headers(answer)
        answer.headers["Referrer-Policy"] = "same-origin"
        return answer

    def _refuse(self, refused: Refused, connection: object) -> HttpResponseBase:
        number = ids.new_token(6)
        logger.warning("Sign-in %s by connection %s was refused: %s.", number, connection, refused.code)
        found = {"refused": refused, "number": number}
        return render(self.request, "events/signin/failed.html", found, status=refused.status)


class Ways(_Way):
    """The page of an organisation: the ways in that its people have."""

    def get(self, request: HttpRequest, organisation: str) -> HttpResponseBase:
        found = get_object_or_404(Organisation, slug=organisation)
        connections = selectors.connections_of(found)
        if not connections:
            raise Http404
        onward = _safe(request, request.GET.get("next", ""))
        context = {
            "organisation": found,
            "connections": connections,
            "query": f"?{urlencode({'next': onward})}" if onward else "",
            "onward": onward,
            "hint": str(request.session.get(HINT, "")),
        }
        return render(request, "events/signin/ways.html", context)


class Go(_Way):
    """To the provider. A link and no form, since the policy of our pages lets forms go nowhere else."""

    def get(self, request: HttpRequest, connection: int) -> HttpResponseBase:
        found = _usable(connection)
        return self.lead(found, onward=_safe(request, request.GET.get("next", "")))

    def lead(self, connection: SignInConnection, *, onward: str = "", tried_by: int | None = None) -> HttpResponseBase:
        begun = pending.begin(self.request.session, connection, onward=onward, tried_by=tried_by)
        if connection.kind == SignInConnection.Kind.SAML:
            return redirect(saml.way_there(_party(connection), request_id=begun.state))
        hint = str(self.request.session.pop(HINT, ""))
        client = _client(connection)
        return redirect(
            oidc.way_there(client, state=begun.state, nonce=begun.nonce, verifier=begun.verifier, hint=hint)
        )


class Try(Go):
    """An owner looks what would arrive, also while the connection is off. Nobody is signed in by it."""

    access: ClassVar[Access] = Access.SIGNED_IN

    def get(self, request: HttpRequest, connection: int) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect(f"{reverse('accounts:signin')}?{urlencode({'next': request.path})}")
        found = get_object_or_404(SignInConnection, pk=connection)
        _must_manage(request, found)
        return self.lead(found, tried_by=request.user.pk)


class _Back(_Way):
    """What all ways back have in common, once what arrived is believed."""

    def enter(self, connection: SignInConnection, claims: Claims, onward: str) -> HttpResponseBase:
        arrival = services.arrive(connection, claims)
        pending.note_shown(self.request.session, connection, arrival.email)
        if not arrival.is_vouched or arrival.user is None:
            return self._ask_for_code(arrival.email, onward)
        user = arrival.user
        record_authentication(self.request, user, method=CONNECTION, connection=connection.pk)
        login = Login(user=user, email=user.email, redirect_url=onward or None)
        if _stands_for_a_step(user, claims):
            login.state["stages"] = {LoginStageKey.MFA_AUTHENTICATE.value: {"handled": True}}
        answer: HttpResponseBase = perform_login(self.request, login)
        return answer

    def _ask_for_code(self, email: str, onward: str) -> HttpResponseBase:
        """As if the address had been typed on the sign-in page, with its limits."""
        limit_codes(self.request, email)  # that form counts no GET
        form = RequestLoginCodeForm({"email": email})
        if not form.is_valid():
            raise Refused(
                "signin.address", _("Your organisation’s service named no address that we can use."), status=403
            )
        messages.info(self.request, _("One thing more: show that this address is yours."))
        LoginCodeVerificationProcess.initiate(request=self.request, user=form._user, email=email)
        address = reverse("account_confirm_login_code")
        return redirect(f"{address}?{urlencode({'next': onward})}" if onward else address)

    def show(self, connection: SignInConnection, claims: Claims | None, refused: Refused | None) -> HttpResponseBase:
        """To the owner who tries it: what arrived, and what would come of it."""
        _must_manage(self.request, connection)
        seen = None
        if claims is not None:
            try:
                seen = services.foresee(connection, claims)
            except Refused as so:
                refused = so
        why = WHY.get(refused.why) if isinstance(refused, Doubt) else refused and refused.message
        context = {"connection": connection, "claims": claims, "seen": seen, "why": why}
        return render(self.request, "events/signin/tried.html", context)

    def doubt(self, connection: SignInConnection, doubt: Doubt, *, is_tried: bool) -> HttpResponseBase:
        """Shown to the owner who tries it; whoever wants to come in is refused."""
        if is_tried:
            return self.show(connection, None, doubt)
        raise doubt

    def tried(self, begun: Pending) -> bool:
        """Whether it is still whoever began it who looks."""
        if begun.tried_by is not None and begun.tried_by != self.request.user.pk:
            raise PermissionDenied
        return begun.tried_by is not None


class Back(_Back):
    """From an OpenID Connect provider."""

    def get(self, request: HttpRequest, connection: int) -> HttpResponseBase:
        found = get_object_or_404(SignInConnection, pk=connection, kind=SignInConnection.Kind.OIDC)
        begun = pending.take(request.session, found, request.GET.get("state", ""))
        if begun is None:
            raise Doubt("nonce")
        is_tried = self.tried(begun)
        answer = {name: request.GET.get(name, "")[:4000] for name in ("code", "error", "iss")}
        try:
            claims = oidc.read_answer(_client(found), answer, nonce=begun.nonce, verifier=begun.verifier)
        except Doubt as doubt:
            return self.doubt(found, doubt, is_tried=is_tried)
        return self.show(found, claims, None) if is_tried else self.enter(found, claims, begun.next)


@method_decorator(csrf_exempt, name="dispatch")
class Acs(_Way):
    """From a SAML provider, by a form of its page. Browsers send no session along with that, so what was believed waits
    under a name that only the address says, and the browser comes for it by itself."""

    def post(self, request: HttpRequest, connection: int) -> HttpResponseBase:
        found = get_object_or_404(SignInConnection, pk=connection, kind=SignInConnection.Kind.SAML)
        encoded = request.POST.get("SAMLResponse", "")
        try:
            told = saml.read_response(_party(found), encoded)
            kept = {"connection": found.pk, "claims": told.claims, "answers": told.in_response_to, "why": ""}
        except Doubt as doubt:
            kept = {"connection": found.pk, "claims": None, "answers": saml.asked_by(encoded), "why": doubt.why}
        name = ids.new_token()
        cache.set(f"{ARRIVED}{name}", kept, ARRIVED_SECONDS)
        answer = redirect(f"{reverse('events:signin_finish', args=[found.pk])}?{urlencode({'k': name})}")
        answer.status_code = 303
        return answer


class Finish(_Back):
    """What a SAML provider said, in the browser that it said it about."""

    def get(self, request: HttpRequest, connection: int) -> HttpResponseBase:
        found = get_object_or_404(SignInConnection, pk=connection, kind=SignInConnection.Kind.SAML)
        kept = self._arrived(found, request.GET.get("k", "")[:60])
        begun = pending.take(request.session, found, kept["answers"])
        is_tried = begun is not None and self.tried(begun)
        if kept["why"]:
            return self.doubt(found, Doubt(kept["why"]), is_tried=is_tried)
        if begun is None and kept["answers"]:
            raise Doubt("nonce")
        if begun is None and not found.may_begin_there:
            raise Doubt("begun_there")
        if is_tried:
            return self.show(found, kept["claims"], None)
        return self.enter(found, kept["claims"], begun.next if begun else "")

    def _arrived(self, connection: SignInConnection, name: str) -> dict[str, Any]:
        """It waits for one browser, and is given once."""
        key = f"{ARRIVED}{name}"
        kept = cache.get(key) if name else None
        if not kept or kept["connection"] != connection.pk or not cache.delete(key):
            raise Doubt("replay")
        return dict(kept)


class Metadata(_Way):
    """Ours, to be given to the provider: it holds no secret."""

    def get(self, request: HttpRequest, connection: int) -> HttpResponseBase:
        found = get_object_or_404(SignInConnection, pk=connection, kind=SignInConnection.Kind.SAML)
        services.keep_pair(found)
        return HttpResponse(saml.metadata(_party(found)), content_type="application/samlmetadata+xml")


def _client(connection: SignInConnection) -> oidc.Client:
    secret = selectors.secret_of(connection)
    if connection.client_secret and not secret:
        raise Doubt("secret")
    return oidc.Client(
        issuer=connection.issuer,
        client_id=connection.client_id,
        secret=secret,
        redirect_uri=selectors.address_of("signin_back", connection),
        name=str(connection.pk),
    )


def _party(connection: SignInConnection) -> saml.Party:
    return saml.Party(
        entity_id=connection.entity_id,
        sso_url=connection.sso_url,
        certificates=connection.certificates,
        ours=selectors.address_of("signin_metadata", connection),
        acs=selectors.address_of("signin_acs", connection),
        email_attribute=connection.email_attribute,
        name_attribute=connection.name_attribute,
        key=selectors.key_of(connection),
        certificate=connection.own_certificate,
    )


def _stands_for_a_step(user: User, claims: Claims) -> bool:
    """Never for whoever runs anything: rights of the staff do not hang on what a provider says of a session."""
    if not settings.SIGNIN_TRUSTS_PROVIDER_STEP or STRONG.isdisjoint(claims.methods):
        return False
    return not selectors.is_staff_anywhere(user)


def _usable(connection: int) -> SignInConnection:
    return get_object_or_404(SignInConnection.objects.usable(), pk=connection)


def _must_manage(request: HttpRequest, connection: SignInConnection) -> None:
    """Another organisation's connection does not exist."""
    user = request.user
    if not isinstance(user, User) or not permissions.can_manage_organisation(user, connection.organisation_id):
        raise Http404


def _safe(request: HttpRequest, wanted: str) -> str:
    """A page of this site, or nothing."""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else ""
