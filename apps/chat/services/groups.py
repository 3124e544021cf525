"""Closed groups: made, joined by invitation, left; their room's owner is `group/<id>`."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.chat import broadcasts, permissions, selectors
from apps.chat.models import Act, Declined, Group, Member, Reading, Room
from apps.chat.services import addresses, mentioning, wordlist
from apps.chat.services.plain import line
from apps.chat.services.recording import Actor, record
from apps.chat.services.rules import barred, withheld
from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions as event_permissions
from apps.events.models import Event
from apps.live import publish

MOST_MADE = 20
MOST_MEMBERS = 100
MOST_INVITED = 20


@transaction.atomic
def create_group(event: Event, *, name: str, by: User, invited: Iterable[int] = ()) -> Group:
    """A group of which its maker is the first member, and its room."""
    _must_be_free(event, by)
    title = " ".join(line(name).split())
    if not title:
        raise Refused("chat.group_name", _("Give the group a name."), field="name", status=400)
    if len(title) > 80:
        raise Refused("chat.group_name", _("The name has at most 80 characters."), field="name", status=400)
    _judge_name(event, title)
    # Of two requests at once the second waits here, and counts the first one's group.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    lived_in = Member.objects.filter(group=OuterRef("pk"), joined_at__isnull=False)
    if Group.objects.filter(Exists(lived_in), event=event, made_by=by).count() >= MOST_MADE:
        raise Refused("chat.too_many_groups", _("You have made many groups here already. Use one of those."))
    group = Group.objects.create(event=event, name=title, made_by=by)
    Member.objects.create(group=group, user=by, invited_by=by, joined_at=clock.now())
    Room.objects.create(event=event, owner=f"group/{group.pk}")
    wanted = list(invited)
    if wanted:
        invite(group, people=wanted, by=by)
    return group


def _must_be_free(event: Event, by: User) -> None:
    """A group's name is told to whom its maker likes: who may not write may not say anything by it either."""
    bar = selectors.bars_of(event.pk, [by.pk]).get(by.pk)
    if bar is not None and not permissions.can_moderate(event_permissions.roles_of(by, event)):
        raise barred(bar, clock.now())


def _judge_name(event: Event, title: str) -> None:
    """Invitations carry it to people who have not asked for it, and nobody can look at it first."""
    hit = wordlist.matcher_of(event.pk).find(title)
    if hit is not None:
        raise withheld(hit, field="name")
    if addresses.holds_one(title):
        raise Refused("chat.group_name", _("A group’s name holds no web address. Leave it out."), field="name")


@transaction.atomic
def invite(group: Group, *, people: Iterable[int], by: User) -> int:
    """Asks people of the event into the group; a member may. How many are newly invited: not those who are asked
    already, nor those who declined lately, or more than once."""
    if not selectors.is_member(group.pk, by.pk):
        raise Refused("chat.group_unknown", _("Only members of a group invite others to it."), status=403)
    _must_be_free(group.event, by)
    wanted = list(people)
    if len(wanted) > MOST_INVITED:
        raise Refused("chat.too_many", _("Invite at most 20 people at once."), field="people", status=400)
    Group.objects.select_for_update(no_key=True).get(pk=group.pk)
    there = set(group.members.values_list("user", flat=True))
    found = selectors.people_of_event(group.event).filter(pk__in=wanted).exclude(pk__in=there).distinct()
    found = found.exclude(pk__in=selectors.not_asked_again(group))
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
    if answered and not accept:
        row, is_new = Declined.objects.get_or_create(group=group, user=user)
        if not is_new:
            Declined.objects.filter(pk=row.pk).update(times=F("times") + 1, at=clock.now())
    if answered:
        _tell_invited(group, [user.pk])


@transaction.atomic
def leave_group(group: Group, *, person_id: int, by: User, roles: frozenset[str]) -> None:
    """Somebody leaves, or is put out by the group's maker or a moderator. The last one closes the group."""
    is_own = person_id == by.pk
    if not is_own and group.made_by_id != by.pk and not permissions.can_moderate(roles):
        raise Refused("chat.not_yours", _("Only who made the group, and moderators, put others out of it."), status=403)
    if is_own and Member.objects.filter(group=group, user=by, joined_at=None).exists():
        answer_invitation(group, user=by, accept=False)
        return
    gone, _rows = Member.objects.filter(group=group, user=person_id).delete()
    if not gone:
        return
    _tell_invited(group, [person_id])
    room = Room.objects.get(event=group.event_id, owner=f"group/{group.pk}")
    if not is_own and group.made_by_id != by.pk:
        actor = Actor(group.event_id, by.pk, roles)
        record(actor, Act.Kind.OUST, person_id=person_id, room=room, group=group.pk, name=group.name)
    Reading.objects.filter(room=room, user=person_id).delete()
    mentioning.let_go(room, [person_id])
    # Who is out reads no more: whoever hears something there is asked about again, and all sockets stay open.
    publish.ask_again(group.event_id, [broadcasts.topic(room.pk), broadcasts.reactions_topic(room.pk)])
    if not group.members.filter(joined_at__isnull=False).exists():
        Room.objects.filter(event=group.event_id, owner=f"group/{group.pk}").update(is_open=False)
        invited = list(group.members.values_list("user", flat=True))
        group.members.all().delete()
        _tell_invited(group, invited)


def _tell_invited(group: Group, people: Iterable[int]) -> None:
    """How many invitations wait for these may have changed."""
    for user_id in people:
        publish.state(group.event_id, broadcasts.mentions_topic(user_id))
