"""The programs of the embedded platform, each as its command line."""

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Program:
    name: str
    command: tuple[str, ...]


def front(port: int, *, terminal: int | None = None) -> Program:
    """Pages, API, admin and sockets in one process; with a terminal it first prepares the database, and tells there."""
    more = () if terminal is None else ("--terminal", str(terminal))
    return Program("front", (sys.executable, "-m", "events_platform.embedded.front", "--port", str(port), *more))


def worker() -> Program:
    """Rounds first, then what somebody waits for: codes, letters, small jobs."""
    return Program("worker", _celery("worker", "--queues=rounds,default", "--concurrency=2", "--hostname=worker@%h"))


def bulk() -> Program:
    """The mails of announcements and what webhooks are told: so many, or so slow, that nothing may wait behind them."""
    return Program("bulk", _celery("worker", "--queues=bulk", "--concurrency=1", "--hostname=bulk@%h"))


def media() -> Program:
    """Transcoding has a process of its own, so that no mail waits behind a film."""
    return Program("media", _celery("worker", "--queues=media", "--concurrency=1", "--hostname=media@%h"))


def files() -> Program:
    """Recordings, pages, pictures and the scanner: minutes at most, which would be hours behind a film."""
    return Program("files", _celery("worker", "--queues=files", "--concurrency=1", "--hostname=files@%h"))


def drain() -> Program:
    """Brings the answers that the intake has taken to the database."""
    return Program("drain", (sys.executable, "-m", "django", "drain", "--settings=events_platform.settings"))


def ingest() -> Program:
    """Takes live streams from encoders on this machine. Where its port is somebody else's it waits for it."""
    return Program("ingest", (sys.executable, "-m", "django", "ingest", "--settings=events_platform.settings"))


def hear() -> Program:
    """Writes live captions by the model that lies on this machine."""
    return Program("hear", (sys.executable, "-m", "django", "hear", "--settings=events_platform.settings"))


def beat(home: Path) -> Program:
    return Program("beat", _celery("beat", "--pidfile=", f"--schedule={home / 'run' / 'beat-schedule'}"))


def _celery(role: str, *options: str) -> tuple[str, ...]:
    # Gossip and mingle are for many workers that know each other; here they would only slow the start.
    alone = ("--without-gossip", "--without-mingle") if role == "worker" else ()
    return (
        sys.executable,
        "-m",
        "celery",
        "--app=events_platform",
        "--quiet",
        role,
        "--loglevel=INFO",
        *alone,
        *options,
    )
