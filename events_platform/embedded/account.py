"""Whom PostgreSQL runs as: ourselves, or an account without power where we are root (PostgreSQL refuses root)."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from events_platform.embedded.errors import EmbeddedError

CANDIDATES = ("postgres", "nobody", "daemon")


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int
    prefix: tuple[str, ...] = ()
    """The words before a command that make it run as this account."""
    capabilities: tuple[str, ...] = ()

    def run(self, command: Sequence[str], **options: object) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            [*self.prefix, *command], text=True, capture_output=True, check=False, cwd="/", **options
        )

    def own(self, folder: Path) -> None:
        """Makes the folder where it is missing, for this account's eyes only."""
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        if folder.stat().st_uid != self.uid:
            os.chown(folder, self.uid, self.gid)


def choose(home: Path, data: Path, probe: Sequence[str]) -> Account:
    """The account that owns the data, else the home, else the first unprivileged one of the machine.

    `probe` is a command it must be able to run (the program's own --version). A checkout under a closed folder such
    as /root cannot be entered by another account; then the process keeps, of root's powers, the right to walk
    through closed folders, and the right to open closed files only where even that is not enough.
    """
    if os.geteuid():
        who = _entry(os.geteuid())
        return Account(who.pw_name, who.pw_uid, who.pw_gid)
    who = _unprivileged(home, data)
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise EmbeddedError(
            "As root, PostgreSQL needs the program setpriv (package util-linux) to give up root's powers."
        )
    base = (setpriv, f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}", "--clear-groups")
    for capabilities in ((), ("dac_read_search",), ("dac_read_search", "dac_override")):
        words = ",".join(f"+{name}" for name in capabilities)
        kept = (f"--inh-caps={words}", f"--ambient-caps={words}") if capabilities else ("--inh-caps=-all",)
        account = Account(who.pw_name, who.pw_uid, who.pw_gid, (*base, *kept, "--"), capabilities)
        if account.run(probe).returncode == 0 and account.run(["ls", "-d", f"{home}/."]).returncode == 0:
            return account
    raise EmbeddedError(
        f"As root, PostgreSQL must run as the user {who.pw_name}, who can enter neither {home} nor {probe[0]}. "
        "Start as an ordinary user, or move the checkout and PLENARY_HOME to a folder that every user may enter."
    )


def _unprivileged(home: Path, data: Path) -> pwd.struct_passwd:
    for folder in (data, home):
        if folder.exists() and (uid := folder.stat().st_uid):
            return _entry(uid)
    for name in CANDIDATES:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedError("As root, PostgreSQL needs an unprivileged user to run as, and this machine has none. Add one.")


def _entry(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedError(
            f"The user number {uid} has no name on this machine (/etc/passwd), which PostgreSQL asks for."
        ) from None


def name_of(uid: int) -> str:
    return _entry(uid).pw_name
