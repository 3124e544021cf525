"""Between the script and SQS: what the queue has not got is not acknowledged, and a retry is right."""

import json
import threading
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from django.core.management import call_command

from apps.core import clock
from apps.core.errors import Refused
from apps.intake import age, gates, metrics, queue, store
from apps.intake.adapters import sqs, sqs_source
from apps.intake.drain import Drain, source
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


def test_tick_goes_side_by_side_and_each_group_in_order(monkeypatch, drain, notes):  # noqa: F811
    client, meeting = sqs.queue().client, threading.Barrier(sqs.LANES, timeout=60)
    send, groups, first = client.send_message_batch, defaultdict(list), set()

    def watched(**given):
        # The first call of each lane waits for those of all the others: one after another, they would wait for ever.
        name = threading.current_thread().name
        if name not in first:
            first.add(name)
            meeting.wait()
        for entry in given["Entries"]:
            groups[entry["MessageGroupId"]].append(json.loads(entry["MessageBody"])[4]["n"])
        return send(**given)

    monkeypatch.setattr(client, "send_message_batch", watched)
    items = [Item("test.note", "g", f"p{number}", 1, {"n": number}) for number in range(200)]

    outcomes = queue.accept_many(items)

    assert outcomes == [Standing(1, item.body) for item in items]
    assert all(numbers == sorted(numbers) for numbers in groups.values())
    assert max(map(len, groups.values())) > 1
    drain()
    assert len(notes.kept) == 200


def test_lanes_are_no_more_than_there_are_full_batches():
    assert [len(sqs._lanes_of([str(n) for n in range(count)])) for count in (0, 1, 10, 11, 400)] == [0, 1, 1, 2, 8]
    assert sqs._lanes_of(["a"] * 30) == [list(range(30))]


def test_failure_in_one_lane_is_that_ones_alone(monkeypatch, drain, notes):  # noqa: F811
    client = sqs.queue().client
    send = client.send_message_batch

    def partly(**given):
        if any(json.loads(entry["MessageBody"])[2] == "p0" for entry in given["Entries"]):
            raise EndpointConnectionError(endpoint_url="https://sqs.invalid")
        return send(**given)

    monkeypatch.setattr(client, "send_message_batch", partly)
    outcomes = queue.accept_many([Item("test.note", "g", f"p{number}", 1) for number in range(40)])

    refused = [isinstance(outcome, Refused) for outcome in outcomes]
    assert (refused[0], 1 <= sum(refused) <= 10) == (True, True)
    drain()
    assert len(notes.kept) == 40 - sum(refused)


def test_all_that_sqs_gave_up_is_set_aside_in_one_go(drain, monkeypatch):
    monkeypatch.setattr(sqs_source, "MOST_GIVEN_UP", 20)
    queue.accept_many([Item("test.note", "g", "b", 1)])
    dead = sqs.queue().dead_letters()
    dead.send([replace(FIRST, key=f"p{number}", at=clock.now()) for number in range(45)])

    worker = Drain(source())
    for _look in range(4):
        worker.look_at_given_up()

    assert (DeadLetter.objects.count(), dead.depth()) == (45, 0)


@pytest.mark.parametrize("deed", ["get_queue_url", "delete_message_batch"])
def test_what_sqs_gave_up_holds_up_nobody_where_it_cannot_be_had(drain, monkeypatch, notes, deed):  # noqa: F811
    def denied(**_given):
        asked.append(deed)
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, deed)

    asked = []
    queue.accept_many([Item("test.note", "g", "b", 1), Item("test.note", "g", "c", 1)])
    dead = sqs.queue().dead_letters()
    dead.send([replace(FIRST, at=clock.now())])
    monkeypatch.setattr(sqs_source, "MOST_GIVEN_UP", 1)  # full: it would look again at once
    worker, client = Drain(source(), most=1), (sqs.queue() if deed == "get_queue_url" else dead).client
    with monkeypatch.context() as broken:
        broken.setattr(client, deed, denied)
        for _look in range(3):
            worker.look_at_given_up()

    assert asked == [deed]
    worker.until_empty()
    assert sorted(notes.kept) == ["b", "c"]


def test_age_of_the_oldest_is_known(drain):
    assert metrics.health().oldest_seconds == 0.0
    accept(FIRST)
    store.client().set(age.KEY, int(age.oldest()) - 60_000_000)  # a minute passes
    accept(Item("test.note", "g", "b", 1))
    assert 60 <= metrics.health().oldest_seconds < 90

    drain()
    drain()  # finds nothing
    assert (metrics.health().oldest_seconds, age.oldest()) == (0.0, "")


def test_age_moves_on_with_what_is_done_and_is_unknown_where_redis_forgot(drain):
    now = clock.now()
    early, late = (replace(FIRST, at=now + timedelta(seconds=shift)) for shift in (-9, -5))
    age.comes([late, early])
    age.passed([late])
    assert age.oldest() == gates.stamp(late.at)
    age.passed([early])
    assert age.oldest() == gates.stamp(late.at)
    age.nothing_waits("1")
    assert age.oldest() == gates.stamp(late.at)

    store.client().delete(age.KEY)
    assert (age.seconds(3), age.seconds(0)) == (None, 0.0)


def test_status_is_there_for_machines(capsys):
    accept(FIRST)

    call_command("drain", "--status", "--json")

    found = json.loads(capsys.readouterr().out)
    assert (found["backend"], found["depth"], found["dead_letters"]) == ("sqs", 1, 0)
    assert 0 <= found["oldest_seconds"] < 30
