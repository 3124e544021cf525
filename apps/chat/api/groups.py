"""Closed groups over REST: made, asked into, answered, left."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.chat import selectors, serializers, services
from apps.chat.doors import RATES
from apps.chat.models import Group
from apps.chat.serializers import answers
from apps.core.access import Access
from apps.core.doors import answer
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors import EventAPIView
from apps.events.doors.paced import Paced

UNKNOWN = ["chat.group_unknown"]
BARRED = ["chat.banned", "chat.muted"]
TOO_FAST = ["rate.limited"]


class GroupCall(Paced, EventAPIView):
    access = Access.ATTENDEE
    area = Area.CHAT
    reads_primary: ClassVar[bool] = True

    @property
    def user(self) -> User:
        assert self.person is not None  # noqa: S101 - attendees are signed in
        return self.person

    def check_repeated(self) -> None:
        if "group" in self.kwargs:
            self.group()

    def group(self) -> Group:
        return selectors.get_group(self.event, self.kwargs["group"], self.user.pk)

    def valid(self, serializer: type[Any], data: Any) -> dict[str, Any]:
        given = serializer(data=data)
        given.is_valid(raise_exception=True)
        found: dict[str, Any] = given.validated_data
        return found

    def told(self, group: Group) -> answers.Group:
        members = [
            answers.Member(id=member.user_id, name=member.user.name, joined=member.joined_at is not None)
            for member in selectors.members_of(group)
        ]
        is_in = any(member.id == self.user.pk and member.joined for member in members)
        room = selectors.rooms_of_groups(self.event, [group.pk]).get(group.pk) if is_in else None
        return answers.Group(id=group.pk, name=group.name, room=room, members=members)


class GroupsAPI(GroupCall):
    @documented("chat_groups", gives=answers.Groups, example=answers.GROUPS)
    def get(self, request: Request, event: str) -> Response:
        """The groups that this person is in, and those that they are asked into (`room` null), the newest first."""
        mine = selectors.memberships(self.event, self.user)
        rooms = selectors.rooms_of_groups(self.event, [row.group_id for row in mine if row.joined_at])
        lines = [answers.GroupLine(row.group_id, row.group.name, rooms.get(row.group_id)) for row in mine]
        return answer(answers.Groups(lines))

    @documented(
        "chat_make_group",
        takes=serializers.GroupIn,
        gives=answers.Group,
        status=201,
        example=answers.GROUP,
        refuses={
            400: ["invalid", "chat.group_name"],
            403: BARRED,
            409: ["chat.group_name", "chat.word", "chat.too_many_groups"],
            429: TOO_FAST,
        },
    )
    def post(self, request: Request, event: str) -> Response:
        """Makes a group, of which its maker is the first member, and asks these `people` in."""
        given = self.valid(serializers.GroupIn, request.data)
        self.spend_at(RATES["chat.make_group"], "chat.make_group")
        made = services.create_group(self.event, name=given["name"], by=self.user, invited=given["people"])
        return answer(self.told(made), status=201)


class GroupAPI(GroupCall):
    @documented("chat_group", gives=answers.Group, example=answers.GROUP, refuses={404: UNKNOWN})
    def get(self, request: Request, event: str, group: int) -> Response:
        """Who is in a group, or asked into it (`joined` false), for those who are themselves."""
        return answer(self.told(self.group()))


class InvitationsAPI(GroupCall):
    @documented(
        "chat_invite",
        takes=serializers.GroupInviteIn,
        gives=answers.Invited,
        example=answers.Invited(2),
        refuses={
            400: ["invalid"],
            403: [*UNKNOWN, *BARRED],
            404: UNKNOWN,
            409: ["chat.group_full"],
            429: TOO_FAST,
        },
    )
    def post(self, request: Request, event: str, group: int) -> Response:
        """Asks people of the event in; `invited` is how many that were. Who is there or asked already is not counted,
        nor who declined within a day, or twice: they are not asked again."""
        found = self.group()
        given = self.valid(serializers.GroupInviteIn, request.data)
        self.spend_at(RATES["chat.invite"], "chat.invite")
        return answer(answers.Invited(services.invite(found, people=given["people"], by=self.user)))


class AnswerAPI(GroupCall):
    @documented(
        "chat_answer", takes=serializers.InvitationAnswerIn, refuses={400: ["invalid"], 404: UNKNOWN, 429: TOO_FAST}
    )
    def post(self, request: Request, event: str, group: int) -> Response:
        """Comes into the group that one is asked into, or would rather not."""
        found = self.group()
        given = self.valid(serializers.InvitationAnswerIn, request.data)
        self.spend_at(RATES["chat.answer"], "chat.answer")
        services.answer_invitation(found, user=self.user, accept=given["accept"])
        return Response(status=204)


class MemberAPI(GroupCall):
    @documented("chat_leave", refuses={403: ["chat.not_yours"], 404: UNKNOWN, 429: TOO_FAST})
    def delete(self, request: Request, event: str, group: int, person: int) -> Response:
        """Leaves the group, or, for who made it and moderators in it, puts this person out. The last one closes it."""
        found = self.group()
        self.spend_at(RATES["chat.leave"], "chat.leave")
        services.leave_group(found, person_id=person, by=self.user, roles=self.roles)
        return Response(status=204)
