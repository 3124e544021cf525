"""What the list of people is narrowed by: an event, and what they are and did there; without an event, in all of those
that the reader runs."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from apps.accounts.models import User
from apps.core.rows import row_number
from apps.events import selectors
from apps.events.doors import scope
from apps.events.models import Event, EventRole, Membership, Registration

EVENT = "registrations__event__id__exact"
"""As the lists of rows of one event have it, so that the sidebar leads here in the same way."""


def _looked_at(request: HttpRequest) -> QuerySet[Event]:
    events, chosen = Event.objects.run_by(request.user), request.GET.get(EVENT)
    if not chosen:
        return events
    number = row_number(chosen)
    return events.none() if number is None else events.filter(pk=number)


class AtEvent(DropdownFilter):  # type: ignore[misc]
    title = _("event")
    parameter_name = EVENT

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(event.pk), str(event)) for event in selectors.desk_events(request.user)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        return queryset.filter(scope.takes_part(_looked_at(request))) if self.value() else queryset


class WithRole(DropdownFilter):  # type: ignore[misc]
    """Members of the organisation are organisers."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(EventRole.Role.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        role = self.value()
        if not role:
            return queryset
        events = _looked_at(request).order_by()
        roles = EventRole.objects.filter(event__in=events.values("pk"), role=role)
        held = Q(pk__in=roles.order_by().values("user_id"))
        if role == EventRole.Role.ORGANISER:
            members = Membership.objects.filter(organisation__in=events.values("organisation_id"))
            held |= Q(pk__in=members.order_by().values("user_id"))
        return queryset.filter(held)


class _ByPlace(DropdownFilter):  # type: ignore[misc]
    def places(self, request: HttpRequest) -> QuerySet[Registration]:
        return Registration.objects.filter(event__in=_looked_at(request).order_by().values("pk")).order_by()


class PlaceState(_ByPlace):
    title = _("place")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Registration.State.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        if not self.value():
            return queryset
        return queryset.filter(pk__in=self.places(request).filter(state=self.value()).values("user_id"))


class CameIn(_ByPlace):
    """Of those who have a place."""

    title = _("came in")
    parameter_name = "came"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        if self.value() not in ("yes", "no"):
            return queryset
        places = self.places(request).filter(state=Registration.State.CONFIRMED, joined_at=None)
        if self.value() == "yes":
            places = self.places(request).exclude(joined_at=None)
        return queryset.filter(pk__in=places.values("user_id"))
