"""Chat over REST: a room, its messages and reactions."""

from typing import Any, ClassVar

import msgspec
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from apps.chat import broadcasts, selectors, serializers, services
from apps.chat.api.everything import ruled
from apps.chat.models import Room
from apps.chat.serializers import answers
from apps.core.access import Access
from apps.core.doors import answer
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors import EventAPIView
from apps.events.doors.paced import Paced

UNKNOWN = ["chat.unknown"]
NO_MESSAGE = ["chat.unknown", "chat.message_unknown"]
BARRED = ["chat.banned", "chat.muted", "chat.read_only", "chat.hosts_only"]
TOO_FAST = ["rate.limited"]


class RoomCall(Paced, EventAPIView):
    access = Access.ATTENDEE
    area = Area.CHAT
    reads_primary: ClassVar[bool] = True

    @property
    def user_id(self) -> int:
        return self.person.pk if self.person else 0

    def check_repeated(self) -> None:
        if "room" in self.kwargs:
            self.room()

    def room(self) -> Room:
        return selectors.get_room(self.event.pk, self.kwargs["room"], user_id=self.user_id or None, roles=self.roles)


class RoomAPI(RoomCall):
    @documented("chat_room", gives=answers.Room, example=answers.ROOM, refuses={404: UNKNOWN})
    def get(self, request: Request, event: str, room: int) -> Response:
        """The newest messages, the rules, and the `seq` up to which this is true. Older ones: the room's messages with
        `before`; newer ones: with `after`, or on the socket."""
        found = self.room()
        snapshot = selectors.room_snapshot(found)
        own = selectors.own_beside(
            found, self.user_id or None, snapshot.messages, earlier=snapshot.earlier, later=False
        )
        told = msgspec.to_builtins(snapshot) | {"own": own}
        return answer(told | reactions_of(snapshot.messages, self.user_id))


class RulesAPI(RoomCall):
    access = Access.MODERATOR
    area = Area.MODERATION

    @documented(
        "chat_rules",
        takes=serializers.RulesIn,
        gives=answers.Ruled,
        example=answers.RULED,
        refuses={400: ["invalid", "chat.rule_bounds"], 404: UNKNOWN, 429: TOO_FAST},
    )
    def put(self, request: Request, event: str, room: int) -> Response:
        """Changes those rules of the room that are named; the answer has all that hold then."""
        rules = serializers.RulesIn(data=request.data)
        rules.is_valid(raise_exception=True)
        found = self.room()
        self.spend("chat.rules")
        services.set_rules(found, user_id=self.user_id, **rules.validated_data)
        [told] = ruled(list(selectors.rooms_of(self.event.pk).filter(pk=found.pk)))
        return answer(told)


class MessagesAPI(RoomCall):
    @documented(
        "chat_messages",
        asks=[
            OpenApiParameter("before", int, description="Only messages with a smaller seq."),
            OpenApiParameter("after", int, description="Only messages with a greater seq, the oldest of them first."),
            OpenApiParameter("around", int, description="The message with this seq, and those on both sides of it."),
            OpenApiParameter("limit", int, description=f"50 where it is left out; at most {selectors.MOST_PAGE}."),
        ],
        gives=answers.History,
        example=answers.HISTORY,
        refuses={400: ["invalid"], 404: UNKNOWN},
    )
    def get(self, request: Request, event: str, room: int) -> Response:
        """A page of what was said, oldest first; `earlier` and `later` say whether there is more on that side. `marks`
        are the sums of reactions by message, `mine` what the caller gave; `own` is what they said in this stretch that
        others do not see."""
        query = serializers.PageIn(data=request.query_params)
        query.is_valid(raise_exception=True)
        found = self.room()
        page = selectors.page_of(found, **query.validated_data)
        own = selectors.own_beside(found, self.user_id or None, page.messages, earlier=page.earlier, later=page.later)
        return answer(history(page, self.user_id) | {"own": own})

    @documented(
        "chat_send",
        takes=serializers.MessageIn,
        gives=broadcasts.Message,
        status=201,
        example=answers.MESSAGE,
        refuses={
            400: ["invalid", "chat.empty", "chat.too_long", "chat.too_many_files"],
            403: BARRED,
            404: UNKNOWN,
            409: ["chat.closed", "chat.no_links", "chat.word", "chat.reply_gone", "chat.file_gone"],
            429: ["chat.slow", *TOO_FAST],
        },
    )
    def post(self, request: Request, event: str, room: int) -> Response:
        """Says something. The answer is the message as readers see it; `held` where a moderator looks first, `seq` null
        where it is stored but not shown. Sent again with the same `id`, it is answered and not said twice."""
        given = serializers.MessageIn(data=request.data)
        given.is_valid(raise_exception=True)
        self.spend("chat.send", place=room)
        [said] = services.send_messages(
            [
                services.Saying(
                    event_id=self.event.pk,
                    room_id=room,
                    user_id=self.user_id,
                    roles=self.roles,
                    text=given.validated_data["text"],
                    reply_to=given.validated_data.get("reply_to"),
                    command_id=given.validated_data.get("id"),
                    files=tuple(services.Wanted(**file) for file in given.validated_data["files"]),
                )
            ]
        )
        return answer(said, status=201)


class MessageAPI(RoomCall):
    @documented("chat_message", gives=broadcasts.Message, example=answers.MESSAGE, refuses={404: NO_MESSAGE})
    def get(self, request: Request, event: str, room: int, message: int) -> Response:
        """One message as readers see it; `seq` says where in the room it stands."""
        found = selectors.find_message(self.room(), message)
        if found.seq is None and found.author_id != self.user_id:
            raise selectors.unknown()
        return answer(broadcasts.message_entry(found))

    @documented(
        "chat_edit",
        takes=serializers.EditIn,
        gives=broadcasts.Edited,
        example=answers.EDITED,
        refuses={
            400: ["invalid", "chat.empty", "chat.too_long"],
            403: ["chat.not_yours", *BARRED],
            404: NO_MESSAGE,
            409: ["chat.message_gone", "chat.too_late", "chat.too_often", "chat.change_held"],
            429: TOO_FAST,
        },
    )
    def patch(self, request: Request, event: str, room: int, message: int) -> Response:
        """Puts other words in the place of one's own, for a quarter of an hour."""
        found = self.room()
        given = serializers.EditIn(data=request.data)
        given.is_valid(raise_exception=True)
        self.spend("chat.edit")
        actor = services.Actor(self.event.pk, self.user_id, self.roles)
        return answer(
            services.edit_message(actor, room_id=found.pk, message_id=message, text=given.validated_data["text"])
        )

    @documented(
        "chat_remove",
        gives=broadcasts.Removed,
        example=broadcasts.Removed(id=902, by="author"),
        refuses={403: ["chat.not_yours"], 404: NO_MESSAGE, 429: TOO_FAST},
    )
    def delete(self, request: Request, event: str, room: int, message: int) -> Response:
        """Takes a message away from everybody: its author, or a moderator."""
        self.spend("chat.remove")
        return answer(
            services.remove_message(
                event_id=self.event.pk, room_id=room, message_id=message, user_id=self.user_id, roles=self.roles
            )
        )


class ReactionsAPI(RoomCall):
    @documented("chat_reactions", gives=dict[str, int], example=answers.SUMS, refuses={404: UNKNOWN})
    def get(self, request: Request, event: str, room: int) -> Response:
        """How often each reaction was given."""
        return answer(selectors.reactions(self.event.pk, self.room().pk))

    @documented(
        "chat_react",
        takes=serializers.ReactionIn,
        gives=dict[str, int],
        example=answers.SUMS,
        refuses={400: ["invalid"], 404: UNKNOWN, 429: ["chat.reacting_fast", *TOO_FAST]},
    )
    def post(self, request: Request, event: str, room: int) -> Response:
        """Applauds, or whatever `kind` says, for everybody in the room. The answer has the sums."""
        given = serializers.ReactionIn(data=request.data)
        given.is_valid(raise_exception=True)
        self.spend("chat.react")
        [refused] = services.react(
            [
                services.Reacting(
                    event_id=self.event.pk,
                    room_id=room,
                    user_id=self.user_id,
                    roles=self.roles,
                    kind=given.validated_data["kind"],
                )
            ]
        )
        return answer(refused or selectors.reactions(self.event.pk, room))


def reactions_of(messages: list[broadcasts.Message], user_id: int) -> dict[str, Any]:
    ids = [message.id for message in messages]
    return {"marks": selectors.marks_of(ids), "mine": selectors.own_marks(ids, user_id or None)}


def history(page: selectors.Page, user_id: int) -> dict[str, Any]:
    sides = {"messages": page.messages, "earlier": page.earlier, "later": page.later}
    return sides | reactions_of(page.messages, user_id)
