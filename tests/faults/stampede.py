"""Everybody answers a poll within seconds, and meanwhile something is killed outright: acknowledged = counted.

Each drill asks a poll of its own. The people of the drills answer it, and with them thousands who come for it alone
(`voters`). Half of them answer once: nothing they say later could heal the loss of that one word. The others change
their minds, so that the newest word has to win over redelivery too. What stands is held against what was acknowledged,
person by person, revision and answer, in the rows and in the counters that results are read from; in the end everybody
must have been told the results as they are. Each drill tells what was at stake when the blow fell, and fails where that
was nothing.
"""

import asyncio
import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection, transaction

from apps.intake import metrics, store
from apps.intake.adapters.stream import GROUP
from apps.polls import broadcasts, selectors
from apps.polls import services as polls
from apps.polls.models import Answer, Poll
from events_platform.embedded import processes
from tests.faults import world as worlds
from tests.faults.crowd import LOOK_SECONDS, SETTLE_SECONDS, Crowd, ask
from tests.faults.drills import PER_SECOND, drill
from tests.faults.voters import Told, heard_by, words_of

BURST_SECONDS = 3.0
PATIENCE = 180.0
WAITING_FOR_US = """
SELECT EXISTS (SELECT FROM pg_stat_activity
               WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)) AND query LIKE '%FROM polls_poll % FOR SHARE')
"""
Blow = Callable[[], Awaitable[list[str]]]
Word = tuple[int, int]
"""Revision and option."""


@dataclass(frozen=True, slots=True)
class Stake:
    """What had been acknowledged when the blow fell."""

    acknowledged: int
    only: dict[int, Word]
    """By person: the word of those who say no other one."""
    unwritten: int
    """Still in the queue alone, or written and not yet forgotten there."""
    under_way: int
    """Words that were said and not answered."""
    to_come: int
    """These, and those that were not said yet."""


class Stampede:
    """`strike` is what happens once a third of the answers has been acknowledged; it says what went wrong with it."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd, self.voters = crowd, crowd.voters
        self.poll: Poll
        self.options: list[int] = []
        self.topics: list[str] = []
        self.stands: dict[int, Word] = {}
        """By person of the drills: the newest that was acknowledged."""
        self.said, self.acknowledged = 0, 0
        self.awaited = sum(map(words_of, range(len(crowd.people)))) + self.voters.awaited
        self.stake: Stake
        self.refused: Counter[str] = Counter()
        self.third = asyncio.Event()

    async def run(self, strike: Blow, *, unwritten: bool = False) -> list[str]:
        """`unwritten`: the drill is about what is in the queue alone, and proves nothing where that is empty."""
        self.poll, self.options = await ask(self._ask)
        self.topics = [broadcasts.turnout_topic(self.poll.pk), broadcasts.results_topic(self.poll.pk)]
        await self.voters.come(self.topics)
        self.voters.heard = self._count
        async with self.crowd.busy(PER_SECOND):
            await self.voters.vote(poll=self.poll.pk, options=self.options, seconds=BURST_SECONDS)
            votes = asyncio.gather(*(self._answer(number) for number in range(len(self.crowd.people))))
            await asyncio.wait_for(self.third.wait(), PATIENCE)
            self.stake = await self._at_stake()
            faults = await strike()
            await asyncio.wait_for(votes, PATIENCE)
            told = await self._at_rest()
        stake = self.stake
        self.crowd.notes.append(
            f"at stake: {stake.acknowledged} of {self.awaited} acknowledged, of these {len(stake.only)} the only word "
            f"of their person, {stake.unwritten} not written; {stake.to_come} to come, {stake.under_way} of them said"
        )
        if not stake.only or not stake.to_come or (unwritten and not stake.unwritten):
            faults.append("too little was at stake when the blow fell: the drill proves nothing")
        if self.crowd.world.voters:
            self.crowd.notes.append(f"of the voters {told.back} came back, {told.resumed} with what their socket gave")
        return [*faults, *await self._verdict(told), *await self._told(), *await self.voters.leave()]

    async def _at_stake(self) -> Stake:
        unwritten = await ask(lambda: metrics.health().depth)
        # Read after the queue, and with nothing in between: the blow comes next.
        told = await self.voters.tell()
        stands = self.stands | told.stands
        once = {user.pk for users in (self.crowd.world.people, self.crowd.world.voters)
                for number, user in enumerate(users) if words_of(number) == 1}  # fmt: skip
        only = {user: word for user, word in stands.items() if user in once}
        acknowledged = self.acknowledged + told.acknowledged
        under_way = self.said - self.acknowledged - self.refused.total() + told.under_way
        return Stake(acknowledged, only, unwritten, under_way, self.awaited - acknowledged)

    def _ask(self) -> tuple[Poll, list[int]]:
        poll = polls.create_poll(
            event=self.crowd.world.event, question=self.crowd.name, options=["One", "Two", "Three"]
        )
        return polls.open_poll(poll), [option.pk for option in poll.options.order_by("position")]

    async def _answer(self, number: int) -> None:
        person, user = self.crowd.people[number], self.crowd.world.people[number]
        words = words_of(number)
        for revision in range(1, words + 1):
            await asyncio.sleep(random.random() * BURST_SECONDS / words)
            option = random.choice(self.options)
            self.said += 1
            sent = await person.do("poll.vote", poll=self.poll.pk, option=option, revision=revision)
            if sent.refusal:
                self.refused[sent.refusal] += 1
            elif sent.done:
                self.acknowledged += 1
                self.stands[user.pk] = sent.reply["revision"], sent.reply["answer"]["option"]
                self._count()

    def _count(self) -> None:
        if self.acknowledged + self.voters.acknowledged >= self.awaited / 3:
            self.third.set()

    # Afterwards

    async def _at_rest(self) -> Told:
        """When every voter has said all that they had to say, and was answered."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if (told := await self.voters.tell()).done:
                    return told
                await asyncio.sleep(LOOK_SECONDS)

    async def _verdict(self, told: Told) -> list[str]:
        end = time.monotonic() + PATIENCE
        while not await self._is_written():
            if time.monotonic() > end:
                return ["what was acknowledged is not written after a long time"]
            await asyncio.sleep(LOOK_SECONDS)
        rows, counted, people = await ask(self._stored)
        stands = self.stands | told.stands
        everybody = len(self.crowd.people) + len(self.crowd.world.voters)
        refused = self.refused + told.refused
        faults = [f"{number} answers were refused: {code}" for code, number in refused.items()]
        if len(stands) != everybody:
            faults.append(f"{len(stands)} of {everybody} people were acknowledged")
        if rows != stands:
            lost = {user for user in stands if user not in rows}
            other = {user for user, word in stands.items() if rows.get(user, word) != word}
            more = set(rows) - set(stands)
            blown = {user for user, word in self.stake.only.items() if rows.get(user) != word}
            faults.append(
                f"of acknowledged answers {len(lost)} are lost ({len(blown)} of those at stake), {len(other)} differ; "
                f"{len(more)} are too many"
            )
        expected = Counter(option for _revision, option in stands.values())
        if counted != expected or people != len(stands):
            faults.append(f"{dict(expected)} was acknowledged by {len(stands)}, {dict(counted)} counted of {people}")
        return faults

    async def _told(self) -> list[str]:
        """Every voter holds what they listen to as it is, heard nothing else, and nothing backwards."""
        end = time.monotonic() + SETTLE_SECONDS
        while True:
            told, wanted = await self.voters.tell(), await ask(self._wanted)
            if told.held == wanted or time.monotonic() > end:
                break
            await asyncio.sleep(LOOK_SECONDS)
        faults = [] if told.held == wanted else [f"the voters should hold {wanted}, and hold {told.held}"]
        wrong = {"heard what they had not asked for": told.strays, "were not let in": told.shut_out}
        wrong |= {"older values came": told.older}
        return [*faults, *(f"of the voters: {number} {what}" for what, number in wrong.items() if number)]

    def _wanted(self) -> Counter[tuple[str, str]]:
        world = self.crowd.world
        hear = Counter(topic for number in range(len(world.voters)) for topic in heard_by(number, self.topics))
        value = {topic: json.dumps(worlds.value_of(world.event, topic), sort_keys=True) for topic in hear}
        return Counter({(topic, value[topic]): number for topic, number in hear.items()})

    async def _is_written(self) -> bool:
        with suppress(store.Failed):
            return await ask(lambda: metrics.health().depth) == 0
        return False

    def _stored(self) -> tuple[dict[int, Word], Counter[int], int]:
        answers = Answer.objects.filter(poll=self.poll)
        rows = {answer.user_id: (answer.revision, answer.said["option"]) for answer in answers}
        results = selectors.all_results(self.poll.event_id, self.poll.pk)
        return rows, Counter({tally.option: tally.votes for tally in results.votes if tally.votes}), results.total


@drill
async def votes_while_a_live_process_is_killed(crowd: Crowd) -> list[str]:
    live = crowd.ground.lives[0]

    async def strike() -> list[str]:
        live.signal(signal.SIGKILL)
        await crowd.wait(2)
        await asyncio.to_thread(live.start)
        return []

    return await Stampede(crowd).run(strike)


@drill
async def votes_while_the_drain_is_killed(crowd: Crowd) -> list[str]:
    """In the middle of a batch: what it has taken and not written comes to another one."""
    stampede = Stampede(crowd)

    def kill_at_work() -> list[str]:
        try:
            with transaction.atomic():
                # Whoever writes answers waits for us: the batch has been taken and cannot be finished.
                Poll.objects.select_for_update().get(pk=stampede.poll.pk)
                at_work = processes.wait_until(_is_stuck, 20)
                crowd.ground.kill_drain()
                return [] if at_work and _first_held() else ["the drain held nothing when it was killed"]
        finally:
            close_old_connections()

    async def strike() -> list[str]:
        faults = await sync_to_async(kill_at_work, thread_sensitive=False)()
        await crowd.wait(2)
        await asyncio.to_thread(crowd.ground.start_drain)
        return faults

    return await stampede.run(strike)


def _first_held() -> bytes | str | None:
    return store.client().xpending(store.STREAM, GROUP)["min"]


def _is_stuck() -> bool:
    """It asks for the poll that we hold: not a batch that was written before we came, and is only being told of."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees who waited when it asked first
        cursor.execute(WAITING_FOR_US)
        [is_waiting] = cursor.fetchone()
    return is_waiting and _first_held() is not None


@drill
async def votes_while_redis_is_killed(crowd: Crowd) -> list[str]:
    """The drain is held back until then, so that what was acknowledged is in Redis alone."""
    redis = crowd.ground.redis

    async def strike() -> list[str]:
        os.kill(redis.pid(), signal.SIGKILL)
        await asyncio.to_thread(processes.wait_until, lambda: redis.pid() is None, 10)
        await crowd.wait(1)
        await asyncio.to_thread(redis.start)
        drain.send_signal(signal.SIGCONT)
        return []

    drain = crowd.ground.drains[-1]
    drain.send_signal(signal.SIGSTOP)
    try:
        return await Stampede(crowd).run(strike, unwritten=True)
    finally:
        drain.send_signal(signal.SIGCONT)  # whatever happened: nobody else wakes it


@drill
async def votes_while_postgres_is_killed(crowd: Crowd) -> list[str]:
    """All of its processes at once, as a machine without power: it recovers from what it wrote ahead."""
    postgres = crowd.ground.postgres

    async def strike() -> list[str]:
        everything = [pid, *_children(pid)] if (pid := postgres.pid()) else []
        for one in everything:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        ended = await asyncio.to_thread(
            processes.wait_until, lambda: not any(processes.alive(one) for one in everything), 10
        )
        await crowd.wait(1)
        await asyncio.to_thread(postgres.start)
        return [] if everything and ended else ["PostgreSQL was not killed"]

    return await Stampede(crowd).run(strike)


def _children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(entry.name))
    return found
