"""A topic in one process: its messages in order and once, its values never older than the last."""

import json

from hypothesis import given
from hypothesis import strategies as st

from apps.live import registry, wire
from apps.live.channel import LogChannel, StateChannel
from apps.live.connection import SendConnection
from tests.live import feature

match = registry.Match("room/1", feature.RoomTopic(), {"room_id": 1})


def sequences(channel):
    """What a channel has to say, as numbers."""
    return [json.loads(text)["seq"] for text in wire.texts(b"".join(channel.out))]


def opened(head=0, ring=50):
    channel = LogChannel(1, match, match.topic, ring, 10_000)
    channel.start(head)
    return channel


@given(st.permutations(range(1, 13)), st.lists(st.integers(1, 12), max_size=8))
def test_messages_leave_in_order_and_once_however_they_arrive(arriving, again):
    channel = opened()
    for number in [*arriving, *again]:
        channel.offer([(number, b"{}")])

    assert sequences(channel) == list(range(1, 13))
    assert not channel.ahead


@given(st.sets(st.integers(1, 20)), st.sets(st.integers(1, 20)))
def test_fill_completes_what_arrived_and_goes_on_behind_it(arrived, deleted):
    channel = opened()
    channel.offer([(number, b"{}") for number in sorted(arrived)])
    upto = 20
    rows = [(number, b"{}") for number in range(channel.seq + 1, upto + 1) if number not in deleted]

    channel.fill(rows, upto)

    expected = sorted(arrived | ({*range(1, 21)} - deleted))
    assert [n for n in sequences(channel) if n in arrived or n not in deleted] == expected
    assert channel.seq == upto


def test_messages_that_arrive_while_the_channel_opens_wait_for_it():
    channel = LogChannel(1, match, match.topic, 50, 10_000)
    channel.offer([(5, b"{}"), (6, b"{}"), (4, b"{}")])

    channel.start(4)

    assert sequences(channel) == [5, 6]


def test_memory_reaches_back_as_far_as_the_ring():
    channel = opened(ring=3)
    channel.offer([(number, b"{}") for number in range(1, 11)])

    assert channel.since(6) is None
    assert len(channel.since(7)) == 3
    assert channel.since(10) == []


def test_who_joins_within_a_tick_hears_what_follows_the_replay_and_nothing_twice():
    channel = opened()
    early, late = object.__new__(SendConnection), object.__new__(SendConnection)
    for connection in (early, late):
        connection.topics = set()
    channel.admit(early)
    channel.offer([(1, b"{}"), (2, b"{}")])
    replayed = channel.since(0)
    channel.admit(late)
    channel.offer([(3, b"{}")])

    to_listeners, apart = channel.take_out()
    channel.settle()

    assert len(replayed) == 2
    assert len(list(wire.texts(to_listeners))) == 3
    ((newcomer, own),) = apart
    assert newcomer is late
    assert [json.loads(text)["seq"] for text in wire.texts(own)] == [3]
    assert set(channel.listeners) == {early, late}


def test_late_value_does_not_replace_a_newer_one():
    tally = registry.Match("tally/1", feature.TallyTopic(), {"tally_id": 1})
    channel = StateChannel(1, tally, tally.topic)

    assert channel.offer(5, b'"new"')
    assert not channel.offer(4, b'"old"')
    assert b'"new"' in channel.frame
