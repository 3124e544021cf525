"""The tokens with which a person's programs use the API: made, listed, revoked. It stands here for the events it names.

The secret is in the one answer to the form that made it, and in nothing that we keep.
"""

from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.debug import sensitive_variables

from apps.accounts import selectors as accounts
from apps.accounts import services
from apps.accounts.doors import (
    OfOneself,
    ask_for_mailed_code,
    ask_to_sign_in_again,
    came_by_connection_alone,
    limit_by_address,
    must_sign_in_again,
)
from apps.core import clock, scopes
from apps.core.errors import Refused
from apps.core.rows import row_number
from apps.events import selectors
from apps.events.doors.acting import name_at_the_desk
from apps.events.forms import TokenForm
from apps.events.models import Event


class Tokens(OfOneself, View):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self._answer(self._form())

    @sensitive_variables("secret")
    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = self._form(request.POST)
        try:
            limit_by_address(request, "tokens")
            if "revoke" in request.POST:
                return self._revoke(request.POST["revoke"])
            if not form.is_valid():
                return self._answer(form)
            if came_by_connection_alone(request):
                return ask_for_mailed_code(request, request.path)
            if must_sign_in_again(request):
                return ask_to_sign_in_again(request)
            # A token holds for longer than a session: whoever only found one open does not get it.
            raise_if_reauthentication_required(request, app="accounts")
            name_at_the_desk(request.user)
            token, secret = services.create_token(self.person, **form.wish())
        except Refused as refused:
            return self._answer(form, refused=refused)
        answer = self._answer(self._form(), made=token, secret=secret)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _revoke(self, chosen: str) -> HttpResponseBase:
        name_at_the_desk(self.request.user)
        number = row_number(chosen)
        if number is None or not services.revoke_token(self.person, number):
            raise Http404
        messages.success(self.request, _("The token is revoked. Nothing more is done with it."))
        return redirect("events:tokens")

    def _form(self, data: Any = None) -> TokenForm:
        return TokenForm(data, events=selectors.events_for_tokens(self.person))

    def _answer(self, form: TokenForm, *, refused: Refused | None = None, **made: Any) -> HttpResponseBase:
        tokens, now = accounts.tokens_of(self.person), clock.now()
        named = Event.objects.in_bulk({token.event_id for token in tokens if token.event_id})
        rows = [
            {
                "token": token,
                "words": [scopes.SCOPES[scope] for scope in token.scopes if scope in scopes.SCOPES],
                "event": named.get(token.event_id),
                "is_over": token.expires_at <= now,
            }
            for token in tokens
        ]
        found = {"form": form, "rows": rows, "refused": refused, **made}
        return render(self.request, "events/tokens.html", found, status=refused.status if refused else 200)
