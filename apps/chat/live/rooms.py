"""Chat on the socket: a room's log and its reactions, and the commands to speak, take back and react."""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from apps.chat import broadcasts, selectors, services
from apps.core.access import Access
from apps.core.errors import Refused
from apps.live.registry import Call, Command, Done, LogTopic, Rate, Shed, StateTopic, Who, register
from apps.live.singly import singly

Id = Annotated[int, Meta(ge=1, lt=2**53)]


class FileWish(msgspec.Struct, forbid_unknown_fields=True):
    key: Annotated[str, Meta(max_length=40)]
    alt: Annotated[str, Meta(max_length=300)] = ""


@register
class RoomTopic(LogTopic):
    pattern = "chat/{room_id:int}"
    access = Access.ATTENDEE
    excepted = staticmethod(selectors.shut_out_of)

    def guard(self, who: Who, room_id: int) -> None:
        selectors.get_room(who.event_id, room_id, user_id=who.user_id, roles=who.roles, epoch=who.epoch)

    def revision(self, event_id: int, room_id: int) -> int:
        return selectors.newest_alteration(event_id, room_id)

    def replay(self, event_id: int, room_id: int, after: int, limit: int) -> Sequence[tuple[int, broadcasts.Entry]]:
        return selectors.replay(event_id, room_id, after=after, limit=limit)


@register
class ReactionsTopic(StateTopic):
    pattern = "reactions/{room_id:int}"
    access = Access.ATTENDEE
    interval_ms = 500
    shed = Shed.REACTIONS
    excepted = staticmethod(selectors.shut_out_of)

    def guard(self, who: Who, room_id: int) -> None:
        selectors.get_room(who.event_id, room_id, user_id=who.user_id, roles=who.roles, epoch=who.epoch)

    def snapshot(self, event_id: int, room_id: int) -> dict[str, int]:
        return selectors.reactions(event_id, room_id)


@register
class PaceTopic(StateTopic):
    """Whether everything is shown, or a selection."""

    pattern = "chat/{room_id:int}/pace"
    access = Access.ATTENDEE
    interval_ms = 2000
    excepted = staticmethod(selectors.shut_out_of)

    def guard(self, who: Who, room_id: int) -> None:
        selectors.get_room(who.event_id, room_id, user_id=who.user_id, roles=who.roles, epoch=who.epoch)

    def snapshot(self, event_id: int, room_id: int) -> broadcasts.Pace:
        return selectors.pace(event_id, room_id)


@register
class Send(Command):
    name = "chat.send"
    access = Access.ATTENDEE
    rate = Rate(per_second=1, burst=6)
    # What is stored, not what is shown: the room's display rate is far below.
    place_rate = Rate(per_second=200, burst=600)

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        room: Id
        text: Annotated[str, Meta(max_length=services.MOST_CHARS)]
        reply_to: Id | None = None
        files: Annotated[list[FileWish], Meta(max_length=services.MOST_FILES)] = []

    def place(self, body: Body) -> int:
        return body.room

    def run(self, calls: list[Call[Body]]) -> list[broadcasts.Message | Refused]:
        return services.send_messages(
            [
                services.Saying(
                    event_id=call.who.event_id,
                    room_id=call.body.room,
                    user_id=call.who.user_id or 0,
                    roles=call.who.roles,
                    text=call.body.text,
                    reply_to=call.body.reply_to,
                    command_id=call.id,
                    files=tuple(services.Wanted(file.key, file.alt) for file in call.body.files),
                )
                for call in calls
            ]
        )


@register
class Remove(Command):
    name = "chat.remove"
    access = Access.ATTENDEE
    of_staff = True

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        room: Id
        message: Id

    def run(self, calls: list[Call[Body]]) -> list[broadcasts.Removed | Refused]:
        return singly(calls, self._remove)

    @staticmethod
    def _remove(call: Call[Body]) -> broadcasts.Removed:
        return services.remove_message(
            event_id=call.who.event_id,
            room_id=call.body.room,
            message_id=call.body.message,
            user_id=call.who.user_id or 0,
            roles=call.who.roles,
        )


@register
class React(Command):
    name = "chat.react"
    access = Access.ATTENDEE
    rate = Rate(per_second=4, burst=20)
    shed = Shed.REACTIONS

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        room: Id
        kind: Literal["applause", "heart", "idea", "laugh", "wow"]

    def run(self, calls: list[Call[Body]]) -> list[Done | Refused]:
        answers = services.react(
            [
                services.Reacting(
                    event_id=call.who.event_id,
                    room_id=call.body.room,
                    user_id=call.who.user_id or 0,
                    roles=call.who.roles,
                    kind=call.body.kind,
                )
                for call in calls
            ]
        )
        return [Done() if answer is None else answer for answer in answers]
