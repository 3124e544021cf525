"""Who has read how far, the rooms that somebody takes part in, and the people of a room."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.chat import registry
from apps.chat.models import Declined, Group, Member, Message, Reading, Room
from apps.chat.selectors.rooms import is_shut_out
from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions
from apps.events.models import Event, Registration, Unmet

MOST_UNREAD = 100
"""Counting stops here; pages say "99+"."""
MOST_ROOMS = 60
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
UNREAD = """
SELECT room.id, (
    SELECT count(*) FROM (
        SELECT 1 FROM chat_message said
        WHERE said.room_id = room.id AND said.seq > coalesce(mine.seq, 0) AND said.removed = ''
            AND said.author_id IS DISTINCT FROM %(user)s
        LIMIT %(most)s
    ) counted
)
FROM chat_room room LEFT JOIN chat_reading mine ON mine.room_id = room.id AND mine.user_id = %(user)s
WHERE room.id = ANY(%(rooms)s) AND (mine.id IS NOT NULL OR room.owner LIKE 'group/%%')
"""
ASKED_AGAIN_AFTER = timedelta(days=1)
MOST_DECLINED = 2
MOST_FOUND = 8
ASKED_AT_ONCE = 40
MOST_ASKED = 200
"""Of those who are called so: in a room that few may read, whoever comes later in the alphabet is not offered."""


def read_to(room: Room, user_id: int | None) -> int:
    """The number up to which this person has read here; 0 before the first time."""
    found = Reading.objects.filter(room=room, user=user_id).values_list("seq", flat=True).first()
    return found or 0


@dataclass(frozen=True, slots=True)
class Place:
    """A room in somebody's list."""

    room: Room
    title: str
    address: str
    unread: int
    last_text: str
    last_by: str
    last_at: datetime | None

    @property
    def unread_words(self) -> str:
        return f"{MOST_UNREAD - 1}+" if self.unread >= MOST_UNREAD else str(self.unread)


def places(event: Event, user: User, roles: frozenset[str]) -> list[Place]:
    """The rooms that somebody has been in, their groups, and the lobby; what was said last stands first."""
    groups = own_groups(event, user)
    rows = rooms_of_person(event, user, groups).order_by(F("last_seq_at").desc(nulls_last=True), "pk")
    return places_among(rows[:MOST_ROOMS], event, user, roles, groups)


def rooms_of_person(event: Event, user: User, groups: frozenset[str]) -> QuerySet[Any]:
    """All of them, each with when something was said there last (`latest`; long ago, where nothing was). `groups` are
    those of `own_groups`."""
    theirs = Q(readings__user=user) | Q(owner__in=groups) | Q(owner="lobby")
    rooms = _with_news(Room.objects.filter(theirs, event=event).distinct()).select_related("event")
    return rooms.annotate(latest=Coalesce("last_seq_at", Value(LONG_AGO)))


def places_among(
    rooms: Iterable[Any], event: Event, user: User, roles: frozenset[str], groups: frozenset[str]
) -> list[Place]:
    """Those of these rooms into which this person may go now, in their order; none, while they are banned."""
    if is_shut_out(event.pk, user.pk, roles):
        return []
    known = [room for room in rooms if registry.is_known(room.owner_kind)]
    # Which groups are theirs is known by now: asked of each by itself it would be a query a group.
    open_to = [room for room in known if room.owner in groups or registry.may_read(room, user.pk, roles)]
    titles = registry.titles_of(open_to)
    unread = unread_in([room.pk for room in open_to], user.pk)
    return [_place(event, room, titles[room.pk], unread.get(room.pk, 0)) for room in open_to]


def own_groups(event: Event, user: User) -> frozenset[str]:
    """The rooms' owners of the groups that somebody is in."""
    ids = Member.objects.filter(group__event=event, user=user, joined_at__isnull=False).values_list("group", flat=True)
    return frozenset(f"group/{pk}" for pk in ids)


def _with_news(rooms: QuerySet[Room]) -> QuerySet[Room]:
    said = Message.objects.filter(room=OuterRef("pk"), seq__isnull=False, removed="").order_by("-seq")
    newest = said.annotate(what=JSONObject(text=F("text"), by=F("author__name"))).values("what")[:1]
    return rooms.annotate(
        last=Subquery(newest),
        last_seq_at=Subquery(said.values("created_at")[:1]),
    )


def unread_in(rooms: Iterable[int], user_id: int) -> dict[int, int]:
    """By room: how many messages of others are new to this person, in one query that counts no further than needed.

    A place where they have never been has nothing new; a group that they are in has.
    """
    wanted = list(rooms)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(UNREAD, {"user": user_id, "rooms": wanted, "most": MOST_UNREAD})
        return dict(cursor.fetchall())


def _place(event: Event, room: Room, title: str, unread: int) -> Place:
    last = getattr(room, "last", None) or {}
    return Place(
        room=room,
        title=title,
        address=reverse("chat:room", args=[event.slug, room.pk]),
        unread=unread,
        last_text=(last.get("text") or "")[:140],
        last_by=last.get("by") or "",
        last_at=getattr(room, "last_seq_at", None),
    )


# People ---------------------------------------------------------------------------------------------------------


def people_of_event(event: Event) -> QuerySet[User]:
    """Those who have a place in the event, or a role, and came."""
    confirmed = Registration.objects.filter(event=event, user=OuterRef("pk"), state=Registration.State.CONFIRMED)
    named = User.objects.filter(Exists(confirmed) | Q(event_roles__event=event), is_active=True).exclude(name="")
    return named.exclude(Exists(Unmet.objects.filter(organisation=event.organisation_id, user=OuterRef("pk"))))


def people_of_room(room: Room, event: Event) -> QuerySet[User]:
    """Those who may take part in it: the members of a closed group, else everybody of the event. Of these the place
    lets in whom it lets in: see `who_may_read`."""
    if room.owner_kind == "group":
        return User.objects.filter(chat_memberships__group=room.owner_id, chat_memberships__joined_at__isnull=False)
    return people_of_event(event)


def who_may_read(room: Room, event: Event, people: Sequence[User]) -> list[User]:
    """Of these people, in their order, those whom the place lets in: asked together."""
    roles = permissions.roles_of_many(people, event)
    asked = registry.Asked((room, person.pk, roles[person.pk]) for person in people)
    return [person for person in people if asked.may_read(room, person.pk, roles[person.pk])]


def find_people(people: QuerySet[User], begun: str, *, but: Iterable[int] = ()) -> list[User]:
    """Whose name, or one of its words, begins so."""
    return list(_called(people, begun, but)[:MOST_FOUND])


def find_readers(room: Room, event: Event, begun: str, *, but: Iterable[int] = ()) -> list[User]:
    """The same among those who can be named in a room, since they may read it."""
    called = _called(people_of_room(room, event), begun, but)
    found: list[User] = []
    for first in range(0, MOST_ASKED, ASKED_AT_ONCE):
        some = list(called[first : first + ASKED_AT_ONCE])
        found += who_may_read(room, event, some)
        if len(found) >= MOST_FOUND or len(some) < ASKED_AT_ONCE:
            break
    return found[:MOST_FOUND]


def _called(people: QuerySet[User], begun: str, but: Iterable[int]) -> QuerySet[User]:
    begun = " ".join(begun.split())[:60]
    if not begun:
        return people.none()
    by_name = Q(name__istartswith=begun) | Q(name__icontains=f" {begun}")
    return people.filter(by_name).exclude(pk__in=list(but)).order_by("name", "pk").distinct()


# Groups ---------------------------------------------------------------------------------------------------------


def get_group(event: Event, group_id: int, user_id: int | None) -> Group:
    """A group, for somebody who is in it or invited to it."""
    group = Group.objects.filter(event=event, pk=group_id, members__user=user_id).first()
    if group is None:
        raise Refused("chat.group_unknown", _("This group does not exist, or you are not in it."), status=404)
    return group


def not_asked_again(group: Group) -> QuerySet[Declined, Any]:
    """Who declined lately, or more often than once: as numbers of people, to leave them out of another query."""
    still = Q(times__gte=MOST_DECLINED) | Q(at__gt=clock.now() - ASKED_AGAIN_AFTER)
    return Declined.objects.filter(still, group=group).order_by().values("user")


def members_of(group: Group) -> list[Member]:
    return list(group.members.select_related("user").order_by(F("joined_at").asc(nulls_last=True), "pk"))


def invitations(event: Event, user: User) -> list[Member]:
    rows = Member.objects.filter(group__event=event, user=user, joined_at=None)
    return list(rows.select_related("group", "invited_by").order_by("-invited_at")[:MOST_ROOMS])


def memberships(event: Event, user: User) -> list[Member]:
    """The groups that somebody is in or asked into, the newest first."""
    rows = Member.objects.filter(group__event=event, user=user).select_related("group")
    return list(rows.order_by("-group")[:MOST_ROOMS])


def rooms_of_groups(event: Event, groups: Iterable[int]) -> dict[int, int]:
    """By group: the number of its room."""
    owners = {f"group/{pk}": pk for pk in groups}
    rooms = Room.objects.filter(event=event, owner__in=owners).values_list("owner", "pk")
    return {owners[owner]: pk for owner, pk in rooms}


def members_among(group_id: int, people: Iterable[int]) -> set[int]:
    """Of these people, who is in the group."""
    rows = Member.objects.filter(group=group_id, user__in=list(people), joined_at__isnull=False)
    return set(rows.values_list("user", flat=True))


def is_member(group_id: int, user_id: int) -> bool:
    return Member.objects.filter(group=group_id, user=user_id, joined_at__isnull=False).exists()


def group_titles(rooms: Sequence[Room]) -> dict[int, str]:
    found = Group.objects.in_bulk({room.owner_id for room in rooms if room.owner_id})
    return {room.pk: found[room.owner_id].name for room in rooms if room.owner_id in found}
