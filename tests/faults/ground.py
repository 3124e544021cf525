"""The ground of the drills: two web and two live processes behind haproxy, on a PostgreSQL and a Redis of their own.

Everything can be killed, ended and started again. The live processes reach Redis through a relay, which can be told
to fall silent for every connection that subscribes: what a network does that loses a peer without a word.
"""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from events_platform.embedded.postgres import Postgres
from events_platform.embedded.redis import Redis
from events_platform.embedded.services import Use
from tests.plugins import forks
from tests.plugins.fleet import ENTRYPOINT, SECRET, balancer_configuration, role_environment
from tests.plugins.platform import free_port, running, wait_for

MOST_SOCKETS = 8000
SPARE_SOCKETS = 500


def family(pid: int) -> list[int]:
    """A process and all that it began."""
    found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [pid, *(one for child in found for one in family(child))]


def cpu_of(pid: int) -> float:
    """Seconds, from the kernel's clock of that process."""
    return time.clock_gettime(~pid << 3 | 2)


def most_sockets() -> int:
    """How many people one balancer carries: it needs two files for each."""
    _least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(most // 2 - 2 * SPARE_SOCKETS, MOST_SOCKETS)


class Relay:
    """What passes bytes between the live processes and Redis: they must not wait for whoever is busy in ours."""

    def __init__(self, target: Path) -> None:
        command = [sys.executable, "-m", "tests.faults.relay", str(target)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self._line())

    def silence(self) -> int:
        """From now on nothing more comes through on the connections that subscribe; how many there are."""
        assert self._process.stdin is not None
        self._process.stdin.write("silence\n")
        self._process.stdin.flush()
        return int(self._line())

    def end(self) -> None:
        self._process.communicate(timeout=10)

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


class Live:
    """One live process, which may be started again at the same address."""

    def __init__(self, ground: "Ground", number: int) -> None:
        self.ground, self.number, self.port = ground, number, free_port()
        self.home = ground.home / f"live{number}"
        self.home.mkdir()
        self.log = self.home / "log"
        self.process: forks.Fork | None = None

    def start(self) -> None:
        self.begin()
        self.stand()

    def begin(self) -> None:
        self.process = self.ground.fork(log=self.log, port=self.port, folder=str(self.home))

    def stand(self) -> None:
        """Waits until it answers."""
        assert self.process is not None
        wait_for(f"http://127.0.0.1:{self.port}/healthz", self.process, self.log)

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def wait(self, seconds: float) -> int | None:
        """Its exit code; None while it still runs after that time."""
        assert self.process is not None
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def rss_mb(self) -> float:
        assert self.process is not None
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def stop(self) -> None:
        if self.alive():
            self.signal(signal.SIGTERM)
            if self.wait(30) is None:
                self.signal(signal.SIGKILL)
                self.wait(10)


class Ground:
    def __init__(self, home: Path) -> None:
        self.home = home
        self.use = Use(home, throwaway=False)  # what was answered must be on the disk
        self.relay: Relay
        self.lives: list[Live] = []
        self.webs: list[subprocess.Popen[bytes]] = []
        self.drains: list[subprocess.Popen[bytes]] = []
        self.shared: dict[str, str] = {}
        self.url = ""
        self.fork: Callable[..., forks.Fork]
        self.gates: list[str] = []
        """The balancers' addresses: the site's own, and others where one has too few sockets for everybody."""
        self._stack = ExitStack()

    @property
    def postgres(self) -> Postgres:
        return next(one for one in self.use.services if isinstance(one, Postgres))

    @property
    def redis(self) -> Redis:
        return next(one for one in self.use.services if isinstance(one, Redis))

    def take(self) -> None:
        """PostgreSQL and Redis; nothing else yet."""
        self.use.take()
        self._stack.callback(self.use.give_back)
        self.relay = Relay(self.use.places.redis_socket)
        self._stack.callback(self.relay.end)

    def open(self, people: int) -> None:
        """The processes, once the tables are there."""
        from django.conf import settings

        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.shared = {
            "DATABASE_URL": os.environ["DATABASE_URL"],
            "REDIS_URL": settings.REDIS_URL,
            "SITE_URL": self.url,
            "SITE_HOST": "127.0.0.1",
            "SECRET_KEY": SECRET,
            "BALANCER_PORT": str(port),
            "STATIC_ROOT": str(settings.STATIC_ROOT),
            "AWS_STORAGE_BUCKET_NAME": "",
        }
        webs = [self._role("web", number) for number in (1, 2)]
        self.webs = [process for _port, process, _log in webs]
        self.start_drain()
        home = self.home / "live"
        home.mkdir()
        environment = {**role_environment(home), **self.shared, "REDIS_URL": f"redis://127.0.0.1:{self.relay.port}/0"}
        self.fork = self._stack.enter_context(forks.of("tests.faults.serve", environment))
        self.lives = [Live(self, number) for number in (1, 2)]
        for live in self.lives:
            self._stack.callback(live.stop)
            live.begin()
        for live in self.lives:
            live.stand()
        for own, process, log in webs:
            wait_for(f"http://127.0.0.1:{own}/healthz", process, log)
        web_ports, live_ports = [web[0] for web in webs], [live.port for live in self.lives]
        text = balancer_configuration(web_ports, live_ports, "127.0.0.1:9")
        for number, gate in enumerate([port, *(free_port() for _more in range(people // most_sockets()))]):
            self.gates.append(f"http://127.0.0.1:{gate}")
            self._balance(number, gate, text.replace("maxconn 1000", f"maxconn {most_sockets() + SPARE_SOCKETS}"))

    def _balance(self, number: int, port: int, text: str) -> None:
        configuration = self.home / f"haproxy{number}.cfg"
        configuration.write_text(text)
        log = self.home / f"haproxy{number}.log"
        # The balancer's file routes a bucket's name; the drills have no bucket.
        environment = {**self.shared, "AWS_STORAGE_BUCKET_NAME": "files-of-nobody", "BALANCER_PORT": str(port)}
        balancer = self._stack.enter_context(
            running("haproxy", "-db", "-f", str(configuration), log=log, **environment)
        )
        wait_for(f"{self.gates[number]}/readyz", balancer, log)

    def _role(self, role: str, number: int) -> tuple[int, "subprocess.Popen[bytes]", Path]:
        home = self.home / f"{role}{number}"
        home.mkdir()
        own = free_port()
        log = home / "log"
        environment = {**role_environment(home), **self.shared, "PORT": str(own)}
        return own, self._stack.enter_context(running(ENTRYPOINT, role, log=log, **environment)), log

    def web_seconds(self) -> list[float]:
        """The CPU that each of the web processes has used, with those that it began."""
        return [sum(map(cpu_of, family(process.pid))) for process in self.webs]

    def start_drain(self) -> None:
        _port, process, _log = self._role("drain", len(self.drains) + 1)
        self.drains.append(process)

    def kill_drain(self) -> None:
        self.drains[-1].kill()
        self.drains[-1].wait(10)

    def ws(self, event: str, gate: int = 0) -> str:
        """By the balancer of this number, or by one of those that there are."""
        return f"{self.gates[gate % len(self.gates)].replace('http', 'ws', 1)}/ws/{event}/"

    def close(self) -> None:
        """All at once; the stack then waits for each."""
        lives = [live.process for live in self.lives if live.process is not None]
        for process in (*self.webs, *self.drains, *lives):
            if process.poll() is None:
                process.terminate()
        self._stack.close()
