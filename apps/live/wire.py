"""The words on the wire: what a client may say, how our frames are built. `docs/protocol.md` tells the story."""

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
from django.utils.functional import Promise
from msgspec import Meta

from apps.core.errors import Refused

PROTOCOL = "plenary.1"
"""The WebSocket subprotocol, and thereby the version of everything below."""
VERSION = "1.1.0"
"""The version of the protocol's description: the first number is the subprotocol's, the second grows with what
existing clients need not know of."""

MOST_FRAME_BYTES = 32 * 1024
MOST_TOPICS = 60


class CloseCode:
    """Why we end a socket. The client's answer to each is in `docs/protocol.md`."""

    RESTART = 1012
    """This process stops: come back at once, another one answers."""
    TICKET = 4401
    """The ticket is too old, or its holder was revoked: fetch another one."""
    RESYNC = 4408
    """You read too slowly and missed something: come back with your positions."""
    FLOOD = 4429
    """Far too many frames: come back, later."""
    CROWDED = 4430
    """As many visitors without an account as one network address may have here: read the feed, come back later."""
    PROTOCOL = 4400
    """You speak another version: reload the page."""


TopicName = Annotated[str, Meta(max_length=80)]
Position = Annotated[int, Meta(ge=0)]


class Join(msgspec.Struct, tag_field="t", tag="join", forbid_unknown_fields=True):
    topics: Annotated[dict[TopicName, Position | None], Meta(max_length=MOST_TOPICS)]
    """Each with the seq or version that the page shows; null: nothing yet."""


class Leave(msgspec.Struct, tag_field="t", tag="leave", forbid_unknown_fields=True):
    topics: Annotated[list[TopicName], Meta(max_length=MOST_TOPICS)]


class Do(msgspec.Struct, tag_field="t", tag="do", forbid_unknown_fields=True):
    name: Annotated[str, Meta(max_length=60)]
    body: msgspec.Raw = msgspec.Raw(b"{}")
    # Printable: it is stored, and one that a database refuses would fail everybody's batch.
    id: Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[!-~]+\Z")] | None = None


class Ping(msgspec.Struct, tag_field="t", tag="ping", forbid_unknown_fields=True):
    pass


ClientFrame = Join | Leave | Do | Ping
_decoder = msgspec.json.Decoder(ClientFrame)


def _plain(value: Any) -> Any:
    if isinstance(value, Promise):  # a lazy translation
        return str(value)
    raise NotImplementedError(f"{type(value)} is not part of a payload")


_encoder = msgspec.json.Encoder(enc_hook=_plain)


def encode(value: Any) -> bytes:
    return _encoder.encode(value)


def decode(text: str | bytes) -> ClientFrame:
    """What the client says. Raises msgspec.ValidationError (understood, not valid) or msgspec.DecodeError."""
    said: ClientFrame = _decoder.decode(text)
    return said


def frame(payload: bytes) -> bytes:
    """One final text frame from the server (RFC 6455, section 5.2: never masked)."""
    length = len(payload)
    if length < 126:
        return bytes((0x81, length)) + payload
    if length < 65536:
        return b"\x81\x7e" + length.to_bytes(2, "big") + payload
    return b"\x81\x7f" + length.to_bytes(8, "big") + payload


PING_FRAME = b"\x89\x00"


def texts(frames: bytes) -> Iterator[str]:
    """The texts of frames that `frame` built and joined, for servers that frame by themselves."""
    at, end = 0, len(frames)
    while at < end:
        kind, length = frames[at], frames[at + 1]
        at += 2
        if length >= 126:
            width = 2 if length == 126 else 8
            length = int.from_bytes(frames[at : at + width], "big")
            at += width
        if kind == 0x81:
            yield frames[at : at + length].decode()
        at += length


def _message(**words: Any) -> bytes:
    return frame(encode(words))


def hello(sweep_seconds: float) -> bytes:
    return _message(t="hello", sweep=sweep_seconds)


def log_message(topic: str, seq: int, data: bytes) -> bytes:
    return frame(b'{"t":"log","topic":"%b","seq":%d,"d":%b}' % (topic.encode(), seq, data))


def state_value(topic: str, version: int, data: bytes) -> bytes:
    return frame(b'{"t":"state","topic":"%b","version":%d,"d":%b}' % (topic.encode(), version, data))


def joined(topic: str, kind: str, position: int) -> bytes:
    return _message(t="joined", topic=topic, kind=kind, at=position)


def reset(topic: str, seq: int) -> bytes:
    """What was missed is too much to replay: load the topic's part of the page anew; the log goes on after `seq`."""
    return _message(t="reset", topic=topic, seq=seq)


def heads(positions: bytes) -> bytes:
    """The keep-alive: where each joined topic stands, as `position()` wrote it."""
    return frame(b'{"t":"heads","topics":{%b}}' % positions)


def position(topic: str, at: int) -> bytes:
    return b'"%b":%d' % (topic.encode(), at)


def resume(ticket: str, seconds: int) -> bytes:
    """With this ticket, younger than `seconds`, you come back to what you hear now without asking anybody."""
    return _message(t="resume", ticket=ticket, seconds=seconds)


def pong() -> bytes:
    return _message(t="pong")


def move() -> bytes:
    """This process is leaving: open another socket, then let this one go."""
    return _message(t="move")


def reply(call_id: str | None, data: bytes) -> bytes:
    return frame(b'{"t":"reply","id":%b,"d":%b}' % (encode(call_id), data))


def error(refusal: Refused, *, call_id: str | None = None, topic: str | None = None) -> bytes:
    """A refusal, of a command (its id), of a joining (its topic), or of a frame (neither)."""
    words: dict[str, Any] = {"t": "error", "code": refusal.code, "message": str(refusal.message)}
    if call_id is not None:
        words["id"] = call_id
    if topic is not None:
        words["topic"] = topic
    if refusal.field is not None:
        words["field"] = refusal.field
    if refusal.retry_after is not None:
        words["retry_after"] = round(refusal.retry_after, 2)
    return frame(encode(words))
