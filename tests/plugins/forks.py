"""Processes of the platform that stand in a moment: forks of one that has loaded everything, and serves nobody itself.

    with forks.of("tests.live.serve", environment) as fork:   # there `load()` of that module is called, once,
        process = fork(port=8001)                             # and `run(port=8001)` in a process of its own

To start from nothing takes seconds of CPU, nearly all of them for imports, and tests that kill one process after the
other would pay them each time. What comes back is asked as `subprocess.Popen` is. That each role starts from nothing
is told by tests/house/test_roles.py, test_run.py and the fleet.
"""

import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress


class Fork:
    """One of them. How it ended the kernel tells only whoever forked it, so that one is asked."""

    def __init__(self, ask, pid):
        self.pid, self.returncode, self._ask = pid, None, ask

    def poll(self):
        if self.returncode is None:
            self.returncode = self._ask(ended=self.pid)
        return self.returncode

    def wait(self, timeout=None):
        end = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired(f"a fork ({self.pid})", timeout)
            time.sleep(0.01)
        return self.returncode

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self):
        self.send_signal(signal.SIGTERM)

    def kill(self):
        self.send_signal(signal.SIGKILL)


@contextmanager
def of(module, environment=None):
    command = [sys.executable, "-m", "tests.plugins.forks", module]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    loaded = subprocess.Popen(command, env=os.environ | (environment or {}), text=True, start_new_session=True, **pipes)
    alone = threading.Lock()

    def ask(**order):
        with alone:
            print(json.dumps(order), file=loaded.stdin, flush=True)
            answer = loaded.stdout.readline()
        assert answer, f"{module} has ended, and can be forked no more"
        return json.loads(answer)

    try:
        yield lambda *, log=None, **words: Fork(ask, ask(words=words, log=log and str(log)))
    finally:
        loaded.communicate()  # its forks end with it


def main():
    module = importlib.import_module(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what else is printed stands where errors do
    module.load()
    gc.freeze()
    if (words := forked(answers)) is not None:
        module.run(**words)


def forked(answers):
    """What a fork, which alone comes back from here before the end, is told to do."""
    ours, until_we_end = os.pipe()
    for line in sys.stdin:
        order = json.loads(line)
        if "ended" in order:
            found, status = os.waitpid(order["ended"], os.WNOHANG)
            print(json.dumps(os.waitstatus_to_exitcode(status) if found else None), file=answers, flush=True)
            continue
        if (pid := os.fork()) == 0:
            os.close(until_we_end)
            os.close(answers.fileno())
            begin(order["log"])
            threading.Thread(target=end_with, args=(ours,), daemon=True).start()
            return order["words"]
        print(pid, file=answers, flush=True)
    return None


def begin(log):
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    if log is not None:
        output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        os.dup2(output, 1)
        os.dup2(output, 2)


def end_with(pipe):
    """A run that is killed leaves nobody behind."""
    os.read(pipe, 1)
    with suppress(ProcessLookupError):
        os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
