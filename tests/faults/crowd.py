"""The people of a drill: they stay, talk, change what they said, react and vote, and afterwards their ledgers are held
against the truth."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Container, Coroutine, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection

from tests.faults import world as worlds
from tests.faults.ground import Ground
from tests.faults.person import Person, Sent, newest
from tests.faults.voters import Voters
from tests.faults.world import World

ARRIVALS_AT_ONCE = 40
SETTLE_SECONDS = 60.0
LOOK_SECONDS = 0.25
MOST_CHANGES = 10
"""Of one message, which would else be the last for as long as nobody is answered."""


def heading(text: str) -> str:
    """What a message keeps when it is changed: the drill's name and the message's number."""
    return text.partition("^")[0]


async def ask(read: Callable[..., Any], *words: Any) -> Any:
    """Reads the database, on a connection that is new: PostgreSQL may have been away."""

    def fresh() -> Any:
        connection.close()
        return read(*words)

    return await sync_to_async(fresh, thread_sensitive=True)()


class Crowd:
    def __init__(self, ground: Ground, world: World, voters: Voters, name: str, *, short: bool = False) -> None:
        self.ground, self.world, self.voters, self.name, self.short = ground, world, voters, name, short
        url = ground.ws(world.event.slug)
        # Every third comes back with a fresh ticket, the others with what their socket gave them.
        self.people = [
            Person(url, world.topics + world.own(user), partial(world.ticket, user), resumes=number % 3 > 0)
            for number, user in enumerate(world.people)
        ]
        elsewhere = ground.ws(world.other.slug)
        # They are in an event of their own, and ask for what is none of their business whenever they come in.
        self.strangers = [
            Person(
                elsewhere,
                ["announcements"],
                partial(world.ticket, user, event=world.other),
                snoops=world.foreign,
            )
            for user in world.strangers
        ]
        self.notes: list[str] = []
        """What a drill has to tell beside whether it held."""
        self._tasks: list[asyncio.Task[Any]] = []
        self._number = 0
        self._touched: set[int] = set()
        """Messages that somebody reacted to or changed: nobody takes these away, for it may come first."""
        self._changes: Counter[int] = Counter()
        self._gone: set[int] = set()

    async def arrive(self) -> None:
        self.voters.came = 0
        everybody = self.people + self.strangers
        for first in range(0, len(everybody), ARRIVALS_AT_ONCE):
            some = everybody[first : first + ARRIVALS_AT_ONCE]
            self._tasks += [asyncio.create_task(person.stay()) for person in some]
            await asyncio.wait_for(asyncio.gather(*(person.follower.here() for person in some)), SETTLE_SECONDS)

    async def wait(self, seconds: float) -> None:
        """What goes on meanwhile is the drill; in the short form half of it has to do."""
        await asyncio.sleep(seconds / 2 if self.short else seconds)

    async def leave(self) -> None:
        for person in self.people + self.strangers:
            person.leave()
        _done, late = await asyncio.wait(self._tasks, timeout=20)
        for task in late:
            task.cancel()
        await asyncio.gather(*self._tasks)

    @asynccontextmanager
    async def busy(self, per_second: float) -> AsyncIterator[None]:
        """While the block runs they write `per_second` messages in turn, and name each other, change and take back what
        they said, react, ask and vote besides; at its end everything that was begun is answered."""
        deeds: list[asyncio.Task[Sent]] = []
        stop = asyncio.Event()

        async def talk() -> None:
            while not stop.is_set():
                self._number += 1
                deeds.extend(asyncio.create_task(deed) for deed in self._deeds(self._number))
                await asyncio.sleep(1 / per_second)

        talking = asyncio.create_task(talk())
        try:
            yield
        finally:
            stop.set()
            await talking
            await asyncio.wait_for(asyncio.gather(*deeds), SETTLE_SECONDS)

    def _deeds(self, number: int) -> Iterator[Coroutine[Any, Any, Sent]]:
        room, anybody = self.world.room.pk, partial(random.choice, self.people)
        text = f"{self.name} {number} ^"
        if number % 4 == 0:
            text += f" @{random.choice(self.world.people).name}"
        yield self.people[number % len(self.people)].do("chat.send", room=room, text=text)
        if number % 3 == 0:
            yield anybody().do("chat.react", room=room, kind="applause")
        if number % 2 == 0:
            voter = self.people[(number * 7) % len(self.people)]
            yield voter.do("poll.vote", poll=self.world.poll.pk, option=random.choice(self.world.options))
        if number % 7 == 0:
            yield anybody().do("question.ask", session=self.world.session, text=f"{self.name} {number}?")
        if number % 5 == 0 and (said := self._last_said()):
            self._touched.add(said[1].reply["id"])
            yield anybody().do("chat.mark", room=room, message=said[1].reply["id"], kind="heart")
        if number % 4 == 1 and (said := self._last_said()) and self._changes[said[1].reply["id"]] < MOST_CHANGES:
            author, sent = said
            self._touched.add(sent.reply["id"])
            self._changes[sent.reply["id"]] += 1
            text = f"{sent.body['text']} changed {number}"
            yield author.do("chat.edit", room=room, message=sent.reply["id"], text=text)
        if number % 6 == 0 and (said := self._last_said(beside=self._touched)):
            author, sent = said
            self._gone.add(sent.reply["id"])
            yield author.do("chat.remove", room=room, message=sent.reply["id"])

    def _last_said(self, *, beside: Container[int] = ()) -> tuple[Person, Sent] | None:
        """What was said last and is shown, with who said it; not what they took back since, nor one of `beside`.

        When many wishes were kept back at once, the room's display rate leaves some of them unseen (`seq` None), and
        what nobody sees takes no reactions.
        """
        said = [
            (person, sent)
            for person in self.people
            for sent in person.sent.values()
            if sent.name == "chat.send" and sent.done and not sent.refusal and sent.reply["seq"]
        ]
        there = [one for one in said if (number := one[1].reply["id"]) not in self._gone and number not in beside]
        return max(there, key=lambda one: one[1].ended, default=None)

    # Afterwards

    async def verdict(self, before_mb: dict[int, float]) -> list[str]:
        """What does not hold. Delivery has a bounded time to become whole first."""
        end = time.monotonic() + SETTLE_SECONDS
        while faults := [*await self._logs(), *await self._states()]:
            if time.monotonic() > end:
                faults.insert(0, f"not whole after {SETTLE_SECONDS:.0f} s")
                break
            await asyncio.sleep(LOOK_SECONDS)
        stored = [*await self._written(), *await self._voted()]
        return [*faults, *self._answered(), *stored, *self._heard(), *self._memory(before_mb)]

    async def _logs(self) -> list[str]:
        """Gapless: everything after one's first joining, but what a reset told one to load anew."""
        faults = []
        for topic in self.world.logs:
            faults += self._gaps(topic, await ask(worlds.log_of, self.world.event, topic))
        return faults[:8]

    def _gaps(self, topic: str, truth: list[int]) -> list[str]:
        faults = []
        for number, person in enumerate(self.people):
            since = person.ledger.since.get(topic)
            if since is None:
                faults.append(f"person {number} never joined {topic}")
                continue
            seen = person.ledger.seen.get(topic, [])
            wanted = [seq for seq in truth if seq > since]
            known = [seq for seq in seen if seq > since]
            stray = set(seen) - set(truth)
            if known != wanted or stray:
                missing = sorted(set(wanted) - set(known))[:5]
                faults.append(
                    f"person {number}, {topic}: {len(known)} of {len(wanted)}; missing {missing}, "
                    f"never said {sorted(stray)[:5]}"
                )
        return faults

    async def _states(self) -> list[str]:
        faults = []
        for topic in self.world.topics:
            if topic in self.world.logs:
                continue
            fresh = await ask(worlds.value_of, self.world.event, topic)
            values = Counter(str(person.ledger.values.get(topic, (0, None))[1]) for person in self.people)
            if set(values) != {str(fresh)}:
                faults.append(f"{topic} is {fresh}; people hold {values.most_common(3)}")
        return [*faults, *(await self._own_states())][:8]

    async def _own_states(self) -> list[str]:
        """What each hears alone, of everybody."""
        faults = []
        for topics in zip(*map(self.world.own, self.world.people), strict=True):
            fresh = await ask(worlds.values_of, self.world.event, list(topics))
            for person, topic, value in zip(self.people, topics, fresh, strict=True):
                held = person.ledger.values.get(topic, (0, None))[1]
                if held != value:
                    faults.append(f"{topic} is {value}; they hold {held}")
        return faults

    def _answered(self) -> list[str]:
        faults = []
        for number, person in enumerate(self.people):
            for sent in person.sent.values():
                if not sent.done:
                    faults.append(f"person {number}: {sent.name} {sent.body} was never answered")
                elif sent.refusal:
                    faults.append(f"person {number}: {sent.name} was refused: {sent.refusal}")
        return faults[:8]

    def _done(self, name: str) -> Iterator[tuple[int, Sent]]:
        """What was acknowledged, with the number of who said it."""
        for number, person in enumerate(self.people):
            for sent in person.sent.values():
                if sent.name == name and sent.done and not sent.refusal:
                    yield number, sent

    async def _written(self) -> list[str]:
        """What was acknowledged stands once, in its newest words, and is gone where that was acknowledged."""
        rows = await ask(worlds.stored, self.world.room)
        times = Counter(heading(text) for text, _removed in rows.values())
        edits: dict[int, list[Sent]] = {}
        for _number, sent in self._done("chat.edit"):
            edits.setdefault(sent.body["message"], []).append(sent)
        gone = {sent.body["message"] for _number, sent in self._done("chat.remove")}
        said = [sent for _number, sent in self._done("chat.send")]
        faults = [] if said else ["nobody said anything: the drill proves nothing"]
        for sent in said:
            message, text = sent.reply["id"], sent.body["text"]
            if times[heading(text)] != 1:
                faults.append(f"{text!r} was acknowledged and stands {times[heading(text)]} times")
            words = {one.body["text"] for one in newest(edits.get(message, []))} or {text}
            stands, removed = rows.get(message, ("", ""))
            if stands not in words or removed != ("author" if message in gone else ""):
                faults.append(f"{text!r} should read {words}, and reads {stands!r}, removed {removed!r}")
        return faults[:8]

    async def _voted(self) -> list[str]:
        """Of everybody's votes in the poll of all drills, the newest stands."""
        answers = await ask(worlds.answers, self.world.poll)
        votes: dict[int, list[Sent]] = {}
        for number, sent in self._done("poll.vote"):
            if sent.body["poll"] == self.world.poll.pk:
                votes.setdefault(number, []).append(sent)
        faults = []
        for number, theirs in votes.items():
            options = {one.body["option"] for one in newest(theirs)}
            if (stands := answers.get(self.world.people[number].pk)) not in options:
                faults.append(f"person {number}: {stands} stands, the newest acknowledged vote is {options}")
        return faults[:8]

    def _heard(self) -> list[str]:
        """Everybody was let in to their topics, and nobody was told of one that they may not read."""
        faults = []
        for number, person in enumerate(self.people):
            if stray := person.heard - set(person.topics):
                faults.append(f"person {number} heard {sorted(stray)}")
            if person.ledger.refused:
                faults.append(f"person {number} was not let in: {person.ledger.refused}")
            if person.ledger.older:
                faults.append(f"person {number} was told an older value: {dict(person.ledger.older)}")
        strays = [stranger.heard - set(stranger.topics) for stranger in self.strangers]
        return [*faults, *(f"a stranger heard {sorted(stray)}" for stray in strays if stray)][:8]

    def _memory(self, before_mb: dict[int, float]) -> list[str]:
        excess = self.voters.growth.excess(before_mb, self.memory(), self.voters.came)
        return [f"the live process {pid} holds {more:.0f} MB more than before" for pid, more in excess.items()]

    def memory(self) -> dict[int, float]:
        return {live.process.pid: live.rss_mb() for live in self.ground.lives if live.process and live.alive()}
