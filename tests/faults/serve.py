"""A live process that can be made to fail, forked from one that has loaded it (`tests.plugins.forks`).

It is the platform's own live role with quicker numbers. Two files in its folder act on it: where `die` lies, the
process ends as if killed, at the next log message, after the transaction's commit and before the message is published;
what `skew` holds (seconds) is added to the injected clock.
"""

import os
import signal
from datetime import timedelta
from pathlib import Path

import django
from django.conf import settings

from apps.core import clock
from apps.live import outbox, server

QUICK = {
    "sweep_seconds": 4.0,
    "drain_seconds": 3.0,
    "move_seconds": 2.0,
    "lease_seconds": 6.0,
    "leave_seconds": 1.0,
    "slow_seconds": 3.0,
}


def load() -> None:
    settings.LIVE = QUICK
    django.setup(set_prefix=False)
    import events_platform.asgi  # noqa: F401 - forks find it loaded


def run(port: int, folder: str) -> None:
    die_before_publishing(Path(folder) / "die")
    jump(Path(folder) / "skew")
    server.run(server.config("events_platform.asgi:application", host="127.0.0.1", port=port))


def die_before_publishing(asked: Path) -> None:
    publish = outbox.log

    def log(event_id: int, topic: str, item: tuple[int, bytes]) -> None:
        if asked.exists():
            asked.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        publish(event_id, topic, item)

    outbox.log = log


def jump(skew: Path) -> None:
    real = clock.now

    def now():
        return real() + timedelta(seconds=float(skew.read_text())) if skew.exists() else real()

    clock.now = now
