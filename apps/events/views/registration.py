"""Registering: the form, for oneself or for another, and the page that says to look at one's mail."""

from dataclasses import replace
from typing import Any, ClassVar

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.views.generic import FormView, TemplateView

from apps.accounts.doors import limit_by_address
from apps.core.access import Access
from apps.core.errors import Refused
from apps.core.kept import KeptForVisitors
from apps.events import selectors, services
from apps.events.doors import EventView
from apps.events.doors.by_code import code_brought
from apps.events.forms import CodeForm, PlaceForm, RegistrationForm, ResendForm
from apps.events.models import Event, Registration

SENT_TO = "registered_address"
KEPT = 3600
"""Seconds for which the next page knows the address."""


def sent_to(address: str, event: Event) -> HttpResponse:
    """On to the page that says to look into that mailbox. A cookie knows the address, not a session: visitors have
    none, and one would be written for each of those who register."""
    answer = redirect("events:registered", event=event.slug)
    answer.set_cookie(
        SENT_TO,
        signing.dumps([event.pk, address], salt=SENT_TO),  # an address may hold any letters, and a header may not
        max_age=KEPT,
        path=reverse("events:registered", args=[event.slug]),
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return answer


class Register(KeptForVisitors, EventView, FormView):  # type: ignore[type-arg]
    access = Access.PUBLIC
    template_name = "events/register.html"
    live_ticket: ClassVar[bool] = False
    """A visitor's script opens no socket here, and would ask for a ticket if it did."""
    code = ""
    """What opened a private event."""

    def opens_by_address(self) -> bool:
        self.code = code_brought(self.request, self.event)
        return bool(self.code)

    @property
    def is_for_another(self) -> bool:
        return "other" in self.request.GET

    @property
    def is_for_oneself(self) -> bool:
        return self.person is not None and not self.is_for_another

    def get_form_class(self) -> type[PlaceForm]:
        return PlaceForm if self.is_for_oneself else RegistrationForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"event": self.event}

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET
        return {name: asked[name][:40] for name in ("code", "ticket", "ref") if name in asked}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "attendee" in self.roles and not self.is_for_another:
            return redirect("venue:lobby", event=self.event.slug)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        limit_by_address(request, "register")
        if request.POST.get("code"):
            limit_by_address(request, "code")
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            if self.is_for_oneself and self.person:
                return self._enter(services.register_person(self.event, user=self.person, wish=self._wish(form)))
            language = translation.get_language() or ""
            about = form.person()
            services.register(self.event, language=language, wish=self._wish(form), by=self.person, **about)
        except Refused as refused:
            form.refuse(refused.field, refused.message)
            return self.form_invalid(form)
        return sent_to(about["email"], self.event)

    def _wish(self, form: PlaceForm) -> services.Wish:
        wish = form.wish()
        return replace(wish, code=wish.code or self.code)

    def _enter(self, registration: Registration) -> HttpResponse:
        if registration.state == Registration.State.CONFIRMED:
            return redirect("venue:lobby", event=self.event.slug)
        if self.code:  # it may be used up, and then the page is not there
            return redirect("events:wish", event=self.event.slug, token=selectors.status_token(registration))
        return redirect("events:register", event=self.event.slug)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = selectors.registration_of(self.event, self.request.user) if self.is_for_oneself else None
        told = own if own and own.state in WISHES else None
        return super().get_context_data(
            is_full=selectors.is_full(self.event),
            is_for_another=self.is_for_another,
            resend_path=selectors.resend_path(self.event),
            wish=told,
            code_form=CodeForm.of(told) if told else None,
            token=selectors.status_token(told) if told else "",
            number=selectors.place_in_queue(told) if told and told.state == Registration.State.WAITING else 0,
            **kwargs,
        )


WISHES = (Registration.State.PENDING, Registration.State.WAITING, Registration.State.DECLINED)


class RegistrationSent(EventView, TemplateView):
    access = Access.PUBLIC
    template_name = "events/registered.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        address, form = self._address, ResendForm(initial={"email": self._address})
        again = selectors.resend_path(self.event)
        return super().get_context_data(address=address, form=form, resend_path=again, **kwargs)

    def opens_by_address(self) -> bool:
        return bool(self._address)

    @property
    def _address(self) -> str:
        try:
            told = signing.loads(self.request.COOKIES.get(SENT_TO, ""), salt=SENT_TO, max_age=KEPT)
        except signing.BadSignature:
            return ""
        return str(told[1]) if isinstance(told, list) and told[0] == self.event.pk else ""


class Resend(EventView, FormView):  # type: ignore[type-arg]
    """The link once more. The answer is the same whoever asks."""

    access = Access.PUBLIC
    template_name = "events/resend.html"
    form_class = ResendForm

    def opens_by_address(self) -> bool:
        return selectors.leads_to_resend(self.event, self.request.GET.get("by", ""))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        limit_by_address(request, "resend")
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: ResendForm) -> HttpResponse:
        services.resend_link(self.event, email=form.cleaned_data["email"])
        return sent_to(form.cleaned_data["email"], self.event)
