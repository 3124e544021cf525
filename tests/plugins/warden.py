"""Ends what a program has started when the program ends without doing so: killed, out of time, interrupted twice.

`keep_watch(home)` starts a small process that waits for ours to end, however that happens: the kernel closes our end
of a pipe. Whatever carries our mark in its environment is then ended, and the private services under `home` are let
go. Where all ended in order it finds nothing to do.
"""

import os
import secrets
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from events_platform.embedded.processes import alive, wait_until
from events_platform.embedded.services import let_go

MARK = "PLENARY_TEST_MARK"
GENTLY_SECONDS = 8.0
_ends: list[int] = []


def keep_watch(home=None):
    """From now on: everything that inherits our environment ends with us."""
    mark = secrets.token_hex(16)
    command = [sys.executable, "-m", "tests.plugins.warden", mark, *([str(home)] if home else [])]
    ours = {name: value for name, value in os.environ.items() if name != MARK}
    reading, writing = os.pipe()
    subprocess.Popen(
        command,
        stdin=reading,
        stdout=subprocess.DEVNULL,
        env=ours,
        start_new_session=True,
        cwd=Path(__file__).parents[2],
    )
    os.close(reading)
    _ends.append(writing)  # no child inherits it
    os.environ[MARK] = mark
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, interrupted)


def interrupted(number, frame):
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, signal.SIG_IGN)
    end(os.environ[MARK])
    raise SystemExit(128 + number)


def marked(mark):
    """The processes that carry the mark; those of others cannot be read, and are not ours."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if wanted in (folder / "environ").read_bytes().split(b"\0") and alive(int(folder.name)):
                found.append(int(folder.name))
    return found


def end(mark):
    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in marked(mark):
            with suppress(ProcessLookupError):
                os.kill(process, number)
        if wait_until(lambda: not marked(mark), GENTLY_SECONDS, pause=0.1):
            return


def main():
    mark, *home = sys.argv[1:]
    sys.stdin.buffer.read()
    end(mark)
    for one in home:
        if Path(one).exists():
            let_go(Path(one))


if __name__ == "__main__":
    main()
