"""The shedding ladder: what rests while a process cannot keep up, step by step, and how everybody can see it.

Two lags are measured: how late the event loop runs what is due, and how long after its time a tick was written to
its last socket. Their worst of each half second climbs a ladder: a lag above `shed_lag_seconds` for
`shed_after_seconds` takes one step up, a lag below half of it for `calm_after_seconds` one step down. In between
nothing changes, so that the ladder does not rock.

Each process climbs its own, since the lag is its own; what it rests from spares its own sockets. Only the sampling of
busy rooms concerns every process: a mark in Redis, renewed while the step holds, halves it everywhere.
"""

import asyncio
import json
import logging
import os
import socket
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, cast

from apps.core import clock
from apps.live import sampling, store
from apps.live.conf import Conf
from apps.live.here import PROCESSES
from apps.live.registry import Shed

if TYPE_CHECKING:
    from apps.live.hub import Hub

logger = logging.getLogger(__name__)

PROBE_SECONDS = 0.05
JUDGE_SECONDS = 0.5
CALM_SHARE = 0.5
"""A pass over eight thousand sockets takes a tenth of a second by itself: that is no lag to wait out."""
REPORT_SECONDS = 10
SPARING_MS = 5000


class Ladder:
    """Where a process stands between 0 and the last step of `Shed`."""

    def __init__(self, conf: Conf) -> None:
        self._conf = conf
        self.level = 0
        self._behind_since: float | None = None
        self._calm_since: float | None = None

    def judge(self, lag: float, now: float) -> int:
        """Takes the worst lag since the last call; the level from now on."""
        if lag > self._conf.shed_lag_seconds:
            self._calm_since = None
            if self._behind_since is None:
                self._behind_since = now
            if now - self._behind_since >= self._conf.shed_after_seconds and self.level < max(Shed):
                self.level += 1
                self._behind_since = now
        elif lag < self._conf.shed_lag_seconds * CALM_SHARE:
            self._behind_since = None
            if self._calm_since is None:
                self._calm_since = now
            if now - self._calm_since >= self._conf.calm_after_seconds and self.level > 0:
                self.level -= 1
                self._calm_since = now
        else:
            self._behind_since = self._calm_since = None
        return self.level


@dataclass(frozen=True, slots=True)
class Report:
    """How a process is, for operators: in `/readyz`, in the admin, in the log at each step."""

    process: str
    host: str
    pid: int
    at: float
    sockets: int
    topics: int
    loop_lag_ms: int
    tick_lag_ms: int
    level: int
    resting: list[str]
    """What rests now, by the ladder's names."""
    draining: bool


class Shedding:
    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._ladder = Ladder(hub.conf)
        self._loop_lag = self._tick_lag = 0.0

    @property
    def level(self) -> int:
        return self._ladder.level

    def rests(self, step: Shed | None) -> bool:
        return step is not None and self._ladder.level >= step

    async def run(self) -> None:
        """Measures for as long as the process serves."""
        loop = self._hub.loop
        judged = loop.time()
        worst = 0.0
        while True:
            due = loop.time() + PROBE_SECONDS
            await asyncio.sleep(PROBE_SECONDS)
            now = loop.time()
            worst = max(worst, now - due)
            if now - judged >= JUDGE_SECONDS:
                self._loop_lag, self._tick_lag = worst, self._hub.delivery.take_lag()
                judged, worst = now, 0.0
                self._judge(now)
                await self._tell()

    def _judge(self, now: float) -> None:
        before = self._ladder.level
        after = self._ladder.judge(max(self._loop_lag, self._tick_lag), now)
        if after == before:
            return
        logger.warning(
            "This process %s: its loop is %d ms late, its ticks %d ms, with %d sockets. What rests now: %s.",
            "cannot keep up" if after > before else "recovers",
            self._loop_lag * 1000,
            self._tick_lag * 1000,
            len(self._hub.connections),
            ", ".join(_resting(after)) or "nothing",
        )
        if after < before:
            self._hub.speak_all()

    def report(self) -> Report:
        hub = self._hub
        return Report(
            process=hub.here.process,
            host=socket.gethostname(),
            pid=os.getpid(),
            at=clock.now().timestamp(),
            sockets=len(hub.connections),
            topics=len(hub.channels),
            loop_lag_ms=round(self._loop_lag * 1000),
            tick_lag_ms=round(self._tick_lag * 1000),
            level=self.level,
            resting=_resting(self.level),
            draining=hub.draining,
        )

    async def _tell(self) -> None:
        try:
            pipeline = store.loop_client().pipeline(transaction=False)
            pipeline.set(report_key(self._hub.here.process), json.dumps(asdict(self.report())), ex=REPORT_SECONDS)
            if self.rests(Shed.SAMPLING):
                pipeline.set(sampling.SPARING, 1, px=SPARING_MS)
            await pipeline.execute()
        except (store.Failed, OSError):
            logger.debug("Redis is away; nobody can see how this process is but by /readyz.")


def _resting(level: int) -> list[str]:
    return [step.name.lower() for step in Shed if step <= level]


def report_key(process: str) -> str:
    return store.key(f"report:{process}")


def reports() -> list[Report]:
    """Every live process that gave a sign of life in the last seconds, for operators. Raises `store.Failed`."""
    redis = store.blocking()
    processes = cast("list[bytes]", redis.zrange(PROCESSES, 0, -1))
    keys = [report_key(store.text(process)) for process in processes]
    found = redis.mget(keys) if keys else []
    return sorted((Report(**json.loads(words)) for words in found if words), key=lambda report: report.process)
