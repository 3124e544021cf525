"""The PostgreSQL and Redis that the suite runs on: throwaway ones of its own, or those that TEST_… addresses name.

Loaded with `-p`, so that the addresses stand in the environment before anything reads the settings.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest

from events_platform.embedded.service import Lease
from events_platform.embedded.services import Use, let_go
from tests.plugins import beginning

HOMES = "plenary-test-"
INNER = "home-"
"""Installations that tests make for themselves, inside."""
ROOT = Path(__file__).parents[2]
DOCUMENTED = re.compile(r"^\| `(\w+)`", re.MULTILINE)
OF_THE_MACHINE = {"FFMPEG", "NODE_MODULES"}


def foreign():
    """The variables that a shell may carry and that would make the tests of two machines differ."""
    return set(DOCUMENTED.findall((ROOT / "docs" / "configuration.md").read_text())) - OF_THE_MACHINE


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config):
    # A wrapper, because it starts before pytest-django's own hook loads the settings.
    home = Path(tempfile.mkdtemp(prefix=HOMES)).resolve()
    home.chmod(0o711)  # PostgreSQL runs as another user where we are root
    for name in foreign():
        os.environ.pop(name, None)
    for name in ("DATABASE_URL", "REDIS_URL"):
        if address := os.environ.get(f"TEST_{name}"):
            os.environ[name] = address
    os.environ["PLENARY_HOME"] = str(home)
    os.environ["ORGANISATIONS_OPEN"] = "0"  # as in production, which of the two databases it may be
    os.environ["PAGE_KEPT_MS"] = "0"  # tests look at once at what they changed
    early_config.stash[LEASE] = Lease(home / "lease")
    early_config.stash[USE] = Use(
        home, postgres="DATABASE_URL" not in os.environ, redis="REDIS_URL" not in os.environ, throwaway=True
    )
    try:
        return (yield)
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise


USE = pytest.StashKey[Use]()
BEGINNING = pytest.StashKey[subprocess.Popen]()
LEASE = pytest.StashKey[Lease]()


def pytest_sessionstart(session):
    from django.conf import settings

    config = session.config
    if config.option.collectonly:
        return
    sweep()
    if only_hands_out(config):
        if "DATABASE_URL" not in os.environ:
            config.stash[BEGINNING] = beginning.begin(config.stash[USE].places.home)
        return
    # WhiteNoise reads the whole folder when it starts, which each test client does anew; a server does it once.
    settings.WHITENOISE_AUTOREFRESH = True
    if given(config) is None:
        config.stash[USE].take()
        collect_static_files()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    if maker := node.config.stash.get(BEGINNING, None):
        node.workerinput["beginning"] = {"made": str(node.config.stash[USE].places.home), "maker": maker.pid}


def given(config):
    """Where the process that hands out the tests makes what this one begins with; None where this one runs alone."""
    return getattr(config, "workerinput", {}).get("beginning")


def pytest_collection_finish(session):
    """What is made meanwhile is needed by the first test, and not before."""
    use, found = session.config.stash[USE], given(session.config)
    if found is not None and not session.config.option.collectonly:
        beginning.take_copy(home=use.places.home, **found)
        use.take()
        beginning.use_copy()


def only_hands_out(config):
    """Whether the tests run in other processes, each with services of its own, and this one only shares them out."""
    return bool(config.getoption("numprocesses", None)) and not hasattr(config, "workerinput")


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    use = config.stash.get(USE, None)
    if (maker := config.stash.get(BEGINNING, None)) and maker.poll() is None:
        maker.send_signal(signal.SIGINT)  # and it stops its services; after Ctrl-C it may have been told twice
        maker.wait()
        let_go(use.places.home)
    if use is not None:
        use.give_back()
        shutil.rmtree(use.places.home, ignore_errors=True)
    if only_hands_out(config):
        sweep()  # after Ctrl-C the processes that ran the tests were killed


def collect_static_files():
    """Pages name their files by the hash of their content; compressing these would teach a test nothing."""
    from django.conf import settings
    from django.core.management import call_command
    from django.test import override_settings

    plain = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}):
        call_command("collectstatic", interactive=False, verbosity=0)


def sweep():
    """Ends what a killed run left behind; a run that goes on holds the lease of its folder."""
    for home in Path(tempfile.gettempdir()).glob(f"{HOMES}*"):
        with suppress(FileNotFoundError):  # a run that ends meanwhile tidies up itself
            found = home.stat()
            ours = found.st_uid == os.geteuid() and time.time() - found.st_mtime > 10  # else it is just being made
            if ours and Lease(home / "lease").give_back():
                stopped = [let_go(folder) for folder in (home, *home.glob(f"{INNER}*"))]
                if all(stopped):
                    shutil.rmtree(home, ignore_errors=True)


# What running processes keep for themselves: without it they would think that Redis had been lost.
OF_PROCESSES = (b"plenary:live:", b"celery._kombu.binding")


@pytest.fixture(scope="session")
def suites_redis():
    from django.conf import settings
    from redis import Redis

    with Redis.from_url(settings.REDIS_URL) as connection:
        yield connection


@pytest.fixture(autouse=True)
def clean_redis(suites_redis):
    """Each test finds Redis as empty as its database."""
    if left := [key for key in suites_redis.scan_iter(count=1000) if not key.startswith(OF_PROCESSES)]:
        suites_redis.delete(*left)
