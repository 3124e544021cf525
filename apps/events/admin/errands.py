"""Bulk actions for many at the desk: handed to workers, and the page that says how far they are."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.errors import Refused
from apps.core.words import Number, said
from apps.events import services
from apps.events.doors import Desk, OrganisationScopedAdmin, columns
from apps.events.models import Errand, Event

SHOWN = 100
MOST_EVENTS = 20


AT_ONCE = 100
"""What is done while the organiser waits; more is handed to workers."""


def are_many(rows: QuerySet[Any]) -> bool:
    return rows.order_by().values("pk")[: AT_ONCE + 1].count() > AT_ONCE


def hand_over(request: HttpRequest, chosen: QuerySet[Any], *, deed: str, reason: str = "") -> HttpResponse:
    """Begins an errand for each event that the chosen are of, or none at all, and leads to where it says how far."""
    user: Any = request.user
    begun: list[Errand] = []
    left_out = 0
    events = _events(chosen)
    try:
        with transaction.atomic():
            for event in Event.objects.filter(pk__in=events[:MOST_EVENTS]).order_by("pk"):  # each is held until the end
                rows = chosen.filter(event=event).order_by(*_in_turn(chosen)).values_list("pk", flat=True)
                ids = _bounded(rows)
                begun.append(services.begin_errand(event, deed=deed, rows=ids, by=user, reason=reason))
                left_out += len(ids) - begun[-1].count
    except Refused as refused:
        begun.clear()
        left_out = 0
        messages.error(request, refused.message)
    if begun and len(events) > MOST_EVENTS:
        only = _("Only %(most)s events at once: people of the others are not among them. Choose those again.")
        messages.warning(request, only % {"most": Number(MOST_EVENTS)})
    if begun:
        messages.success(request, _("It is being done, some people at a time. This page says how far it is."))
    if left_out:
        told = ngettext(
            "For one of them it is being done already.", "For %(count)s of them it is being done already.", left_out
        )
        messages.warning(request, told % {"count": Number(left_out)})
    if len(begun) == 1:
        return redirect("admin:events_errand_change", begun[0].pk)
    return redirect("admin:events_errand_changelist" if begun else request.get_full_path())


def _in_turn(chosen: QuerySet[Any]) -> tuple[str, ...]:
    """As they came."""
    return ("created_at", "pk") if hasattr(chosen.model, "created_at") else ("pk",)


def _events(chosen: QuerySet[Any]) -> list[int]:
    """One more than may be, so that it is told."""
    return list(chosen.order_by("event_id").values_list("event_id", flat=True).distinct()[: MOST_EVENTS + 1])


def _bounded(rows: QuerySet[Any, int]) -> list[int]:
    """One more than may be, so that it is told."""
    return list(rows[: services.MOST_OF_ERRAND + 1])


@admin.register(Errand)
class ErrandAdmin(OrganisationScopedAdmin):
    desk = Desk.PEOPLE
    desk_position = 16
    icon = "pending_actions"
    when_empty = _("What you do for hundreds of people at once stands here, with how far it is.")
    may_add = may_change = may_delete = False
    list_display = ("__str__", "state", "count", "done", "created_at", "by", "event")
    list_filter = ("event", "state")
    list_select_related = ("event", "by")
    search_fields = ("event__name",)
    table = columns(
        event="event__slug", what="deed", people="count", done="done", state="state", by="by__email", begun="created_at"
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Errand]:
        found: QuerySet[Errand] = super().get_queryset(request)
        return found.defer("rows", "refused")

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        errand: Errand | None = self.get_object(request, object_id)
        if errand is None or not self.has_view_permission(request, errand):
            raise Http404
        return self.in_its_zone(request, errand.event_id, lambda: self._page(request, errand))

    def _page(self, request: HttpRequest, errand: Errand) -> TemplateResponse:
        shown = errand.refused[:SHOWN]
        rows = services.chosen_by(errand, [one[0] for one in shown])
        of = rows.model._meta
        email = {row.pk: row.user.email for row in rows}
        context = {
            **self.admin_site.each_context(request),
            "title": str(errand),
            "here": True,
            "opts": self.opts,
            "errand": errand,
            "back": reverse(f"admin:{of.app_label}_{of.model_name}_changelist"),
            "back_words": capfirst(of.verbose_name_plural),
            "refusals": [(email.get(pk, ""), said(words)) for pk, _code, words in shown],
        }
        return TemplateResponse(request, "admin/events/errand/errand.html", context)
