"""Passes: what a tick writes to whom, what goes along with it, and what gives way."""

import asyncio
import json

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


class Ear:
    """A listener, who keeps each write."""

    gone = False

    def __init__(self):
        self.topics, self.writes = (), []

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
    assert all(ear.values() in ([2], [1, 2]) for ear in ears)
    assert [2] in [ear.values() for ear in ears]


def test_values_do_not_give_way_for_ever():
    async def scene(delivery, *ears):
        votes, only = mood(*ears), Ear()
        speaker = next(iter(votes.listeners))
        speaker.write = lambda frames: (Ear.write(speaker, frames), delivery.tell(only, wire.pong()))
        count(delivery, votes, 1)
        for _ in range(3):
            await delivery.flush()

    assert all(ear.values()[-1:] == [1] for ear in passing(scene, conf=Conf(values_share=1e9), ears=MANY))


DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("say")),
        st.tuples(st.just("count")),
        st.tuples(st.just("flush")),
        st.tuples(st.sampled_from(["enter", "leave"]), st.integers(0, 4)),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@example([("say",), ("enter", 0), ("enter", 1), ("count",)], 1e-9)
@given(DEEDS, st.sampled_from([1e-9, 1e9]))
def test_whatever_happens_everybody_hears_every_message_and_the_newest_value(deeds, share):
    """As a page does that joins from what it was rendered with, and leaves."""

    async def scene(delivery, *ears):
        chat, votes = room(), mood()
        inside = {}
        for what, *who in deeds:
            if what == "say":
                say(delivery, chat, chat.seq + 1)
            elif what == "count":
                count(delivery, votes, votes.version + 1)
            elif what == "flush":
                await delivery.flush()
            elif what == "enter" and who[0] not in inside:
                ear = ears[who[0]]
                ear.writes.clear()
                inside[who[0]] = (chat.seq, votes.version)
                chat.admit(ear)
                votes.admit(ear)
            elif what == "leave" and inside.pop(who[0], None):
                chat.dismiss(ears[who[0]], 0.0)
                votes.dismiss(ears[who[0]], 0.0)
        delivery._conf = Conf(values_share=1e9)
        delivery._wanted.clear()  # as `run` does before each pass; values give way to who speaks during one
        await delivery.flush()
        for number, (seq, version) in inside.items():
            ear = ears[number]
            assert [at for at in ear.seqs() if at > seq] == list(range(seq + 1, chat.seq + 1))
            assert max([version, *ear.values()]) == votes.version
            assert ear.values() == sorted(ear.values())

    passing(scene, conf=Conf(values_share=share), ears=5)
