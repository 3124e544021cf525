"""What a program of the tests has started ends with it, however it ends."""

import os
import signal
import subprocess
import sys

import pytest

from events_platform.embedded.processes import alive, wait_until

PROGRAM = """
import subprocess, sys, time
from tests.plugins import warden
warden.keep_watch()
started = subprocess.Popen(["sleep", "600"], start_new_session=True)
print(started.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_what_a_program_started_ends_with_it(number):
    program = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True)
    started = int(program.stdout.readline())
    assert alive(started)

    program.send_signal(number)
    program.wait(60)

    try:
        assert wait_until(lambda: not alive(started), 60)
    finally:
        program.stdout.close()
        if alive(started):
            os.kill(started, signal.SIGKILL)
