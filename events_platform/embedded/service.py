"""A private service: found running or started, shared by leases, stopped by the last who uses it."""

import fcntl
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from events_platform.embedded.places import Places


class Service(ABC):
    """One program of one installation. `start` and `stop` are called under the installation's control lock."""

    name: str

    def __init__(self, places: Places) -> None:
        self.places = places

    @property
    def log(self) -> Path:
        return self.places.logs / f"{self.name}.log"

    @abstractmethod
    def pid(self) -> int | None:
        """Its process id, if it lives."""

    @abstractmethod
    def running(self) -> bool:
        """Whether it answers now."""

    @abstractmethod
    def start(self) -> None:
        """Starts it and returns when it answers; raises EmbeddedError with the reason otherwise."""

    @abstractmethod
    def stop(self) -> None:
        """Stops it in order, with nothing lost."""


class Lease:
    """A shared lock on a file: the kernel drops it with the process that held it, however that one ends."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def give_back(self) -> bool:
        """True when nobody else holds one. Call it under the control lock."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            return True
        finally:
            # Said aloud: a forked child may still hold the same open file, and closing ours would leave its lock.
            fcntl.flock(self._handle, fcntl.LOCK_UN)
            os.close(self._handle)


@contextmanager
def control(places: Places) -> Iterator[None]:
    """One at a time starts and stops the services of an installation."""
    places.make()
    handle = os.open(places.run / "control.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
