"""Thousands who come for one poll, in a process of their own: `python -m tests.faults.voter`, at work for `voters.py`.

They are people of the drills like others, and hear the poll's own topics alone. Orders come by stdin, one line of JSON
each, and each is answered by one line on stdout: `come` (who, where to, and what is asked there), `vote`, `tell` (what
everybody was answered, and what they hold) and `leave`. In between, how many words were acknowledged and how many are
under way is told whenever it has changed.
"""

import asyncio
import json
import random
import sys
from collections import Counter
from functools import partial
from typing import Any

import django

from apps.live import tickets
from tests.faults.person import Person

ARRIVALS_AT_ONCE = 40
ARRIVAL_SECONDS = 60.0
NEWS_SECONDS = 0.1
MOST_LINE = 1 << 24


class Voter:
    def __init__(self, pk: int, words: int, person: Person) -> None:
        self.pk, self.words, self.person = pk, words, person

    async def vote(self, poll: int, options: list[int], seconds: float) -> None:
        for revision in range(1, self.words + 1):
            await asyncio.sleep(random.random() * seconds / self.words)
            await self.person.do("poll.vote", poll=poll, option=random.choice(options), revision=revision)


class Company:
    """All voters of this process."""

    def __init__(self) -> None:
        self.voters: list[Voter] = []
        self._stays: list[asyncio.Task[None]] = []
        self._votes: list[asyncio.Task[None]] = []
        self._told = (0, 0)

    async def come(self, people: list[Any], url: str, event: int, epoch: int) -> dict[str, Any]:
        issue = partial(tickets.issue, event_id=event, roles=["attendee"], epoch=epoch)
        for pk, name, words, topics in people:
            # Every third comes back with a fresh ticket, the others with what their socket gave them.
            person = Person(url, topics, partial(issue, user_id=pk, name=name), resumes=pk % 3 > 0)
            self.voters.append(Voter(pk, words, person))
        for first in range(0, len(self.voters), ARRIVALS_AT_ONCE):
            some = [voter.person for voter in self.voters[first : first + ARRIVALS_AT_ONCE]]
            self._stays += [asyncio.create_task(person.stay()) for person in some]
            await asyncio.wait_for(asyncio.gather(*(person.follower.here() for person in some)), ARRIVAL_SECONDS)
        return {}

    async def vote(self, poll: int, options: list[int], seconds: float) -> dict[str, Any]:
        self._votes = [asyncio.create_task(voter.vote(poll, options, seconds)) for voter in self.voters]
        return {}

    async def tell(self) -> dict[str, Any]:
        people = [voter.person for voter in self.voters]
        acknowledged, under_way = self.count()
        held = Counter(
            (topic, json.dumps(value, sort_keys=True))
            for person in people
            for topic, (_version, value) in person.ledger.values.items()
        )
        refused = [sent.refusal for person in people for sent in person.sent.values() if sent.refusal]
        return {
            "acknowledged": acknowledged,
            "under_way": under_way,
            "done": all(task.done() for task in self._votes),
            "stands": [[voter.pk, *word] for voter in self.voters if (word := stands(voter.person))],
            "refused": Counter(refused),
            "held": [[topic, value, count] for (topic, value), count in held.items()],
            "strays": sum(bool(person.heard - set(person.topics)) for person in people),
            "older": sum(person.ledger.older.total() for person in people),
            "shut_out": sum(bool(person.ledger.refused) for person in people),
            "back": sum(person.ledger.opened - 1 for person in people),
            "resumed": sum(person.ledger.resumed for person in people),
        }

    async def leave(self) -> dict[str, Any]:
        for task in self._votes:
            task.cancel()
        for voter in self.voters:
            voter.person.leave()
        ended = await asyncio.gather(*self._votes, *self._stays, return_exceptions=True)
        self.voters, self._votes, self._stays, self._told = [], [], [], (0, 0)
        return {"broken": [repr(one) for one in ended if isinstance(one, Exception)][:3]}

    def count(self) -> tuple[int, int]:
        """How many words were acknowledged, and how many are under way."""
        sent = [one for voter in self.voters for one in voter.person.sent.values()]
        done = sum(one.done for one in sent)
        return done - sum(bool(one.refusal) for one in sent), len(sent) - done

    def news(self) -> tuple[int, int] | None:
        found, before = self.count(), self._told
        self._told = found
        return found if found != before else None


def stands(person: Person) -> tuple[int, int] | None:
    """Revision and option of the newest word that they said and that was acknowledged; None where none was."""
    answered = [sent.reply for sent in person.sent.values() if sent.done and not sent.refusal]
    return (answered[-1]["revision"], answered[-1]["answer"]["option"]) if answered else None


def say(words: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


async def report(company: Company) -> None:
    while True:
        await asyncio.sleep(NEWS_SECONDS)
        if news := company.news():
            say({"news": news})


async def serve() -> None:
    company = Company()
    orders = asyncio.StreamReader(limit=MOST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    reporting = asyncio.create_task(report(company))
    while line := await orders.readline():
        words = json.loads(line)
        say({"answer": await getattr(company, words.pop("order"))(**words)})
    reporting.cancel()


if __name__ == "__main__":
    django.setup(set_prefix=False)
    asyncio.run(serve())
