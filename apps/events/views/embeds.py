"""The registration form in a frame of the organiser's own website, and the script that gives frames their height."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.accounts.doors import limit_by_address
from apps.core.access import Access
from apps.core.doors import classified
from apps.core.errors import Refused
from apps.events import selectors, services
from apps.events.doors.embedded import EmbeddedView
from apps.events.forms import RegistrationForm
from apps.events.selectors import embeds

HOUR = 60 * 60


class EmbeddedRegister(EmbeddedView):
    """Without a cookie. The form answers every address alike and acts in nobody's name, so a forged one gains nothing
    that the open form would not give; a token all the same says that the page was ours, and lately."""

    def origins(self) -> list[str]:
        return embeds.origins(self.event)

    def get(self, request: HttpRequest, event: str) -> HttpResponse:
        initial = {name: request.GET[name][:40] for name in ("code", "ticket", "ref") if name in request.GET}
        return self.show(RegistrationForm(event=self.event, initial=initial))

    def post(self, request: HttpRequest, event: str) -> HttpResponse:
        if not self.origins() or not self._is_ours(request):
            return self.http_method_not_allowed(request)
        form = RegistrationForm(request.POST, event=self.event)
        if not embeds.is_form_token(self.event, request.POST.get("form", "")):
            form.add_error(None, _("This page was open for too long. Send it once more."))
            return self.show(form, status=422)
        try:
            limit_by_address(request, "register")
            if request.POST.get("code"):
                limit_by_address(request, "code")
            if form.is_valid():
                about: dict[str, Any] = form.person() | {"language": translation.get_language() or ""}
                services.register(self.event, wish=form.wish(), **about)
                return self.render("events/embed_sent.html")
        except Refused as refused:
            form.refuse(refused.field, refused.message)
            return self.show(form, status=refused.status)
        return self.show(form, status=422)

    def _is_ours(self, request: HttpRequest) -> bool:
        """Browsers say which site's page sent a form; a frame of ours is our site, whatever stands around it."""
        origin = request.headers.get("Origin", "")
        return origin in ("", "null") or urlsplit(origin).netloc == request.get_host()

    def show(self, form: RegistrationForm, *, status: int = 200) -> HttpResponse:
        context: dict[str, Any] = {"form": form, "token": embeds.form_token(self.event)}
        return self.render(
            "events/embed_register.html", status=status, is_full=selectors.is_full(self.event), **context
        )


@classified(Access.ANYONE)
def embed_script(request: HttpRequest) -> HttpResponse:
    """Where other sites' pages find it: an address that stays, and leads to the file of today."""
    response = HttpResponseRedirect(static("events/embed.js"))
    response.headers["Cache-Control"] = f"public, max-age={HOUR}"
    return response
