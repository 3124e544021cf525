"""Ask a virus scanner: clamd's own protocol over a socket, a file sent in blocks (man clamd, INSTREAM).

`CLAMD_URL` is tcp://host:3310 or unix:///path/of/the/socket.
"""

import contextlib
import socket
import struct
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

CONNECT_SECONDS = 5.0
SEND_SECONDS = 30.0
"""For one block, not for the whole file."""
VERDICT_SECONDS = 300.0
"""It looks at the file once it has all of it; a large archive takes it minutes."""
BLOCK = 256 * 1024
MOST_ANSWER = 4096
PORT = 3310


class Away(Exception):
    """The scanner cannot be reached, or broke off: the file is asked about again later."""


class TooLarge(Exception):
    """The file is larger than the scanner was set to take (StreamMaxLength)."""


def is_set() -> bool:
    return settings.CLAMD is not None


def scan(path: Path, beat: Callable[[float], None]) -> str:
    """What was found in the file, in the scanner's own words; empty where nothing was. `beat` hears the bytes sent.

    Raises `Away` and `TooLarge`.
    """
    try:
        with _connected() as line:
            return _verdict(_asked(line, path, beat))
    except OSError as error:
        raise Away(str(error)) from error


def _connected() -> socket.socket:
    where = settings.CLAMD
    if where is None:
        raise OSError("no scanner is set")
    if where.scheme == "tcp":
        return socket.create_connection((where.host or "127.0.0.1", where.port or PORT), CONNECT_SECONDS)
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(CONNECT_SECONDS)
    try:
        line.connect(f"/{where.path}")
    except OSError:
        line.close()
        raise
    return line


def _asked(line: socket.socket, path: Path, beat: Callable[[float], None]) -> bytes:
    line.settimeout(SEND_SECONDS)
    sent = 0
    # Where it has heard enough it answers and closes its end: the answer then lies there, and tells more.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError), path.open("rb") as file:
        line.sendall(b"zINSTREAM\0")
        while block := file.read(BLOCK):
            line.sendall(struct.pack("!L", len(block)) + block)
            sent += len(block)
            beat(sent)
        line.sendall(struct.pack("!L", 0))
    return _answer(line, lambda: beat(sent))


def _answer(line: socket.socket, beat: Callable[[], None]) -> bytes:
    """Waits in short turns, so that whoever holds a lease can renew it."""
    line.settimeout(1.0)
    heard, patience = b"", VERDICT_SECONDS
    while b"\0" not in heard and len(heard) < MOST_ANSWER:
        try:
            piece = line.recv(MOST_ANSWER)
        except TimeoutError:
            patience -= 1
            if patience <= 0:
                raise
            beat()
            continue
        if not piece:
            break
        heard += piece
    return heard


def _verdict(heard: bytes) -> str:
    said = heard.partition(b"\0")[0].decode("utf-8", "replace").strip()
    if said.endswith("FOUND"):
        return said.removesuffix("FOUND").removeprefix("stream:").strip()
    if said == "stream: OK":
        return ""
    if "size limit exceeded" in said.lower():
        raise TooLarge(said)
    raise Away(said or "closed without a word")
