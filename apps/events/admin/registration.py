"""Registrations at the desk: say yes or no, find somebody, send their link again, cancel, invite by file, export."""

from collections import Counter
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin import EmptyFieldListFilter
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
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
from apps.core.links import linked
from apps.core.rows import row_number
from apps.core.words import Number
from apps.events import registry, selectors, services
from apps.events.adapters.guests_csv import MOST_BYTES
from apps.events.adapters.guests_csv import template as guests_template
from apps.events.admin.correcting import Corrects
from apps.events.admin.errands import hand_over
from apps.events.admin.links import EndsLinks, JoinLinkInline
from apps.events.doors import Desk, OrganisationScopedAdmin, ReadHere, RefusedBeside, ShowsPeople, bulk
from apps.events.doors.current import current_event_id
from apps.events.forms import DeclineForm, GuestFileForm, InvitationForm
from apps.events.models import Errand, Event, JoinLink, Question, Registration
from apps.events.selectors import sources

State = Registration.State
AT_ONCE = 100
"""What is done while the organiser waits; more is handed to workers."""
NAMED = 20
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
        event_id = row_number(request.GET.get("event__id__exact"))
        if event_id is not None:
            rows = rows.filter(event=event_id)
        return [(label, f"{label} ({count})") for label, count in sources.counted(rows)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Registration]) -> QuerySet[Registration]:
        label = sources.label(self.value() or "")
        return queryset.filter(source=label) if label else queryset


class HasAnswered(DropdownFilter):  # type: ignore[misc]
    """Whether they have answered what must be answered; of those who have a place."""

    title = _("answers")
    parameter_name = "answered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Has answered what must be answered")), ("no", _("Has not answered everything"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Registration]) -> QuerySet[Registration]:
        owes, held = selectors.owes_answers(), queryset.filter(state=State.CONFIRMED)
        match self.value():
            case "yes":
                return held.filter(~owes)
            case "no":
                return held.filter(owes)
        return queryset


def _wishes(chosen: QuerySet[Registration], *states: Registration.State) -> QuerySet[Registration]:
    """In the order in which they came."""
    return chosen.filter(state__in=states).select_related("event", "user", "ticket").order_by("created_at", "pk")


def are_many(rows: QuerySet[Registration]) -> bool:
    return rows.order_by().values("pk")[: AT_ONCE + 1].count() > AT_ONCE


@admin.register(Registration)
class RegistrationAdmin(RefusedBeside, Corrects, EndsLinks, ReadHere, ShowsPeople, OrganisationScopedAdmin):
    desk = Desk.PEOPLE
    desk_position = 10
    icon = "how_to_reg"
    when_empty = _("Who registers stands here. You can also invite people by their address.")
    add_words = _("Invite somebody")
    may_delete = False
    form = InvitationForm
    list_display = ("person", "email", "company", "ticket", "state_label", "created_at", "joined_at", "event")
    list_filter = ("event", "state", "ticket", ("joined_at", EmptyFieldListFilter), CameBy, HasAnswered)
    list_select_related = ("user", "event", "ticket")
    search_fields = ("user__name", "user__email", "known_company")
    date_hierarchy = "created_at"
    inlines = (JoinLinkInline,)
    actions = ("approve", "decline", "reconsider", "send_links", "revoke_links", "cancel_places")
    asks_first = frozenset({"approve", "send_links", "revoke_links"})
    asks_itself = frozenset({"decline", "cancel_places"})
    # Not the other way round: a no that is said again is mailed again.
    taken_back_by: ClassVar[dict[str, tuple[str, Q]]] = {"decline": ("reconsider", Q(state=State.PENDING))}
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
        rows = (
            (answer.question, linked(answer.text) if answer.question.kind == Question.Kind.CONSENT else answer.text)
            for answer in answers
        )
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
        context = {
            **self.admin_site.each_context(request),
            "title": _("Invite by file"),
            "here": True,
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "admin/events/registration/invite.html", context)

    @admin.action(description=_("Say yes: they get a place"))
    def approve(self, request: HttpRequest, chosen: QuerySet[Registration]) -> HttpResponse | None:
        wishes = _wishes(chosen, State.PENDING)
        if are_many(wishes):
            return hand_over(request, wishes, deed=Errand.Deed.APPROVE)
        user: Any = request.user
        told = Counter(bulk.each(request, wishes, lambda wish: services.approve(wish, by=user), name=_address))
        said = ngettext("One person has a place now.", "%(count)s people have a place now.", told[State.CONFIRMED])
        messages.success(request, said % {"count": Number(told[State.CONFIRMED])})
        if told[State.WAITING]:
            said = ngettext(
                "One stands on the waiting list.", "%(count)s stand on the waiting list.", told[State.WAITING]
            )
            messages.warning(request, said % {"count": Number(told[State.WAITING])})
        return None

    @admin.action(description=_("Say no: they hear of it by mail"))
    def decline(self, request: HttpRequest, chosen: QuerySet[Registration]) -> HttpResponse | None:
        """Asks for a word to them first."""
        wishes = _wishes(chosen, State.PENDING, State.WAITING)
        form = DeclineForm(request.POST if "confirmed" in request.POST else None)
        count = wishes.count()
        if not count:
            messages.warning(request, _("None of these waits for an answer."))
            return None
        if not form.is_valid():
            return self._ask(request, wishes, "decline", title=_("Say no to these?"), count=count, form=form)
        reason = form.cleaned_data["reason"]
        if are_many(wishes):
            return hand_over(request, wishes, deed=Errand.Deed.DECLINE, reason=reason)
        user: Any = request.user
        done = bulk.each(request, wishes, lambda wish: services.decline(wish, by=user, reason=reason), name=_address)
        told = len(done)
        said = ngettext("One person was told no.", "%(count)s people were told no.", told)
        messages.success(request, said % {"count": Number(told)})
        return None

    @admin.action(description=_("Take a no back: decide again"))
    def reconsider(self, request: HttpRequest, chosen: QuerySet[Registration]) -> HttpResponse | None:
        declined = _wishes(chosen, State.DECLINED)
        if are_many(declined):
            return hand_over(request, declined, deed=Errand.Deed.RECONSIDER)
        again = list(declined)
        for registration in again:
            services.reconsider(registration)
        said = ngettext("One waits for your decision again.", "%(count)s wait for your decision again.", len(again))
        messages.success(request, said % {"count": Number(len(again))})
        return None

    @admin.action(description=_("Mail their link again"))
    def send_links(self, request: HttpRequest, chosen: QuerySet[Registration]) -> HttpResponse | None:
        confirmed = _wishes(chosen, State.CONFIRMED)
        if are_many(confirmed):
            return hand_over(request, confirmed, deed=Errand.Deed.SEND_LINKS)
        rows = list(confirmed)
        for registration in rows:
            services.send_link_again(registration)
        text = ngettext("One link is on its way.", "%(count)s links are on their way.", len(rows))
        messages.success(request, text % {"count": Number(len(rows))})
        return None

    @admin.action(description=_("End all their links"))
    def revoke_links(self, request: HttpRequest, chosen: QuerySet[Registration]) -> HttpResponse | None:
        with_links = chosen.filter(pk__in=JoinLink.objects.filter(revoked_at=None).values("registration_id"))
        if are_many(with_links):
            return hand_over(request, with_links, deed=Errand.Deed.REVOKE_LINKS)
        ended = sum(services.revoke_links(registration) for registration in with_links)
        text = ngettext("One link ended.", "%(count)s links ended.", ended)
        messages.success(request, text % {"count": Number(ended)})
        return None

    @admin.action(description=_("Cancel these places"))
    def cancel_places(self, request: HttpRequest, chosen: QuerySet[Registration]) -> HttpResponse | None:
        """Asks first, and for a word to them; then their links end and open pages close."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        standing = chosen.standing().select_related("event", "user").order_by("created_at", "pk")  # type: ignore[attr-defined]
        count = standing.count()
        if not count:
            messages.warning(request, _("None of these has a place, or waits for one."))
            return None
        form = DeclineForm(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            title = _("Cancel these places?")
            return self._ask(request, standing, "cancel", title=title, count=count, form=form)
        reason = form.cleaned_data["reason"]
        if are_many(standing):
            return hand_over(request, standing, deed=Errand.Deed.CANCEL, reason=reason)
        for registration in standing:
            services.cancel_place(registration, reason=reason)
        messages.success(request, _("The places are free again, and the links have ended. They hear of it by mail."))
        return None

    def _ask(
        self, request: HttpRequest, rows: QuerySet[Registration], page: str, *, title: Any, count: int, **more: Any
    ) -> TemplateResponse:
        """Names the first of them, and sends on how they were chosen."""
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "here": True,
            "registrations": rows[:NAMED],
            "count": count,
            "more": max(0, count - NAMED),
            "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "across": request.POST.get("select_across", "0"),
            "opts": self.opts,
            **more,
        }
        return TemplateResponse(request, f"admin/events/registration/{page}.html", context)


def _address(registration: Registration) -> str:
    return str(registration.user.email)
