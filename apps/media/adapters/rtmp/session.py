"""One encoder's conversation with us (RTMP 1.0, 5.2 and 7): handshake, commands, and what it publishes. Bytes are given
in by `feed`, facts come out, and `answer` holds what is to be sent back."""

import os
from dataclasses import dataclass
from typing import Any

from apps.media.adapters.rtmp import amf, chunks
from apps.media.adapters.rtmp.chunks import ChunkReader, Message

VERSION = 3
HANDSHAKE_BYTES = 1536
WINDOW_BYTES = 2_500_000
MOST_FPS = 120
OUR_CHUNK_BYTES = 4096
STREAM = 1
MOST_VALUE_BYTES = 64 * 1024
MOST_COMMANDS = 200
"""Of one connection; an encoder sends some ten."""

ACKNOWLEDGED, USER_CONTROL, WINDOW, BANDWIDTH = 3, 4, 5, 6
AUDIO, VIDEO, DATA_AMF3, COMMAND_AMF3, DATA, COMMAND = 8, 9, 15, 17, 18, 20
PING, PONG = 6, 7
ON_CONTROL, ON_COMMAND, ON_STREAM = 2, 3, 5


class BadTalk(Exception):
    """What came is no RTMP, or not what a publishing encoder says."""


@dataclass(frozen=True, slots=True)
class Wish:
    """It asks to publish; answer by `accept` or `refuse`."""

    app: str
    name: str


@dataclass(frozen=True, slots=True)
class Sound:
    time: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    time: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Notes:
    """What it says of its picture."""

    fps: float


@dataclass(frozen=True, slots=True)
class Goodbye:
    """It has ended what it published."""


Fact = Wish | Notes | Sound | Picture | Goodbye


class Session:
    def __init__(self) -> None:
        self._reader = ChunkReader()
        self._hello = bytearray()
        self._awaited = 1 + HANDSHAKE_BYTES
        self._is_open = False
        self._app = ""
        self._commands = 0
        self._wished = self._publishes = False
        self._got = self._told = 0
        self._out = bytearray()

    def answer(self) -> bytes:
        """What is to be sent; it is yours now."""
        out, self._out = bytes(self._out), bytearray()
        return out

    def feed(self, data: bytes) -> list[Fact]:
        """Raises `BadTalk`, after which the connection is to be closed."""
        self._got += len(data)
        if not self._is_open:
            data = self._shake(data)
        if not data:
            return []
        try:
            facts = [fact for message in self._reader.feed(data) if (fact := self._hear(message))]
        except (chunks.BadChunk, amf.BadValue) as error:
            raise BadTalk(str(error)) from error
        if self._got - self._told >= WINDOW_BYTES // 2:
            self._told = self._got
            self._control(ACKNOWLEDGED, (self._got & 0xFFFFFFFF).to_bytes(4, "big"))
        return facts

    def accept(self) -> None:
        self._publishes = True
        self._reader.trust()
        # "Stream begins", which some encoders wait for.
        self._control(USER_CONTROL, bytes(2) + STREAM.to_bytes(4, "big"))
        self._status("status", "NetStream.Publish.Start", "On you go.")

    def refuse(self, why: str) -> None:
        self._status("error", "NetStream.Publish.BadName", why)

    def _shake(self, data: bytes) -> bytes:
        """C0 and C1 are answered by S0, S1 and S2, then C2 is passed over; gives back what follows it."""
        self._hello += data
        if self._hello[0] != VERSION:
            raise BadTalk("version")
        if len(self._hello) >= self._awaited and self._awaited == 1 + HANDSHAKE_BYTES:
            # Zeros where a version could stand: no digests are asked for.
            self._out += bytes([VERSION]) + bytes(8) + os.urandom(HANDSHAKE_BYTES - 8)
            self._out += self._hello[1 : 1 + HANDSHAKE_BYTES]
            self._awaited += HANDSHAKE_BYTES
        if len(self._hello) < self._awaited or self._awaited == 1 + HANDSHAKE_BYTES:
            return b""
        rest = bytes(self._hello[self._awaited :])
        self._hello, self._is_open = bytearray(), True
        return rest

    def _hear(self, message: Message) -> Fact | None:
        if message.kind in (AUDIO, VIDEO):
            if not self._publishes or not message.payload:
                return None
            return (Sound if message.kind == AUDIO else Picture)(message.time, message.payload)
        if message.kind in (COMMAND, COMMAND_AMF3):
            return self._obey(message)
        if message.kind in (DATA, DATA_AMF3) and self._publishes:
            return _notes(message)
        if message.kind == USER_CONTROL and message.payload[:2] == PING.to_bytes(2, "big"):
            self._control(USER_CONTROL, PONG.to_bytes(2, "big") + message.payload[2:6])
        return None

    def _obey(self, message: Message) -> Fact | None:
        self._commands += 1
        if self._commands > MOST_COMMANDS:
            raise BadTalk("too many commands")
        name, number, *given = [*_values(message), None, None]
        if not isinstance(name, str):
            raise BadTalk("no command")
        if name == "connect":
            self._connect(number, given[0])
        elif name == "createStream":
            self._command("_result", number, None, STREAM)
        elif name == "publish":
            return self._publish(given)
        elif name == "play":
            raise BadTalk("nothing is played here")
        elif name in ("FCUnpublish", "closeStream", "deleteStream") and self._publishes:
            return Goodbye()
        return None

    def _connect(self, number: Any, given: Any) -> None:
        self._app = str(given.get("app", ""))[:200] if isinstance(given, dict) else ""
        self._control(WINDOW, WINDOW_BYTES.to_bytes(4, "big"))
        self._control(BANDWIDTH, WINDOW_BYTES.to_bytes(4, "big") + b"\2")
        self._control(chunks.SET_CHUNK_SIZE, OUR_CHUNK_BYTES.to_bytes(4, "big"))
        server = {"fmsVer": "FMS/3,0,1,123", "capabilities": 31}
        said = {"level": "status", "code": "NetConnection.Connect.Success", "objectEncoding": 0}
        self._command("_result", number, server, said)

    def _publish(self, given: list[Any]) -> Wish:
        if self._wished:
            raise BadTalk("it publishes already")
        name = given[1] if len(given) > 1 else None
        if not isinstance(name, str):
            raise BadTalk("no name")
        self._wished = True
        # What follows a question mark is the encoder's own.
        return Wish(self._app, name.partition("?")[0][:200])

    def _status(self, level: str, code: str, words: str) -> None:
        said = {"level": level, "code": code, "description": words}
        payload = amf.write("onStatus", 0, None, said)
        self._out += chunks.write(COMMAND, payload, channel=ON_STREAM, stream=STREAM, chunk_bytes=OUR_CHUNK_BYTES)

    def _command(self, *values: Any) -> None:
        number = values[1] if isinstance(values[1], int | float) else 0
        payload = amf.write(values[0], number, *values[2:])
        self._out += chunks.write(COMMAND, payload, channel=ON_COMMAND, chunk_bytes=OUR_CHUNK_BYTES)

    def _control(self, kind: int, payload: bytes) -> None:
        self._out += chunks.write(kind, payload, channel=ON_CONTROL, chunk_bytes=OUR_CHUNK_BYTES)


def _values(message: Message) -> list[Any]:
    if len(message.payload) > MOST_VALUE_BYTES:
        raise BadTalk("too long")
    # Messages of the newer kind are the older ones behind a zero.
    return amf.read(message.payload[1:] if message.kind in (COMMAND_AMF3, DATA_AMF3) else message.payload)


def _notes(message: Message) -> Notes | None:
    said = next((value for value in _values(message) if isinstance(value, dict)), {})
    fps = said.get("framerate", said.get("videoframerate"))
    return Notes(float(fps)) if isinstance(fps, float) and 1 <= fps <= MOST_FPS else None
