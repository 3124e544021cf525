"""Child processes: started so that they cannot outlive us, watched, restarted within a bound, ended together."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from events_platform.embedded import processes
from events_platform.embedded.logs import trim
from events_platform.embedded.programs import Program

MOST_RESTARTS = 5
WITHIN_SECONDS = 300.0
GENTLY_SECONDS = 20.0
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class Child:
    def __init__(self, program: Program, *, logs: Path, pass_fds: Sequence[int] = ()) -> None:
        self.program = program
        self.log = logs / f"{program.name}.log"
        self._starts: deque[float] = deque(maxlen=MOST_RESTARTS + 1)
        self.start(pass_fds)

    def start(self, pass_fds: Sequence[int] = ()) -> None:
        trim(self.log)
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C at the terminal reaches the supervisor alone, which ends all in order.
            self.process = subprocess.Popen(
                self.program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=pass_fds,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - we have no threads
            )
        self._starts.append(time.monotonic())

    def died(self) -> int | None:
        return self.process.poll()

    def restart(self) -> bool:
        """Starts it again; false when it has died too often of late."""
        if len(self._starts) > MOST_RESTARTS and time.monotonic() - self._starts[0] < WITHIN_SECONDS:
            return False
        self.start()
        return True

    def signal(self, sign: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            self.process.send_signal(sign)

    def bury(self) -> None:
        """Ends what is left of it and of its own children."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def end_all(children: Sequence[Child], *, hurry: "Hurry") -> None:
    for child in children:
        child.signal(signal.SIGTERM)
    end = time.monotonic() + GENTLY_SECONDS
    while any(child.died() is None for child in children) and time.monotonic() < end and not hurry.asked:
        time.sleep(0.05)
    for child in children:
        child.bury()


class Hurry:
    """Counts the requests to stop: the first asks the children, a second one ends the waiting."""

    def __init__(self) -> None:
        self.times = 0
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, self._ask)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup means: go on without the terminal
            signal.signal(signal.SIGHUP, self._ask)

    def _ask(self, signum: int, frame: object) -> None:
        self.times += 1

    @property
    def stop(self) -> bool:
        return self.times > 0

    @property
    def asked(self) -> bool:
        return self.times > 1


def _die_with_parent() -> None:
    """Linux ends the child when the supervisor is killed outright and can end nobody."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Register:
    """The children's process ids on disk, for the next start after a supervisor that was killed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, children: Sequence[Child]) -> None:
        draft = self.path.with_suffix(".draft")
        draft.write_text(json.dumps([[c.process.pid, processes.birth(c.process.pid)] for c in children]))
        draft.replace(self.path)  # whole at any moment: whoever reads it may do so just now

    def end_strays(self) -> None:
        """Ends those of an earlier supervisor that still run, and nobody who has got one of their numbers since."""
        with suppress(FileNotFoundError, ValueError):
            for pid, birth in json.loads(self.path.read_text()):
                if (
                    processes.alive(pid)
                    and birth == processes.birth(pid)
                    and "events_platform" in processes.command_line(pid)
                ):
                    processes.end(pid, gently=GENTLY_SECONDS)
        self.path.unlink(missing_ok=True)
