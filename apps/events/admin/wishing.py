"""Wishes for an organisation at the desk of those who run the platform: made, or declined with a word."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from apps.core.words import Number
from apps.events import services
from apps.events.doors import Desk, OrganisationScopedAdmin, ReadHere, bulk, columns
from apps.events.forms import DeclineForm
from apps.events.models import OrganisationWish

AT_ONCE = 50
LABELS = {"open": "danger", "granted": "success", "declined": "primary"}


@admin.register(OrganisationWish)
class OrganisationWishAdmin(ReadHere, OrganisationScopedAdmin):
    event_path = "organisation__events"
    writes_event = False
    desk = Desk.EVENTS
    desk_position = 25
    icon = "waving_hand"
    when_empty = _("Who asks for an organisation of their own stands here, with what they want to organise.")
    may_add = may_change = may_delete = False
    list_display = ("name", "by", "email", "state_label", "created_at")
    list_filter = ("state",)
    list_select_related = ("by",)
    search_fields = ("name", "words", "by__name", "by__email")
    fields = (
        "name",
        "by",
        "email",
        "words",
        "created_at",
        "state",
        "organisation",
        "decided_by",
        "decided_at",
        "answer",
    )
    readonly_fields = ("email",)
    table = columns(
        name="name", by="by__name", email="by__email", words="words", asked="created_at", state="state",
        answer="answer",
    )  # fmt: skip
    actions = ("grant", "decline")
    asks_first = frozenset({"grant"})
    asks_itself = frozenset({"decline"})

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user: Any = request.user
        return user.runs_platform and super().has_view_permission(request, obj)

    @admin.display(description=_("e-mail"), ordering="by__email")
    def email(self, wish: OrganisationWish) -> str:
        return str(wish.by.email)

    @display(description=_("state"), ordering="state", label=LABELS)  # type: ignore[untyped-decorator]
    def state_label(self, wish: OrganisationWish) -> tuple[str, str]:
        return wish.state, wish.get_state_display()

    @admin.action(description=_("Make them, each with whoever asked as its owner"))
    def grant(self, request: HttpRequest, chosen: QuerySet[OrganisationWish]) -> None:
        user: Any = request.user
        wishes = bulk.first(request, _open(chosen), most=AT_ONCE)
        made = bulk.each(request, wishes, lambda wish: services.grant_organisation(wish, by=user), name=str)
        said = ngettext("One organisation is made.", "%(count)s organisations are made.", len(made))
        if made:
            messages.success(request, said % {"count": Number(len(made))})

    @admin.action(description=_("Say no, with a word to them"))
    def decline(self, request: HttpRequest, chosen: QuerySet[OrganisationWish]) -> HttpResponse | None:
        """Asks for the word first."""
        user: Any = request.user
        wishes = bulk.first(request, _open(chosen), most=AT_ONCE)
        form = DeclineForm(request.POST if "confirmed" in request.POST else None)
        if not wishes:
            messages.warning(request, _("None of these waits for an answer."))
            return None
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": _("Say no to these?"),
                "here": True,
                "wishes": wishes,
                "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
                "form": form,
                "opts": self.opts,
            }
            return TemplateResponse(request, "admin/events/organisationwish/decline.html", context)
        answer = form.cleaned_data["reason"]
        done = bulk.each(
            request, wishes, lambda wish: services.decline_organisation(wish, by=user, answer=answer), name=str
        )
        said = ngettext("One person was told no.", "%(count)s people were told no.", len(done))
        if done:
            messages.success(request, said % {"count": Number(len(done))})
        return None


def _open(chosen: QuerySet[OrganisationWish]) -> QuerySet[OrganisationWish]:
    waiting = chosen.filter(state=OrganisationWish.State.OPEN).select_related("by")
    return waiting.order_by("created_at", "pk")
