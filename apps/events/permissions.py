"""Who is what in an event, and which doors that opens; which role may do what is one table, in `core.access`."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connections, router
from django.db.models import Case, CharField, QuerySet, Value, When
from django.db.models.functions import Cast, Concat

from apps.accounts.models import User
from apps.accounts.permissions import Reader
from apps.core.access import (
    IN_ORGANISATION,
    PERMITS,
    ROLES_FOR,
    STAFF,
    TICKET,
    WITHOUT_EXPO,
    Access,
    May,
    MayRun,
    may,
)
from apps.core.domains import domain_of
from apps.events import states
from apps.events.models import Ban, Event, EventRole, Membership, Registration, TicketKind

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

ATTENDEE = "attendee"
BANNED = "banned"
ORGANISER = EventRole.Role.ORGANISER.value
SPEAKER = EventRole.Role.SPEAKER.value
NOBODY: frozenset[str] = frozenset()
# What a place comes with: the role, and marks of what its ticket leaves out. The marks stand among the roles, so that
# whatever decides by these (a socket's ticket, the feed's address, a page's validator) tells such people apart.
_NO_EXPO = Case(
    When(ticket__opens_expo=False, then=Value(f" {WITHOUT_EXPO}")), default=Value(""), output_field=CharField()
)
_SOME_ONLY = Case(
    When(ticket__opens_programme=False, then=Concat(Value(f" {TICKET}"), Cast("ticket_id", CharField()))),
    default=Value(""),
    output_field=CharField(),
)
_OF_PLACE = Concat(Value(ATTENDEE), _SOME_ONLY, _NO_EXPO, output_field=CharField())


def roles_of(user: "User | AnonymousUser", event: Event) -> frozenset[str]:
    """Of attendee, speaker, exhibitor, moderator, organiser: what this person is in this event, with marks of what
    their ticket leaves out (`limited_tickets`, `may_enter_expo`). One query.

    Somebody who is banned is nobody here, whatever they were. Nobody is one of the staff without a second step: a
    password or a mailbox that somebody else got hold of must not run an event.
    """
    roles = granted_roles(user, event)
    return roles if user.is_authenticated and user.has_second_factor else roles - STAFF


def granted_roles(user: "User | AnonymousUser", event: Event) -> frozenset[str]:
    """What this person was made in this event, also where it rests until they have a second step."""
    if not user.is_authenticated or not user.is_active:
        return NOBODY
    return _granted([user], event)[user.pk]


def roles_of_many(people: Sequence[User], event: Event) -> dict[int, frozenset[str]]:
    """By person: `roles_of` for many at once, in one query."""
    granted = _granted([person for person in people if person.is_active], event)
    return {
        person.pk: found if person.has_second_factor else found - STAFF
        for person in people
        for found in [granted.get(person.pk, NOBODY)]
    }


def _granted(people: Sequence[User], event: Event) -> dict[int, frozenset[str]]:
    words: dict[int, set[str]] = {person.pk: set() for person in people}
    if len(people) == 1:
        rows = _rows_of_one(people[0].pk, event)
    else:
        rows = list(_rows(list(words), event.pk, event.organisation_id))
    for user_id, row in rows:
        words[user_id].update(str(row).split())
    return {person.pk: _as_roles(person, frozenset(words[person.pk])) for person in people}


def _rows(users: Sequence[int], event: int, organisation: int) -> QuerySet[Any, tuple[int, str]]:
    """(user, words divided by spaces) for all that they are."""
    granted = EventRole.objects.filter(event=event, user__in=users).values_list("user", "role")
    place = Registration.objects.confirmed().filter(event=event, user__in=users).order_by()
    member = Membership.objects.filter(organisation=organisation, user__in=users)
    ban = Ban.objects.standing().filter(event=event, user__in=users).order_by()
    return granted.union(
        place.values_list("user", _OF_PLACE),
        member.values_list("user", Value(ORGANISER, output_field=CharField())),
        ban.values_list("user", Value(BANNED, output_field=CharField())),
    )


_USER, _EVENT, _ORGANISATION = -1, -2, -3


@cache
def _written() -> tuple[str, tuple[Any, ...]]:
    return _rows([_USER], _EVENT, _ORGANISATION).query.sql_with_params()


def _rows_of_one(user: int, event: Event) -> list[tuple[int, str]]:
    """`_rows` of one person. Every request asks this, and the ORM needs longer to write it than PostgreSQL to answer
    it, so it is written once in a process, with numbers in it that stand for others."""
    sql, words = _written()
    meant = {_USER: user, _EVENT: event.pk, _ORGANISATION: event.organisation_id}
    with connections[router.db_for_read(EventRole)].cursor() as cursor:
        cursor.execute(sql, [meant.get(word, word) for word in words])
        return list(cursor.fetchall())


def _as_roles(user: User, roles: frozenset[str]) -> frozenset[str]:
    if BANNED in roles and not user.is_superuser:
        return NOBODY
    roles -= {BANNED}
    return roles | {ORGANISER} if user.is_superuser else roles


def roles_with(ticket: TicketKind) -> frozenset[str]:
    """What somebody with a place and this ticket is, as `granted_roles` reads it of their registration."""
    limited = set() if ticket.opens_programme else {f"{TICKET}{ticket.pk}"}
    return frozenset({ATTENDEE} | limited | (set() if ticket.opens_expo else {WITHOUT_EXPO}))


def can_see(event: Event, roles: frozenset[str]) -> bool:
    """Whether the event exists for somebody with these roles; where not, every address of it is a 404."""
    if not states.permits(event.state, states.Act.LOOK, roles):
        return False
    return bool(roles) or event.visibility != Event.Visibility.PRIVATE


def is_private_alone(event: Event) -> bool:
    """Whether nothing but its being private hides it from strangers: it is no draft, and was not put away."""
    return event.visibility == Event.Visibility.PRIVATE and states.permits(event.state, states.Act.LOOK)


def reads_people_as(roles: frozenset[str]) -> Reader:
    """What somebody with these roles may see of the profiles of an event's people."""
    if may(roles, May.READ_AS_STAFF):
        return Reader.STAFF
    return Reader.PEOPLE if roles else Reader.STRANGER


def has_access(access: Access, event: Event, roles: frozenset[str], user: "User | AnonymousUser") -> bool:
    """Whether a door of this event opens."""
    if access is Access.ANYONE:
        return True
    if access is Access.SIGNED_IN:
        return user.is_authenticated
    if access is Access.PLATFORM_STAFF:
        return can_use_desk(user)
    if not can_see(event, roles):
        return False
    return access is Access.PUBLIC or not roles.isdisjoint(ROLES_FOR[access])


def limited_tickets(roles: frozenset[str]) -> frozenset[int]:
    """The ticket of somebody with these roles, where it opens some of the programme only."""
    return frozenset(int(role.removeprefix(TICKET)) for role in roles if role.startswith(TICKET))


def may_enter_expo(roles: frozenset[str]) -> bool:
    """Who works there, and who runs the event, goes in with any ticket."""
    return WITHOUT_EXPO not in roles or may(roles, May.ENTER_EXPO)


def can_use_desk(user: "User | AnonymousUser") -> bool:
    """Whether somebody may open the organisers' desk at all; what they find there is scoped to their events."""
    return user.is_authenticated and user.is_active and user.is_staff and user.has_second_factor


def lacks_second_factor(user: "User | AnonymousUser") -> bool:
    """Whether the desk would open for somebody if they had a second step."""
    return user.is_authenticated and user.is_active and user.is_staff and not user.has_second_factor


def awaits_second_factor(access: Access, event: Event, user: "User | AnonymousUser") -> bool:
    """Whether a door of this event that stays closed would open for somebody if they had a second step."""
    if not user.is_authenticated or user.has_second_factor:
        return False
    if access is Access.PLATFORM_STAFF:
        return lacks_second_factor(user)
    granted = granted_roles(user, event)
    return not granted.isdisjoint(STAFF) and has_access(access, event, granted, user)


def can_be_banned(roles: frozenset[str]) -> bool:
    """Those who run an event keep order in it; they cannot be put out of it."""
    return roles.isdisjoint(STAFF)


def can_join_by_link(user: User) -> bool:
    """A link in a mail opens an attendee's, speaker's or exhibitor's way in, never one of the staff, nor one of
    somebody who has set up a second step."""
    if not user.is_active or user.is_staff or user.is_superuser or user.has_second_factor:
        return False
    if Membership.objects.filter(user=user).exists():
        return False
    return not EventRole.objects.filter(user=user).exclude(role__in=PERMITS[May.COME_BY_LINK].everywhere).exists()


def finds_it_open(event: Event, user: User) -> bool:
    """Whether somebody who has a place or role in it may look: a draft is there for those who make it."""
    return event.state != Event.State.DRAFT or states.permits(event.state, states.Act.LOOK, granted_roles(user, event))


def can_register_from(event: Event, email: str) -> bool:
    """Whether the event takes addresses of this domain: none of the refused ones, and one of the allowed, if any are
    named."""
    domain = domain_of(email)
    if _is_named(domain, event.refused_domains):
        return False
    return not event.allowed_domains.strip() or _is_named(domain, event.allowed_domains)


def _is_named(domain: str, lines: str) -> bool:
    """`*.example.org` names all below example.org, and not itself."""
    for line in filter(None, map(str.strip, lines.splitlines())):
        name = domain_of(line.removeprefix("*."))
        if domain.endswith(f".{name}") if line.startswith("*.") else domain == name:
            return True
    return False


def can_found_organisation(user: "User | AnonymousUser") -> bool:
    """Whoever owns one may found another, and becomes its owner; where the platform is open to that, anybody may."""
    return isinstance(user, User) and user.is_active and user.has_second_factor and is_founding_open_to(user)


def is_founding_open_to(user: User) -> bool:
    """Whether somebody may found one once they have a second step."""
    return settings.ORGANISATIONS_OPEN or user.is_superuser or memberships_for(user, MayRun.FOUNDING).exists()


def can_manage_organisation(user: User, organisation_id: int) -> bool:
    """Members and their roles are the owner's business."""
    if user.runs_platform:
        return True
    if not user.is_active or not user.has_second_factor:
        return False
    return memberships_for(user, MayRun.MEMBERS).filter(organisation_id=organisation_id).exists()


def memberships_for(user: User, deed: MayRun) -> QuerySet[Membership]:
    """Those that permit it; whether the person has a second step, the caller asks."""
    return Membership.objects.filter(user=user, role__in=IN_ORGANISATION[deed].everywhere)
