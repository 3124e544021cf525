"""Polls and people that are deleted while answers are being written: no row is left that belongs to nothing."""

import threading
import time

import pytest
from django.db import connection, connections, transaction

from apps.core.errors import Refused
from apps.intake.items import Item
from apps.polls import services
from apps.polls.models import Answer, Poll, Unmixed
from tests.factories.events import RegistrationFactory
from tests.polls.test_anonymous import cast

WAITING = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def poll(event):
    return services.open_poll(services.create_poll(event=event, question="?", options="abc"))


@pytest.fixture
def person(event):
    return RegistrationFactory(event=event).user


def answer_of(person, poll):
    option = poll.options.first().pk
    return Item(services.ANSWER, poll.gate, str(person.pk), 1, {"option": option})


class Elsewhere(threading.Thread):
    """Does something beside what the test has open, and keeps what came of it."""

    def __init__(self, deed):
        super().__init__()
        self.deed = deed
        self.found = None
        self.start()

    def run(self):
        try:
            self.found = self.deed()
        finally:
            connections.close_all()

    def is_waiting(self, *, beside=0):
        """For a lock that the test holds; `beside`: so many wait already."""
        end = time.monotonic() + 10
        while self.is_alive() and time.monotonic() < end:
            with connection.cursor() as cursor:
                # What is read here holds for a transaction, unless it is told to look again.
                cursor.execute("SELECT pg_stat_clear_snapshot()")
                cursor.execute(WAITING)
                if len(cursor.fetchall()) > beside:
                    return True
        return False

    def result(self):
        self.join(60)
        assert not self.is_alive()
        return self.found


def test_answer_of_an_account_that_is_gone_is_refused_and_stops_nobody(event, poll, person):
    gone = RegistrationFactory(event=event).user
    items = [answer_of(gone, poll), answer_of(person, poll)]
    gone.delete()

    refused, standing = services.apply_answers(items)

    assert isinstance(refused, Refused)
    assert refused.code == "poll.account_gone"
    assert standing.revision == 1
    assert [row.user for row in Answer.objects.all()] == [person]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["poll", "person"])
def test_deletion_waits_for_who_writes_and_takes_it_along(what, poll, person):
    going = {"poll": poll, "person": person}[what]
    with transaction.atomic():
        services.apply_answers([answer_of(person, poll)])
        deletion = Elsewhere(going.delete)
        assert deletion.is_waiting()
    deletion.result()

    assert not Answer.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("what", "code"), [("poll", "poll.unknown"), ("person", "poll.account_gone")])
def test_who_writes_waits_for_a_deletion_and_finds_it_gone(what, code, poll, person):
    going, item = {"poll": poll, "person": person}[what], answer_of(person, poll)
    with transaction.atomic():
        going.delete()
        writing = Elsewhere(lambda: services.apply_answers([item]))
        assert writing.is_waiting()
    [refused] = writing.result()

    assert refused.code == code
    assert not Answer.objects.exists()


@pytest.fixture
def unmixed(event, person, drain):
    """A poll whose round is over."""
    poll = services.open_poll(services.create_poll(event=event, question="?", options="abc", anonymous=True))
    cast(poll, person)
    drain()
    return services.close_poll(poll)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("intake")
def test_neither_votes_nor_who_runs_the_poll_wait_for_who_mixes(event, unmixed):
    other = RegistrationFactory(event=event).user
    with transaction.atomic():
        assert services.mix_answers() == 1
        assert Elsewhere(lambda: services.open_poll(unmixed)).result().state == "open"
        assert Elsewhere(lambda: cast(unmixed, other)).result().revision == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("intake")
def test_deletion_waits_for_who_mixes(unmixed):
    poll = unmixed
    with transaction.atomic():
        assert services.mix_answers() == 1
        deletion = Elsewhere(poll.delete)
        assert deletion.is_waiting()
    deletion.result()

    assert not Answer.objects.exists()
    assert services.mix_answers() == 0


@pytest.mark.django_db(transaction=True)
def test_deletion_of_a_person_waits_for_who_mixes_a_round_that_had_names(poll, person):
    services.apply_answers([answer_of(person, poll)])
    Poll.objects.filter(pk=poll.pk).update(anonymous=True, round=2)
    Unmixed.objects.create(poll=poll, round=1)
    with transaction.atomic():
        assert services.mix_answers() == 1
        deletion = Elsewhere(person.delete)
        assert deletion.is_waiting()
    deletion.result()

    assert not Answer.objects.exists()
