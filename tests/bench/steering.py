"""Has the receiving half of the loopback done on the cores of those who receive.

On one machine the kernel handles a packet where it was sent: within the sender's system call, on its core and on its
clock. So a server pays there for what its readers' machines would do. Linux can hand packets on to other cores (receive
packet steering); where it lets us, the loopback's go to the cores of load, database and Redis while a bench runs.
"""

import os
import sys
from contextlib import contextmanager
from pathlib import Path

QUEUES = Path("/sys/class/net/lo/queues")


@contextmanager
def steered(cores, wanted=True):
    """While it lasts, packets of the loopback are received on these cores; or, if that is not `wanted`, for certain
    where they are sent, since a run that was killed may have left it on. Yields whether they are handed on. It holds
    for the whole machine, and is put back at the end."""
    files = sorted(QUEUES.glob("rx-*/rps_cpus"))
    files = [file for file in files if os.access(file, os.W_OK)]
    before = [file.read_text() for file in files]
    try:
        for file in files:
            file.write_text(mask(cores if wanted else ()))
    except OSError as problem:
        print(f"The loopback is not steered: {problem}", file=sys.stderr)
        restore(files, before)
        files = []
    try:
        yield wanted and bool(files)
    finally:
        restore(files, before)


def mask(cores):
    """Cores as the kernel wants them: hexadecimal, 32 to a group."""
    bits = sum(1 << core for core in cores)
    groups = []
    while bits or not groups:
        groups.append(f"{bits & 0xFFFFFFFF:08x}")
        bits >>= 32
    return ",".join(reversed(groups))


def restore(files, before):
    for file, text in zip(files, before, strict=True):
        file.write_text(text)
