"""The media socket without a platform behind it: who is let in, what becomes of a recording, and what ends a line."""

import asyncio
import contextlib
import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from apps.core.errors import Refused
from apps.media.adapters.ingest import recorder, sockets, take, workfolder
from apps.media.adapters.rtmp import flv
from apps.media.services.glimpses import check_glimpse
from tests.media.conftest import make, picture, tone

PATH = "/media-socket/"
HELLO = {"ticket": "good", "kind": "video/webm", "shows": "camera", "has_sound": True}
SECONDS = 30


class Desk:
    """Lets in whoever has the ticket `good`, and puts nobody on air that is not told to be."""

    class Cut(Exception):
        pass

    def __init__(self):
        self.health, self.said, self.left, self.cut, self.is_on_air = {}, [], [], "", False
        self.shown = []

    def admit(self, ticket, *, shows, has_sound):
        if ticket != "good":
            raise Refused("contribution.ticket", "Too late.")
        return SimpleNamespace(contribution_id=7)

    def renew(self, who, *, health, comes, steady):
        self.health = health
        if self.cut:
            raise self.Cut(self.cut)
        return self.is_on_air

    def begin_take(self, who, *, rungs, began_at):
        return SimpleNamespace(folder="live/one", rungs=rungs)

    def show(self, who, *, picture, loudness):
        self.shown.append((picture, loudness))

    def note(self, who, said):
        self.said.append(said)

    def leave(self, who):
        self.left.append("away")

    def leave_for_good(self, who):
        self.left.append("for good")


def served(talk):
    """Runs `talk(desk, address)` beside a server."""

    async def run():
        desk, stop, port = Desk(), asyncio.Event(), asyncio.get_running_loop().create_future()
        server = sockets.Sockets(desk, path=PATH, sides=[240])
        serving = asyncio.create_task(server.serve("127.0.0.1", 0, until=stop, ready=port.set_result))
        try:
            async with asyncio.timeout(SECONDS):
                await talk(desk, f"ws://127.0.0.1:{await port}")
        finally:
            stop.set()
            await serving
        return desk

    return asyncio.run(run())


async def until(holds):
    while not holds():  # noqa: ASYNC110 - it changes in a thread
        await asyncio.sleep(0.05)


def close_of(hello):
    """The code and reason with which the socket closes."""
    found = []

    async def talk(desk, address):
        async with connect(address + PATH) as line:
            await line.send(hello)
            with pytest.raises(ConnectionClosed):
                while True:
                    await line.recv()
            found.append((line.close_code, line.close_reason))

    served(talk)
    return found[0]


@pytest.fixture(scope="session")
def recording(films):
    """Four seconds as a browser records them."""
    path = make(
        films / "recording.webm", *picture("320x180", "10", 4), *tone(4), "-c:v", "libvpx", "-deadline", "realtime",
        "-c:a", "libopus", "-live", "1", "-cluster_time_limit", "250",
    )  # fmt: skip
    return path.read_bytes()


@pytest.fixture(scope="session")
def recording_in_mp4(films):
    path = make(
        films / "recording.mp4", *picture("320x180", "10", 4), *tone(4), "-c:v", "libx264", "-preset", "ultrafast",
        "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov+default_base_moof", "-frag_duration", "250000",
    )  # fmt: skip
    return path.read_bytes()


@pytest.mark.parametrize("kind", ["video/webm", "video/mp4"])
def test_a_recording_becomes_what_an_encoder_sends(request, kind):
    data = request.getfixturevalue("recording" if kind == "video/webm" else "recording_in_mp4")

    async def talk(desk, address):
        async with connect(address + PATH) as line:
            await line.send(json.dumps(HELLO | {"kind": kind}))
            assert json.loads(await line.recv()) == {"id": 7}
            for at in range(0, len(data), 4000):
                await line.send(data[at : at + 4000])
            await until(lambda: desk.health.get("fps") and desk.shown)

    desk = served(talk)
    health, (seen, loudness) = desk.health, desk.shown[0]
    check_glimpse(seen)
    assert 20 < loudness < 100
    assert (health["width"], health["height"]) == (recorder.WIDTH, recorder.HEIGHT)
    assert health["has_sound"]


def test_what_they_say_of_themselves_is_noted_and_leaving_is_for_good():
    async def talk(desk, address):
        async with connect(address + PATH) as line:
            await line.send(json.dumps(HELLO))
            await line.send(json.dumps({"is_ready": True}))
            await line.send(json.dumps({"leaves": True}))
            await until(lambda: desk.left[-1:] == ["away"])

    desk = served(talk)
    assert desk.said == [{"is_ready": True}]
    assert desk.left == ["for good", "away"]


def test_a_line_that_breaks_is_left_without_a_word():
    async def talk(desk, address):
        async with connect(address + PATH) as line:
            await line.send(json.dumps(HELLO))
            await line.recv()
            line.transport.abort()
        await until(lambda: desk.left)

    assert served(talk).left == ["away"]


def test_whoever_is_cut_off_is_told_why():
    found = []

    async def talk(desk, address):
        async with connect(address + PATH) as line:
            await line.send(json.dumps(HELLO))
            desk.cut = "contribution.elsewhere"
            with pytest.raises(ConnectionClosed):
                while True:
                    await line.recv()
            found.append((line.close_code, line.close_reason))

    served(talk)
    assert found == [(sockets.CUT, "contribution.elsewhere")]


def test_a_wrong_ticket_is_refused_with_its_code():
    assert close_of(json.dumps(HELLO | {"ticket": "bad"})) == (sockets.REFUSED, "contribution.ticket")


@pytest.mark.parametrize("hello", ["", "x", "{}", json.dumps(HELLO | {"kind": "video/quicktime"}), b"\x1aE\xdf\xa3"])
def test_who_does_not_say_hello_is_put_out(hello):
    assert close_of(hello)[0] is not None


@pytest.mark.parametrize("is_shaken", [False, True])
def test_who_says_nothing_keeps_nobody_out(monkeypatch, is_shaken):
    """Neither before the handshake nor after it."""
    monkeypatch.setattr(sockets, "MOST_STRANGERS", 2)

    async def talk(desk, address):
        host, port = address.removeprefix("ws://").split(":")
        silent = [
            await (connect(address + PATH) if is_shaken else asyncio.open_connection(host, int(port))) for _ in range(4)
        ]
        async with connect(address + PATH) as line:
            await line.send(json.dumps(HELLO))
            assert json.loads(await line.recv()) == {"id": 7}
        first = silent[0]
        if is_shaken:
            await first.wait_closed()
        else:
            with contextlib.suppress(ConnectionResetError):
                assert await first[0].read() == b""
            for _reader, writer in silent:
                writer.close()

    served(talk)


def test_take_that_cannot_begin_leaves_no_folder(recording, monkeypatch, tmp_path):
    monkeypatch.setattr(workfolder.tempfile, "tempdir", str(tmp_path))
    made = []

    async def fail(self, *, has_sound):
        made.append(self.folder)
        raise OSError("there is no ffmpeg")

    monkeypatch.setattr(take.Take, "start", fail)

    async def talk(desk, address):
        desk.is_on_air = True
        async with connect(address + PATH) as line:
            await line.send(json.dumps(HELLO))
            with pytest.raises(ConnectionClosed):
                for at in range(0, len(recording), 4000):
                    await line.send(recording[at : at + 4000])
                    await asyncio.sleep(0.02)
                while True:
                    await line.recv()

    served(talk)
    assert len(made) == 1
    assert list(tmp_path.iterdir()) == []


def test_each_word_costs_its_sender_time(monkeypatch):
    monkeypatch.setattr(sockets, "WORD_SECONDS", 0.5)

    async def talk(desk, address):
        async with connect(address + PATH) as line:
            await line.send(json.dumps(HELLO))
            await line.recv()
            began = asyncio.get_running_loop().time()
            for _ in range(3):
                await line.send(json.dumps({"is_ready": True}))
            await until(lambda: len(desk.said) == 3)
            assert asyncio.get_running_loop().time() - began >= 1.0

    served(talk)


def test_what_is_no_recording_ends_the_line():
    async def talk(desk, address):
        async with connect(address + PATH) as line:
            await line.send(json.dumps(HELLO))
            await line.recv()
            with pytest.raises(ConnectionClosed):
                while True:
                    await line.send(b"GIF89a" * 5000)
                    await asyncio.sleep(0.1)
            assert line.close_code in (sockets.BROKEN, sockets.SLOW)

    served(talk)


def test_other_paths_are_not_there():
    async def talk(desk, address):
        with pytest.raises(InvalidStatus, match="404"):
            await connect(f"{address}/ws/freshet/")

    served(talk)


tags = st.lists(st.tuples(st.booleans(), st.integers(0, 2**32 - 1), st.binary(min_size=1, max_size=40)), max_size=6)


@given(tags, st.lists(st.integers(1, 60), max_size=20))
def test_flv_is_read_as_it_was_written_however_it_is_cut(sent, cuts):
    made = [
        flv.picture(time, b"\x17\x01\0\0\0" + body) if is_picture else flv.sound(time, b"\xaf\x01\0" + body)
        for is_picture, time, body in sent
    ]
    wire = flv.HEADER + b"".join(tag.written(zero=0) for tag in made)
    reader, found = flv.Reader(), []
    for cut in [*cuts, len(wire)]:
        found += reader.feed(wire[:cut])
        wire = wire[cut:]
    assert found == made
