"""RTMP as it arrives: cut anywhere, lying about sizes, or no RTMP at all."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.media.adapters.rtmp import amf, chunks, flv, h264
from apps.media.adapters.rtmp.chunks import BadChunk, ChunkReader, Message
from apps.media.adapters.rtmp.session import BadTalk, Goodbye, Picture, Session, Wish

TRUSTED = st.booleans()


def reader(*, trusted=True):
    made = ChunkReader()
    if trusted:
        made.trust()
    return made


def chunk(form, channel, header, payload):
    return bytes([form << 6 | channel]) + header + payload


def first(time, size, kind, stream=1):
    return time.to_bytes(3, "big") + size.to_bytes(3, "big") + bytes([kind]) + stream.to_bytes(4, "little")


# The chunk stream ---------------------------------------------------------------------------------------------------
@given(st.binary(max_size=600), TRUSTED)
def test_whatever_arrives_is_read_or_refused(data, trusted):
    try:
        reader(trusted=trusted).feed(data)
    except BadChunk:
        return


messages = st.lists(st.tuples(st.integers(2, 63), st.sampled_from([8, 9, 18, 20]), st.binary(max_size=700)), max_size=8)


@given(messages, st.integers(1, 1000), st.lists(st.integers(1, 400), max_size=40))
def test_messages_come_out_as_they_went_in_however_they_are_cut(sent, size, cuts):
    wire = chunks.write(1, size.to_bytes(4, "big"), channel=2, chunk_bytes=128)
    for channel, kind, payload in sent:
        wire += chunks.write(kind, payload, channel=channel, stream=1, chunk_bytes=size)
    made, found = reader(), []
    for cut in [*cuts, len(wire)]:
        found += made.feed(wire[:cut])
        wire = wire[cut:]
    assert [(m.kind, m.payload) for m in found[1:]] == [(kind, payload) for _channel, kind, payload in sent]


def test_messages_of_two_channels_may_be_mixed():
    made = reader()
    picture, sound = b"p" * 200, b"s" * 10
    found = made.feed(
        chunk(0, 6, first(40, 200, 9), picture[:128])
        + chunk(0, 4, first(41, 10, 8), sound)
        + chunk(3, 6, b"", picture[128:])
    )
    assert found == [Message(8, 41, 1, sound), Message(9, 40, 1, picture)]


def test_time_goes_on_by_what_is_left_out():
    made = reader()
    found = made.feed(
        chunk(0, 6, first(1000, 2, 9), b"ab")
        + chunk(1, 6, (40).to_bytes(3, "big") + (2).to_bytes(3, "big") + b"\x09", b"cd")
        + chunk(2, 6, (50).to_bytes(3, "big"), b"ef")
        + chunk(3, 6, b"", b"gh")
    )
    assert [message.time for message in found] == [1000, 1040, 1090, 1140]


@pytest.mark.parametrize("repeats", [True, False])
def test_a_long_time_may_be_repeated_where_a_message_goes_on(repeats):
    """Encoders differ."""
    late = (20_000_000).to_bytes(4, "big")
    payload = bytes(range(200))
    found = reader().feed(
        chunk(0, 6, first(0xFFFFFF, 200, 9) + late, payload[:128])
        + chunk(3, 6, late if repeats else b"", payload[128:])
    )
    assert found == [Message(9, 20_000_000, 1, payload)]


@pytest.mark.parametrize(
    "wire",
    [
        pytest.param(chunk(3, 6, b"", b"x"), id="leans on nothing"),
        pytest.param(chunk(0, 6, first(0, chunks.MOST_MESSAGE_BYTES + 1, 9), b""), id="a message too large"),
        pytest.param(chunks.write(1, bytes(4), channel=2, chunk_bytes=128), id="chunks of nothing"),
        pytest.param(chunks.write(1, b"\x7f\xff\xff\xff", channel=2, chunk_bytes=128), id="chunks too large"),
        pytest.param(b"".join(chunk(0, n, first(0, 1, 9), b"x") for n in range(2, 40)), id="channels without end"),
        pytest.param(
            chunk(0, 6, first(0, 200, 9), bytes(128)) + chunk(0, 6, first(0, 100, 9), bytes(100)), id="within another"
        ),
    ],
)
def test_what_no_encoder_sends_is_refused(wire):
    with pytest.raises(BadChunk):
        reader().feed(wire)


def test_a_stranger_sends_little():
    large = first(0, chunks.MOST_STRANGER_BYTES + 1, 20)
    with pytest.raises(BadChunk):
        reader(trusted=False).feed(chunk(0, 3, large, b"x" * 128))


# Values -------------------------------------------------------------------------------------------------------------
@given(st.binary(max_size=300))
def test_any_bytes_are_values_or_refused(data):
    try:
        amf.read(data)
    except amf.BadValue:
        return


plain = st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=40)
fields = st.dictionaries(st.text(min_size=1, max_size=10), plain, max_size=5)


@given(st.lists(plain | fields, max_size=6))
def test_values_are_read_as_they_were_written(values):
    assert amf.read(amf.write(*values)) == values


def test_values_within_values_have_an_end():
    nested = bytes([amf.LIST]) + (1).to_bytes(4, "big")
    with pytest.raises(amf.BadValue):
        amf.read(nested * 50 + amf.write(None))
    with pytest.raises(amf.BadValue):
        amf.read(bytes([amf.LIST]) + b"\xff\xff\xff\xff")


# The conversation ---------------------------------------------------------------------------------------------------
HELLO = bytes([3]) + bytes(1536) + bytes(1536)


def command(*values):
    return chunks.write(20, amf.write(*values), channel=3, chunk_bytes=128)


def published(session):
    session.feed(HELLO + command("connect", 1, {"app": "live"}))
    session.feed(command("createStream", 2, None))
    return session.feed(command("publish", 3, None, "plenary_live_x?extra=1", "live"))


def test_an_encoder_asks_to_publish_and_sends_pictures():
    session = Session()
    assert published(session) == [Wish("live", "plenary_live_x")]
    session.accept()
    answer = session.answer()
    assert answer[:1] == b"\x03" and b"NetStream.Publish.Start" in answer
    assert session.feed(chunk(0, 6, first(0, 3, 9), b"abc")) == [Picture(0, b"abc")]
    assert session.feed(command("deleteStream", 4, None, 1)) == [Goodbye()]


def test_pictures_of_nobody_are_passed_over():
    session = Session()
    published(session)
    assert session.feed(chunk(0, 6, first(0, 3, 9), b"abc")) == []


def test_a_ping_is_answered():
    session = Session()
    session.feed(HELLO)
    session.answer()
    session.feed(chunks.write(4, b"\0\6\1\2\3\4", channel=2, chunk_bytes=128))
    assert session.answer().endswith(b"\0\7\1\2\3\4")


@given(st.binary(min_size=1, max_size=400), TRUSTED)
def test_any_talk_is_heard_or_ended(data, accepted):
    session = Session()
    published(session)
    if accepted:
        session.accept()
    try:
        session.feed(data)
    except BadTalk:
        return


@pytest.mark.parametrize(
    "talk",
    [
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="a browser"),
        pytest.param(HELLO + command("play", 3, None, "x"), id="a player"),
        pytest.param(HELLO + command("publish", 3, None, 5.0), id="no name"),
        pytest.param(HELLO + command("publish", 3, None, "a") + command("publish", 4, None, "b"), id="twice"),
        pytest.param(HELLO + command("releaseStream", 1, None) * 201, id="commands without end"),
    ],
)
def test_other_talk_is_ended(talk):
    with pytest.raises(BadTalk):
        Session().feed(talk)


# Pictures -----------------------------------------------------------------------------------------------------------
def test_codecs_that_cannot_be_taken_are_said():
    with pytest.raises(flv.UnknownCodec):
        flv.picture(0, b"\x90hvc1" + bytes(5))  # HEVC, as Enhanced RTMP names it
    with pytest.raises(flv.UnknownCodec):
        flv.picture(0, b"\x12" + bytes(9))  # Sorenson
    with pytest.raises(flv.UnknownCodec):
        flv.sound(0, b"\xb2" + bytes(9))  # Speex


def test_a_tag_is_written_with_its_time():
    tag = flv.picture(70_000_000, b"\x17\x01\0\0\0abc")
    assert tag.is_key and not tag.is_setup
    written = tag.written(zero=1000)
    assert written[0] == 9 and written[4:8] == struct.pack(">I", 69_999_000)[1:] + struct.pack(">I", 69_999_000)[:1]
    assert int.from_bytes(written[-4:], "big") == len(written) - 4


@pytest.mark.parametrize(
    ("size", "more"),
    [("640x360", ()), ("1920x1080", ()), ("320x180", ("-profile:v", "baseline")), ("202x358", ("-profile:v", "high"))],
)
def test_the_size_is_read_from_a_real_encoders_setup(size, more, tmp_path):
    import av

    from tests.media.conftest import FAST, make

    path = make(tmp_path / "a.mp4", "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=5:duration=0.4", *FAST[:-2], *more)
    with av.open(str(path)) as film:
        setup = bytes(film.streams.video[0].codec_context.extradata)
    assert "x".join(map(str, h264.size(setup))) == size


@given(st.binary(max_size=80))
def test_any_setup_is_a_size_or_refused(data):
    try:
        width, height = h264.size(b"\1\x42\0\x1e\xff\xe1\0\x40\x67" + data)
    except h264.BadSetup:
        return
    assert width <= h264.MOST_SIDE and height <= h264.MOST_SIDE
