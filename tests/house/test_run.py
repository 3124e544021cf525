"""`make run` on one machine: it says when it is ready, survives its children's deaths, and takes them all with it."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from events_platform import embedded
from events_platform.embedded import children, processes
from events_platform.embedded.logs import trim
from events_platform.embedded.places import Places
from events_platform.embedded.programs import Program
from events_platform.embedded.redis import Redis
from events_platform.embedded.service import Lease
from tests.plugins.platform import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 90


@pytest.fixture
def plenary(home, process_environment, transactional_db, event):
    """Starts `make run` on the suite's database, which has an event already, so that nothing is seeded."""
    from django.conf import settings

    started = []

    def start(port, **environment):
        process = subprocess.Popen(
            [sys.executable, "-m", "events_platform.embedded", "run"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={
                **{name: value for name, value in os.environ.items() if name != "REDIS_URL"},
                **process_environment,
                "PLENARY_HOME": str(home),
                "STATIC_ROOT": str(settings.STATIC_ROOT),
                "PORT": str(port),
                **environment,
            },
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def read_until(process, words):
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if words in line:
            return lines
    raise AssertionError(f"{words!r} never came:\n" + "\n".join(lines))


def child_ids(home):
    return [pid for pid, _birth in json.loads((home / "run" / "children.json").read_text())]


def test_run_serves_restarts_finds_what_a_killed_one_left_and_ends_everything(plenary, home):
    port = free_port()
    first = plenary(port)

    lines = read_until(first, "ready")
    assert lines[-1] == f"Plenary is ready at http://127.0.0.1:{port}"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60) as answer:
        assert answer.status == 200

    assert embedded.port(home) == port

    second = plenary(free_port())
    assert second.communicate(timeout=PATIENCE)[0].startswith("Plenary already runs with PLENARY_HOME=")
    assert second.returncode == 1

    _front, worker, bulk, files, media, drain, beat, _ingest = child_ids(home)
    os.kill(beat, signal.SIGKILL)
    assert "The beat process was ended by signal 9" in read_until(first, "beat")[-1]
    assert processes.wait_until(lambda: child_ids(home)[5] != beat, 60)
    assert child_ids(home)[1:6] == [worker, bulk, files, media, drain]

    left = child_ids(home)
    first.kill()
    first.wait()
    assert Redis(Places(home)).running()
    again = plenary(port)
    read_until(again, f"ready at http://127.0.0.1:{port}")
    assert [pid for pid in left if processes.alive(pid)] == []

    last = child_ids(home)
    again.terminate()
    assert again.wait(PATIENCE) == 0
    assert [pid for pid in last if processes.alive(pid)] == []
    assert Redis(Places(home)).pid() is None
    assert embedded.port(home) == 8000


def test_ctrl_c_asks_to_stop_as_a_deploy_does():
    asking = "import signal; from events_platform.embedded.children import Hurry; hurry = Hurry()\n"
    for sign in ("SIGINT", "SIGTERM"):
        asked = asking + f"signal.raise_signal(signal.{sign}); assert hurry.stop and not hurry.asked"
        subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=True)


def test_busy_port_is_refused_before_anything_starts(plenary, home):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        process = plenary(port)
        output = process.communicate(timeout=PATIENCE)[0]

    assert output == (
        f"Port {port} cannot be used (Address already in use). Choose another one: PORT={port % 65535 + 1} make run\n"
    )
    assert process.returncode == 1
    assert not (home / "redis").exists()


def test_wrong_port_names_its_variable(plenary):
    process = plenary("eighty")

    assert process.communicate(timeout=PATIENCE)[0] == "PORT must be a whole number; it is 'eighty'.\n"
    assert process.returncode == 1


def test_child_that_keeps_ending_is_given_up(tmp_path):
    child = children.Child(Program("brief", (sys.executable, "-c", "")), logs=tmp_path)
    restarts = 0
    while child.process.wait() == 0 and child.restart():
        restarts += 1

    assert restarts == children.MOST_RESTARTS
    child.bury()


def test_child_that_does_not_listen_is_ended_with_its_own_children(tmp_path, monkeypatch):
    monkeypatch.setattr(children, "GENTLY_SECONDS", 0.2)
    deaf = "import os, signal, subprocess, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    deaf += "print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
    child = children.Child(Program("deaf", (sys.executable, "-c", deaf)), logs=tmp_path)
    assert processes.wait_until(lambda: child.log.read_text().endswith("\n"), 60)
    grandchild = int(child.log.read_text())

    children.end_all([child], hurry=type("Calm", (), {"asked": False}))

    assert child.died() == -signal.SIGKILL
    assert processes.wait_until(lambda: not processes.alive(grandchild), 60)


def test_strays_are_ended_but_not_those_who_took_their_number(tmp_path):
    register = children.Register(tmp_path / "children.json")
    command = [sys.executable, "-c", "import time; time.sleep(60)", "events_platform"]
    stray, stranger = subprocess.Popen(command), subprocess.Popen(command)
    register.path.write_text(json.dumps([[stray.pid, processes.birth(stray.pid)], [stranger.pid, "before"]]))

    register.end_strays()

    assert stray.wait(60) == -signal.SIGTERM
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_log_beyond_its_bound_is_set_aside_under_its_writer(tmp_path):
    log = tmp_path / "front.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"x" * 101)
        trim(log, most=100)
        writer.write(b"after")

    assert log.read_bytes() == b"after"
    assert (tmp_path / "front.log.1").stat().st_size == 101


def test_lease_whose_file_a_forked_child_still_holds_does_not_hold_up_the_next(tmp_path):
    first = Lease(tmp_path / "lease")
    inherited = os.dup(first._handle)  # what fork does to every open file

    assert first.give_back()
    assert Lease(tmp_path / "lease").give_back()
    os.close(inherited)
