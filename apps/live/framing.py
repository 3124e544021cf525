"""Takes WebSocket frames apart as a server must (RFC 6455), without any input or output of its own."""

from websockets.frames import apply_mask  # type: ignore[attr-defined]

CONTINUED, TEXT, BINARY = 0x0, 0x1, 0x2
CLOSE, PING, PONG = 0x8, 0x9, 0xA
MOST_CONTROL_BYTES = 125
NORMAL, GOING_AWAY, PROTOCOL_ERROR, NO_STATUS, ABNORMAL = 1000, 1001, 1002, 1005, 1006
INVALID_TEXT, TOO_LARGE = 1007, 1009
SENDABLE = frozenset((*range(1000, 1004), *range(1007, 1015)))
MOST_PARTS = 64
"""Of one message. Programs cut at some kilobytes, if at all; endless parts would cost us more than their sender."""


class Malformed(Exception):
    """The other side does not speak the protocol; `code` is what it is told at the close."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Reader:
    """Bytes in by `push`, whole messages out by `take`. What waits to be taken is bounded by who pushes."""

    __slots__ = ("_at", "_data", "_kind", "_most", "_parts", "_size")

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._data = b""
        self._at = 0
        self._kind = 0
        """Of the message whose end has not come yet."""
        self._parts: list[bytes] | None = None
        self._size = 0
        """Of the parts together."""

    def push(self, data: bytes) -> None:
        self._data = self._data[self._at :] + data if self._at < len(self._data) else data
        self._at = 0

    @property
    def waiting(self) -> int:
        return len(self._data) - self._at

    def take(self) -> tuple[int, bytes] | None:
        """The next whole message or control frame, as its kind and payload. Raises Malformed."""
        while (frame := self._frame()) is not None:
            is_last, kind, payload = frame
            if kind >= CLOSE:
                return kind, payload
            if kind != CONTINUED:
                if self._parts is not None:
                    raise Malformed(PROTOCOL_ERROR)
                if is_last:
                    return kind, payload
                self._kind, self._parts, self._size = kind, [], 0
            if self._parts is None:
                raise Malformed(PROTOCOL_ERROR)
            if len(self._parts) >= MOST_PARTS:
                raise Malformed(TOO_LARGE)
            self._parts.append(payload)
            self._size += len(payload)
            if is_last:
                whole, self._parts = b"".join(self._parts), None
                return self._kind, whole
        return None

    def _frame(self) -> tuple[bool, int, bytes] | None:
        data, at = self._data, self._at
        ready = len(data) - at
        if ready < 2:
            return None
        first, second = data[at], data[at + 1]
        kind, length = first & 0x0F, second & 0x7F
        if first & 0x70 or not second & 0x80 or kind not in (CONTINUED, TEXT, BINARY, CLOSE, PING, PONG):
            raise Malformed(PROTOCOL_ERROR)
        if kind >= CLOSE and (not first & 0x80 or length > MOST_CONTROL_BYTES):
            raise Malformed(PROTOCOL_ERROR)
        head = 2
        if length >= 126:
            head = 4 if length == 126 else 10
            if ready < head:
                return None
            length = int.from_bytes(data[at + 2 : at + head], "big")
        if kind < CLOSE and length + (0 if self._parts is None else self._size) > self._most:
            raise Malformed(TOO_LARGE)
        begin = at + head + 4
        end = begin + length
        if len(data) < end:
            return None
        payload = apply_mask(data[begin:end], data[begin - 4 : begin]) if length else b""
        if end == len(data):
            self._data, self._at = b"", 0
        else:
            self._at = end
        return bool(first & 0x80), kind, payload


class Waste:
    """In a reader's place, for what comes after the goodbye: counted, and thrown away."""

    __slots__ = ("taken",)
    waiting = 0

    def __init__(self) -> None:
        self.taken = 0

    def push(self, data: bytes) -> None:
        self.taken += len(data)

    def take(self) -> tuple[int, bytes] | None:
        return None


def frame(kind: int, payload: bytes) -> bytes:
    """One final frame from the server, never masked."""
    length = len(payload)
    if length < 126:
        return bytes((0x80 | kind, length)) + payload
    if length < 65536:
        return bytes((0x80 | kind, 126)) + length.to_bytes(2, "big") + payload
    return bytes((0x80 | kind, 127)) + length.to_bytes(8, "big") + payload


def close_frame(code: int, reason: str = "") -> bytes:
    payload = b"" if code == NO_STATUS else code.to_bytes(2, "big") + reason.encode()[: MOST_CONTROL_BYTES - 2]
    return frame(CLOSE, payload)


def close_code(payload: bytes) -> int:
    """Why the other side closes. Raises Malformed."""
    if not payload:
        return NO_STATUS
    code = int.from_bytes(payload[:2], "big")
    if len(payload) < 2 or (code not in SENDABLE and not 3000 <= code < 5000):
        raise Malformed(PROTOCOL_ERROR)
    text(payload[2:])
    return code


def text(payload: bytes) -> str:
    """Raises Malformed where it is not UTF-8."""
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise Malformed(INVALID_TEXT) from None
