"""Saying something: what one batch needs to know, the rules, and who is shown."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.chat import broadcasts, registry, selectors
from apps.chat.models import Message, Room
from apps.chat.services import attaching, mentioning, wordlist
from apps.chat.services.plain import plain
from apps.chat.services.recording import tell_moderators, tell_person
from apps.chat.services.rules import Rules
from apps.core import clock
from apps.core.errors import Refused
from apps.live import publish, sampling
from apps.live.seq import next_seqs


@dataclass(frozen=True, slots=True)
class Saying:
    """One message that somebody wants to say. `command_id` names the wish: repeated, it is answered, not done again."""

    event_id: int
    room_id: int
    user_id: int
    roles: frozenset[str]
    text: str
    reply_to: int | None = None
    command_id: str | None = None
    files: tuple[attaching.Wanted, ...] = ()
    """What they attached before, by its key."""


def send_messages(sayings: Sequence[Saying]) -> list[broadcasts.Message | Refused]:
    """Says all of these in one transaction; one answer each, in order: the message as readers see it, or the refusal.

    A message above the room's display rate is stored and answered with `seq` None, and so is one that waits for a
    moderator (`held`).
    """
    try:
        return _send(sayings)
    except IntegrityError:
        # A retry met its first try in another process. That is committed by now, and answers.
        return _send(sayings)


@transaction.atomic
def _send(sayings: Sequence[Saying]) -> list[broadcasts.Message | Refused]:
    now = clock.now()
    hall = _Hall(sayings, now)
    answers: list[Message | Refused] = [hall.hear(saying) for saying in sayings]
    fresh = hall.drafts
    mentioning.name_people(fresh)
    shown = _sample([message for message in fresh if not message.held], always=hall.heard)
    for room in sorted({message.room for message in shown}, key=lambda room: broadcasts.topic(room.pk)):
        ours = [message for message in shown if message.room_id == room.pk]
        numbers = next_seqs(room.event_id, broadcasts.topic(room.pk), count=len(ours))
        for message, number in zip(ours, numbers, strict=True):
            message.seq = number
    Message.objects.bulk_create(fresh)
    attaching.hand_over(fresh, hall.files)
    mentioning.keep(shown)
    for message in shown:
        topic = broadcasts.topic(message.room_id)
        publish.log(message.room.event_id, topic, seq=message.seq or 0, payload=broadcasts.message_entry(message))
    _tell_of_unseen(fresh)
    return [answer if isinstance(answer, Refused) else broadcasts.message_entry(answer) for answer in answers]


def _tell_of_unseen(messages: Iterable[Message]) -> None:
    """Whoever wrote what the log does not hold sees it on their own topic; moderators see what waits."""
    for message in messages:
        if message.seq is not None:
            continue
        tell_person(message.room.event_id, message.author_id)
        if message.held:
            tell_moderators(message.room.event_id)
        else:
            publish.state(message.room.event_id, broadcasts.pace_topic(message.room_id))


class _Hall:
    """Everything that one batch needs to know, read in a query each, and the rules of saying something."""

    def __init__(self, sayings: Sequence[Saying], now: datetime) -> None:
        self.now = now
        self.drafts: list[Message] = []
        self.heard: set[int] = set()
        """By `id()`: the drafts of those who are shown however lively it is, staff and the place's own hosts."""
        room_ids = {saying.room_id for saying in sayings}
        self.rooms = {
            (room.event_id, room.pk): room for room in Room.objects.filter(pk__in=room_ids).select_related("event")
        }
        self.asked = registry.Asked(
            (self.rooms.get((saying.event_id, saying.room_id)), saying.user_id, saying.roles) for saying in sayings
        )
        slow = [room.pk for room in self.rooms.values() if room.slow_seconds]
        if slow:
            # Two devices of one person take turns here; rooms without slow mode need no lock.
            list(Room.objects.select_for_update(no_key=True).filter(pk__in=slow).order_by("pk").values_list("pk"))
        people = {saying.user_id for saying in sayings}
        self.rules = Rules(self.rooms.values(), people, now)
        self.authors = User.objects.in_bulk(people)
        self.files = attaching.waiting(
            people, {wanted.key for saying in sayings for wanted in saying.files}, rooms=room_ids
        )
        self.said = self._said_before(sayings, people)
        self.last = self._last_words(slow, people)
        replied = {saying.reply_to for saying in sayings if saying.reply_to}
        quotable = Message.objects.filter(pk__in=replied, seq__isnull=False, removed="").select_related("author")
        self.quotable = {message.pk: message for message in quotable}

    @staticmethod
    def _said_before(sayings: Iterable[Saying], people: Iterable[int]) -> dict[tuple[int, str], Message]:
        commands = {saying.command_id for saying in sayings if saying.command_id}
        if not commands:
            return {}
        found = Message.objects.filter(author__in=people, command_id__in=commands)
        return {
            (message.author_id or 0, message.command_id or ""): message
            for message in found.select_related("room", "author", "reply_to__author")
        }

    @staticmethod
    def _last_words(rooms: list[int], people: Iterable[int]) -> dict[tuple[int, int], datetime]:
        if not rooms:
            return {}
        found = Message.objects.filter(room__in=rooms, author__in=people).order_by()
        latest = found.values_list("room", "author").annotate(at=Max("created_at"))
        return {(room, author): at for room, author, at in latest if author is not None}

    def hear(self, saying: Saying) -> Message | Refused:
        command = (saying.user_id, saying.command_id or "")
        if saying.command_id and command in self.said:
            return self.said[command]
        try:
            message = self._draft(saying)
        except Refused as refusal:
            return refusal
        self.drafts.append(message)
        if saying.command_id:
            self.said[command] = message
        self.last[message.room_id, saying.user_id] = self.now
        return message

    def _draft(self, saying: Saying) -> Message:
        room = self.rooms.get((saying.event_id, saying.room_id))
        author = self.authors.get(saying.user_id)
        if room is None or author is None or not self.asked.may_read(room, saying.user_id, saying.roles):
            raise selectors.unknown()
        if not self.asked.may_write(room, saying.user_id, saying.roles):
            raise Refused("chat.read_only", _("You can read along here, but not write."), status=403)
        text = plain(saying.text, may_be_empty=bool(saying.files))
        files = attaching.chosen(self.files, saying.files, room, saying.user_id)
        texts = [text, *wordlist.texts_of(files)]
        why = self.rules.judge(room, author, saying.roles, texts, last=self.last.get((room.pk, saying.user_id)))
        quoted = self.quotable.get(saying.reply_to or 0)
        if saying.reply_to and (quoted is None or quoted.room_id != room.pk):
            raise Refused(
                "chat.reply_gone", _("The message you reply to is gone. Send yours without it."), field="reply_to"
            )
        role = selectors.badge(room, saying.user_id, saying.roles)
        message = Message(
            room=room,
            author=author,
            author_role=role,
            text=text,
            reply_to=quoted,
            command_id=saying.command_id,
            created_at=self.now,
            held=Message.Held.WAITING if why else "",
            held_for=why,
            extras={"files": files} if files else {},
        )
        # A badge is worn everywhere: whose place this is not, waits for their turn like everybody.
        if role and registry.is_host(room, saying.user_id, saying.roles):
            self.heard.add(id(message))
        return message


def _sample(drafts: list[Message], *, always: Collection[int]) -> list[Message]:
    """Those that are shown: everything while the room is calm, above its display rate a fair sample. `always` are the
    `id()`s of those that are shown in any case."""
    by_room: dict[int, list[Message]] = defaultdict(list)
    for message in drafts:
        by_room[message.room_id].append(message)
    chosen: set[int] = set()
    for room_id, messages in by_room.items():
        room = messages[0].room
        candidates = [sampling.Candidate(one.author_id or 0, always=id(one) in always) for one in messages]
        shown = sampling.choose(room.event_id, broadcasts.topic(room_id), candidates, rate=room.display_rate)
        chosen.update(id(message) for message, is_shown in zip(messages, shown, strict=True) if is_shown)
    return [message for message in drafts if id(message) in chosen]
