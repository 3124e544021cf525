"""Registrations at the desk: find somebody, send their link again, cancel, export."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import EmptyFieldListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from apps.core import clock
from apps.core.doors import csv_answer
from apps.core.errors import Refused
from apps.core.words import Number
from apps.events import registry, selectors, services
from apps.events.doors import Desk, OrganisationScopedAdmin, ScopedTabularInline, ShowsPeople
from apps.events.forms import InvitationForm
from apps.events.models import JoinLink, Registration

AT_ONCE = 500
MOST_CANCELLED = 500
SHOWN = ("event", "person", "email", "state", "created_at", "joined_at", "remarks")


class JoinLinkInline(ScopedTabularInline):
    """The links that were mailed: that they exist and whether they were used, never where they lead."""

    model = JoinLink
    may_add = may_change = may_delete = False
    fields = ("created_at", "expires_at", "used_at", "revoked_at")
    readonly_fields = fields
    verbose_name_plural = _("links that were mailed")


@admin.register(Registration)
class RegistrationAdmin(ShowsPeople, OrganisationScopedAdmin):
    desk = Desk.PEOPLE
    desk_position = 10
    icon = "how_to_reg"
    when_empty = _("Who registers stands here. You can also invite people by their address.")
    add_words = _("Invite somebody")
    may_delete = False
    form = InvitationForm
    list_display = ("person", "email", "company", "state_label", "created_at", "joined_at", "event")
    list_filter = ("event", "state", ("joined_at", EmptyFieldListFilter))
    list_select_related = ("user", "event")
    search_fields = ("user__name", "user__email", "user__company")
    date_hierarchy = "created_at"
    inlines = (JoinLinkInline,)
    actions = ("export_csv", "send_links", "revoke_links", "cancel_places")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(SHOWN) if obj else ["event", "email", "name"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return list(SHOWN) if obj else []

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj and obj.join_links.exists() else ()

    @admin.display(description=_("company"), ordering="known_company")
    def company(self, registration: Any) -> str:
        return str(registration.known_company)

    @display(description=_("state"), ordering="state", label={"confirmed": "success", "cancelled": "warning"})  # type: ignore[untyped-decorator]
    def state_label(self, registration: Registration) -> tuple[str, str]:
        return registration.state, registration.get_state_display()

    @admin.display(description=_("remarks"))
    def remarks(self, registration: Registration) -> str:
        return " ".join(registry.remarks.of(registration)) or "-"

    def save_model(self, request: HttpRequest, obj: Registration, form: Any, change: bool) -> None:
        if change:
            return
        saved = services.invite(obj.event, **form.person())
        obj.pk, obj.user = saved.pk, saved.user

    @admin.action(description=_("Export as CSV"))
    def export_csv(self, request: HttpRequest, chosen: QuerySet[Registration]) -> StreamingHttpResponse:
        return csv_answer(selectors.registration_rows(chosen), name=f"registrations-{clock.now():%Y-%m-%d}")

    @admin.action(description=_("Mail their link again"))
    def send_links(self, request: HttpRequest, chosen: QuerySet[Registration]) -> None:
        sent = 0
        confirmed = chosen.confirmed().select_related("event", "user")  # type: ignore[attr-defined]
        for registration in confirmed.iterator(chunk_size=AT_ONCE):
            services.send_link_again(registration)
            sent += 1
        text = ngettext("One link is on its way.", "%(count)s links are on their way.", sent)
        messages.success(request, text % {"count": Number(sent)})

    @admin.action(description=_("End all their links"))
    def revoke_links(self, request: HttpRequest, chosen: QuerySet[Registration]) -> None:
        ended = sum(services.revoke_links(registration) for registration in chosen.iterator(chunk_size=AT_ONCE))
        text = ngettext("One link ended.", "%(count)s links ended.", ended)
        messages.success(request, text % {"count": Number(ended)})

    @admin.action(description=_("Cancel these places"))
    def cancel_places(self, request: HttpRequest, chosen: QuerySet[Registration]) -> HttpResponse | None:
        """Asks first; then their links end and open pages close."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        confirmed = chosen.confirmed().select_related("event", "user")  # type: ignore[attr-defined]
        if confirmed.count() > MOST_CANCELLED:
            said = _("Up to %(most)d places can be cancelled at once. Choose fewer; nothing was cancelled.")
            messages.error(request, said % {"most": MOST_CANCELLED})
            return None
        if "confirmed" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": _("Cancel these places?"),
                "registrations": confirmed,
                "opts": self.opts,
                "action": "cancel_places",
            }
            return TemplateResponse(request, "admin/events/registration/cancel.html", context)
        for registration in confirmed:
            services.cancel_registration(registration)
        messages.success(request, _("The places are free again, and the links have ended."))
        return None

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        """A place is read here and changed through the list's actions, so there is nothing to save."""
        nothing = {"show_save": False, "show_save_and_continue": False, "show_save_and_add_another": False}
        return super().change_view(request, object_id, form_url, {**nothing, **(extra_context or {})})

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:
        """A refusal of the service (no places left) is told like any other."""
        try:
            return super().add_view(request, form_url, extra_context)
        except Refused as refused:
            messages.error(request, refused.message)
            return self.response_post_save_add(request, Registration())
