"""Signing in, where somebody is signed in, and the photos of people."""

from typing import Any, ClassVar

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.views import RequestLoginCodeView
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from apps.accounts import selectors, services
from apps.accounts.doors import OfOneself, ask_for_mailed_code, came_by_connection, limit_by_address, limit_codes
from apps.accounts.registry import HINT, SHOWN, ways
from apps.core import clock
from apps.core.access import Access
from apps.core.errors import Refused
from apps.core.rows import row_number

KEPT = "private, max-age=86400"
"""In the reader's own browser and for a day: a photo can be hidden again, and then has another address."""


class SignIn(RequestLoginCodeView):  # type: ignore[misc]
    """The one door for everybody: an address, then the code that was mailed to it; a password where one is set."""

    access: ClassVar[Access] = Access.ANYONE
    template_name = "accounts/signin.html"

    def form_valid(self, form: Any) -> HttpResponseBase:
        """Whoever's organisation signs in by its own service is led there, unless they come from there for a code."""
        email = form.cleaned_data["email"]
        way = "" if "by_code" in self.request.POST else ways.of_address(email)
        if not way:
            answer: HttpResponseBase = super().form_valid(form)
            return answer
        self.request.session[HINT] = email
        return redirect(self.passthrough_next_url(way))


class MailedCode(OfOneself, View):
    """Whoever is signed in shows that the mailbox is theirs as well: they sign in once more, by a code."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponseBase:
        person, wanted = self.person, request.POST.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
        onward = wanted if is_ours else reverse("events:front")
        try:
            limit_codes(request, person.email)
        except Refused as refused:
            return ask_for_mailed_code(request, onward, refused)
        # Who must come by their organisation's service has done so; the code is asked for on top of that.
        shown = request.session.get(SHOWN) if came_by_connection(request) else None
        logout(request)
        if isinstance(shown, dict):
            request.session[SHOWN] = shown | {"at": clock.now().timestamp()}
        LoginCodeVerificationProcess.initiate(request=request, user=person, email=person.email)
        return redirect(f"{reverse('account_confirm_login_code')}?{urlencode({'next': onward})}")


class OneAddress(OfOneself, View):
    """Instead of allauth's page of addresses: a person has one here, and it is how they are known."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return redirect(settings.LOGIN_REDIRECT_URL)


class Devices(OfOneself, View):
    """Where one is signed in, and signing out there."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self._answer(request)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        person, this = self.person, str(request.session.session_key)
        try:
            limit_by_address(request, "devices")
        except Refused as refused:
            return self._answer(request, refused)
        chosen = request.POST.get("device", "")
        number = row_number(chosen)
        if not chosen:
            count = services.end_other_sessions(person, this)
            text = ngettext("You are signed out on %d other device.", "You are signed out on %d other devices.", count)
            messages.success(request, text % count)
        elif number is not None and services.end_session(person, number):
            messages.success(request, _("You are signed out there."))
        else:
            raise Http404
        return redirect("accounts:devices")

    def _answer(self, request: HttpRequest, refused: Refused | None = None) -> HttpResponseBase:
        this = str(request.session.session_key)
        if not UserSession.objects.filter(session_key=this).exists():
            UserSession.objects.create_from_request(request)  # it began before sessions were kept
        found: dict[str, Any] = {"devices": selectors.devices(self.person, this), "refused": refused}
        return render(request, "accounts/devices.html", found, status=refused.status if refused else 200)


class Photo(View):
    """A profile photo. The name of the file is random, and a new photo gets a new one."""

    access: ClassVar[Access] = Access.ANYONE

    def get(self, request: HttpRequest, name: str) -> HttpResponseBase:
        try:
            file = default_storage.open(selectors.photo_name(name))
        except OSError as error:
            raise Http404 from error
        return FileResponse(file, content_type="image/webp", headers={"Cache-Control": KEPT})
