"""What a room lets through: asked of everything that is said, and of every change of it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.chat import permissions, registry, selectors
from apps.chat.models import Message, Room, Sanction
from apps.chat.services import addresses, wordlist
from apps.core import clock
from apps.core.errors import Refused


class Rules:
    """The rules of the rooms of one event's batch, with everything that they need to know, in a query each.

    `last` is when each (room, person) spoke last, where the room is slow: the caller keeps it, under its lock.
    """

    def __init__(self, rooms: Iterable[Room], people: Collection[int], now: datetime) -> None:
        self.now = now
        rooms = list(rooms)
        events = sorted({room.event_id for room in rooms})
        self.bars = {event_id: selectors.bars_of(event_id, people) for event_id in events}
        self.matchers = {event_id: wordlist.matcher_of(event_id) for event_id in events}
        self.known = self._heard_before(rooms, people)

    @staticmethod
    def _heard_before(rooms: list[Room], people: Collection[int]) -> set[tuple[int, int]]:
        """(event, person) of those who have been let through once, where that is asked."""
        asking = {room.event_id for room in rooms if room.holds == Room.Holds.FIRST}
        if not asking:
            return set()
        said = Message.objects.filter(room__event__in=asking, author__in=people, held="", removed="")
        return {
            (event, author)
            for event, author in said.order_by().values_list("room__event", "author").distinct()
            if author
        }

    def judge(
        self, room: Room, author: User, roles: frozenset[str], texts: Sequence[str], *, last: datetime | None = None
    ) -> str:
        """Why the message must wait for a moderator (a value of `Message.held_for`), or "" where it may appear. `texts`
        is everything in it that people read: its words, and the names and descriptions of its files.

        Raises Refused where it may not be said at all.
        """
        if permissions.can_moderate(roles):
            return ""
        self.admit(room, author, roles)
        is_host = registry.is_host(room, author.pk, roles)
        if not is_host:
            self._wait(room, author, last)
        why = self.look_at(room, texts, is_host=is_host)
        if why or is_host:
            return why
        if room.holds == Room.Holds.ALL:
            return "all"
        if room.holds == Room.Holds.FIRST and (room.event_id, author.pk) not in self.known:
            return "first"
        return ""

    def admit(self, room: Room, author: User, roles: frozenset[str]) -> None:
        """Whether this person may write here now."""
        bar = self.bars.get(room.event_id, {}).get(author.pk)
        if bar is not None:
            raise barred(bar, self.now)
        if not room.is_open:
            raise Refused("chat.closed", _("This conversation is closed. You can still read it."))
        if room.hosts_only and not registry.is_host(room, author.pk, roles):
            raise Refused("chat.hosts_only", _("Only the hosts write here at the moment. You can read along."))

    def _wait(self, room: Room, author: User, last: datetime | None) -> None:
        """Whether it is this person's turn yet."""
        if wait := clock.left_of(60 * room.newcomer_minutes, since=author.created_at, now=self.now):
            raise Refused(
                "chat.newcomer",
                _("Your account is new. You can write here in %(minutes)s minutes; until then, read along."),
                values={"minutes": -int(-wait // 60)},
                retry_after=wait,
                status=429,
            )
        if last is not None and (wait := clock.left_of(room.slow_seconds, since=last, now=self.now)):
            raise Refused(
                "chat.slow",
                _("Slow mode is on: one message in %(seconds)s s. Yours is kept; send it again in %(wait)s s."),
                values={"seconds": room.slow_seconds, "wait": -int(-wait // 1)},
                retry_after=wait,
                status=429,
            )

    def look_at(self, room: Room, texts: Sequence[str], *, is_host: bool = False) -> str:
        """What the words themselves lead to, also when they are changed later: "word" where they must wait."""
        if not room.links_allowed and not is_host and any(addresses.holds_one(text) for text in texts):
            raise Refused(
                "chat.no_links", _("Links are off in this conversation. Send it without the address."), field="text"
            )
        hits = [hit for text in texts if (hit := self.matchers[room.event_id].find(text)) is not None]
        for hit in hits:
            if hit.refuse:
                raise withheld(hit, field="text")
        return "word" if hits else ""


def withheld(hit: wordlist.Hit, *, field: str) -> Refused:
    return Refused(
        "chat.word", _("The organisers do not let “%(word)s” through here."), values={"word": hit.text}, field=field
    )


def barred(bar: Sanction, now: datetime) -> Refused:
    return selectors.banned() if bar.kind == Sanction.Kind.BAN else muted(bar, now)


def muted(bar: Sanction, now: datetime) -> Refused:
    if bar.until is None:
        words = _("A moderator has muted you for this event. You can read along.")
        return Refused("chat.muted", words, status=403)
    wait = (bar.until - now).total_seconds()
    return Refused(
        "chat.muted",
        _("A moderator has muted you. You can write again in %(minutes)s min; your words are kept."),
        values={"minutes": -int(-wait // 60)},
        retry_after=wait,
        status=403,
    )


def judge_change(room: Room, author: User, roles: frozenset[str], text: str, now: datetime) -> None:
    """The same rules for words that are changed after they were shown. What would have to wait is refused instead."""
    if permissions.can_moderate(roles):
        return
    rules = Rules([room], [author.pk], now)
    rules.admit(room, author, roles)
    is_host = registry.is_host(room, author.pk, roles)
    if rules.look_at(room, [text], is_host=is_host) or (room.holds == Room.Holds.ALL and not is_host):
        raise Refused(
            "chat.change_held",
            _("Moderators look at messages here first, so this cannot be changed any more. Take it back instead."),
            field="text",
        )
