"""Processes are killed outright in the middle of a burst: what was acknowledged is counted, exactly."""

import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connections, transaction

from apps.core.errors import Refused
from apps.intake import store
from apps.intake.adapters.stream import GROUP
from apps.polls import kinds, services
from apps.polls.models import Answer, Poll
from events_platform import embedded
from events_platform.embedded import processes
from events_platform.embedded.places import Places
from events_platform.embedded.redis import Redis
from events_platform.embedded.services import in_use
from tests.factories.accounts import UserFactory
from tests.factories.polls import OptionFactory, PollFactory
from tests.plugins.platform import running
from tests.plugins.services import INNER

PEOPLE = 150
BATCH = 5
SECONDS = 60


@pytest.fixture
def durable(settings):
    """A Redis with an append-only file, as the run command starts it."""
    folder = Path(tempfile.mkdtemp(prefix=INNER, dir=settings.HOME))
    with in_use(folder, postgres=False):
        settings.INTAKE_REDIS_URL = embedded.redis_url(folder)
        yield Redis(Places(folder))


@pytest.fixture
def burst(transactional_db, event):
    """`burst(meanwhile)`: everybody answers, a batch at a time, sending again what was not taken; what stands, by
    person, as it was acknowledged."""
    poll = PollFactory(event=event)
    options = OptionFactory.create_batch(3, poll=poll)
    people = UserFactory.create_batch(PEOPLE)
    acknowledged = {}

    def vote():
        try:
            for start in range(0, PEOPLE, BATCH):
                wishes = [
                    services.Vote(event.pk, poll.pk, person.pk, kinds.Said(option=options[(start + place) % 3].pk), 1)
                    for place, person in enumerate(people[start : start + BATCH])
                ]
                end = time.monotonic() + SECONDS
                while wishes and time.monotonic() < end:
                    answers = services.cast_votes(wishes)
                    again = []
                    for wish, answer in zip(wishes, answers, strict=True):
                        if isinstance(answer, Refused):
                            assert answer.code == "intake.busy"
                            again.append(wish)
                        else:
                            acknowledged[wish.user_id] = answer.answer["option"]
                    wishes = again
                    if again:
                        halfway.wait(0.05)
                if start >= PEOPLE // 2:
                    halfway.set()
        finally:
            connections.close_all()

    halfway = threading.Event()

    def go(meanwhile):
        voting = threading.Thread(target=vote)
        voting.start()
        meanwhile(lambda: len(acknowledged))
        voting.join(SECONDS * 2)
        assert not voting.is_alive()
        return acknowledged

    go.poll = poll
    return go


@pytest.fixture
def start_drain(process_environment, settings, tmp_path):
    with ExitStack() as stack:

        def start(number):
            command = (sys.executable, "-m", "django", "drain", "--settings=events_platform.settings")
            environment = {**process_environment, "INTAKE_REDIS_URL": settings.INTAKE_REDIS_URL}
            log = tmp_path / f"drain{number}.log"
            process = stack.enter_context(running(*command, log=log, **environment))
            assert processes.wait_until(lambda: "The drain is ready" in log.read_text(), SECONDS), log.read_text()
            return process

        yield start


def held():
    """Items that some drain has taken and not finished."""
    return store.client().xpending(store.STREAM, GROUP)["pending"]


def all_written():
    return processes.wait_until(lambda: store.client().xlen(store.STREAM) == 0, SECONDS)


def assert_counted(burst, acknowledged):
    rows = dict(Answer.objects.filter(poll=burst.poll).values_list("user_id", "said__option"))
    assert len(acknowledged) == PEOPLE
    assert rows == acknowledged
    counters = store.client().hgetall(store.keys_of(burst.poll.gate)[2])
    live = {int(option): int(votes) for option, votes in counters.items() if option != "#"}
    assert live == Counter(acknowledged.values())


def test_drain_killed_in_the_middle_of_a_batch(durable, burst, start_drain):
    first = start_drain(1)

    def kill(count):
        assert processes.wait_until(lambda: count() > PEOPLE // 3, SECONDS)
        with transaction.atomic():
            # Whoever writes answers waits for us: the batch has been taken and cannot be finished.
            Poll.objects.select_for_update().get(pk=burst.poll.pk)
            assert processes.wait_until(held, SECONDS)
            first.send_signal(signal.SIGKILL)
            first.wait(60)
            assert held()

    acknowledged = burst(kill)
    start_drain(2)

    assert all_written()
    assert_counted(burst, acknowledged)


def test_redis_killed_in_the_burst(durable, burst, start_drain):
    start_drain(1)

    def kill(count):
        assert processes.wait_until(lambda: count() > PEOPLE // 3, SECONDS)
        processes.end(durable.pid(), gently=0, sign=signal.SIGKILL)
        assert processes.wait_until(lambda: durable.pid() is None, 60)
        durable.start()

    acknowledged = burst(kill)

    assert all_written()
    assert_counted(burst, acknowledged)


def test_drain_finishes_its_batch_when_told_to_stop(durable, burst, start_drain):
    worker = start_drain(1)

    def stop(count):
        assert processes.wait_until(lambda: count() > PEOPLE // 3, SECONDS)
        worker.terminate()
        assert worker.wait(60) == 0

    acknowledged = burst(stop)

    assert held() == 0
    start_drain(2)
    assert all_written()
    assert_counted(burst, acknowledged)
