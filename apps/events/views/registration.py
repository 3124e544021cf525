"""Registering: the form, one click for who is signed in, and the page that says to look at one's mail."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.views.generic import FormView, TemplateView

from apps.accounts.doors import limit_by_address
from apps.core.access import Access
from apps.core.errors import Refused
from apps.events import selectors, services
from apps.events.doors import EventView
from apps.events.forms import RegistrationForm, ResendForm

SENT_TO = "registered_address"


class Register(EventView, FormView):  # type: ignore[type-arg]
    access = Access.PUBLIC
    template_name = "events/register.html"
    form_class = RegistrationForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "attendee" in self.roles:
            return redirect("venue:lobby", event=self.event.slug)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.person:
            services.register_person(self.event, user=self.person)
            return redirect("venue:lobby", event=self.event.slug)
        limit_by_address(request, "register")
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: RegistrationForm) -> HttpResponse:
        try:
            services.register(self.event, language=translation.get_language() or "", **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field, str(refused.message))
            return self.form_invalid(form)
        self.request.session[SENT_TO] = form.cleaned_data["email"]
        return redirect("events:registered", event=self.event.slug)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"is_full": selectors.is_full(self.event), "resend": ResendForm()}


class RegistrationSent(EventView, TemplateView):
    access = Access.PUBLIC
    template_name = "events/registered.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        address = self.request.session.get(SENT_TO, "")
        return super().get_context_data(address=address, form=ResendForm(initial={"email": address}), **kwargs)


class Resend(EventView, FormView):  # type: ignore[type-arg]
    """The link once more. The answer is the same whoever asks."""

    access = Access.PUBLIC
    template_name = "events/resend.html"
    form_class = ResendForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        limit_by_address(request, "resend")
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: ResendForm) -> HttpResponse:
        services.resend_link(self.event, email=form.cleaned_data["email"])
        self.request.session[SENT_TO] = form.cleaned_data["email"]
        return redirect("events:registered", event=self.event.slug)
