"""Those who come for the stampedes alone: thousands, in a few processes (`voter.py`), since one core cannot carry them.

The processes are started once, for all drills. Each drill has the voters come for its poll, vote, tell and leave.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apps.accounts.models import User
from tests.faults.ground import Ground
from tests.faults.growth import Growth
from tests.faults.voter import MOST_LINE
from tests.faults.world import World

PER_PROCESS = 3000
PATIENCE = 300.0
WORDS = 3


def words_of(number: int) -> int:
    """How often the person of this number answers: every other one twice changes their mind, the rest answer once."""
    return 1 if number % 2 else WORDS


def heard_by(number: int, topics: list[str]) -> list[str]:
    """Every tenth voter hears all of it, the others the first topic alone: one machine has to hear for everybody."""
    return topics if number % 10 == 0 else topics[:1]


@dataclass(slots=True)
class Told:
    """The ledgers of all voters, in sum."""

    acknowledged: int = 0
    under_way: int = 0
    """Words that were said and not answered."""
    done: bool = True
    stands: dict[int, tuple[int, int]] = field(default_factory=dict)
    """By person: revision and option of the newest that was acknowledged."""
    refused: Counter[str] = field(default_factory=Counter)
    held: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many hold this value of that topic, in JSON."""
    strays: int = 0
    """Who heard of what they had not asked for."""
    older: int = 0
    """Values that came after a newer one."""
    shut_out: int = 0
    """Who was not let in to a topic."""
    back: int = 0
    """How often somebody came back, and how often of these with what their socket had given them."""
    resumed: int = 0

    def add(self, words: dict[str, Any]) -> None:
        self.done = self.done and words["done"]
        self.stands |= {person: (revision, option) for person, revision, option in words["stands"]}
        self.refused += Counter(words["refused"])
        self.held += Counter({(topic, value): count for topic, value, count in words["held"]})
        for name in ("acknowledged", "under_way", "strays", "older", "shut_out", "back", "resumed"):
            setattr(self, name, getattr(self, name) + words[name])


class Process:
    """One process of voters."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path, heard: Callable[[], None]) -> None:
        self.process, self.log = process, log
        self.acknowledged = 0
        self._heard = heard
        self._answers: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._reading = asyncio.create_task(self._read())

    async def order(self, name: str, **words: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"order": name, **words}).encode() + b"\n")
        async with asyncio.timeout(PATIENCE):
            answer = await self._answers.get()
        if answer is None:
            raise RuntimeError(f"A process of voters has ended; {self.log}:\n{self.log.read_text()[-3000:]}")
        return answer

    async def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        await self.process.wait()
        await self._reading

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            words = json.loads(line)
            if "news" in words:
                self.acknowledged = words["news"][0]
                self._heard()
            else:
                self._answers.put_nowait(words["answer"])
        self._answers.put_nowait(None)


class Voters:
    def __init__(self, ground: Ground, world: World) -> None:
        self.ground, self.world = ground, world
        self.came = 0
        """How many have come to this drill."""
        self.growth = Growth()
        self.heard: Callable[[], None] = lambda: None
        """Called when the number of those who were acknowledged has changed."""
        self._processes: list[Process] = []

    @classmethod
    @asynccontextmanager
    async def ready(cls, ground: Ground, world: World) -> AsyncIterator["Voters"]:
        voters = cls(ground, world)
        try:
            for number, _some in enumerate(voters._shares()):
                await voters._start(number)
            yield voters
        finally:
            await asyncio.gather(*(process.end() for process in voters._processes))

    @property
    def awaited(self) -> int:
        return sum(map(words_of, range(len(self.world.voters))))

    @property
    def acknowledged(self) -> int:
        """As far as it was told: a little less than it is."""
        return sum(process.acknowledged for process in self._processes)

    async def come(self, topics: list[str]) -> None:
        event = self.world.event
        arriving = []
        for number, (process, some) in enumerate(zip(self._processes, self._shares(), strict=True)):
            people = [(user.pk, user.name, words_of(place), heard_by(place, topics)) for place, user in some]
            url = self.ground.ws(event.slug, number + 1)
            arriving.append(process.order("come", people=people, url=url, event=event.pk, epoch=event.live_epoch))
        await asyncio.gather(*arriving)
        self.came = len(self.world.voters)

    async def vote(self, **words: Any) -> None:
        await asyncio.gather(*(process.order("vote", **words) for process in self._processes))

    async def tell(self) -> Told:
        told = Told()
        for words in await asyncio.gather(*(process.order("tell") for process in self._processes)):
            told.add(words)
        return told

    async def leave(self) -> list[str]:
        """What went wrong with them that no ledger tells."""
        self.heard = lambda: None
        ended = await asyncio.gather(*(process.order("leave") for process in self._processes))
        for process in self._processes:
            process.acknowledged = 0
        return [f"a voter broke off: {one}" for words in ended for one in words["broken"]]

    def _count(self) -> None:
        self.heard()

    def _shares(self) -> list[list[tuple[int, User]]]:
        everybody = list(enumerate(self.world.voters))
        return [everybody[first : first + PER_PROCESS] for first in range(0, len(everybody), PER_PROCESS)]

    async def _start(self, number: int) -> None:
        log = self.ground.home / f"voters{number}.log"
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.faults.voter",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=output,
                limit=MOST_LINE,
            )
        self._processes.append(Process(process, log, self._count))
