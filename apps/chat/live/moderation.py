"""Keeping order over the socket: what waits for moderators, what one person alone sees, and the commands."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from apps.chat import broadcasts, selectors, services
from apps.chat.live.actors import actor_of
from apps.chat.models import Act
from apps.core.access import Access
from apps.core.errors import Refused
from apps.live import refusals
from apps.live.registry import Call, Command, Rate, StateTopic, Who, register
from apps.live.singly import singly

Id = Annotated[int, Meta(ge=1, lt=2**53)]
Ids = Annotated[list[Id], Meta(min_length=1, max_length=100)]
Reason = Annotated[str, Meta(max_length=300)]


@register
class ModerationTopic(StateTopic):
    pattern = broadcasts.MODERATION
    access = Access.MODERATOR
    interval_ms = 500
    feed = False
    by_ticket = True

    def guard(self, who: Who, *args: Any, **params: Any) -> None:
        """The roles of the ticket say who moderates."""

    def snapshot(self, event_id: int, *args: Any, **params: Any) -> broadcasts.Queue:
        return selectors.queue(event_id)


@register
class OwnTopic(StateTopic):
    pattern = "person/{user_id:int}/chat"
    access = Access.ATTENDEE
    interval_ms = 500
    feed = False
    by_ticket = True

    def guard(self, who: Who, user_id: int) -> None:
        if who.user_id != user_id:
            raise refusals.topic_unknown()

    def snapshot(self, event_id: int, user_id: int) -> broadcasts.Own:
        return selectors.own(event_id, user_id)

    def snapshots(self, event_id: int, every: Sequence[Mapping[str, Any]]) -> list[broadcasts.Own]:
        people = [params["user_id"] for params in every]
        found = selectors.own_of(event_id, people)
        return [found[user_id] for user_id in people]


class Done(msgspec.Struct, frozen=True):
    """The line that it became in the record; None where there was nothing to do."""

    act: int | None


def each(calls: list[Call[Any]], do: Callable[[services.Actor, Any], Act | None]) -> list[Done | Refused]:
    def one(call: Call[Any]) -> Done:
        actor = actor_of(call)
        act = services.done_before(actor) or do(actor, call.body)
        return Done(act.pk if act else None)

    return singly(calls, one)


@register
class ReportMessage(Command):
    name = "chat.report"
    access = Access.ATTENDEE
    rate = Rate(per_second=0.2, burst=8)

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        room: Id
        message: Id
        reason: Literal["spam", "insult", "hate", "private", "other"]
        text: Annotated[str, Meta(max_length=500)] = ""

    def run(self, calls: list[Call[Body]]) -> list[Done | Refused]:
        return each(calls, self._report)

    @staticmethod
    def _report(by: services.Actor, body: Body) -> None:
        services.report(by, room_id=body.room, message_id=body.message, reason=body.reason, text=body.text)


@register
class Decide(Command):
    """Lets waiting messages through, or rejects them."""

    name = "chat.decide"
    access = Access.MODERATOR

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        messages: Ids
        approve: bool

    def run(self, calls: list[Call[Body]]) -> list[Done | Refused]:
        return each(calls, lambda by, body: services.decide(by, messages=body.messages, approve=body.approve))


@register
class HandleReports(Command):
    """Settles the reports of these messages: they go, or there is nothing wrong with them."""

    name = "chat.settle"
    access = Access.MODERATOR

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        messages: Ids
        remove: bool

    def run(self, calls: list[Call[Body]]) -> list[Done | Refused]:
        return each(calls, lambda by, body: services.handle_reports(by, messages=body.messages, remove=body.remove))


@register
class RemoveMany(Command):
    name = "chat.remove_many"
    access = Access.MODERATOR

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        messages: Ids

    def run(self, calls: list[Call[Body]]) -> list[Done | Refused]:
        return each(calls, lambda by, body: services.remove_messages(by, messages=body.messages))


@register
class Purge(Command):
    """Removes everything of a person."""

    name = "chat.purge"
    access = Access.MODERATOR

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        person: Id

    def run(self, calls: list[Call[Body]]) -> list[Done | Refused]:
        return each(calls, lambda by, body: services.purge(by, person_id=body.person))


@register
class Bar(Command):
    """Mutes somebody for so many minutes (null: for the event), or puts them out of the chat or the event."""

    name = "chat.bar"
    access = Access.MODERATOR

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        person: Id
        kind: Literal["mute", "ban", "expel"]
        minutes: Annotated[int, Meta(ge=1, le=60 * 24 * 30)] | None = None
        reason: Reason = ""

    def run(self, calls: list[Call[Body]]) -> list[Done | Refused]:
        return each(calls, self._bar)

    @staticmethod
    def _bar(by: services.Actor, body: Body) -> Act:
        return services.bar(by, person_id=body.person, kind=body.kind, minutes=body.minutes, reason=body.reason)


@register
class Lift(Command):
    name = "chat.lift"
    access = Access.MODERATOR

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        person: Id
        kind: Literal["mute", "ban", "expel"]

    def run(self, calls: list[Call[Body]]) -> list[Done | Refused]:
        return each(calls, lambda by, body: services.lift(by, person_id=body.person, kind=body.kind))


@register
class SetRules(Command):
    """Changes the rules of a room that are named."""

    name = "chat.rules"
    access = Access.MODERATOR

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        room: Id
        open: bool | None = None
        hosts: bool | None = None
        links: bool | None = None
        holds: Literal["", "first", "all"] | None = None
        slow: Annotated[int, Meta(ge=0, le=services.MOST_SLOW_SECONDS)] | None = None
        newcomer_minutes: Annotated[int, Meta(ge=0, le=services.MOST_NEWCOMER_MINUTES)] | None = None
        hide_after: Annotated[int, Meta(ge=0, le=services.MOST_HIDE_AFTER)] | None = None
        display_rate: Annotated[int, Meta(ge=1, le=services.MOST_DISPLAY_RATE)] | None = None

    def run(self, calls: list[Call[Body]]) -> list[Done | Refused]:
        return each(calls, self._set)

    @staticmethod
    def _set(by: services.Actor, body: Body) -> Act | None:
        room = selectors.get_room(by.event_id, body.room, user_id=by.user_id, roles=by.roles)
        named = {
            "is_open": body.open,
            "hosts_only": body.hosts,
            "links_allowed": body.links,
            "holds": body.holds,
            "slow_seconds": body.slow,
            "newcomer_minutes": body.newcomer_minutes,
            "hide_after": body.hide_after,
            "display_rate": body.display_rate,
        }
        rules: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
        return services.set_rules(room, user_id=by.user_id, command_id=by.command_id, **rules)


@register
class Undo(Command):
    name = "chat.undo"
    access = Access.MODERATOR

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        act: Id

    def run(self, calls: list[Call[Body]]) -> list[Done | Refused]:
        return each(calls, lambda by, body: services.undo(by, act_id=body.act))
