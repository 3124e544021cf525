"""An organisation of one's own: made where the platform is open to that, else asked for from those who run it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from apps.accounts.doors import (
    OfOneself,
    ask_for_mailed_code,
    came_by_connection_alone,
    lead_to_second_factor,
    limit_by_address,
)
from apps.core.errors import Refused
from apps.events import permissions, services
from apps.events.doors.acting import name_at_the_desk
from apps.events.forms import AskingForm, FoundingForm


class Found(OfOneself, View):
    """Making one takes a second step, as running it does."""

    @property
    def is_open(self) -> bool:
        return permissions.is_founding_open_to(self.person)

    def get(self, request: HttpRequest) -> HttpResponseBase:
        if self.is_open and not self.person.has_second_factor:
            return lead_to_second_factor(request, request.path)
        return self._answer(self._form())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        if self.is_open and not self.person.has_second_factor:
            return lead_to_second_factor(request, request.path)
        if came_by_connection_alone(request):
            return ask_for_mailed_code(request, request.path)
        form = self._form(request.POST)
        if not form.is_valid():
            return self._answer(form, status=422)
        try:
            return self._found(form.cleaned_data) if self.is_open else self._ask(form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
            return self._answer(form, status=refused.status)

    def _found(self, wish: dict[str, Any]) -> HttpResponse:
        limit_by_address(self.request, "invite")
        name_at_the_desk(self.request.user)
        made = services.found_organisation(self.person, **wish)
        said = _("%(organisation)s is yours. Now make its first event, or ask others to run it with you.")
        messages.success(self.request, said % {"organisation": made})
        return redirect("admin:index")

    def _ask(self, wish: dict[str, Any]) -> HttpResponse:
        limit_by_address(self.request, "founding")
        services.ask_for_organisation(self.person, **wish)
        said = _("Your wish is on its way to those who run this platform. They answer you by mail.")
        messages.success(self.request, said)
        return redirect("events:organisations")

    def _form(self, data: Any = None) -> forms.BaseForm:
        return FoundingForm(data) if self.is_open else AskingForm(data)

    def _answer(self, form: forms.BaseForm, *, status: int = 200) -> HttpResponse:
        found = {"form": form, "is_open": self.is_open}
        return render(self.request, "events/found_organisation.html", found, status=status)
