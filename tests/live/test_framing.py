"""WebSocket frames from clients, taken apart: whole, in pieces, and wrong. The library's own frames are the measure."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from apps.live import framing
from apps.live.framing import Malformed, Reader

MOST = 70_000


def sent(opcode, payload, *, fin=True):
    return Frame(opcode, payload, fin=fin).serialize(mask=True)


def taken(*pieces, most=MOST):
    reader = Reader(most)
    found = []
    for piece in pieces:
        reader.push(piece)
        while (one := reader.take()) is not None:
            found.append(one)
    return found


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536])
def test_message_of_any_length_is_read(size):
    payload = bytes(number % 256 for number in range(size))

    assert taken(sent(Opcode.BINARY, payload)) == [(framing.BINARY, payload)]


@given(st.lists(st.binary(max_size=300), max_size=6), st.lists(st.integers(0, 2000), max_size=8))
def test_messages_are_read_wherever_the_network_cuts_them(payloads, cuts):
    stream = b"".join(sent(Opcode.TEXT, payload) for payload in payloads)
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    pieces = [stream[begin:end] for begin, end in itertools.pairwise(edges)]

    assert taken(*pieces) == [(framing.TEXT, payload) for payload in payloads]


def test_message_in_parts_is_joined_and_a_ping_may_come_between():
    stream = sent(Opcode.TEXT, b"Good ", fin=False) + sent(Opcode.PING, b"?") + sent(Opcode.CONT, b"morning")

    assert taken(stream) == [(framing.PING, b"?"), (framing.TEXT, b"Good morning")]


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        (b"\x81\x02hi", framing.PROTOCOL_ERROR),  # not masked
        (b"\xc1\x80\0\0\0\0", framing.PROTOCOL_ERROR),  # compressed
        (b"\x83\x80\0\0\0\0", framing.PROTOCOL_ERROR),  # no such kind
        (sent(Opcode.CONT, b"on"), framing.PROTOCOL_ERROR),
        (sent(Opcode.TEXT, b"a", fin=False) + sent(Opcode.TEXT, b"b"), framing.PROTOCOL_ERROR),
        (b"\x09\x80\0\0\0\0", framing.PROTOCOL_ERROR),  # a ping in parts
        (b"\x89\xfe\x00\x7e\0\0\0\0", framing.PROTOCOL_ERROR),  # a ping of 126 bytes
        (b"\x81\xff" + (MOST + 1).to_bytes(8, "big"), framing.TOO_LARGE),  # before the rest of it has come
        (b"\x81\xff" + b"\xff" * 8, framing.TOO_LARGE),
        (sent(Opcode.TEXT, b"x" * 40_000, fin=False) + sent(Opcode.CONT, b"x" * 40_000), framing.TOO_LARGE),
        (sent(Opcode.TEXT, b"", fin=False) + sent(Opcode.CONT, b"", fin=False) * 100, framing.TOO_LARGE),
    ],
    # Masks are random, and names of tests may not be.
    ids=lambda value: "frames" if isinstance(value, bytes) else str(value),
)
def test_what_is_no_frame_is_refused(stream, code):
    with pytest.raises(Malformed) as refused:
        taken(stream)

    assert refused.value.code == code


def test_large_message_after_one_in_parts_has_all_the_room():
    parts = sent(Opcode.TEXT, b"x" * 40_000, fin=False) + sent(Opcode.CONT, b"x" * 20_000)

    assert [len(payload) for _kind, payload in taken(parts + sent(Opcode.TEXT, b"y" * MOST))] == [60_000, MOST]


@pytest.mark.parametrize("payload", [b"\x03", b"\x03\xed", b"\x03\xe8\xff"])
def test_close_without_a_proper_reason_is_refused(payload):
    with pytest.raises(Malformed):
        framing.close_code(payload)


@pytest.mark.parametrize(("payload", "code"), [(b"", 1005), (b"\x03\xe8", 1000), (b"\x11\x31bye", 4401)])
def test_close_says_why(payload, code):
    assert framing.close_code(payload) == code


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_our_frames_are_those_of_the_library(size):
    payload = b"x" * size

    assert framing.frame(framing.BINARY, payload) == Frame(Opcode.BINARY, payload).serialize(mask=False)
