"""AMF0, the values of RTMP's commands: read with bounds, since whoever connects may send anything, and written."""

import struct
from typing import Any

MOST_DEPTH = 8
MOST_VALUES = 1000
"""Of one message; encoders send some thirty."""

NUMBER, BOOLEAN, STRING, OBJECT, NULL, UNDEFINED, MIXED, END = 0, 1, 2, 3, 5, 6, 8, 9
LIST, DATE, LONG_STRING = 10, 11, 12


class BadValue(Exception):
    """The bytes are no AMF0, or more of it than is taken."""


def read(payload: bytes) -> list[Any]:
    """All values of a message, in order. Raises `BadValue`."""
    reader, found = _Reader(payload), []
    while reader.at < len(payload):
        found.append(reader.value(0))
    return found


class _Reader:
    def __init__(self, payload: bytes) -> None:
        self.payload, self.at, self.left = payload, 0, MOST_VALUES

    def take(self, count: int) -> bytes:
        taken = self.payload[self.at : self.at + count]
        if len(taken) < count:
            raise BadValue("cut off")
        self.at += count
        return taken

    def text(self, width: int) -> str:
        return self.take(int.from_bytes(self.take(width), "big")).decode("utf-8", "replace")

    def value(self, depth: int) -> Any:
        self.left -= 1
        if depth > MOST_DEPTH or self.left < 0:
            raise BadValue("too much")
        kind = self.take(1)[0]
        if kind == NUMBER:
            return struct.unpack(">d", self.take(8))[0]
        if kind == BOOLEAN:
            return self.take(1) != b"\0"
        if kind in (STRING, LONG_STRING):
            return self.text(2 if kind == STRING else 4)
        if kind in (NULL, UNDEFINED):
            return None
        if kind == DATE:
            return struct.unpack(">d", self.take(10)[:8])[0]
        if kind == LIST:
            return self.list(depth)
        if kind in (OBJECT, MIXED):
            if kind == MIXED:
                self.take(4)  # how many there are about to be; the end tells it better
            return self.fields(depth)
        raise BadValue(f"kind {kind}")

    def list(self, depth: int) -> list[Any]:
        count = int.from_bytes(self.take(4), "big")
        if count > self.left:
            raise BadValue("too much")
        return [self.value(depth + 1) for _ in range(count)]

    def fields(self, depth: int) -> dict[str, Any]:
        found = {}
        while name := self.text(2):
            found[name] = self.value(depth + 1)
        if self.take(1)[0] != END:
            raise BadValue("no end")
        return found


def write(*values: Any) -> bytes:
    """Numbers, booleans, texts, None, and dictionaries of these."""
    return b"".join(_written(value) for value in values)


def _written(value: Any) -> bytes:
    if value is None:
        return bytes([NULL])
    if isinstance(value, bool):
        return bytes([BOOLEAN, value])
    if isinstance(value, int | float):
        return bytes([NUMBER]) + struct.pack(">d", value)
    if isinstance(value, str):
        return bytes([STRING]) + _text(value)
    fields = b"".join(_text(name) + _written(inner) for name, inner in value.items())
    return bytes([OBJECT]) + fields + _text("") + bytes([END])


def _text(value: str) -> bytes:
    encoded = value.encode()
    return len(encoded).to_bytes(2, "big") + encoded
