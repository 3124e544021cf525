"""Registrations at the desk: say yes or no, find somebody, send their link again, cancel, invite by file, export."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import EmptyFieldListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action, display

from apps.core.doors import table_answer
from apps.core.errors import Refused
from apps.core.words import Number
from apps.events import registry, selectors, services
from apps.events.adapters.guests_csv import MOST_BYTES
from apps.events.adapters.guests_csv import template as guests_template
from apps.events.admin.links import EndsLinks, JoinLinkInline
from apps.events.doors import Desk, OrganisationScopedAdmin, ShowsPeople
from apps.events.doors.current import current_event_id
from apps.events.forms import DeclineForm, GuestFileForm, InvitationForm
from apps.events.models import Event, Registration
from apps.events.selectors import sources

State = Registration.State
AT_ONCE = 500
MOST_CANCELLED = 500
SHOWN = (
    "event", "person", "email", "state", "ticket", "code", "source", "by", "created_at", "joined_at",
    "answered", "reason", "remarks",
)  # fmt: skip


LABELS = {"confirmed": "success", "pending": "danger", "waiting": "info", "declined": "primary", "cancelled": "warning"}


class CameBy(DropdownFilter):  # type: ignore[misc]
    """The labels of the links that brought people, of the event that is listed."""

    title = _("came by")
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = Registration.objects.filter(event__in=Event.objects.run_by(request.user).order_by().values("pk"))
        chosen = request.GET.get("event__id__exact", "")
        if chosen.isdecimal() and len(chosen) < 19:
            rows = rows.filter(event=int(chosen))
        return [(label, f"{label} ({count})") for label, count in sources.counted(rows)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Registration]) -> QuerySet[Registration]:
        label = sources.label(self.value() or "")
        return queryset.filter(source=label) if label else queryset


@admin.register(Registration)
class RegistrationAdmin(EndsLinks, ShowsPeople, OrganisationScopedAdmin):
    desk = Desk.PEOPLE
    desk_position = 10
    icon = "how_to_reg"
    when_empty = _("Who registers stands here. You can also invite people by their address.")
    add_words = _("Invite somebody")
    may_delete = False
    form = InvitationForm
    list_display = ("person", "email", "company", "ticket", "state_label", "created_at", "joined_at", "event")
    list_filter = ("event", "state", "ticket", ("joined_at", EmptyFieldListFilter), CameBy)
    list_select_related = ("user", "event", "ticket")
    search_fields = ("user__name", "user__email", "known_company")
    date_hierarchy = "created_at"
    inlines = (JoinLinkInline,)
    actions = ("approve", "decline", "reconsider", "send_links", "revoke_links", "cancel_places")
    asks_first = frozenset({"approve", "send_links", "revoke_links"})
    actions_list = ("import_guests",)
    table = staticmethod(selectors.registration_rows)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(SHOWN) if obj else ["event", "email", "name", "ticket"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return list(SHOWN) if obj else []

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj and obj.join_links.exists() else ()

    @admin.display(description=_("company"), ordering="known_company")
    def company(self, registration: Any) -> str:
        return str(registration.known_company)

    @display(description=_("state"), ordering="state", label=LABELS)  # type: ignore[untyped-decorator]
    def state_label(self, registration: Registration) -> tuple[str, str]:
        return registration.state, registration.get_state_display()

    @admin.display(description=_("remarks"))
    def remarks(self, registration: Registration) -> str:
        return " ".join(registry.remarks.of(registration)) or "-"

    @admin.display(description=_("answers"))
    def answered(self, registration: Registration) -> str:
        answers = registration.answers.select_related("question")
        rows = ((answer.question, answer.text) for answer in answers)
        return format_html_join("", "<p><b>{}</b><br>{}</p>", rows) or "-"

    def save_model(self, request: HttpRequest, obj: Registration, form: Any, change: bool) -> None:
        if change:
            return
        user: Any = request.user
        terms = services.Terms(form.cleaned_data.get("ticket"))
        saved = services.invite(obj.event, terms=terms, by=user, **form.person())
        obj.pk, obj.user = saved.pk, saved.user

    def get_urls(self) -> list[URLPattern]:
        add = path("invite/", self.admin_site.admin_view(self.import_view), name="events_registration_invite")
        sheet = path("invite/template/", self.admin_site.admin_view(self.template_view), name="events_guests_template")
        return [add, sheet, *super().get_urls()]

    @action(description=_("Invite by file"), url_path="by-file", icon="upload_file")  # type: ignore[untyped-decorator]
    def import_guests(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:events_registration_invite")

    def template_view(self, request: HttpRequest) -> StreamingHttpResponse:
        return table_answer(guests_template(), name="guests", form=request.GET.get("form", ""))

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Reads a file; its people are invited from the page that says what it reads like."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        user: Any = request.user
        form = GuestFileForm(request.POST or None, request.FILES or None, initial={"event": current_event_id(request)})
        events: Any = form.fields["event"]
        events.queryset = Event.objects.run_by(user)
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                data = file.read(MOST_BYTES + 1)
                read = services.read_guests(form.cleaned_data["event"], data=data, name=file.name, by=user)
            except Refused as refused:
                form.add_error("file", str(refused.message))
            else:
                return redirect("admin:events_guestlist_change", read.pk)
        context = {**self.admin_site.each_context(request), "title": _("Invite by file"), "form": form}
        return TemplateResponse(request, "admin/events/registration/invite.html", {**context, "opts": self.opts})

    @admin.action(description=_("Say yes: they get a place"))
    def approve(self, request: HttpRequest, chosen: QuerySet[Registration]) -> None:
        user: Any = request.user
        told = {State.CONFIRMED: 0, State.WAITING: 0}
        for registration in self._wishes(request, chosen, State.PENDING):
            try:
                told[services.approve(registration, by=user)] += 1
            except Refused as refused:
                messages.error(request, f"{registration.user.email}: {refused.message}")
        said = ngettext("One person has a place now.", "%(count)s people have a place now.", told[State.CONFIRMED])
        messages.success(request, said % {"count": Number(told[State.CONFIRMED])})
        if told[State.WAITING]:
            said = ngettext(
                "One stands on the waiting list.", "%(count)s stand on the waiting list.", told[State.WAITING]
            )
            messages.warning(request, said % {"count": Number(told[State.WAITING])})

    @admin.action(description=_("Say no: they hear of it by mail"))
    def decline(self, request: HttpRequest, chosen: QuerySet[Registration]) -> HttpResponse | None:
        """Asks for a word to them first."""
        wishes = self._wishes(request, chosen, State.PENDING, State.WAITING)
        form = DeclineForm(request.POST if "confirmed" in request.POST else None)
        if not wishes:
            messages.warning(request, _("None of these waits for an answer."))
            return None
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": _("Say no to these?"),
                "registrations": wishes,
                "opts": self.opts,
                "form": form,
            }
            return TemplateResponse(request, "admin/events/registration/decline.html", context)
        user: Any = request.user
        told = 0
        for registration in wishes:
            try:
                services.decline(registration, by=user, reason=form.cleaned_data["reason"])
                told += 1
            except Refused as refused:
                messages.error(request, f"{registration.user.email}: {refused.message}")
        said = ngettext("One person was told no.", "%(count)s people were told no.", told)
        messages.success(request, said % {"count": Number(told)})
        return None

    @admin.action(description=_("Take a no back: decide again"))
    def reconsider(self, request: HttpRequest, chosen: QuerySet[Registration]) -> None:
        again = self._wishes(request, chosen, State.DECLINED)
        for registration in again:
            services.reconsider(registration)
        said = ngettext("One waits for your decision again.", "%(count)s wait for your decision again.", len(again))
        messages.success(request, said % {"count": Number(len(again))})

    @staticmethod
    def _wishes(
        request: HttpRequest, chosen: QuerySet[Registration], *states: Registration.State
    ) -> list[Registration]:
        """The first of them, and a word about the rest."""
        wishes = chosen.filter(state__in=states).select_related("event", "user", "ticket").order_by("created_at", "pk")
        found = list(wishes[: AT_ONCE + 1])
        if len(found) > AT_ONCE:
            said = _("So many are decided at once: the first %(count)s. Choose the others and do it again.")
            messages.warning(request, said % {"count": Number(AT_ONCE)})
        return found[:AT_ONCE]

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
        confirmed = chosen.standing().select_related("event", "user")  # type: ignore[attr-defined]
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
