"""An audience for a running server: people of an event who join over real sockets, talk, react and vote.

They say what the demo's chorus holds, again and again, react more often than they speak, answer each open poll once,
and leave by themselves. Nothing of it goes past the socket: the server cannot tell them from browsers.
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

from websockets.exceptions import WebSocketException

from apps.accounts.models import User
from apps.chat import broadcasts as chat_broadcasts
from apps.chat import services as chat
from apps.chat.models import Message
from apps.events import broadcasts as event_broadcasts
from apps.events import permissions
from apps.events.models import Event, Registration
from apps.live import tickets
from apps.live.client import CommandError
from apps.live.follower import Follower
from apps.polls import broadcasts as poll_broadcasts
from apps.questions import broadcasts as question_broadcasts
from apps.questions.models import Question
from apps.tracks import broadcasts as track_broadcasts
from apps.tracks import selectors as tracks
from apps.venue.demo import content
from apps.venue.demo.sign_ins import SIGN_INS

ARRIVING_SECONDS = 30.0
REACTION_EVERY, WORD_EVERY = 14.0, 9.0
"""Seconds: between two reactions of one person, between two messages of the whole audience."""
WANT_EVERY, ASK_EVERY = 40.0, 75.0
"""Seconds: between two looks of one person at the questions, between two questions of the whole audience."""
THINKING = (4.0, 45.0)
"""Seconds between seeing a poll and answering it."""
ANSWERED_BY = {"single": "option", "image": "option", "scale": "value"}
"""The part of an answer that a guest gives, by the kind of the poll."""
RECONNECT_MOST = 5
REACTIONS = {"applause": 8, "heart": 5, "idea": 5, "laugh": 1, "wow": 2}


@dataclass(frozen=True, slots=True)
class Place:
    """Where people go: a session's page or the lobby, as the topics that such a page joins."""

    room_id: int
    topics: tuple[str, ...]
    polls_topic: str
    can_react: bool
    session_id: int = 0
    """Of a session, where questions are asked; 0 in the lobby."""


@dataclass(frozen=True, slots=True)
class Guest:
    user_id: int
    event_id: int
    name: str
    roles: frozenset[str]
    epoch: int
    place: Place

    def ticket(self) -> str:
        """A fresh one for each time the socket is opened: they last two minutes."""
        return tickets.issue(
            event_id=self.event_id, user_id=self.user_id, name=self.name, roles=self.roles, epoch=self.epoch
        )


@dataclass(slots=True)
class Report:
    """What the audience did, for the last line of the command."""

    came: int = 0
    lost: int = 0
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


def prepare(event: Event, *, people: int) -> list[Guest]:
    """People with a place in the event, most of them in what is on now. Reads the database."""
    places = _places(event)
    rows = Registration.objects.filter(event=event, state=Registration.State.CONFIRMED).select_related("user")
    # Those whose sign-in is told may be in use.
    rows = rows.exclude(user__email__in=[sign_in.email for sign_in in SIGN_INS])
    users = [row.user for row in rows.order_by("pk")[:people]]
    # A crowd, not a secret.
    chance = random.Random()  # noqa: S311
    weights = [max(1.0, 6.0 - 3.0 * number) for number in range(len(places))]
    return [_guest(event, user, chance.choices(places, weights)[0]) for user in users]


def chorus(event: Event) -> list[str]:
    """The chorus' lines, those first that nobody has said in this event yet."""
    lines: list[str] = content.read("talk")["chorus"]["lines"]
    said = set(Message.objects.filter(room__event=event, text__in=lines).values_list("text", flat=True))
    return sorted(lines, key=lambda line: line in said)


def wonders(event: Event) -> list[str]:
    """What nobody has asked in this event yet, of what its people wonder."""
    lines: list[str] = content.read("questions")["crowd"]["lines"]
    asked = set(Question.objects.filter(board__event=event, text__in=lines).values_list("text", flat=True))
    return [line for line in lines if line not in asked]


def _guest(event: Event, user: User, place: Place) -> Guest:
    return Guest(user.pk, event.pk, user.name, permissions.roles_of(user, event), event.live_epoch, place)


def _places(event: Event) -> list[Place]:
    """The running session with a film first, then the others that run, then the lobby."""
    running = sorted(tracks.sessions_now(event), key=lambda session: session.video_id is None)
    places = []
    for session in running[:4]:
        room = chat.room_for(event, f"session/{session.pk}")
        polls_topic = poll_broadcasts.session_topic(session.pk)
        topics = (
            event_broadcasts.HERE,
            track_broadcasts.stage_topic(session.pk),
            track_broadcasts.people_topic(session.pk),
            chat_broadcasts.topic(room.pk),
            chat_broadcasts.reactions_topic(room.pk),
            polls_topic,
            question_broadcasts.log_topic(session.pk),
            question_broadcasts.standing_topic(session.pk),
            question_broadcasts.stage_topic(session.pk),
        )
        places.append(Place(room.pk, topics, polls_topic, can_react=True, session_id=session.pk))
    lobby = chat.room_for(event, "lobby")
    foyer = (event_broadcasts.HERE, event_broadcasts.ANNOUNCEMENTS, chat_broadcasts.topic(lobby.pk))
    places.append(Place(lobby.pk, (*foyer, poll_broadcasts.EVENT_POLLS), poll_broadcasts.EVENT_POLLS, can_react=False))
    return places


def socket_url(base: str, event: Event) -> str:
    parts = urlsplit(base)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return f"{scheme}://{parts.netloc}/ws/{event.slug}/"


class Audience:
    """Everybody at once, on one event loop, for a bounded time."""

    def __init__(self, url: str, guests: list[Guest], lines: list[str], wonders: list[str], *, seconds: float) -> None:
        self.url = url
        self.guests = guests
        self.seconds = seconds
        self.report = Report()
        self.chance = random.Random()  # noqa: S311 - a crowd, not a secret
        self._lines = cycle(lines)
        self._wonders = list(wonders)

    async def run(self) -> Report:
        """Until the time is over, or until cancelled; then everybody's socket is closed."""
        try:
            async with asyncio.timeout(self.seconds):
                await asyncio.gather(*(self._attend(guest) for guest in self.guests))
        except TimeoutError:
            pass
        return self.report

    async def _attend(self, guest: Guest) -> None:
        """One person: arrives, stays, comes back when the connection breaks, gives up after a few times."""
        await asyncio.sleep(self.chance.uniform(0, min(ARRIVING_SECONDS, self.seconds / 4)))
        seen: asyncio.Queue[list[dict[str, Any]]] = asyncio.Queue()
        wanted: list[int] = []

        def hear(message: dict[str, Any]) -> None:
            if message["topic"] == guest.place.polls_topic:
                seen.put_nowait(message["d"])
            elif message["topic"] == question_broadcasts.standing_topic(guest.place.session_id):
                wanted[:] = [number for number, _votes in message["d"]["votes"]]

        topics = dict.fromkeys(guest.place.topics)
        follower = Follower(self.url, guest.ticket, topics, hear=hear, patience=RECONNECT_MOST)
        try:
            async with follower, asyncio.TaskGroup() as tasks:
                await follower.here()
                self.report.came += 1
                tasks.create_task(self._answer_polls(follower, seen, tasks))
                if guest.place.can_react:
                    tasks.create_task(self._react(follower, guest))
                if guest.place.session_id:
                    tasks.create_task(self._want(follower, wanted))
                    tasks.create_task(self._ask(follower, guest))
                tasks.create_task(self._talk(follower, guest))
                tasks.create_task(follower.ended())
        except* (OSError, WebSocketException):
            pass  # gave up; the connections it lost are counted below
        finally:
            self.report.lost += follower.ledger.closes.total()

    async def _answer_polls(
        self, follower: Follower, seen: "asyncio.Queue[list[dict[str, Any]]]", tasks: asyncio.TaskGroup
    ) -> None:
        """A poll that is open is answered once, after some thought."""
        answered: set[int] = set()
        while True:
            for poll in await seen.get():
                if poll["state"] == "open" and poll["id"] not in answered:
                    answered.add(poll["id"])
                    tasks.create_task(self._vote(follower, poll))

    async def _vote(self, follower: Follower, poll: dict[str, Any]) -> None:
        await asyncio.sleep(self.chance.uniform(*THINKING))
        options = [option["id"] for option in poll["options"]] or list(range(poll["least"], poll["most"] + 1))
        weights = [1.0 / (place + 1) for place in range(len(options))]
        part = ANSWERED_BY.get(poll["kind"])
        if part is not None:  # they choose; they do not write
            chosen = self.chance.choices(options, weights)[0]
            await self._do(follower, "poll.vote", {"poll": poll["id"], part: chosen})

    async def _react(self, follower: Follower, guest: Guest) -> None:
        while True:
            await asyncio.sleep(self.chance.expovariate(1 / REACTION_EVERY))
            kind = self.chance.choices(list(REACTIONS), list(REACTIONS.values()))[0]
            await self._do(follower, "chat.react", {"room": guest.place.room_id, "kind": kind})

    async def _talk(self, follower: Follower, guest: Guest) -> None:
        """Speaks when it is this person's turn; one after another, as people do."""
        while True:
            await asyncio.sleep(self.chance.expovariate(1 / (WORD_EVERY * len(self.guests))))
            await self._do(follower, "chat.send", {"room": guest.place.room_id, "text": next(self._lines)})

    async def _want(self, follower: Follower, wanted: list[int]) -> None:
        """Looks at the questions now and then, and wants one more of them answered: those further up more likely."""
        done: set[int] = set()
        while True:
            await asyncio.sleep(self.chance.expovariate(1 / WANT_EVERY))
            left = [number for number in wanted if number not in done]
            if left:
                number = self.chance.choices(left, [1.0 / (place + 1) for place in range(len(left))])[0]
                done.add(number)
                await self._do(follower, "question.vote", {"question": number, "on": True})

    async def _ask(self, follower: Follower, guest: Guest) -> None:
        """Asks when it is this person's turn, one in four without a name; each question once."""
        while True:
            await asyncio.sleep(self.chance.expovariate(1 / (ASK_EVERY * len(self.guests))))
            if not self._wonders:
                return
            nameless = self.chance.random() < 0.25
            body = {"session": guest.place.session_id, "text": self._wonders.pop(0), "anonymous": nameless}
            await self._do(follower, "question.ask", body)

    async def _do(self, follower: Follower, name: str, body: dict[str, Any]) -> None:
        try:
            await follower.do(name, body)
            self.report.done[name] += 1
        except CommandError as error:
            self.report.refused[error.code] += 1
