"""Words on the wire: frames as any library builds them, and what a client's words must be."""

import json

import msgspec
import pytest
from django.utils.translation import gettext_lazy
from websockets.frames import Frame, Opcode

from apps.core.errors import Refused
from apps.live import wire


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


@pytest.mark.parametrize("name", ["a\x00", "a\n", "a b", "é"])
def test_id_of_a_command_is_printable(name):
    assert wire.decode(json.dumps({"t": "do", "name": "chat.send", "id": "a-1"})).id == "a-1"
    with pytest.raises(msgspec.ValidationError):
        wire.decode(json.dumps({"t": "do", "name": "chat.send", "id": name}))
