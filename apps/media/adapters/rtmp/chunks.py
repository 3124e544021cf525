"""RTMP's chunk stream (RTMP 1.0, 5.3): messages cut into chunks, of several channels at a time."""

import contextlib
from dataclasses import dataclass, field

MOST_CHANNELS = 32
MOST_MESSAGE_BYTES = 4 * 1024 * 1024
"""A key frame of a very good picture; nothing that an encoder sends is larger."""
MOST_WAITING_BYTES = 8 * 1024 * 1024
"""Of messages that are not whole yet, all channels together."""
MOST_STRANGER_BYTES = 64 * 1024
"""Of both, while nobody knows who it is."""
FIRST_CHUNK_BYTES = 128
LONG_TIME = 0xFFFFFF
HEADER_BYTES = (11, 7, 3, 0)

SET_CHUNK_SIZE, ABORT = 1, 2


class BadChunk(Exception):
    """The bytes are no chunk stream, or more of it than is taken."""


@dataclass(frozen=True, slots=True)
class Message:
    kind: int
    time: int
    """In milliseconds, by the encoder's own clock; modulo 2³²."""
    stream: int
    payload: bytes


@dataclass(slots=True)
class _Channel:
    time: int = 0
    delta: int = 0
    size: int = 0
    kind: int = 0
    stream: int = 0
    long_time: int | None = None
    """What the last header said where its three bytes did not do; chunks that go on may repeat it."""
    begun: bool = False
    """Whether a header was read at all: what leans on an earlier one cannot be the first."""
    parts: bytearray = field(default_factory=bytearray)


class ChunkReader:
    """Feed it what arrives, in pieces of any size; it gives back the messages that became whole."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._channels: dict[int, _Channel] = {}
        self._chunk_bytes = FIRST_CHUNK_BYTES
        self._is_known = False

    def trust(self) -> None:
        """It was let in, and may send pictures."""
        self._is_known = True

    def feed(self, data: bytes) -> list[Message]:
        """Raises `BadChunk`, after which the connection is to be closed."""
        self._rest += data
        found: list[Message] = []
        cursor = _Cursor(self._rest)
        with contextlib.suppress(_Short):
            while True:
                done = cursor.at
                if message := self._chunk(cursor):
                    found.append(message)
        del self._rest[:done]
        return found

    def _chunk(self, cursor: "_Cursor") -> Message | None:
        """Reads a chunk; the message, where it becomes whole. Nothing is changed before the chunk is here."""
        form, number = _basic_header(cursor)
        channel = self._channels.get(number) or _Channel()
        if form and not channel.begun:
            raise BadChunk("no beginning")
        read = _Header(channel, form, cursor)
        if read.size > self._most(MOST_MESSAGE_BYTES):
            raise BadChunk("message size")
        if channel.parts and form != 3 and (read.size, read.kind) != (channel.size, channel.kind):
            raise BadChunk("another message begins within one")
        part = cursor.take(min(self._chunk_bytes, read.size - len(channel.parts)))
        if number not in self._channels and len(self._channels) >= MOST_CHANNELS:
            raise BadChunk("too many channels")
        self._channels[number] = channel
        read.apply()
        channel.parts += part
        if len(channel.parts) < channel.size:
            if sum(len(one.parts) for one in self._channels.values()) > self._most(MOST_WAITING_BYTES):
                raise BadChunk("too much at a time")
            return None
        message = Message(channel.kind, channel.time, channel.stream, bytes(channel.parts))
        channel.parts = bytearray()
        self._heed(message)
        return message

    def _most(self, known: int) -> int:
        return known if self._is_known else MOST_STRANGER_BYTES

    def _heed(self, message: Message) -> None:
        value = int.from_bytes(message.payload[:4], "big")
        if message.kind == SET_CHUNK_SIZE:
            if len(message.payload) != 4 or not 1 <= value <= MOST_MESSAGE_BYTES:
                raise BadChunk("chunk size")
            self._chunk_bytes = value
        elif message.kind == ABORT and value in self._channels:
            self._channels[value].parts = bytearray()


class _Short(Exception):
    """The chunk has not arrived whole."""


class _Cursor:
    def __init__(self, data: bytearray) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        taken = bytes(self.data[self.at : self.at + count])
        if len(taken) < count:
            raise _Short
        self.at += count
        return taken


def _basic_header(cursor: _Cursor) -> tuple[int, int]:
    """The form of the header, and the channel's number."""
    first = cursor.take(1)[0]
    form, number = first >> 6, first & 63
    if number < 2:
        number = 64 + int.from_bytes(cursor.take(number + 1), "little")
    return form, number


class _Header:
    """What a chunk's header says and leaves to the one before, put into the channel when all of it is here."""

    def __init__(self, channel: _Channel, form: int, cursor: _Cursor) -> None:
        self.channel, self.form = channel, form
        self.size, self.kind, self.stream = channel.size, channel.kind, channel.stream
        self.long_time: int | None = None
        data = cursor.take(HEADER_BYTES[form])
        if form == 3:
            self.time = LONG_TIME if channel.long_time is not None else channel.delta
        else:
            self.time = int.from_bytes(data[:3], "big")
        if form < 2:
            self.size, self.kind = int.from_bytes(data[3:6], "big"), data[6]
        if form == 0:
            self.stream = int.from_bytes(data[7:11], "little")
        if self.time == LONG_TIME:
            self._read_long_time(cursor)

    def _read_long_time(self, cursor: _Cursor) -> None:
        before = cursor.at
        self.long_time = int.from_bytes(cursor.take(4), "big")
        # Some encoders leave it out where a message goes on, against the specification.
        if self.form == 3 and self.channel.parts and self.long_time != self.channel.long_time:
            self.long_time, cursor.at = None, before

    def apply(self) -> None:
        channel, goes_on = self.channel, bool(self.channel.parts)
        channel.begun = True
        channel.size, channel.kind, channel.stream = self.size, self.kind, self.stream
        if goes_on:
            return
        step = self.time if self.time != LONG_TIME else self.long_time or 0
        if self.form != 3:
            channel.long_time = self.long_time
            channel.delta = step
        elif self.long_time is not None:
            channel.delta = step
        channel.time = step if self.form == 0 else (channel.time + channel.delta) & 0xFFFFFFFF


def write(kind: int, payload: bytes, *, channel: int, stream: int = 0, chunk_bytes: int) -> bytes:
    """A message in chunks, of a channel between 2 and 63 and of no particular moment."""
    header = bytes([channel]) + bytes(3) + len(payload).to_bytes(3, "big") + bytes([kind])
    out = bytearray(header + stream.to_bytes(4, "little") + payload[:chunk_bytes])
    for at in range(chunk_bytes, len(payload), chunk_bytes):
        out += bytes([0xC0 | channel]) + payload[at : at + chunk_bytes]
    return bytes(out)
