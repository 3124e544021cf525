"""The socket's protocol by itself: what it reads at once, what it answers, and what it does not hear any more. The loop
is real, the wire a list."""

import asyncio
from types import SimpleNamespace

import pytest
from websockets.frames import Frame, Opcode

from apps.live import framing
from apps.live.transport import CLOSE_SECONDS, IN_VAIN, MOST_AT_ONCE, MOST_WASTED, SocketProtocol

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
HEADERS = [(b"sec-websocket-key", KEY), (b"sec-websocket-version", b"13")]


class Wire:
    """What uvloop's transport is to a protocol, as far as ours asks."""

    def __init__(self):
        self.written, self.is_paused, self.closed, self.aborted = [], False, False, False

    def write(self, data):
        self.written.append(data)

    def close(self):
        self.closed = True

    def abort(self):
        self.closed = self.aborted = True

    def is_closing(self):
        return self.closed

    def pause_reading(self):
        self.is_paused = True

    def resume_reading(self):
        self.is_paused = False

    def set_write_buffer_limits(self, **_limits):
        pass

    def pongs(self):
        return sum(data[0] == 0x8A for data in self.written)

    def close_codes(self):
        return [int.from_bytes(data[2:4], "big") for data in self.written if data[0] == 0x88]


class Ear:
    """A listener, for whom every text may take its time."""

    def __init__(self, *, slow=False):
        self.texts, self.work, self.is_slow, self.is_lost = [], [], slow, False

    def heard(self, text):
        self.texts.append(text)
        if not self.is_slow:
            return None
        self.work.append(asyncio.get_running_loop().create_future())
        return self.work[-1]

    def lost(self):
        self.is_lost = True

    def full(self):
        pass

    drained = full


def sent(opcode, payload=b"", *, fin=True):
    return Frame(opcode, payload, fin=fin).serialize(mask=True)


async def turns(count=5):
    for _ in range(count):
        await asyncio.sleep(0)


async def opened(said=b"", ear=None):
    """A socket that was accepted and taken over; `said` came while the application was still at it."""
    accepted, may_take = asyncio.Event(), asyncio.Event()

    async def application(scope, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        accepted.set()
        await may_take.wait()
        scope["extensions"]["plenary.transport"]["protocol"].adopt(ear, 1 << 18)

    config = SimpleNamespace(ws_max_size=1 << 16, loaded_app=application)
    protocol = SocketProtocol(config, SimpleNamespace(connections=set(), tasks=set()), {})
    protocol.shake(Wire(), {"method": "GET", "headers": HEADERS})
    await accepted.wait()
    if said:
        protocol.data_received(said)
    may_take.set()
    await turns()
    return protocol


def play(scene):
    asyncio.run(scene())


def test_thousands_of_frames_are_read_a_few_at_a_time():
    async def scene():
        ear = Ear()
        protocol = await opened(ear=ear)
        protocol.data_received(sent(Opcode.TEXT, b"x") * 1000)
        assert len(ear.texts) == MOST_AT_ONCE
        await turns(1000 // MOST_AT_ONCE + 2)
        assert len(ear.texts) == 1000

    play(scene)


def test_rest_of_what_came_waits_for_the_work_that_was_begun():
    async def scene():
        ear = Ear(slow=True)
        protocol = await opened(ear=ear)
        protocol.data_received(sent(Opcode.PING) * MOST_AT_ONCE + sent(Opcode.TEXT, b"1") + sent(Opcode.TEXT, b"2"))
        await turns()
        assert ear.texts == ["1"]
        ear.work[0].set_result(None)
        await turns()
        assert ear.texts == ["1", "2"]

    play(scene)


def test_second_text_that_was_quicker_than_the_application_is_heard_too():
    async def scene():
        ear = Ear()
        await opened(sent(Opcode.TEXT, b"1") + sent(Opcode.TEXT, b"2"), ear=ear)
        assert ear.texts == ["1", "2"]

    play(scene)


def test_pings_are_answered_up_to_their_rate_and_a_flood_of_them_ends_the_socket():
    async def scene():
        ear = Ear()
        protocol = await opened(ear=ear)
        protocol.data_received(sent(Opcode.PING, b"?") * 100)
        await turns(10)
        assert (protocol.transport.pongs(), ear.is_lost) == (60, False)
        protocol.data_received(sent(Opcode.PING, b"?") * (IN_VAIN.burst + MOST_AT_ONCE))
        await turns(20)
        assert (protocol.transport.close_codes(), ear.is_lost) == ([4429], True)

    play(scene)


def test_flood_of_pings_ends_though_some_of_them_are_answered():
    async def scene():
        ear = Ear()
        protocol = await opened(ear=ear)
        loop, began = protocol._loop, protocol._loop.time()
        now = [began]
        protocol._loop = SimpleNamespace(
            time=lambda: now[0], call_soon=loop.call_soon, call_later=loop.call_later, create_task=loop.create_task
        )
        for number in range(30 * 50):
            now[0] = began + number / 50
            protocol.data_received(sent(Opcode.PING, b"?"))
        assert (protocol.transport.close_codes(), ear.is_lost) == ([4429], True)

    play(scene)


def test_who_does_not_read_is_not_answered():
    async def scene():
        protocol = await opened(ear=Ear())
        protocol.pause_writing()
        protocol.data_received(sent(Opcode.PING, b"?"))
        assert protocol.transport.pongs() == 0
        protocol.resume_writing()
        protocol.data_received(sent(Opcode.PING, b"?"))
        assert protocol.transport.pongs() == 1

    play(scene)


def test_who_goes_on_after_our_goodbye_is_not_heard_any_more():
    async def scene():
        protocol = await opened(ear=Ear())
        protocol.close(4401, "revoked")
        for _ in range(10):
            protocol.data_received(sent(Opcode.TEXT, b"x") * IN_VAIN.burst)
            await turns(20)
        assert isinstance(protocol._reader, framing.Waste)
        assert protocol.transport.close_codes() == [4401]

    play(scene)


class Timers:
    """The loop's timers, on a clock of its own."""

    def __init__(self):
        self.now, self.due = 0.0, []

    def time(self):
        return self.now

    def call_later(self, seconds, work):
        entry = (self.now + seconds, work)
        self.due.append(entry)
        return SimpleNamespace(cancel=lambda: entry in self.due and self.due.remove(entry))

    def run_for(self, seconds):
        self.now += seconds
        for entry in [one for one in self.due if one[0] <= self.now]:
            self.due.remove(entry)
            entry[1]()


async def sent_nonsense():
    protocol = await opened(ear=Ear())
    protocol._loop = Timers()
    protocol.data_received(b"\xff" * 10)
    assert protocol.transport.close_codes() == [framing.PROTOCOL_ERROR]
    return protocol


def test_who_still_sends_is_waited_for_until_they_pause():
    """Gone before, a reset would overtake the goodbye."""

    async def scene():
        protocol = await sent_nonsense()
        for _second in range(6):
            protocol.data_received(b"still")
            protocol._loop.run_for(1)
        assert not protocol.transport.closed
        for _second in range(3):
            protocol._loop.run_for(1)
        assert protocol.transport.closed

    play(scene)


@pytest.mark.parametrize(("size", "seconds"), [(5, 10), (MOST_WASTED, 2)])
def test_who_does_not_stop_sending_is_waited_for_no_longer_than_that(size, seconds):
    async def scene():
        protocol = await sent_nonsense()
        for _second in range(seconds):
            assert not protocol.transport.closed
            protocol.data_received(b"x" * size)
            protocol._loop.run_for(1)
        assert protocol.transport.closed

    play(scene)


@pytest.mark.parametrize(
    "said", [b"\xff" * 10, sent(Opcode.CLOSE, (1000).to_bytes(2, "big"))], ids=["nonsense", "goodbye"]
)
def test_who_goes_and_does_not_read_is_cut_off(said):
    """A transport that closes keeps what is unsent for as long as the other side keeps it waiting."""

    async def scene():
        protocol = await opened(ear=Ear())
        protocol._loop = Timers()
        protocol.data_received(said)
        for _second in range(int(CLOSE_SECONDS)):
            assert not protocol.transport.aborted
            protocol._loop.run_for(1)
        assert protocol.transport.aborted

    play(scene)


def test_flood_behind_our_goodbye_does_not_put_off_the_end():
    async def scene():
        protocol = await opened(ear=Ear())
        protocol._loop = timers = Timers()
        timers.call_soon = asyncio.get_running_loop().call_soon
        protocol.close(4401, "revoked")
        timers.run_for(CLOSE_SECONDS - 1)
        protocol.data_received(sent(Opcode.TEXT, b"x") * (IN_VAIN.burst + MOST_AT_ONCE))
        await turns(20)
        assert isinstance(protocol._reader, framing.Waste)
        timers.run_for(1)
        assert protocol.transport.aborted

    play(scene)


def test_answer_to_our_goodbye_is_heard_behind_what_was_on_its_way():
    async def scene():
        protocol = await opened(ear=Ear())
        protocol.close(1012, "restart")
        protocol.data_received(sent(Opcode.TEXT, b"x") * 100 + sent(Opcode.CLOSE, (1012).to_bytes(2, "big")))
        await turns(10)
        assert protocol.transport.closed

    play(scene)


@pytest.mark.parametrize("part", [b"", b"x"])
def test_message_in_endless_parts_ends_the_socket(part):
    async def scene():
        protocol = await opened(ear=Ear())
        protocol.data_received(sent(Opcode.TEXT, part, fin=False))
        for _ in range(10):
            protocol.data_received(sent(Opcode.CONT, part, fin=False) * 10)
        assert protocol.transport.close_codes() == [framing.TOO_LARGE]

    play(scene)
