"""Passes: what a tick writes to whom, what goes along with it, and what gives way."""

import asyncio
import json
from functools import partial
from unittest.mock import patch

from hypothesis import example, given, settings
from hypothesis import strategies as st

from apps.live import registry, wire
from apps.live.channel import LogChannel, StateChannel
from apps.live.conf import Conf
from apps.live.delivery import SOCKETS_PER_BREATH, Delivery
from tests.live import feature
from tests.live.conftest import until_async

ROOM = registry.Match("room/1", feature.RoomTopic(), {"room_id": 1})
MOOD = registry.Match("mood/1", feature.MoodTopic(), {"mood_id": 1})
TALLY = registry.Match("tally/1", feature.TallyTopic(), {"tally_id": 1})
MANY = SOCKETS_PER_BREATH * 3
AGES = Conf(values_share=1e-9)
"""Values are patient for as long as a test may last."""
AT_ONCE = Conf(tick_seconds=0.0)


class Ear:
    """A listener, who keeps each write."""

    gone = False

    def __init__(self):
        self.topics, self.writes = (), []
        self.outlet = self

    def write(self, frames):
        self.writes.append(frames)

    @property
    def heard(self):
        return [json.loads(text) for frames in self.writes for text in wire.texts(frames)]

    def values(self):
        return [message["version"] for message in self.heard if message["t"] == "state"]

    def seqs(self):
        return [message["seq"] for message in self.heard if message["t"] == "log"]


def room(*ears):
    channel = LogChannel(1, ROOM, ROOM.topic, 50, 10_000)
    channel.start(0)
    return admitted(channel, ears)


def mood(*ears, match=MOOD):
    channel = StateChannel(1, match, match.topic)
    channel.version = 0
    return admitted(channel, ears)


def admitted(channel, ears):
    for ear in ears:
        channel.admit(ear)
    return channel


def say(delivery, channel, seq):
    channel.offer([(seq, b"{}")])
    delivery.speak(channel)


def count(delivery, channel, version):
    channel.offer(version, b"{}")
    delivery.speak(channel)


def passing(scene, *, conf=AGES, ears=2):
    """Plays a scene with a delivery and some ears, and gives the ears back."""

    async def outer():
        delivery, listening = Delivery(conf), [Ear() for _ in range(ears)]
        await scene(delivery, *listening)
        return listening

    return asyncio.run(outer())


def test_own_words_come_before_what_everybody_hears():
    async def scene(delivery, ada, ben):
        chat = room(ada, ben)
        delivery.tell(ada, wire.frame(b'{"t":"replay"}'))
        say(delivery, chat, 1)
        await delivery.flush()

    ada, ben = passing(scene)

    assert [message["t"] for message in ada.heard] == ["replay", "log"]
    assert [message["t"] for message in ben.heard] == ["log"]
    assert len(ada.writes) == 1


def test_value_goes_along_with_a_message_to_the_same_people_in_one_write():
    async def scene(delivery, *ears):
        chat, votes = room(*ears), mood(*ears)
        count(delivery, votes, 1)
        await delivery.flush()
        say(delivery, chat, 1)
        await delivery.flush()

    for ear in passing(scene):
        assert (len(ear.writes), ear.seqs(), ear.values()) == (1, [1], [1])


def test_value_waits_while_only_others_speak():
    async def scene(delivery, ada, *others):
        say_to_one, votes = room(ada, others[0]), mood(*others)
        count(delivery, votes, 1)
        say(delivery, say_to_one, 1)
        await delivery.flush()

    _ada, *others = passing(scene, ears=6)

    assert [ear.values() for ear in others] == [[]] * 5


def test_value_that_never_rests_waits_for_nobody():
    async def scene(delivery, *ears):
        count(delivery, mood(*ears, match=TALLY), 1)
        await delivery.flush()

    assert [ear.values() for ear in passing(scene)] == [[1], [1]]


def test_value_goes_by_itself_at_once_where_few_listen_and_later_where_many_do():
    async def told_after(ears, **numbers):
        delivery = Delivery(Conf(tick_seconds=0.0, **numbers))
        loop = asyncio.get_running_loop()
        listening = [Ear() for _ in range(ears)]
        votes = mood(*listening)
        running = loop.create_task(delivery.run())
        begun = loop.time()
        count(delivery, votes, 1)
        await until_async(lambda: all(ear.writes for ear in listening))
        running.cancel()
        return loop.time() - begun

    few = asyncio.run(told_after(3))
    many = asyncio.run(told_after(3, values_share=3 * 1e-5 / 0.2))  # as 4,000 by the usual share

    assert few < many
    assert many >= 0.2


def test_pass_of_values_gives_way_to_who_speaks_and_is_caught_up():
    async def scene(delivery, first, *others):
        ears = [first, *others]
        chat, votes = room(*ears), mood(*ears)
        order = sorted(votes.listeners, key=list(votes.listeners).index)
        order[0].write = lambda frames: (Ear.write(order[0], frames), say(delivery, chat, 1))
        count(delivery, votes, 1)
        await delivery.flush()
        assert not order[-1].writes
        order[0].write = lambda frames: Ear.write(order[0], frames)
        count(delivery, votes, 2)
        await delivery.flush()

    ears = passing(scene, conf=Conf(values_share=1e9), ears=MANY)

    assert all(ear.seqs() == [1] for ear in ears)
    assert all(ear.values() == [1, 2] for ear in ears)
    assert sum(len(ear.writes) for ear in ears) < 2 * MANY


def test_who_speaks_during_a_pass_goes_along_with_what_the_rest_is_still_owed():
    async def scene(delivery, *ears):
        chat = room(*ears)
        first = next(iter(chat.listeners))
        first.write = lambda frames: (Ear.write(first, frames), chat.seq < 2 and say(delivery, chat, 2))
        say(delivery, chat, 1)
        await delivery.flush()
        await delivery.flush()

    ears = passing(scene, conf=AT_ONCE, ears=MANY)

    assert all(ear.seqs() == [1, 2] for ear in ears)
    assert sorted({len(ear.writes) for ear in ears}) == [1, 2]
    assert sum(len(ear.writes) for ear in ears) == MANY + SOCKETS_PER_BREATH


def test_small_room_is_heard_before_the_rest_of_a_large_one():
    order = []

    async def scene(delivery, *ears):
        small, large = room(*ears[:3]), room(*ears[3:])
        for ear in ears:
            ear.write = lambda frames, ear=ear: order.append("small" if ear in small.listeners else "large")
        say(delivery, large, 1)
        say(delivery, small, 1)
        await delivery.flush()

    passing(scene, ears=MANY)

    assert order[:3] == ["small"] * 3


def test_answer_to_one_does_not_keep_a_message_to_many_waiting():
    async def scene(delivery, ada, ben):
        chat = room(ada, ben)
        running = asyncio.get_running_loop().create_task(delivery.run())
        delivery.tell(ada, wire.pong())
        await until_async(lambda: ada.writes)
        say(delivery, chat, 1)
        await until_async(lambda: ben.writes)
        delivery.tell(ada, wire.pong())
        for _ in range(20):
            await asyncio.sleep(0)
        running.cancel()

    ada, _ben = passing(scene, conf=Conf(tick_seconds=3600))

    assert [message["t"] for message in ada.heard] == ["pong", "log"]


def test_values_do_not_give_way_for_ever():
    async def scene(delivery, *ears):
        votes, only = mood(*ears), Ear()
        speaker = next(iter(votes.listeners))
        speaker.write = lambda frames: (Ear.write(speaker, frames), delivery.tell(only, wire.pong()))
        count(delivery, votes, 1)
        for _ in range(3):
            await delivery.flush()

    assert all(ear.values()[-1:] == [1] for ear in passing(scene, conf=Conf(values_share=1e9), ears=MANY))


DEED = st.one_of(
    st.tuples(st.just("say")),
    st.tuples(st.just("count")),
    st.tuples(st.sampled_from(["enter", "leave"]), st.integers(0, 4)),
)
FLUSH = st.tuples(st.just("flush"), st.lists(DEED, max_size=6))
"""What happens during a pass, one after each write."""


class Play:
    """A room and its values, five who come and go, and what each of them must have heard."""

    def __init__(self, delivery, ears):
        self.delivery, self.ears = delivery, ears
        self.chat, self.votes = room(), mood()
        self.inside, self.during = {}, []
        for ear in ears:
            ear.write = partial(self.write, ear)

    def write(self, ear, frames):
        Ear.write(ear, frames)
        if self.during:
            what, *who = self.during.pop(0)
            getattr(self, what)(*who)

    def say(self):
        say(self.delivery, self.chat, self.chat.seq + 1)

    def count(self):
        count(self.delivery, self.votes, self.votes.version + 1)

    def enter(self, number):
        if number not in self.inside:
            self.ears[number].writes.clear()
            self.inside[number] = (self.chat.seq, self.votes.version)
            admitted(self.chat, [self.ears[number]])
            admitted(self.votes, [self.ears[number]])

    def leave(self, number):
        if self.inside.pop(number, None):
            self.chat.dismiss(self.ears[number], 0.0)
            self.votes.dismiss(self.ears[number], 0.0)

    async def flush(self, during):
        self.during[:] = during
        await self.delivery.flush()
        self.during.clear()

    async def rest(self):
        self.delivery._conf = Conf(values_share=1e9, tick_seconds=0.0)
        await self.delivery.flush()
        while self.delivery._wanted.is_set():
            await self.delivery.flush()

    def judge(self):
        for number, (seq, version) in self.inside.items():
            ear = self.ears[number]
            assert [at for at in ear.seqs() if at > seq] == list(range(seq + 1, self.chat.seq + 1))
            assert max([version, *ear.values()]) == self.votes.version
            assert ear.values() == sorted(ear.values())


@settings(max_examples=80, deadline=None)
@example([("say",), ("enter", 0), ("enter", 1), ("count",)], 1e-9)
@example([("enter", 0), ("enter", 1), ("say",), ("flush", [("say",), ("leave", 1), ("enter", 1)]), ("count",)], 1e9)
@given(st.lists(st.one_of(DEED, FLUSH), max_size=40), st.sampled_from([1e-9, 1e9]))
def test_whatever_happens_everybody_hears_every_message_and_the_newest_value(deeds, share):
    """As a page does that joins from what it was rendered with, and leaves. Each write may be the one at which a pass
    is broken off."""

    async def scene(delivery, *ears):
        play = Play(delivery, ears)
        for what, *how in deeds:
            if what == "flush":
                await play.flush(*how)
            else:
                getattr(play, what)(*how)
        await play.rest()
        play.judge()

    with patch("apps.live.delivery.SOCKETS_PER_BREATH", 1):
        passing(scene, conf=Conf(values_share=share, tick_seconds=0.0), ears=5)
