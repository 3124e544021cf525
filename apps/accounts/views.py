"""Signing in, and the photos of people."""

from typing import ClassVar

from allauth.account.views import RequestLoginCodeView
from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views import View

from apps.accounts.selectors import photo_name
from apps.core.access import Access

KEPT = "public, max-age=31536000, immutable"


class SignIn(RequestLoginCodeView):  # type: ignore[misc]
    """The one door for everybody: an address, then the code that was mailed to it; a password where one is set."""

    access: ClassVar[Access] = Access.ANYONE
    template_name = "accounts/signin.html"


class OneAddress(LoginRequiredMixin, View):
    """Instead of allauth's page of addresses: a person has one here, and it is how they are known."""

    access: ClassVar[Access] = Access.SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return redirect(settings.LOGIN_REDIRECT_URL)


class Photo(View):
    """A profile photo. The name of the file is random, and a new photo gets a new one."""

    access: ClassVar[Access] = Access.ANYONE

    def get(self, request: HttpRequest, name: str) -> HttpResponseBase:
        try:
            file = default_storage.open(photo_name(name))
        except OSError as error:
            raise Http404 from error
        return FileResponse(file, content_type="image/webp", headers={"Cache-Control": KEPT})
