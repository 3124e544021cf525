"""Closed groups: made, joined by invitation, left; their room's owner is `group/<id>`."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.chat import broadcasts, permissions, selectors
from apps.chat.models import Act, Group, Member, Reading, Room
from apps.chat.services.plain import line
from apps.chat.services.recording import Actor, record
from apps.core import clock
from apps.core.errors import Refused
from apps.events.models import Event
from apps.live import publish

MOST_MADE = 20
MOST_MEMBERS = 100
MOST_INVITED = 20


@transaction.atomic
def create_group(event: Event, *, name: str, by: User, invited: Iterable[int] = ()) -> Group:
    """A group of which its maker is the first member, and its room."""
    title = " ".join(line(name).split())
    if not title:
        raise Refused("chat.group_name", _("Give the group a name."), field="name", status=400)
    if len(title) > 80:
        raise Refused("chat.group_name", _("The name has at most 80 characters."), field="name", status=400)
    # Of two requests at once the second waits here, and counts the first one's group.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if Group.objects.filter(event=event, made_by=by).count() >= MOST_MADE:
        raise Refused("chat.too_many_groups", _("You have made many groups here already. Use one of those."))
    group = Group.objects.create(event=event, name=title, made_by=by)
    Member.objects.create(group=group, user=by, invited_by=by, joined_at=clock.now())
    Room.objects.create(event=event, owner=f"group/{group.pk}")
    wanted = list(invited)
    if wanted:
        invite(group, people=wanted, by=by)
    return group


@transaction.atomic
def invite(group: Group, *, people: Iterable[int], by: User) -> int:
    """Asks people of the event into the group; a member may. How many are newly invited."""
    if not selectors.is_member(group.pk, by.pk):
        raise Refused("chat.group_unknown", _("Only members of a group invite others to it."), status=403)
    wanted = list(people)
    if len(wanted) > MOST_INVITED:
        raise Refused("chat.too_many", _("Invite at most 20 people at once."), field="people", status=400)
    Group.objects.select_for_update(no_key=True).get(pk=group.pk)
    there = set(group.members.values_list("user", flat=True))
    found = selectors.people_of_event(group.event).filter(pk__in=wanted).exclude(pk__in=there).distinct()
    rows = [Member(group=group, user=person, invited_by=by) for person in found]
    if len(there) + len(rows) > MOST_MEMBERS:
        raise Refused("chat.group_full", _("A group has at most 100 people. This one would have more."), field="people")
    Member.objects.bulk_create(rows, ignore_conflicts=True)
    _tell_invited(group, [row.user_id for row in rows])
    return len(rows)


@transaction.atomic
def answer_invitation(group: Group, *, user: User, accept: bool) -> None:
    """Somebody comes into the group, or would rather not. Answered twice, it is as the first time."""
    theirs = Member.objects.filter(group=group, user=user)
    if accept and not theirs.exists():
        raise Refused("chat.group_unknown", _("This invitation was taken back."), status=404)
    invited = theirs.filter(joined_at=None)
    answered = invited.update(joined_at=clock.now()) if accept else invited.delete()[0]
    if answered:
        _tell_invited(group, [user.pk])


@transaction.atomic
def leave_group(group: Group, *, person_id: int, by: User, roles: frozenset[str]) -> None:
    """Somebody leaves, or is put out by the group's maker or a moderator. The last one closes the group."""
    is_own = person_id == by.pk
    if not is_own and group.made_by_id != by.pk and not permissions.can_moderate(roles):
        raise Refused("chat.not_yours", _("Only who made the group, and moderators, put others out of it."), status=403)
    gone, _rows = Member.objects.filter(group=group, user=person_id).delete()
    if not gone:
        return
    _tell_invited(group, [person_id])
    if not is_own and group.made_by_id != by.pk:
        room = Room.objects.filter(event=group.event_id, owner=f"group/{group.pk}").first()
        actor = Actor(group.event_id, by.pk, roles)
        record(actor, Act.Kind.OUST, person_id=person_id, room=room, group=group.pk, name=group.name)
    Reading.objects.filter(room__event=group.event_id, room__owner=f"group/{group.pk}", user=person_id).delete()
    # Who is out reads no more: their sockets close, and join again what they may.
    publish.revoke(group.event_id, person_id)
    if not group.members.filter(joined_at__isnull=False).exists():
        Room.objects.filter(event=group.event_id, owner=f"group/{group.pk}").update(is_open=False)
        invited = list(group.members.values_list("user", flat=True))
        group.members.all().delete()
        _tell_invited(group, invited)


def _tell_invited(group: Group, people: Iterable[int]) -> None:
    """How many invitations wait for these may have changed."""
    for user_id in people:
        publish.state(group.event_id, broadcasts.mentions_topic(user_id))
