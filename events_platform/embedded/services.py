"""Starting the private services for whoever needs them, and stopping them when nobody does."""

import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from events_platform.embedded.places import Places
from events_platform.embedded.postgres import Postgres
from events_platform.embedded.redis import Redis
from events_platform.embedded.service import Lease, Service, control


class Use:
    """Our part in the services of one installation, from taking to giving back."""

    def __init__(self, home: Path, *, postgres: bool = True, redis: bool = True, throwaway: bool = False) -> None:
        self.places = Places(home)
        self.services: list[Service] = []
        if postgres:
            self.services.append(Postgres(self.places, throwaway=throwaway))
        if redis:
            self.services.append(Redis(self.places, throwaway=throwaway))
        self._leases: list[tuple[Service, Lease]] = []
        self._process = os.getpid()

    def take(self) -> list[str]:
        """Finds or starts every service; returns the names of those that had to be started."""
        if not self.services:
            return []
        started = []
        with control(self.places):
            try:
                for service in self.services:
                    self._leases.append((service, Lease(self.places.run / f"{service.name}.lease")))
                    if not service.running():
                        service.start()
                        started.append(service.name)
            except BaseException:
                self._release()
                raise
        return started

    def give_back(self) -> None:
        """Stops what nobody else uses and nobody asked to keep."""
        # A forked child runs our exit functions too, and must not give back what is not its own.
        if not self._leases or os.getpid() != self._process:
            return
        with control(self.places):
            self._release()

    def _release(self) -> None:
        while self._leases:
            service, lease = self._leases.pop()
            if lease.give_back() and not kept(self.places):
                service.stop()


@contextmanager
def in_use(home: Path, *, postgres: bool = True, redis: bool = True, throwaway: bool = False) -> Iterator[Use]:
    use = Use(home, postgres=postgres, redis=redis, throwaway=throwaway)
    use.take()
    try:
        yield use
    finally:
        use.give_back()


def use_until_exit(home: Path, *, postgres: bool = True, redis: bool = True) -> None:
    """For commands and benches: the services run from now until this process ends."""
    use = Use(home, postgres=postgres, redis=redis)
    atexit.register(use.give_back)
    use.take()


def _keep_file(places: Places) -> Path:
    return places.run / "keep"


def kept(places: Places) -> bool:
    return _keep_file(places).exists()


def keep(home: Path, *, postgres: bool = True, redis: bool = True) -> None:
    """Starts the services and leaves them running after everybody has gone."""
    with in_use(home, postgres=postgres, redis=redis) as use:
        _keep_file(use.places).touch()


def let_go(home: Path) -> bool:
    """Takes `keep` back; true when the services have stopped, false when somebody still uses them."""
    places = Places(home)
    use = Use(home)
    with control(places):
        _keep_file(places).unlink(missing_ok=True)
        for service in use.services:
            if Lease(places.run / f"{service.name}.lease").give_back():
                service.stop()
        return not any(service.running() for service in use.services)
