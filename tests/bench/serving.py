"""The measured side: servers in processes of their own, pinned to one core, and what they have used so far."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

from tests.bench.load import compiled
from tests.plugins.platform import free_port

START_SECONDS = 90


def cores():
    """The server's core, and those of everything else."""
    ours = sorted(os.sched_getaffinity(0))
    return ({ours[0]}, set(ours[1:])) if len(ours) > 1 else (set(ours), set(ours))


class Served:
    def __init__(self, command, port, core, environ=None):
        self.port = port
        self.process = subprocess.Popen(command, env=os.environ | (environ or {}))
        os.sched_setaffinity(self.process.pid, core)

    def cpu(self):
        """Seconds of CPU, user and system, of all its threads since it began: Linux's clock of another process."""
        return time.clock_gettime(~self.process.pid << 3 | 2)

    def rss_kb(self):
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

    def settle(self, *, seconds=3.0, most=60.0, pause=time.sleep):
        """Waits until it has not worked worth mentioning for a while. Where sockets are open, `pause` is to read what
        they hear meanwhile (`Load.read`): who leaves the keep-alive unanswered is let go."""
        end = time.monotonic() + most
        while time.monotonic() < end:
            before = self.cpu()
            pause(seconds)
            if self.cpu() - before < 0.03 * seconds:
                return

    def end(self):
        """At once: what it has is thrown away with its database."""
        self.process.kill()
        self.process.wait()


class Application(Served):
    """One of the flavours of `serve.py`."""

    def __init__(self, flavour, core, environ, **numbers):
        port = free_port()
        command = [sys.executable, "-m", "tests.bench.serve", flavour, str(port)]
        super().__init__(command, port, core, {**environ, "LIVE_NUMBERS": json.dumps(numbers)})
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"The server {flavour} does not answer.")

    def queries(self):
        """How many queries it has made so far."""
        with urlopen(f"http://127.0.0.1:{self.port}/bench/queries", timeout=5) as answer:
            return int(answer.read())

    def stages(self):
        """Where the time of messages went since it was last asked, where it was told to note that."""
        with urlopen(f"http://127.0.0.1:{self.port}/bench/stages", timeout=5) as answer:
            return json.loads(answer.read())

    def report(self):
        """What it says of itself to those who run it."""
        with urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
            return json.loads(answer.read())


class Floor(Served):
    def __init__(self, frame_file, core):
        port = free_port()
        super().__init__([compiled("floor"), str(port), frame_file], port, core)
        time.sleep(0.3)
