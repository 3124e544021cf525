"""A registration put right at the desk: another ticket, answers, the right address."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from apps.core.errors import Refused
from apps.events import services
from apps.events.forms import CorrectionForm, RightAddressForm
from apps.events.models import Registration

PAGE = "admin:events_registration_change"


class Corrects:
    """The page behind the button at the head of a registration."""

    actions_detail = ("open_correcting",)

    def get_urls(self) -> list[URLPattern]:
        desk: Any = self
        view = desk.admin_site.admin_view(self.correct_view)
        mine = path("<int:pk>/correct/", view, name="events_registration_correct")
        return [mine, *super().get_urls()]  # type: ignore[misc]

    @action(description=_("Put it right"), url_path="to-correct", icon="edit")  # type: ignore[untyped-decorator]
    def open_correcting(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("admin:events_registration_correct", object_id)

    def correct_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        desk: Any = self
        row: Registration = get_object_or_404(desk.get_queryset(request), pk=pk)
        if not desk.has_change_permission(request, row):
            raise PermissionDenied
        if row.state not in Registration.STANDING:
            messages.warning(request, _("They have no place, and wait for none: there is nothing to put right."))
            return redirect(PAGE, pk)
        answer: HttpResponse = desk.in_its_zone(request, row.event_id, lambda: self._correct(request, row))
        return answer

    def _correct(self, request: HttpRequest, row: Registration) -> HttpResponse:
        desk: Any = self
        wanted = request.POST.get("do") if request.method == "POST" else None
        form = CorrectionForm(request.POST if wanted == "correct" else None, registration=row)
        address = RightAddressForm(request.POST if wanted == "address" else None, prefix="right")
        done = None
        if wanted == "correct" and form.is_valid():
            done = _corrected(request, row, form)
        elif wanted == "address" and address.is_valid():
            done = _moved(request, row, address)
        if done is not None:
            return redirect(PAGE, done)
        context = {
            **desk.admin_site.each_context(request),
            "title": _("Put right: %(person)s") % {"person": desk.person(row)},
            "opts": desk.opts,
            "registration": row,
            "form": form,
            "address": address,
        }
        return TemplateResponse(request, "admin/events/registration/correct.html", context)


def _corrected(request: HttpRequest, row: Registration, form: CorrectionForm) -> int | None:
    try:
        services.correct(row, ticket=form.ticket, answers=form.answers)
    except Refused as refused:
        form.refuse(refused.field, refused.message)
        return None
    messages.success(request, _("It is put right."))
    return row.pk


def _moved(request: HttpRequest, row: Registration, form: RightAddressForm) -> int | None:
    email = form.cleaned_data["email"]
    try:
        moved = services.correct_address(row, email=email)
    except Refused as refused:
        form.add_error("email" if refused.field == "email" else None, str(refused.message))
        return None
    said = _("It belongs to %(email)s now, who gets a mail. What was mailed to the former address opens nothing.")
    messages.success(request, said % {"email": email})
    return moved.pk
