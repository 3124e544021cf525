"""Roles in an event and memberships of an organisation, and what follows from them: the desk, and open sockets."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.core import clock
from apps.core.bounds import check_room
from apps.core.errors import Refused
from apps.core.rows import hold_row
from apps.events import selectors
from apps.events.models import Event, EventRole, FormerMember, JoinLink, Membership, Organisation
from apps.events.services import meeting
from apps.live import publish

MOST_ROLES = 20_000
"""Of one event."""
MOST_MEMBERS = 1000
"""Of one organisation."""
PUT_OUT = _("This person was put out of the event. Let them in again first.")


def hold_people(people: Collection[User]) -> None:
    """Until the end of the transaction, and before any event: who sets up a second step, closes an account or leaves
    comes in this order, too. Raises Refused where one of them left."""
    for user in sorted(people, key=lambda one: one.pk):
        hold_row(user, gone="not_found")


@transaction.atomic
def grant_role(event: Event, *, user: User, role: str) -> EventRole:
    """Gives somebody a role; a second time changes nothing. Raises Refused for who is banned, and where there are as
    many as may be. Whoever gives several holds their people first (`hold_people`)."""
    there = EventRole.objects.filter(event=event)
    if not there.filter(user=user, role=role).exists():
        hold_people([user])
        hold_row(event, gone="event.gone")  # two at once are counted, and a ban is seen
        check_room(there, most=MOST_ROLES, code="role.too_many")
    granted, is_new = EventRole.objects.get_or_create(event=event, user=user, role=EventRole.Role(role))
    if is_new:
        check_not_banned(event, user)
        _role_changed(event.pk, user)
    return granted


def check_not_banned(event: Event, user: User) -> None:
    if selectors.is_banned(event, user):
        raise Refused("role.banned", PUT_OUT)


@transaction.atomic
def revoke_role(event: Event, *, user: User, role: str) -> None:
    """Takes a role away; where the person is at this moment, their pages lose it within seconds."""
    hold_people([user])  # before the role, as who gives it
    deleted, _by_model = EventRole.objects.filter(event=event, user=user, role=role).delete()
    if deleted:
        _role_changed(event.pk, user)


def _role_changed(event_id: int, user: User) -> None:
    sync_staff(user)
    publish.revoke(event_id, user.pk)


@transaction.atomic
def add_member(organisation: Organisation, *, user: User, role: str = Membership.Role.MANAGER) -> Membership:
    """Members organise all events of their organisation; given again, the role is changed. Raises Refused where that
    would leave the organisation without an owner."""
    if role != Membership.Role.OWNER:
        _keep_an_owner(organisation, but=user)
    membership, _is_new = Membership.objects.update_or_create(
        organisation=organisation, user=user, defaults={"role": Membership.Role(role)}
    )
    FormerMember.objects.filter(organisation=organisation, user=user).delete()
    members_changed(organisation, user)
    return membership


@transaction.atomic
def make_member(
    organisation: Organisation, *, email: str, name: str = "", role: str = Membership.Role.MANAGER
) -> Membership:
    """Somebody by their address, at once. Raises Refused where they are a member already, and where there are as many
    as may be."""
    check_members(organisation)  # which holds it: of two at once, one finds the other
    if Membership.objects.filter(organisation=organisation, user__email=email).exists():
        raise Refused("member.is_one", _("Somebody with this address is a member already."), field="email")
    return add_member(organisation, user=meeting.find_by_address(organisation, email=email, name=name), role=role)


def check_members(organisation: Organisation) -> None:
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    check_room(Membership.objects.filter(organisation=organisation), most=MOST_MEMBERS, code="member.too_many")


@transaction.atomic
def change_member(membership: Membership, *, role: str) -> bool:
    """Another role for a member; whether they are one still. Who was removed at this moment is not made one anew."""
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=membership.organisation_id)
    if role != Membership.Role.OWNER:
        _keep_an_owner(organisation, but=membership.user)
    changed = Membership.objects.filter(pk=membership.pk).update(role=Membership.Role(role))
    if changed:
        members_changed(organisation, membership.user)
    return bool(changed)


@transaction.atomic
def remove_member(membership: Membership) -> None:
    """They do not come back by the organisation's provider alone, which may make members of whoever is new."""
    _keep_an_owner(membership.organisation, but=membership.user)
    FormerMember.objects.get_or_create(organisation=membership.organisation, user=membership.user)
    membership.delete()
    members_changed(membership.organisation, membership.user)


def _keep_an_owner(organisation: Organisation, *, but: User) -> None:
    """The organisation is held until the end of the transaction, so that two owners cannot let go of it at once."""
    held = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if selectors.is_last_owner(held, but):
        raise Refused("member.last_owner", _("An organisation needs an owner. Make somebody else the owner first."))


def members_changed(organisation: Organisation, user: User) -> None:
    """What follows from a membership that came, changed or went."""
    sync_staff(user)
    for event_id in organisation.events.order_by("pk").values_list("pk", flat=True):
        publish.revoke(event_id, user.pk)


@transaction.atomic
def switch_account(user: User, *, is_active: bool) -> None:
    """Closes an account, or opens it again. Its pages ask with each request; what it has open ends within seconds, and
    none of its links, sessions and tokens comes back when it is opened."""
    if accounts.set_active(user, is_active=is_active):
        theirs = Q(registration__user=user) | Q(role__user=user)
        JoinLink.objects.filter(theirs, revoked_at=None).update(revoked_at=clock.now())
    end_sockets(user)


@transaction.atomic
def end_sockets(user: User) -> None:
    """Everywhere. Those whose session holds come back with a new ticket."""
    theirs = Event.objects.all() if user.is_superuser else Event.objects.of_person(user, resting=True)
    open_to_them = theirs.exclude(state=Event.State.ARCHIVED)
    # In one order: each holds its event until the end.
    for event_id in open_to_them.order_by("pk").values_list("pk", flat=True):
        publish.revoke(event_id, user.pk)


def sync_staff(user: User) -> None:
    """Whoever organises something may open the desk, and nobody else."""
    organises = (
        user.is_superuser
        or Membership.objects.filter(user=user).exists()
        or EventRole.objects.filter(user=user, role=EventRole.Role.ORGANISER).exists()
    )
    accounts.set_staff(user, is_staff=organises)
