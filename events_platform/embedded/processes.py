"""Small facts about processes, from the kernel and the standard library alone."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from events_platform.embedded.errors import EmbeddedError


def alive(pid: int) -> bool:
    """Whether the process runs; a zombie that nobody collects (a container without an init) does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _stat(pid)[:1] != ["Z"]


def birth(pid: int) -> str:
    """Tells a process from a later one of the same number; empty where the system has no /proc."""
    fields = _stat(pid)
    return fields[19] if len(fields) > 19 else ""


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        found = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return found.stdout.strip()


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; the name before them may hold blanks and brackets."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.02) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def end(pid: int, *, gently: float, sign: signal.Signals = signal.SIGTERM) -> None:
    """Asks the process to stop, and stops it when it has not after so many seconds."""
    for step, seconds in ((sign, gently), (signal.SIGKILL, 5.0)):
        try:
            os.kill(pid, step)
        except ProcessLookupError:
            return
        if wait_until(lambda: not alive(pid), seconds):
            return


def start_daemon(command: Sequence[str], *, log: Path, environment: Mapping[str, str]) -> int:
    """Starts a program that outlives us, its output appended to the log; returns its process id.

    A shell stands in between and leaves at once, so that the program is the system's child and not ours.
    """
    with log.open("ab") as output:
        started = subprocess.run(
            ["/bin/sh", "-c", 'exec 3>&1 >&2; "$@" 3>&- & echo $! >&3', "sh", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
            start_new_session=True,
            cwd="/",
            env=dict(environment),
            check=False,
        )
    if started.returncode:
        raise EmbeddedError(f"{command[0]} could not be started; see {log}.")
    return int(started.stdout)
