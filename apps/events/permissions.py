"""Who may do what in an event: every rule about roles is in this file."""

from typing import TYPE_CHECKING

from django.db.models import CharField, Value

from apps.accounts.models import User
from apps.core.access import ROLES_FOR, Access
from apps.events.models import STAFF_ROLES, Ban, Event, EventRole, Membership, Registration

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

ATTENDEE = "attendee"
BANNED = "banned"
ORGANISER = EventRole.Role.ORGANISER.value
NOBODY: frozenset[str] = frozenset()


def roles_of(user: "User | AnonymousUser", event: Event) -> frozenset[str]:
    """Of attendee, speaker, exhibitor, moderator, organiser: what this person is in this event. One query.

    Somebody who is banned is nobody here, whatever they were.
    """
    if not user.is_authenticated or not user.is_active:
        return NOBODY
    granted = EventRole.objects.filter(event=event, user=user).values_list("role", flat=True)
    place = Registration.objects.confirmed().filter(event=event, user=user).order_by()
    member = Membership.objects.filter(organisation_id=event.organisation_id, user=user)
    ban = Ban.objects.standing().filter(event=event, user=user).order_by()
    rows = granted.union(
        place.values_list(Value(ATTENDEE, output_field=CharField()), flat=True),
        member.values_list(Value(ORGANISER, output_field=CharField()), flat=True),
        ban.values_list(Value(BANNED, output_field=CharField()), flat=True),
    )
    roles = frozenset(str(role) for role in rows)
    if BANNED in roles and not user.is_superuser:
        return NOBODY
    roles -= {BANNED}
    return roles | {ORGANISER} if user.is_superuser else roles


def can_see(event: Event, roles: frozenset[str]) -> bool:
    """Whether the event exists for somebody with these roles; where not, every address of it is a 404."""
    if event.state == Event.State.DRAFT:
        return bool(roles - {ATTENDEE})
    if event.state == Event.State.ARCHIVED or event.visibility == Event.Visibility.PRIVATE:
        return bool(roles)
    return True


def has_access(access: Access, event: Event, roles: frozenset[str], user: "User | AnonymousUser") -> bool:
    """Whether a door of this event opens."""
    if access is Access.ANYONE:
        return True
    if access is Access.SIGNED_IN:
        return user.is_authenticated
    if access is Access.PLATFORM_STAFF:
        return user.is_authenticated and user.is_active and user.is_staff
    if not can_see(event, roles):
        return False
    return access is Access.PUBLIC or not roles.isdisjoint(ROLES_FOR[access])


def can_use_desk(user: "User | AnonymousUser") -> bool:
    """Whether somebody may open the organisers' desk at all; what they find there is scoped to their events."""
    return user.is_authenticated and user.is_active and user.is_staff


def can_be_banned(roles: frozenset[str]) -> bool:
    """Those who run an event keep order in it; they cannot be put out of it."""
    return roles.isdisjoint(STAFF_ROLES)


def can_join_by_link(user: User) -> bool:
    """A link in a mail opens an attendee's, speaker's or exhibitor's way in, never one of the staff."""
    if not user.is_active or user.is_staff or user.is_superuser:
        return False
    if Membership.objects.filter(user=user).exists():
        return False
    return not EventRole.objects.filter(user=user, role__in=STAFF_ROLES).exists()


def can_register_from(event: Event, email: str) -> bool:
    """Whether the event takes addresses of this domain: none of the refused ones, and one of the allowed, if any are
    named."""
    domain = email.rpartition("@")[2].lower()
    if _is_named(domain, event.refused_domains):
        return False
    return not event.allowed_domains.strip() or _is_named(domain, event.allowed_domains)


def _is_named(domain: str, lines: str) -> bool:
    """`*.example.org` names all below example.org, and not itself."""
    names = (line.strip().lower().removeprefix("@") for line in lines.splitlines() if line.strip())
    return any(domain.endswith(name[1:]) if name.startswith("*.") else domain == name for name in names)


def can_manage_organisation(user: User, organisation_id: int) -> bool:
    """Members and their roles are the owner's business."""
    if user.is_superuser:
        return True
    owner = Membership.Role.OWNER
    return Membership.objects.filter(user=user, organisation_id=organisation_id, role=owner).exists()
