"""Live processes to test against, each a real uvicorn in a process of its own."""

import asyncio
import contextlib
import itertools
import socket
import subprocess
import time
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.db import connection, connections

from apps.live import outbox, registry, store, tickets
from apps.live.client import Client
from tests.live import feature
from tests.plugins import forks
from tests.plugins.platform import database_url

QUICK = {
    "sweep_seconds": 1.0,
    "upkeep_seconds": 0.1,
    "drain_seconds": 0.5,
    "move_seconds": 0.5,
    "linger_seconds": 0.3,
    "lease_seconds": 3.0,
    "leave_seconds": 0.2,
    "claim_seconds": 0.02,
    "shed_lag_seconds": 2.0,
    "shed_after_seconds": 0.5,
    "calm_after_seconds": 0.5,
}
PATIENCE = 60
"""Seconds: what comes at once on a machine with nothing else to do takes long on one that is busy."""
# Redis remembers for a while what was said in the run before.
events = itertools.count(int(time.time() * 10))


@pytest.fixture(scope="session")
def live_tables(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        feature.query(feature.TABLES)
        connection.close()
    yield
    with django_db_blocker.unblock():
        feature.query("DROP TABLE live_test_message, live_test_tally, live_test_presence")
        connection.close()


@pytest.fixture(autouse=True)
def clean_redis():
    """Here it stays as it is: an emptied Redis is an incident, which running processes notice and mend."""


@pytest.fixture
def live(live_tables, transactional_db):
    """The test feature, with rows that are really committed, since other processes shall see them. Each test has
    an event of its own."""
    with registry.also(*feature.TOPICS, *feature.COMMANDS):
        epochs = itertools.count(2)
        registry.keep_epochs(lambda event_id: next(epochs), lambda event_id: 1)
        yield
        outbox.flush()


@pytest.fixture
def event_id(live):
    return next(events)


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Server:
    """One live process."""

    def __init__(self, fork, flavour, numbers, port=None, trusts=""):
        self.port = port or free_port()
        self.http = f"http://127.0.0.1:{self.port}"
        self.ws = f"ws://127.0.0.1:{self.port}/ws/test/"
        self.process = fork(port=self.port, flavour=flavour, numbers=QUICK | numbers, trusts=trusts)
        try:
            until(self.answers, seconds=180)
        except AssertionError:
            self.stop()
            raise

    def answers(self):
        assert self.process.poll() is None, "the live process has ended"
        try:
            with urlopen(f"{self.http}/healthz", timeout=1) as response:
                return response.status == 200
        except OSError:
            return False

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@pytest.fixture(scope="package")
def fork(live_tables, django_db_blocker):
    """Each live process is a fork of this one, which has loaded what they all need."""
    with django_db_blocker.unblock():
        environment = {"DATABASE_URL": database_url()}
    environment |= {"REDIS_URL": settings.REDIS_URL, "SECRET_KEY": settings.SECRET_KEY, "CSRF_TRUSTED_ORIGINS": ""}
    with forks.of("tests.live.serve", environment) as fork:
        yield fork


@pytest.fixture
def serve(live, fork):
    """Starts live processes that a test may break: `serve()`, `serve("send")`, `serve(slow_seconds=1)`."""
    with contextlib.ExitStack() as started:

        def start(flavour="transport", *, port=None, trusts="", **numbers):
            server = Server(fork, flavour, numbers, port, trusts)
            started.callback(server.stop)
            return server

        yield start


@pytest.fixture(scope="package")
def standing(fork):
    """Processes that many tests share: the first and the second of a fleet, and one that falls back to `send`. They
    end with this folder's tests, since their upkeep, which is a hundred times quicker than usual, would slow others."""
    with contextlib.ExitStack() as started:
        servers = {}

        def find(name):
            if name not in servers:
                servers[name] = Server(fork, "send" if name == "send" else "transport", {})
                started.callback(servers[name].stop)
            return servers[name]

        yield find


@pytest.fixture
def server(live, standing):
    return standing("first")


@pytest.fixture
def second(live, standing):
    return standing("second")


@pytest.fixture(params=["transport", "send"])
def either(request, live, standing):
    """A server of each of the two ways to deliver."""
    return standing("send" if request.param == "send" else "first")


def until(condition, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"not within {seconds} s: {condition}"
        time.sleep(0.02)
    return found


async def until_async(condition, seconds=PATIENCE):
    """Waits for a condition that is read from the database or Redis."""
    async with asyncio.timeout(seconds):
        while not (found := await thread(condition)):  # noqa: ASYNC110 - it changes in another process
            await asyncio.sleep(0.02)
        return found


async def thread(work, *args, **kwargs):
    """Runs what a web process would do, beside the test's event loop."""

    def bounded():
        try:
            return work(*args, **kwargs)
        finally:
            connections.close_all()

    return await asyncio.to_thread(bounded)


def ticket(event_id, user_id=7, roles=("attendee",), epoch=1, name="Ada"):
    return tickets.issue(event_id=event_id, user_id=user_id, name=name, roles=roles, epoch=epoch)


def open_client(server, event_id, user_id=7, roles=("attendee",), **words):
    return Client.open(server.ws, ticket(event_id, user_id, roles, **words))


def said(topic, text=None):
    """Picks a log message from what a client hears."""
    return lambda message: (
        message["t"] == "log" and message["topic"] == topic and (text is None or message["d"]["text"] == text)
    )


def valued(topic, value):
    return lambda message: message["t"] == "state" and message["topic"] == topic and message["d"] == value


async def hear(client, topic, count):
    """The next `count` messages of a log, as (seq, text)."""
    found = []
    while len(found) < count:
        message = await client.until(said(topic))
        found.append((message["seq"], message["d"]["text"]))
    return found


@pytest.fixture
def redis():
    return store.blocking()
