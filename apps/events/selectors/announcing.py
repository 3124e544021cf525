"""Reads of announcements: to whom something can be said, who they are, and what somebody may read."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.rows import row_number
from apps.events import broadcasts
from apps.events.models import (
    STAFF_ROLES,
    Announcement,
    Ban,
    Event,
    EventRole,
    Membership,
    Registration,
    TicketKind,
    Unmet,
)
from apps.events.registry import Segment, segments
from apps.events.selectors.owing import owes_answers

EVERYBODY = ""
SPEAKERS, EXHIBITORS, STAFF = "role/speaker", "role/exhibitor", "role/staff"
SILENT = "unanswered"
"""Who has a place and has not answered what must be answered. By mail: on a page it stands beside them."""
COMING = "coming"
"""Who has a place and has not come yet. No page of theirs is open, so it goes by mail alone."""
ROLES = {
    SPEAKERS: (EventRole.Role.SPEAKER,),
    EXHIBITORS: (EventRole.Role.EXHIBITOR,),
    STAFF: STAFF_ROLES,
}
NAMES = {
    EVERYBODY: _("Everybody"),
    SPEAKERS: _("Speakers"),
    EXHIBITORS: _("Exhibitors"),
    STAFF: _("Staff"),
    COMING: _("Registered, not here yet"),
    SILENT: _("Registered, has not answered everything"),
}
BY_MAIL = (COMING, SILENT)


def people_in(event: Event, audience: str) -> QuerySet[User]:
    """Who is in a segment of the event's own, by number; nobody where there is no such one. Without those who are
    banned, or who were only named by an address and have not come."""
    member = Membership.objects.filter(organisation=event.organisation_id, user=OuterRef("pk"))
    places = Registration.objects.confirmed().filter(event=event, user=OuterRef("pk")).order_by()
    roles = event.event_roles.filter(user=OuterRef("pk"))
    ticket = _ticket_in(audience)
    if audience == EVERYBODY:
        found = Q(Exists(places)) | Q(Exists(roles)) | Q(Exists(member))
    elif audience in ROLES:
        found = Q(Exists(roles.filter(role__in=ROLES[audience])))
        if audience == STAFF:
            found |= Q(Exists(member))
    elif ticket is not None:
        found = Q(Exists(places.filter(ticket=ticket)))
    elif audience == COMING:
        found = Q(Exists(places.filter(joined_at=None)))
    elif audience == SILENT:
        found = Q(Exists(places.filter(owes_answers())))
    else:
        return User.objects.none()
    banned = Ban.objects.standing().filter(event=event, user=OuterRef("pk")).order_by()
    return User.objects.filter(found, ~Exists(banned), is_active=True).order_by("pk")


def count_in(event: Event, audience: str) -> int:
    """How many `people_in` finds, counted from places, roles and memberships: that costs the same for an event of 2,000
    people among two million accounts."""
    banned = Ban.objects.standing().filter(event=event).order_by().values("user_id")
    places = Registration.objects.confirmed().filter(event=event, user__is_active=True).exclude(user__in=banned)
    places = places.order_by()
    ticket = _ticket_in(audience)
    if audience == COMING:
        return places.filter(joined_at=None).count()
    if audience == SILENT:
        return places.filter(owes_answers()).count()
    if ticket is not None:
        return places.filter(ticket=ticket).count()
    if audience != EVERYBODY and audience not in ROLES:
        return 0
    roles = event.event_roles.filter(user__is_active=True).exclude(user__in=banned).order_by()
    if audience in ROLES:
        roles = roles.filter(role__in=ROLES[audience])
        if audience != STAFF:
            return _people(roles)
    members = Membership.objects.filter(organisation=event.organisation_id, user__is_active=True).order_by()
    only_members = members.exclude(user__in=banned).exclude(user__in=roles.values("user_id"))
    if audience == STAFF:
        return _people(roles) + _people(only_members)
    place = Registration.objects.confirmed().filter(event=event, user=OuterRef("user")).order_by()
    return places.count() + _people(roles.filter(~Exists(place))) + _people(only_members.filter(~Exists(place)))


def _people(rows: QuerySet[Any]) -> int:
    return int(rows.aggregate(people=Count("user", distinct=True))["people"])


def segments_of(event: Event) -> list[Segment]:
    """To whom something can be said at this moment, each with how many they are."""
    tickets: QuerySet[Any] = event.tickets.annotate(
        taken=Count("registrations", filter=Q(registrations__state=Registration.State.CONFIRMED))
    )
    return [
        *(_own(key, count_in(event, key)) for key in NAMES),
        *(_of_ticket(ticket, ticket.taken) for ticket in tickets),
        *segments.of(event),
    ]


def segment(event: Event, audience: str, *, is_counted: bool = False) -> Segment | None:
    """That one, and no look at the others; the event's own are counted only where that is wished."""
    number = _ticket_in(audience)
    ticket = event.tickets.filter(pk=number).first() if number is not None else None
    if audience not in NAMES and ticket is None:
        return segments.find(event, audience)
    count = count_in(event, audience) if is_counted else None
    return _of_ticket(ticket, count) if ticket else _own(audience, count)


def _ticket_in(audience: str) -> int | None:
    """The ticket whose holders are meant; None where it is no such audience."""
    kind, _slash, key = audience.partition("/")
    return row_number(key) if kind == "ticket" else None


def _own(key: str, count: int | None) -> Segment:
    return Segment(key, NAMES[key], count, on_screen=key not in BY_MAIL)


def _of_ticket(ticket: TicketKind, count: int | None) -> Segment:
    return Segment(f"ticket/{ticket.pk}", translated("Ticket: %(ticket)s") % {"ticket": ticket}, count)


def audiences_of_roles(roles: frozenset[str]) -> list[str]:
    return [key for key, of in ROLES.items() if not roles.isdisjoint({role.value for role in of})]


def audiences_of(event: Event, user: User, roles: frozenset[str]) -> list[str]:
    """The segments of the event's own that this person is in, as keys: what their pages list and join."""
    found = [EVERYBODY, *audiences_of_roles(roles)]
    place = Registration.objects.confirmed().filter(event=event, user=user).order_by()
    ticket = place.values_list("ticket_id", flat=True).first()
    return [*found, f"ticket/{ticket}"] if ticket else found


def has_ticket(event_id: int, user_id: int | None, ticket_id: int) -> bool:
    place = Registration.objects.confirmed().filter(event_id=event_id, ticket_id=ticket_id)
    return user_id is not None and place.filter(user_id=user_id).exists()


def announcements(event: Event, *, audiences: Iterable[str] = (EVERYBODY,), limit: int = 50) -> list[Announcement]:
    """The newest words of the organisers to these audiences, newest first."""
    return list(announced_to(event, audiences).select_related("by")[:limit])


def announced_to(event: Event, audiences: Iterable[str]) -> QuerySet[Announcement]:
    return event.announcements.on_screen().filter(audience__in=[*audiences])


def announced_for(event: Event, user: User, roles: frozenset[str]) -> QuerySet[Announcement]:
    """The same for all that somebody is in, in one query."""
    place = Registration.objects.confirmed().filter(event=event, user=user, ticket__isnull=False).order_by()
    own = place.annotate(key=Concat(Value("ticket/"), Cast("ticket_id", CharField()))).values("key")
    told = Q(audience__in=[EVERYBODY, *audiences_of_roles(roles)]) | Q(audience__in=own)
    return event.announcements.on_screen().filter(told)


def announcements_after(
    event_id: int, *, after: int, limit: int, audience: str = EVERYBODY
) -> list[tuple[int, broadcasts.Announced]]:
    """For the replay of a live topic: (seq, payload), oldest first."""
    rows = Announcement.objects.on_screen().filter(event_id=event_id, audience=audience, seq__gt=after).order_by("seq")
    return [(row.seq or 0, broadcasts.announcement(row)) for row in rows.select_related("by", "event")[:limit]]


def announcements_said(event: Event, *, limit: int) -> list[Announcement]:
    """To whomever, for those who run the event."""
    return list(event.announcements.said().select_related("by")[:limit])


def coming_up(event: Event, *, limit: int = 20) -> list[Announcement]:
    """What is still to be said, the next first."""
    return list(event.announcements.scheduled().select_related("by").order_by("due_at", "pk")[:limit])


def announcements_due(now: datetime, *, limit: int) -> list[int]:
    due = Announcement.objects.scheduled().filter(due_at__lte=now).order_by("due_at", "pk")
    return list(due.values_list("pk", flat=True)[:limit])


def wants_mail(event: Event, audience: str) -> QuerySet[User]:
    """Who is mailed: whoever is in the segment and has come to the organisation by themselves, or has a place."""
    never_came = Unmet.objects.filter(organisation=event.organisation_id, user=OuterRef("pk"))
    place = Registration.objects.confirmed().filter(event=event, user=OuterRef("pk")).order_by()
    return people_in(event, audience).filter(Q(Exists(place)) | ~Exists(never_came))
