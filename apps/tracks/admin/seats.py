"""Seats at the desk: who has one or waits, given and taken by hand, exported; and what tickets open."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from apps.core.errors import Refused
from apps.core.words import Number
from apps.events import permissions, registry
from apps.events.doors import Desk, OrganisationScopedAdmin, ScopedTabularInline, ShowsPeople
from apps.tracks import selectors, services
from apps.tracks.forms import SeatForm
from apps.tracks.models import Opening, Seat

AT_ONCE = 500
LABELS = {"taken": "success", "waiting": "info", "given_back": "warning"}


@admin.register(Seat)
class SeatAdmin(ShowsPeople, OrganisationScopedAdmin):
    event_path = "session__event"
    organisation_path = "session__event__organisation"
    desk = Desk.AGENDA
    desk_position = 12
    icon = "event_seat"
    when_empty = _("Who signed up for a session stands here. Turn sign-up on in the form of the session.")
    add_words = _("Give somebody a seat")
    may_delete = False
    form = SeatForm
    list_display = ("person", "email", "session", "state_label", "created_at", "waiting_since")
    list_filter = ("session__event", "session", "state")
    list_select_related = ("user", "session")
    search_fields = ("user__name", "user__email", "session__title")
    table = staticmethod(selectors.seat_rows)
    actions = ("take_away", "give")
    asks_first = frozenset({"take_away"})
    taken_back_by: ClassVar[dict[str, tuple[str, Q]]] = {
        "take_away": ("give", Q(state=Seat.State.TAKEN)),
        "give": ("take_away", Q(state=Seat.State.GIVEN_BACK)),
    }

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        shown = ["session", "person", "email", "state", "by", "created_at", "waiting_since"]
        return shown if obj else ["session", "email"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self.get_fields(request, obj) if obj else []

    @display(description=_("state"), ordering="state", label=LABELS)  # type: ignore[untyped-decorator]
    def state_label(self, seat: Seat) -> tuple[str, str]:
        return seat.state, seat.get_state_display()

    def save_model(self, request: HttpRequest, obj: Seat, form: Any, change: bool) -> None:
        if change:
            return
        user: Any = request.user
        person = form.cleaned_data["person"]
        roles = permissions.granted_roles(person, obj.session.event)
        saved = services.take_seat(obj.session, user=person, roles=roles, by=user)
        obj.pk, obj.user = saved.pk, person

    @admin.action(description=_("Take these seats back"))
    def take_away(self, request: HttpRequest, chosen: QuerySet[Seat]) -> None:
        seats = chosen.standing().select_related("session", "user")  # type: ignore[attr-defined]
        most = _at_most(request, seats)
        count = sum(services.give_seat_back(seat.session, user=seat.user, is_taken=True) for seat in most)
        said = ngettext("One seat is free again.", "%(count)s seats are free again.", count)
        messages.success(request, said % {"count": Number(count)})

    @admin.action(description=_("Give them a seat, past those who wait"))
    def give(self, request: HttpRequest, chosen: QuerySet[Seat]) -> None:
        user: Any = request.user
        given = 0
        seats = chosen.exclude(state=Seat.State.TAKEN).select_related("session__event", "user")
        for seat in _at_most(request, seats):
            roles = permissions.granted_roles(seat.user, seat.session.event)
            try:
                if not roles:
                    raise not_here()
                services.take_seat(seat.session, user=seat.user, roles=roles, by=user)
                given += 1
            except Refused as refused:
                messages.error(request, f"{seat.user.email}: {refused.message}")
        said = ngettext("One person has a seat now.", "%(count)s people have a seat now.", given)
        messages.success(request, said % {"count": Number(given)})

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        """A seat is read here and changed through the list's actions, so there is nothing to save."""
        nothing = {"show_save": False, "show_save_and_continue": False, "show_save_and_add_another": False}
        return super().change_view(request, object_id, form_url, {**nothing, **(extra_context or {})})

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:
        """A refusal of the service (no seats left) is told like any other."""
        try:
            return super().add_view(request, form_url, extra_context)
        except Refused as refused:
            messages.error(request, refused.message)
            return self.response_post_save_add(request, Seat())


def _at_most(request: HttpRequest, seats: QuerySet[Seat]) -> list[Seat]:
    """As many as are dealt with at once; says so where there are more."""
    found = list(seats[: AT_ONCE + 1])
    if len(found) > AT_ONCE:
        said = _("Only the first %(count)s were done. Choose the others again.")
        messages.warning(request, said % {"count": Number(AT_ONCE)})
    return found[:AT_ONCE]


def not_here() -> Refused:
    return Refused("seat.not_here", _("This person takes no part in the event (any more)."))


class OpeningInline(ScopedTabularInline):
    """On the form of a ticket."""

    model = Opening
    fields = ("track", "session")
    autocomplete_fields = ("track", "session")
    verbose_name_plural = _("what it opens, where it does not open every session")


registry.ticket_parts.append(OpeningInline)
