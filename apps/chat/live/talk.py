"""What belongs to messages, on the socket: reactions, changes, the pin, who has read how far, where one is named."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from apps.chat import broadcasts, selectors, services
from apps.chat.live.actors import actor_of
from apps.core.access import Access
from apps.core.errors import Refused
from apps.live.registry import Call, Command, Done, Rate, Shed, StateTopic, Who, register
from apps.live.singly import singly

Id = Annotated[int, Meta(ge=1, lt=2**53)]
Seq = Annotated[int, Meta(ge=0, lt=2**53)]


@register
class MarksTopic(StateTopic):
    pattern = "chat/{room_id:int}/marks"
    access = Access.ATTENDEE
    interval_ms = 500
    shed = Shed.REACTIONS
    excepted = staticmethod(selectors.shut_out_of)

    def guard(self, who: Who, room_id: int) -> None:
        selectors.get_room(who.event_id, room_id, user_id=who.user_id, roles=who.roles, epoch=who.epoch)

    def snapshot(self, event_id: int, room_id: int) -> dict[str, dict[str, int]]:
        return selectors.marks(event_id, room_id)


@register
class TraceTopic(StateTopic):
    pattern = "chat/{room_id:int}/trace"
    access = Access.MODERATOR
    interval_ms = 500
    excepted = staticmethod(selectors.shut_out_of)

    def guard(self, who: Who, room_id: int) -> None:
        selectors.get_room(who.event_id, room_id, user_id=who.user_id, roles=who.roles, epoch=who.epoch)

    def snapshot(self, event_id: int, room_id: int) -> list[broadcasts.Trace]:
        return selectors.traces(event_id, room_id)


@register
class MentionsTopic(StateTopic):
    pattern = "person/{user_id:int}/mentions"
    access = Access.ATTENDEE
    interval_ms = 500
    feed = False
    by_ticket = True

    def guard(self, who: Who, user_id: int) -> None:
        if who.user_id != user_id:
            raise selectors.unknown()

    def snapshot(self, event_id: int, user_id: int) -> broadcasts.Mentions:
        return selectors.mentions(event_id, user_id)

    def snapshots(self, event_id: int, every: Sequence[Mapping[str, Any]]) -> list[broadcasts.Mentions]:
        people = [params["user_id"] for params in every]
        found = selectors.mentions_of(event_id, people)
        return [found[user_id] for user_id in people]


@register
class Mark(Command):
    name = "chat.mark"
    access = Access.ATTENDEE
    rate = Rate(per_second=3, burst=15)
    shed = Shed.REACTIONS

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        room: Id
        message: Id
        kind: Literal["applause", "heart", "idea", "laugh", "wow"]
        on: bool = True

    def run(self, calls: list[Call[Body]]) -> list[services.Marked | Refused]:
        return services.mark_messages(
            [
                services.Marking(
                    event_id=call.who.event_id,
                    room_id=call.body.room,
                    user_id=call.who.user_id or 0,
                    roles=call.who.roles,
                    message_id=call.body.message,
                    kind=call.body.kind,
                    on=call.body.on,
                )
                for call in calls
            ]
        )


@register
class Read(Command):
    name = "chat.read"
    access = Access.ATTENDEE
    rate = Rate(per_second=0.5, burst=10)

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        room: Id
        seq: Seq

    def run(self, calls: list[Call[Body]]) -> list[Done | Refused]:
        answers = services.mark_read(
            [
                services.HasRead(
                    event_id=call.who.event_id,
                    room_id=call.body.room,
                    user_id=call.who.user_id or 0,
                    roles=call.who.roles,
                    seq=call.body.seq,
                )
                for call in calls
            ]
        )
        return [Done() if answer is None else answer for answer in answers]


@register
class Edit(Command):
    name = "chat.edit"
    access = Access.ATTENDEE
    rate = Rate(per_second=0.5, burst=5)

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        room: Id
        message: Id
        text: Annotated[str, Meta(max_length=services.MOST_CHARS)]

    def run(self, calls: list[Call[Body]]) -> list[broadcasts.Edited | Refused]:
        return singly(calls, self._edit)

    @staticmethod
    def _edit(call: Call[Body]) -> broadcasts.Edited:
        return services.edit_message(
            actor_of(call), room_id=call.body.room, message_id=call.body.message, text=call.body.text
        )


@register
class Pin(Command):
    name = "chat.pin"
    access = Access.MODERATOR
    rate = Rate(per_second=1, burst=5)

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        room: Id
        message: Id | None = None

    def run(self, calls: list[Call[Body]]) -> list[broadcasts.Pinned | Refused]:
        return singly(calls, self._pin)

    @staticmethod
    def _pin(call: Call[Body]) -> broadcasts.Pinned:
        return services.pin_message(actor_of(call), room_id=call.body.room, message_id=call.body.message)
