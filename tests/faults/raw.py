"""WebSockets by hand, for what no library would send."""

import os
import secrets
import socket
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
SECONDS = 10.0
ESTABLISHED = 1
TIMES, SHORT_TIMES = 200, 50


def shake(connection: socket.socket, host: str, path: str, protocols: str) -> None:
    connection.settimeout(SECONDS)
    connection.sendall(
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Protocol: {protocols}\r\n\r\n".encode()
    )
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        got = connection.recv(1)
        if not got:
            break
        answer += got
    if not answer.startswith(b"HTTP/1.1 101"):
        raise ConnectionError(f"The handshake was answered by {answer[:60]!r}")


def connect(url: str, path: str, protocols: str) -> socket.socket:
    parts = urlsplit(url)
    connection = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=SECONDS)
    shake(connection, parts.netloc, path, protocols)
    return connection


def frame(payload: bytes, *, opcode: int = 1, fin: bool = True, rsv: int = 0, masked: bool = True) -> bytes:
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    mask = 0x80 if masked else 0
    size = len(payload)
    if size < 126:
        head += bytes([mask | size])
    elif size < 65536:
        head += struct.pack("!BH", mask | 126, size)
    else:
        head += struct.pack("!BQ", mask | 127, size)
    # A mask of zeros leaves the payload as it is.
    return head + (b"\0\0\0\0" if masked else b"") + payload


def text_frame(text: str) -> bytes:
    return frame(text.encode())


def closing_code(connection: socket.socket, seconds: float = SECONDS) -> int | None:
    """Reads until the server closes; its code, 0 where it ended without one, None where it stays open."""
    held = b""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        connection.settimeout(max(0.01, left))
        try:
            got = connection.recv(65536)
        except TimeoutError:
            return None
        except OSError:
            return 0
        if not got:
            return 0
        held += got
        while (found := first_frame(held)) is not None:
            opcode, payload, held = found
            if opcode == 8:
                return int(struct.unpack_from("!H", payload)[0]) if payload else 0
    return None


def first_frame(held: bytes) -> tuple[int, bytes, bytes] | None:
    """The opcode and payload of a server's frame, and what follows it; None where it is not whole yet."""
    if len(held) < 2:
        return None
    size, at = held[1] & 0x7F, 2
    if size >= 126:
        form = "!H" if size == 126 else "!Q"
        at += struct.calcsize(form)
        if len(held) < at:
            return None
        (size,) = struct.unpack_from(form, held, 2)
    if len(held) < at + size:
        return None
    return held[0] & 0x0F, held[at : at + size], held[at + size :]


def hear(connection: socket.socket, word: bytes) -> None:
    """Reads until this word has come. Raises TimeoutError."""
    held = b""
    while word not in held:
        got = connection.recv(512)
        if not got:
            raise ConnectionError(f"The server closed before it said {word!r}.")
        held += got


def state_at_the_server(port: int, client_port: int) -> int | None:
    """The kernel's state of a connection on the server's side; None where there is none any more."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _number, local, remote, state, *_rest = line.split()
        if (int(local.split(":")[1], 16), int(remote.split(":")[1], 16)) == (port, client_port):
            return int(state, 16)
    return None


def say_and_hear_close(url: str, path: str, protocols: str, said: bytes) -> int | None:
    with connect(url, path, protocols) as connection:
        with suppress(OSError):  # it closes before it has read everything
            connection.sendall(said)
        return closing_code(connection)


def flood(url: str, path: str, protocols: str, frames: bytes, *, seconds: float) -> int | None:
    """Sends these frames ten times a second for that long, or until the server ends it."""
    with connect(url, path, protocols) as connection:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            begun = time.monotonic()
            try:
                connection.sendall(frames)
            except OSError:
                break
            code = closing_code(connection, seconds=0.1 - min(0.09, time.monotonic() - begun))
            if code is not None:
                return code
        return closing_code(connection)


# By kind: whether the socket stays open, and what makes one such frame.
MALFORMED = {
    "no JSON": (True, lambda number: text_frame("{" * (number % 20 + 1))),
    "another kind of JSON": (True, lambda number: text_frame(("[]", "7", '"join"', "null", "true")[number % 5])),
    "an unknown word": (True, lambda number: text_frame(f'{{"t":"word{number}"}}')),
    "a wrong type": (True, lambda number: text_frame('{"t":"join","topics":[1,2]}')),
    "no kind": (True, lambda number: text_frame("{}")),
    "deep nesting": (True, lambda number: text_frame('{"t":"do","name":"x","body":' + "[" * 9000 + "}")),
    "an endless name": (True, lambda number: text_frame('{"t":"do","name":"' + "x" * 5000 + '","body":{}}')),
    "topics that no one has": (True, lambda number: text_frame(f'{{"t":"join","topics":{{"chat/../{number}":null}}}}')),
    "huge numbers": (True, lambda number: text_frame('{"t":"join","topics":{"chat/1":' + "9" * 400 + "}}")),
    "bytes": (True, lambda number: frame(os.urandom(50), opcode=2)),
    "text that is no UTF-8": (False, lambda number: frame(b"\xff\xfe" + os.urandom(8) + b"\xc0")),
    "no mask": (False, lambda number: frame(b"{}", masked=False)),
    "reserved bits": (False, lambda number: frame(b"{}", rsv=number % 7 + 1)),
    "a reserved opcode": (False, lambda number: frame(b"{}", opcode=3 + number % 5)),
    "a long ping": (False, lambda number: frame(b"x" * 200, opcode=9)),
    "a ping in pieces": (False, lambda number: frame(b"x", opcode=9, fin=False)),
    "a continuation of nothing": (False, lambda number: frame(b"x", opcode=0)),
    "parts without an end": (False, lambda number: frame(b"", fin=False) + frame(b"", opcode=0, fin=False) * 20_000),
    "more pings than anybody needs": (False, lambda number: frame(b"?", opcode=9) * 2000),
    "noise": (False, lambda number: bytes([0xFF]) + secrets.token_bytes(200)),
}


def malformed(
    url: str, path: str, protocols: str, kind: str, stays: bool, make: Callable[[int], bytes], times: int
) -> str:
    """What was wrong with the answer to these frames; empty: nothing."""
    if stays:
        with connect(url, path, protocols) as connection:
            with suppress(OSError):
                for number in range(times):
                    # The pong says that we are there. Below the rate: the frames are refused here, not their number.
                    connection.sendall(make(number) + frame(b"", opcode=10))
                    time.sleep(0.06)
            code = closing_code(connection, seconds=1.0)
        return "" if code is None else f"{kind} ended the socket with {code}"
    open_still = 0
    for number in range(times):
        with connect(url, path, protocols) as connection:
            with suppress(OSError):
                connection.sendall(make(number))
            open_still += closing_code(connection) is None
    return f"{open_still} sockets stayed open after {kind}" if open_still else ""
