"""The people of a drill: they stay, talk, react and vote, and afterwards their ledgers are held against the truth."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection

from tests.faults import world as worlds
from tests.faults.ground import Ground
from tests.faults.person import Person, Sent
from tests.faults.world import World

ARRIVALS_AT_ONCE = 40
SETTLE_SECONDS = 60.0
MOST_MORE_MB = 40.0
"""What a live process may hold more than before the drill. One that leaks per message or per socket takes more:
a thousand sockets are 20 MB, and the drills come one after the other in the same process."""


async def ask(read: Callable[..., Any], *words: Any) -> Any:
    """Reads the database, on a connection that is new: PostgreSQL may have been away."""

    def fresh() -> Any:
        connection.close()
        return read(*words)

    return await sync_to_async(fresh, thread_sensitive=True)()


class Crowd:
    def __init__(self, ground: Ground, world: World, count: int, name: str, *, short: bool = False) -> None:
        self.ground, self.world, self.name, self.short = ground, world, name, short
        url = ground.ws(world.event.slug)
        self.people = [
            Person(url, world.topics + world.own(user), lambda user=user: world.ticket(user))
            for user in world.people[:count]
        ]
        elsewhere = ground.ws(world.other.slug)
        # They are in an event of their own, and ask for what is none of their business whenever they come in.
        self.strangers = [
            Person(
                elsewhere,
                ["announcements"],
                lambda user=user: world.ticket(user, event=world.other),
                snoops=world.foreign,
            )
            for user in world.strangers
        ]
        self.notes: list[str] = []
        """What a drill has to tell beside whether it held."""
        self._tasks: list[asyncio.Task[Any]] = []
        self._number = 0

    async def arrive(self) -> None:
        everybody = self.people + self.strangers
        for first in range(0, len(everybody), ARRIVALS_AT_ONCE):
            some = everybody[first : first + ARRIVALS_AT_ONCE]
            self._tasks += [asyncio.create_task(person.stay()) for person in some]
            await asyncio.wait_for(asyncio.gather(*(person.online.wait() for person in some)), SETTLE_SECONDS)

    async def wait(self, seconds: float) -> None:
        """What goes on meanwhile is the drill; in the short form half of it has to do."""
        await asyncio.sleep(seconds / 2 if self.short else seconds)

    async def leave(self) -> None:
        await asyncio.gather(*(person.leave() for person in self.people + self.strangers))
        _done, late = await asyncio.wait(self._tasks, timeout=20)
        for task in late:
            task.cancel()
        await asyncio.gather(*self._tasks)

    @asynccontextmanager
    async def busy(self, per_second: float) -> AsyncIterator[None]:
        """While the block runs they write `per_second` messages in turn, and name each other, react, ask and vote
        besides; at its end everything that was begun is answered."""
        deeds: list[asyncio.Task[Sent]] = []
        stop = asyncio.Event()

        async def talk() -> None:
            while not stop.is_set():
                person = self.people[self._number % len(self.people)]
                self._number += 1
                text = f"{self.name} {self._number} ^"
                if self._number % 4 == 0:
                    text += f" @{random.choice(self.world.people).name}"
                deeds.append(asyncio.create_task(person.do("chat.send", room=self.world.room.pk, text=text)))
                if self._number % 3 == 0:
                    other = random.choice(self.people)
                    deeds.append(asyncio.create_task(other.do("chat.react", room=self.world.room.pk, kind="applause")))
                if self._number % 2 == 0:
                    voter = self.people[(self._number * 7) % len(self.people)]
                    option = random.choice(self.world.options)
                    deeds.append(asyncio.create_task(voter.do("poll.vote", poll=self.world.poll.pk, option=option)))
                if self._number % 5 == 0 and (message := self._last_said()):
                    fan = random.choice(self.people)
                    body = {"room": self.world.room.pk, "message": message, "kind": "heart"}
                    deeds.append(asyncio.create_task(fan.do("chat.mark", **body)))
                if self._number % 7 == 0:
                    asker = random.choice(self.people)
                    question = {"session": self.world.session, "text": f"{self.name} {self._number}?"}
                    deeds.append(asyncio.create_task(asker.do("question.ask", **question)))
                await asyncio.sleep(1 / per_second)

        talking = asyncio.create_task(talk())
        try:
            yield
        finally:
            stop.set()
            await talking
            await asyncio.wait_for(asyncio.gather(*deeds), SETTLE_SECONDS)

    def _last_said(self) -> int:
        """The message that somebody was told last is said and shown; 0 where there is none.

        When many wishes were kept back at once, the room's display rate leaves some of them unseen (`seq` None), and
        what nobody sees takes no reactions.
        """
        said = [sent for person in self.people for sent in person.ledger.sent.values() if sent.name == "chat.send"]
        answered = [sent for sent in said if sent.done and not sent.refusal and sent.reply and sent.reply["seq"]]
        return int(max(answered, key=lambda sent: sent.ended).reply["id"]) if answered else 0

    # Afterwards

    async def verdict(self, before_mb: dict[int, float]) -> list[str]:
        """What does not hold. Delivery has a bounded time to become whole first."""
        waiting = True
        faults: list[str] = []
        for _round in range(int(SETTLE_SECONDS)):
            faults = [*await self._logs(), *await self._states()]
            if not faults:
                waiting = False
                break
            await asyncio.sleep(1)
        if waiting:
            faults.insert(0, f"not whole after {SETTLE_SECONDS:.0f} s")
        return [*faults, *await self._stored(), *self._heard(), *await self._memory(before_mb)]

    async def _logs(self) -> list[str]:
        """Gapless: everything after one's first joining, but what a reset told one to load anew."""
        faults = []
        for topic in self.world.logs:
            faults += self._gaps(topic, await ask(worlds.log_of, self.world.event, topic))
        return faults[:8]

    def _gaps(self, topic: str, truth: list[int]) -> list[str]:
        faults = []
        for number, person in enumerate(self.people):
            began = person.ledger.began.get(topic)
            if began is None:
                faults.append(f"person {number} never joined {topic}")
                continue
            seen = person.ledger.logs.get(topic, [])
            wanted = [seq for seq in truth if seq > began]
            for reset in person.ledger.resets.get(topic, []):
                known = [seq for seq in seen if seq <= reset]
                wanted = known + [seq for seq in wanted if seq > reset]
            if seen != wanted:
                missing = sorted(set(wanted) - set(seen))[:5]
                extra = sorted(set(seen) - set(wanted))[:5]
                faults.append(
                    f"person {number}, {topic}: {len(seen)} of {len(wanted)}; missing {missing}, extra {extra}"
                )
        return faults

    async def _states(self) -> list[str]:
        faults = []
        for topic in self.world.topics:
            if topic in self.world.logs:
                continue
            fresh = await ask(worlds.value_of, self.world.event, topic)
            values = Counter(str(person.ledger.states.get(topic, (0, None))[1]) for person in self.people)
            if set(values) != {str(fresh)}:
                faults.append(f"{topic} is {fresh}; people hold {values.most_common(3)}")
        return [*faults, *(await self._own_states())][:8]

    async def _own_states(self) -> list[str]:
        """What each hears alone, of everybody."""
        faults = []
        users = self.world.people[: len(self.people)]
        for topics in zip(*map(self.world.own, users), strict=True):
            fresh = await ask(worlds.values_of, self.world.event, list(topics))
            for person, topic, value in zip(self.people, topics, fresh, strict=True):
                held = person.ledger.states.get(topic, (0, None))[1]
                if held != value:
                    faults.append(f"{topic} is {value}; they hold {held}")
        return faults

    async def _stored(self) -> list[str]:
        """What was acknowledged stands once; of votes, the newest."""
        stored = await ask(worlds.stored, self.world.room)
        answers = await ask(worlds.answers, self.world.poll)
        faults = []
        acknowledged = 0
        for number, person in enumerate(self.people):
            votes: list[Sent] = []
            for sent in person.ledger.sent.values():
                if not sent.done:
                    faults.append(f"person {number}: {sent.name} {sent.body} was never answered")
                elif sent.refusal:
                    faults.append(f"person {number}: {sent.name} was refused: {sent.refusal}")
                elif sent.name == "chat.send":
                    acknowledged += 1
                    if (times := stored.get(sent.body["text"], 0)) != 1:
                        faults.append(f"{sent.body['text']!r} was acknowledged and stands {times} times")
                elif sent.name == "poll.vote" and sent.body["poll"] == self.world.poll.pk:
                    votes.append(sent)
            # Of votes that were under way at the same time, either may have come last.
            newest = {one.body["option"] for one in votes if not any(other.begun > one.ended for other in votes)}
            if votes and (stands := answers.get(self.world.people[number].pk)) not in newest:
                faults.append(f"person {number}: {stands} stands, the newest acknowledged vote is {newest}")
        if not acknowledged:
            faults.append("nobody said anything: the drill proves nothing")
        return faults[:8]

    def _heard(self) -> list[str]:
        """Nobody was told of a topic that they may not read."""
        faults = []
        for number, person in enumerate(self.people):
            if stray := person.ledger.heard - set(person.topics):
                faults.append(f"person {number} heard {sorted(stray)}")
            if person.ledger.older:
                faults.append(f"person {number} was told an older value {person.ledger.older} times")
        strays = [stranger.ledger.heard - set(stranger.topics) for stranger in self.strangers]
        return [*faults, *(f"a stranger heard {sorted(stray)}" for stray in strays if stray)][:8]

    async def _memory(self, before_mb: dict[int, float]) -> list[str]:
        faults = []
        for live in self.ground.lives:
            known = before_mb.get(live.process.pid) if live.process else None
            if known is not None and live.alive() and (more := live.rss_mb() - known) > MOST_MORE_MB:
                faults.append(f"live {live.number} holds {more:.0f} MB more than before")
        return faults

    def memory(self) -> dict[int, float]:
        return {live.process.pid: live.rss_mb() for live in self.ground.lives if live.process and live.alive()}
