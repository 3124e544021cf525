"""The platform as its users meet it: the real front process (and a worker) on the suite's own database.

`platform` starts once and serves every test; each test that uses it commits what it writes, and the tables are
emptied afterwards. `platform.url` is the address.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

START_SECONDS = 180
STOP_SECONDS = 60
RELAY_SECRET = "a-secret-of-the-relay"


@dataclass(frozen=True)
class Platform:
    url: str
    logs: tuple[Path, ...]
    """Shown when a test fails."""


def database_url():
    """The test database in the words of DATABASE_URL; call it when the database is set up."""
    from django.db import connection

    found = connection.settings_dict
    # pytest-django sets up the databases that the collected tests ask for, and leaves the others alone.
    assert found["NAME"].startswith("test_"), "a test that starts processes must ask for transactional_db"
    person = quote(found["USER"], safe="") + (":" + quote(found["PASSWORD"], safe="") if found["PASSWORD"] else "")
    port = f":{found['PORT']}" if found["PORT"] else ""
    return f"postgres://{person}@{quote(found['HOST'], safe='')}{port}/{found['NAME']}"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(*command, log, **environment):
    """A process of the platform for as long as the block lasts; ended as a deploy ends it."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(url, process, log):
    """Until the address answers 200."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=20):
                return
        except urllib.error.HTTPError:
            break
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise RuntimeError(f"{url} does not answer; {log}:\n{log.read_text()[-3000:]}")


def pytest_configure(config):
    """Where several processes share the tests out by files, too: by their size, as they would else go, a file that
    visits the platform comes before others, whose answers that platform's drain would then take out of the queue."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


LONGEST = (
    "media/test_plays_browser.py",
    "access/test_barriers.py",
    "access/test_desk_barriers.py",
    "tracks/test_agenda_browser.py",
    "e2e/test_main_job.py",
    "media/test_player_browser.py",
    "quizzes/test_browser.py",
    "media/test_push_browser.py",
    "events/test_from_nothing_browser.py",
    "media/test_player_recovery.py",
    "media/test_library_browser.py",
    "polls/test_browser.py",
)
"""Of the files that visit the platform those that take a minute or more, the longest first."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Files that visit the running platform come last: until then no process but the test's own works on Redis.

    The drills, the longest file of all, come first: they bring services of their own, and whichever process runs them
    is given its next file with them, which must not wait for them while the others have nothing left to do. In the end
    the short files are left, so that no process waits for another.
    """
    visiting = {item.path for item in items if "front_process" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: turn(item.path, visits=item.path in visiting))


def turn(path, *, visits):
    """When a file has its turn; those of one turn keep their order."""
    name = "/".join(path.parts[-2:])
    if name == "faults/test_drills.py":
        return 0
    if not visits:
        return 1
    return 2 + (LONGEST.index(name) if name in LONGEST else len(LONGEST))


@pytest.fixture(scope="session")
def process_environment(django_db_setup, django_db_blocker):
    """What processes of the platform need beside the suite's own environment to work on its database."""
    with django_db_blocker.unblock():
        return {
            "DATABASE_URL": database_url(),
            "UI_PAGES": "1",
            "SIGNIN_LOOPBACK": "1",
            "INGEST_SECRET": RELAY_SECRET,
            # Where the front looks for the ingest, and one that is started finds its place.
            "INGEST_SOCKET_PORT": str(free_port()),
        }


@pytest.fixture(scope="session")
def front_process(process_environment):
    from django.conf import settings

    port = free_port()
    url = f"http://127.0.0.1:{port}"
    log = settings.HOME / "logs" / "platform.log"
    log.parent.mkdir(exist_ok=True)
    command = (sys.executable, "-m", "apps.live.server", "events_platform.front:application", "--port", str(port))
    with running(*command, log=log, SITE_URL=url, PORT=str(port), **process_environment) as process:
        wait_for(f"{url}/healthz", process, log)
        yield Platform(url, (log,))


@pytest.fixture(scope="session")
def drain_process(process_environment, front_process):
    """What was answered comes to the database as it does in production."""
    from django.conf import settings

    log = settings.HOME / "logs" / "drain.log"
    command = (sys.executable, "-m", "django", "drain", "--settings=events_platform.settings")
    with running(*command, log=log, **process_environment) as process:
        yield process


@pytest.fixture
def platform(front_process, drain_process, transactional_db, settings):
    assert drain_process.poll() is None, "the drain has ended"
    settings.SITE_URL = front_process.url
    settings.CSRF_TRUSTED_ORIGINS = [front_process.url]
    return front_process


@pytest.fixture(scope="session")
def worker_process(process_environment, front_process):
    from django.conf import settings

    log = settings.HOME / "logs" / "worker.log"
    command = (
        sys.executable,
        "-m",
        "celery",
        "--app=events_platform",
        "worker",
        "--queues=rounds,default,bulk,files,media",
        "--pool=solo",
    )
    with running(*command, log=log, SITE_URL=front_process.url, **process_environment) as process:
        yield process


@pytest.fixture
def worker(worker_process, platform):
    """Whoever asks for it has owed mail sent and films transcoded, by a Celery worker in a process of its own."""
    assert worker_process.poll() is None, "the worker has ended"
    return worker_process
