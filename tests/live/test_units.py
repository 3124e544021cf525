"""The parts that need no server: names, numbers, versions, frames, order, buckets, publishing."""

import asyncio
import json
import threading
import time

import msgspec
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, transaction
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from apps.core.access import Access
from apps.core.errors import Refused
from apps.live import dirty, origin, outbox, publish, registry, seq, store, tickets, versions, wire
from apps.live.channel import LogChannel, StateChannel
from apps.live.connection import Connection
from apps.live.delivery import Delivery
from apps.live.limits import Bucket
from apps.live.registry import Command, LogTopic, Rate, StateTopic, Who
from tests.live import feature

# Names


def test_topic_is_found_by_its_name_with_typed_parameters(live):
    match = registry.resolve("room/12")

    assert isinstance(match.topic, feature.RoomTopic)
    assert match.params == {"room_id": 12}


def test_topic_writes_the_name_that_it_reads():
    assert feature.RoomTopic.name(room_id=12) == "room/12"


def test_topic_without_access_is_refused():
    class Open(LogTopic):
        pattern = "open"

    with pytest.raises(ImproperlyConfigured, match="who may come in"):
        registry.register(Open)


def test_topic_and_command_can_be_registered_once_only(live):
    for declared in (feature.RoomTopic, feature.Say):
        with pytest.raises(ImproperlyConfigured, match="twice"):
            registry.register(declared)


def test_command_that_takes_unknown_fields_is_refused():
    class Loose(Command):
        name = "loose"
        access = Access.ANYONE

        class Body(msgspec.Struct):
            pass

    with pytest.raises(ImproperlyConfigured, match="forbid_unknown_fields"):
        registry.register(Loose)


@pytest.mark.parametrize(
    ("access", "roles", "user_id", "may"),
    [
        (Access.PUBLIC, (), None, True),
        (Access.SIGNED_IN, (), None, False),
        (Access.SIGNED_IN, (), 7, True),
        (Access.ATTENDEE, (), 7, False),
        (Access.ATTENDEE, ("speaker",), 7, True),
        (Access.MODERATOR, ("attendee",), 7, False),
        (Access.MODERATOR, ("organiser",), 7, True),
        (Access.PLATFORM_STAFF, ("organiser",), 7, False),
    ],
)
def test_roles_open_what_they_may(access, roles, user_id, may):
    assert Who(user_id, 1, "", frozenset(roles), 1).may(access) is may


# Tickets


def test_ticket_says_who_in_the_letters_of_a_subprotocol():
    ticket = tickets.issue(event_id=3, user_id=7, name="Zoë Ñandú", roles={"b", "a"}, epoch=5)

    assert tickets.read(ticket) == Who(7, 3, "Zoë Ñandú", frozenset({"a", "b"}), 5, "en")
    assert ticket.replace(".", "").replace("-", "").replace("_", "").isalnum()


def test_ticket_is_no_audience_token():
    with pytest.raises(tickets.StaleError):
        tickets.read_audience(tickets.issue(event_id=3, user_id=7, name="", roles=(), epoch=5))


# Numbers


def test_numbers_are_gapless_over_a_rollback(live, event_id):
    with transaction.atomic():
        assert seq.next_seq(event_id, "a") == 1
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        seq.next_seq(event_id, "a")
        raise ZeroDivisionError
    with transaction.atomic():
        assert seq.next_seqs(event_id, "a", count=3) == range(2, 5)

    assert seq.heads([(event_id, "a"), (event_id, "silent")]) == {(event_id, "a"): 4}


def test_number_outside_a_transaction_is_refused(live, event_id):
    with pytest.raises(transaction.TransactionManagementError):
        seq.next_seq(event_id, "a")


def test_numbers_of_concurrent_writers_are_given_once(live, event_id):
    taken, lock = [], threading.Lock()

    def write():
        for _ in range(20):
            with transaction.atomic():
                number = seq.next_seq(event_id, "a")
            with lock:
                taken.append(number)
        connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(taken) == list(range(1, 81))


# Versions


def test_versions_grow_strictly():
    found = [versions.read() for _ in range(200)]

    assert found == sorted(set(found))
    assert found[-1] < 2**53


def test_version_grows_past_a_clock_that_went_back(redis):
    ahead = versions.read() + 60_000_000
    redis.set(versions.KEY, ahead)

    assert versions.read() == ahead + 1
    redis.delete(versions.KEY)


def test_page_renders_without_redis(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert versions.read() == 0


# Frames


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
def test_frame_is_what_the_library_builds(size):
    payload = b"x" * size

    assert wire.frame(payload) == Frame(Opcode.TEXT, payload).serialize(mask=False)


def test_joined_frames_come_apart_again():
    texts = ["a", "ß" * 100, "x" * 70_000, ""]
    frames = b"".join(wire.frame(text.encode()) for text in texts) + wire.PING_FRAME

    assert list(wire.texts(frames)) == texts


def test_lazy_words_are_written_out():
    assert wire.encode({"words": gettext_lazy("Light or dark")}) == b'{"words":"Light or dark"}'


def test_refusal_carries_what_a_page_needs():
    refusal = Refused("chat.slow", "Wait.", field="text", retry_after=2.5)
    (text,) = wire.texts(wire.error(refusal, call_id="c1"))

    assert text == '{"t":"error","code":"chat.slow","message":"Wait.","id":"c1","field":"text","retry_after":2.5}'


# Order

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
    early, late = object.__new__(Connection), object.__new__(Connection)
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
    assert channel.listeners == {early, late}


def test_who_joins_before_the_first_message_of_a_tick_hears_the_replay_before_it():
    class Ear:
        gone = False

        def __init__(self):
            self.topics, self.heard = set(), b""

        def write(self, frames):
            self.heard += frames

    async def scene():
        room, delivery = opened(head=10), Delivery(tick_seconds=0.04)
        ears = [Ear(), Ear()]
        for ear in ears:
            room.admit(ear)
        delivery.tell(ears[0], b"replay of 10;")
        room.out.append(b"11;")
        delivery.speak(room)
        await delivery.flush()
        return [ear.heard for ear in ears]

    assert asyncio.run(scene()) == [b"replay of 10;11;", b"11;"]


def test_late_value_does_not_replace_a_newer_one():
    tally = registry.Match("tally/1", feature.TallyTopic(), {"tally_id": 1})
    channel = StateChannel(1, tally, tally.topic)

    assert channel.offer(5, b'"new"')
    assert not channel.offer(4, b'"old"')
    assert b'"new"' in channel.frame


# Buckets


def test_bucket_lets_a_burst_through_and_then_one_at_a_time():
    rate = Rate(per_second=2, burst=3)
    bucket = Bucket(rate, 0.0)

    assert [bucket.take(rate, 0.0) for _ in range(3)] == [0.0] * 3
    assert bucket.take(rate, 0.0) == 0.5
    assert bucket.take(rate, 0.5) == 0.0
    assert not bucket.is_full(rate, 0.6)
    assert bucket.is_full(rate, 10.0)


# Origins


@pytest.mark.parametrize(
    ("page", "host", "ours"),
    [
        ("https://events.example.org", "events.example.org", True),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", True),
        ("https://trusted.example", "ws.example.org", True),
        ("https://a.wide.example", "ws.example.org", True),
        ("https://wide.example", "ws.example.org", False),
        ("https://trusted.example.evil.example", "ws.example.org", False),
        ("null", "ws.example.org", False),
        ("", "ws.example.org", False),
    ],
)
def test_origin(settings, page, host, ours):
    settings.CSRF_TRUSTED_ORIGINS = ["https://trusted.example", "https://*.wide.example"]
    headers = [(b"host", host.encode())] + ([(b"origin", page.encode())] if page else [])

    assert origin.is_ours({"headers": headers}) is ours


# Publishing


@pytest.fixture
def own_marks(monkeypatch):
    """Marks that no running process looks at."""
    for name in ("DIRTY", "CLAIMED", "PAUSE"):
        monkeypatch.setattr(dirty, name, f"test:{name}:{time.time()}")


def test_nothing_is_published_by_a_transaction_that_fails(live, event_id, monkeypatch):
    sent = []
    monkeypatch.setattr(outbox, "log", lambda *words: sent.append(words))

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        publish.log(event_id, "room/1", seq=1, payload={})
        raise ZeroDivisionError
    with transaction.atomic():
        publish.log(event_id, "room/1", seq=1, payload={"a": 1})
        assert sent == []

    assert sent == [(event_id, "room/1", (1, b'{"a":1}'))]


@pytest.mark.parametrize("topic", ["nothing", "tally/1"])
def test_log_message_needs_a_log_topic(live, event_id, topic):
    with pytest.raises(ValueError, match="LogTopic"):
        publish.log(event_id, topic, seq=1, payload={})


def test_all_threads_of_a_process_publish_through_one_loop(live, event_id):
    def many():
        for number in range(20):
            outbox.log(event_id, "room/1", (number, b"{}"))

    callers = [threading.Thread(target=many) for _ in range(4)]
    for one in callers:
        one.start()
    for one in callers:
        one.join()

    assert outbox.flush()
    assert len([one for one in threading.enumerate() if one.name == "plenary-outbox"]) == 1


def test_mark_is_claimed_once_and_anew_only_after_the_interval(live, event_id, own_marks):
    member = dirty.member(event_id, "tally/1", 60_000)

    async def scene():
        try:
            await dirty.mark([member, member])
            first, none = await dirty.claim(10), await dirty.claim(10)
            await dirty.mark([member])
            too_soon = await dirty.claim(10)
            for claim in first:
                await dirty.done(claim)
            return first, none, too_soon, await dirty.newest([(event_id, "tally/1"), (event_id, "tally/2")])
        finally:
            await store.close_loop_client()

    first, none, too_soon, newest = asyncio.run(scene())

    assert [(claim.event_id, claim.topic) for claim in first] == [(event_id, "tally/1")]
    assert (none, too_soon) == ([], [])
    assert newest == [first[0].version, 0]


def test_claim_of_a_ticker_that_died_is_taken_over(live, event_id, own_marks, redis):
    member = dirty.member(event_id, "tally/1", 100)
    redis.zadd(dirty.CLAIMED, {member: 1})

    async def scene():
        try:
            return await dirty.claim(10)
        finally:
            await store.close_loop_client()

    assert [claim.member for claim in asyncio.run(scene())] == [member]


def test_every_registered_topic_and_command_says_who_may_come_in():
    declared = [*registry.registry.topics(), *registry.registry.commands.values()]

    assert all(isinstance(one.access, Access) for one in declared)
    assert all(isinstance(one, LogTopic | StateTopic | Command) for one in declared)


@pytest.mark.parametrize("name", ["a\x00", "a\n", "a b", "é"])
def test_id_of_a_command_is_printable(name):
    assert wire.decode(json.dumps({"t": "do", "name": "chat.send", "id": "a-1"})).id == "a-1"
    with pytest.raises(msgspec.ValidationError):
        wire.decode(json.dumps({"t": "do", "name": "chat.send", "id": name}))
