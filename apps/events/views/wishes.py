"""What became of a wish for a place, by the link of its mail; and a place that somebody passes on."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView

from apps.accounts.doors import limit_by_address
from apps.core.access import Access
from apps.core.errors import Refused
from apps.events import selectors, services
from apps.events.doors import EventView
from apps.events.forms import CodeForm, OfferForm, TakeForm
from apps.events.models import Registration

# The address is a secret: it is told to no other site, and kept by nobody.
HEADERS = {"Referrer-Policy": "same-origin", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


class _Secret(EventView):
    """A page whose address is known from a mail."""

    access = Access.ANYONE
    by_secret = True
    live = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        for header, value in HEADERS.items():
            response.headers[header] = value
        return response


class Wish(_Secret):
    """Where it stands, taking it back, and a code that came later."""

    def get(self, request: HttpRequest, event: str, token: str) -> HttpResponse:
        registration = self._find(token)
        return self._show(registration, CodeForm.of(registration, code=request.GET.get("code", "")))

    def _show(self, wish: Registration, form: CodeForm | None, *, status: int = 200) -> HttpResponse:
        number = selectors.place_in_queue(wish) if wish.state == Registration.State.WAITING else 0
        token = self.kwargs["token"]
        more: dict[str, Any] = {"code_form": form, "resend_path": selectors.resend_path(wish.event)}
        return self.render("events/wish.html", status=status, wish=wish, number=number, token=token, **more)

    def post(self, request: HttpRequest, event: str, token: str) -> HttpResponse:
        limit_by_address(request, "join")
        registration = self._find(token)
        if "code" in request.POST:
            return self._bring_code(registration, CodeForm(request.POST))
        if registration.state in (Registration.State.PENDING, Registration.State.WAITING):
            services.give_place_back(registration)
            self.say(_("You are off the list."))
        return redirect("events:wish", event=self.event.slug, token=token)

    def _bring_code(self, wish: Registration, form: CodeForm) -> HttpResponse:
        limit_by_address(self.request, "code")
        if form.is_valid():
            try:
                services.bring_code(wish, services.Wish(code=form.cleaned_data["code"]))
                return redirect("events:wish", event=self.event.slug, token=self.kwargs["token"])
            except Refused as refused:
                form.add_error("code", str(refused.message))
        return self._show(wish, form, status=422)

    def _find(self, token: str) -> Registration:
        registration = selectors.registration_by_status(token)
        if registration is None or registration.event_id != self.event.pk:
            raise Http404
        return registration


class Offer(EventView, FormView):  # type: ignore[type-arg]
    """Passing one's own place on to somebody else."""

    access = Access.ATTENDEE
    template_name = "events/offer.html"
    form_class = OfferForm

    @property
    def _own(self) -> Registration:
        registration = selectors.registration_of(self.event, self.request.user)
        if registration is None or registration.state != Registration.State.CONFIRMED:
            raise Http404
        return registration

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        services.check_passing(self.event)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        limit_by_address(request, "resend")
        if "withdraw" in request.POST:
            services.withdraw_offer(self._own)
            self.say(_("The offer is taken back. The place is yours as before."))
            return redirect("events:offer", event=self.event.slug)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: OfferForm) -> HttpResponse:
        try:
            services.offer_place(self._own, **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
            return self.form_invalid(form)
        self.say(_("The offer is on its way. The place stays yours until it is taken."))
        return redirect("events:offer", event=self.event.slug)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(registration=self._own, **kwargs)


class Take(_Secret, FormView):  # type: ignore[type-arg]
    """Taking a place that was offered by mail. Looking at the page takes nothing: mail scanners open links."""

    template_name = "events/take.html"
    form_class = TakeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"event": self.event, "registration": self._offered}

    @property
    def _offered(self) -> Registration:
        registration = selectors.offered_place(self.kwargs["token"])
        if registration and registration.event_id != self.event.pk:
            raise Http404
        if registration is None:
            raise Refused("transfer.over", _("This offer is over: it was taken back, or taken."), status=410)
        services.check_passing(self.event)
        return registration

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        limit_by_address(request, "join")
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: TakeForm) -> HttpResponse:
        try:
            taken = services.take_place(self._offered, name=form.cleaned_data["name"], answers=form.answers)
        except Refused as refused:
            form.refuse(refused.field, refused.message)
            return self.form_invalid(form)
        return redirect("events:wish", event=self.event.slug, token=selectors.status_token(taken))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if "refused" in kwargs:  # there is nothing to fill in
            return super().get_context_data(form=None, **kwargs)
        return super().get_context_data(offered=self._offered, **kwargs)
