"""Between the script and SQS: what the queue has not got is not acknowledged, and a retry is right."""

from dataclasses import replace

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from apps.core import clock
from apps.core.errors import Refused
from apps.intake import queue, store
from apps.intake.adapters import sqs
from apps.intake.items import Item, Standing
from apps.intake.models import DeadLetter
from tests.intake.test_drain import notes  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sqs_queue", "notes")]

FIRST, OTHER = Item("test.note", "g", "a", 1, {"n": 1}), Item("test.note", "g", "a", 1, {"n": 2})


def accept(item):
    return queue.accept_many([item])[0]


def held():
    return store.client().hgetall(store.keys_of("g")[3])


@pytest.fixture
def failing(monkeypatch):
    """`failing(error, after=True)`: the next sending fails so; `after` the queue has got it all the same."""

    def fail(error, *, after=False):
        client = sqs.queue().client
        send = client.send_message_batch

        def once(**given):
            monkeypatch.setattr(client, "send_message_batch", send)
            if after:
                send(**given)
            raise error

        monkeypatch.setattr(client, "send_message_batch", once)

    return fail


def test_queue_that_is_away_takes_nothing_and_leaves_no_trace(failing, drain):
    accept(Item("test.note", "g", "somebody else", 1))
    failing(EndpointConnectionError(endpoint_url="https://sqs.invalid"))

    assert isinstance(accept(FIRST), Refused)
    assert held() == {}
    assert queue.standing([("g", "a")]) == {}
    assert accept(OTHER) == Standing(1, {"n": 2})
    assert drain() == 2


@pytest.mark.parametrize("after", [True, False])
def test_retry_after_a_timeout_is_right_whether_it_arrived_or_not(failing, drain, after):
    failing(ReadTimeoutError(endpoint_url="https://sqs.invalid"), after=after)

    assert accept(FIRST).code == "intake.busy"
    assert queue.standing([("g", "a")]) == {}
    assert accept(FIRST) == Standing(1, {"n": 1})

    drain()
    assert queue.tallies(["g"])["g"].counts == {"n": 1}
    assert held() == {}


def test_another_word_brings_the_one_in_flight_home_first(failing, drain):
    """Which of the two the database would see first is not known, so only one of them may be on its way."""
    failing(ReadTimeoutError(endpoint_url="https://sqs.invalid"))
    accept(FIRST)

    assert accept(OTHER) == Standing(1, {"n": 1})
    assert accept(Item("test.note", "g", "a", 2, {"n": 2})) == Standing(2, {"n": 2})
    drain()
    assert queue.standing([("g", "a")]) == {("g", "a"): Standing(2, {"n": 2})}


def test_what_arrived_and_was_never_acknowledged_counts_when_it_is_applied(failing, drain, notes):  # noqa: F811
    failing(ReadTimeoutError(endpoint_url="https://sqs.invalid"), after=True)
    accept(FIRST)

    drain()

    assert notes.kept == {"a": 1}
    assert queue.tallies(["g"])["g"].counts == {"n": 1}


def test_refused_message_of_a_batch_does_not_take_the_others_along(monkeypatch, drain):
    client = sqs.queue().client
    send = client.send_message_batch

    def partly(**given):
        *entries, last = given["Entries"]
        answer = send(**{**given, "Entries": entries})
        return {**answer, "Failed": [{"Id": last["Id"], "Code": "InternalError", "SenderFault": False}]}

    monkeypatch.setattr(client, "send_message_batch", partly)
    outcomes = queue.accept_many([Item("test.note", "g", key, 1) for key in "abc"])

    assert [isinstance(outcome, Refused) for outcome in outcomes] == [False, False, True]
    assert drain() == 2


def test_what_sqs_gave_up_is_set_aside(drain):
    queue.accept_many([Item("test.note", "g", "b", 1)])
    dead = sqs.queue().dead_letters()
    dead.send([replace(FIRST, at=clock.now())])

    drain()

    assert (DeadLetter.objects.get().key, DeadLetter.objects.get().code) == ("a", "intake.given_up")
    assert dead.depth() == 0
