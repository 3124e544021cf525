"""Seats at the desk: who has one or waits, given and taken by hand, exported; and what tickets open."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from apps.accounts.models import User
from apps.core.errors import Refused
from apps.core.words import Number
from apps.events import permissions, registry
from apps.events.doors import Desk, OrganisationScopedAdmin, ReadHere, ScopedTabularInline, ShowsPeople, bulk
from apps.tracks import selectors, services
from apps.tracks.forms import SeatForm
from apps.tracks.models import Opening, Seat

AT_ONCE = 500
LABELS = {"taken": "success", "waiting": "info", "given_back": "warning"}


@admin.register(Seat)
class SeatAdmin(ReadHere, ShowsPeople, OrganisationScopedAdmin):
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
        seats = _at_most(request, chosen.exclude(state=Seat.State.TAKEN).select_related("session__event", "user"))
        given = len(bulk.each(request, seats, lambda seat: _give(seat, by=user), name=lambda seat: seat.user.email))
        said = ngettext("One person has a seat now.", "%(count)s people have a seat now.", given)
        messages.success(request, said % {"count": Number(given)})


def _at_most(request: HttpRequest, seats: QuerySet[Seat]) -> list[Seat]:
    """As many as are dealt with at once; says so where there are more."""
    found = list(seats[: AT_ONCE + 1])
    if len(found) > AT_ONCE:
        said = _("Only the first %(count)s were done. Choose the others again.")
        messages.warning(request, said % {"count": Number(AT_ONCE)})
    return found[:AT_ONCE]


def _give(seat: Seat, *, by: User) -> Seat:
    roles = permissions.granted_roles(seat.user, seat.session.event)
    if not roles:
        raise Refused("seat.not_here", _("This person takes no part in the event (any more)."))
    return services.take_seat(seat.session, user=seat.user, roles=roles, by=by)


class OpeningFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    def save(self, commit: bool = True) -> Any:
        before = services.openings_of(self.instance)
        saved = super().save(commit)
        services.openings_named(self.instance, before)
        return saved


class OpeningInline(ScopedTabularInline):
    """On the form of a ticket."""

    model = Opening
    formset = OpeningFormSet
    fields = ("track", "session")
    autocomplete_fields = ("track", "session")
    verbose_name_plural = _("what it opens, where it does not open every session")


registry.ticket_parts.append(OpeningInline)
