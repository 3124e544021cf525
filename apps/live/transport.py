"""uvicorn's protocols, made lean: a socket that an application may take over whole (ASGI extension
`plenary.transport`).

The application finds the socket in `scope["extensions"]["plenary.transport"]["protocol"]`. After it has accepted the
handshake it may `adopt` it: from then on texts come by a plain call, whole unmasked frames are written to
`.transport`, and the ASGI call returns. What a task, its coroutines, a queue and the scope would take is free again,
which is most of what an idle socket holds. An application that does not ask sees an ordinary ASGI server.

Start uvicorn with `--http apps.live.transport:HttpProtocol --ws apps.live.transport:SocketProtocol` (`server.py`
does). There is no compression, and uvicorn's own pings are not sent.
"""

import asyncio
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from functools import partial
from hashlib import sha1
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from apps.live import framing
from apps.live.conversation import Conversation, Headers, Message
from apps.live.framing import CLOSE, PING, PONG, TEXT, Malformed
from apps.live.limits import Bucket
from apps.live.registry import Rate
from apps.live.wire import CloseCode

EXTENSION = "plenary.transport"
ABORT = "plenary.abort"
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CLOSE_SECONDS = 10.0
"""Between the goodbye of either side and the end, however little is read or much is sent."""
LINGER_SECONDS = 2.0
"""Whoever sends nonsense may still be sending it: were we gone at once, the reset would overtake our reason. So we wait
for as long a silence, CLOSE_SECONDS at most."""
MOST_WASTED = 8 * 1024 * 1024
"""Bytes after our goodbye: whoever sends more is not waited for."""
MOST_WAITING = 256 * 1024
"""Bytes from a client that wait for its earlier words to be worked off, before we stop reading."""
MOST_AT_ONCE = 32
"""Messages of one client that are read before others have their turn."""
CONTROLS = Rate(per_second=20, burst=60)
"""Pings and pongs of one client."""
IN_VAIN = Rate(per_second=10, burst=300)
"""Frames that are too many, or come after the goodbye: whoever sends more is let go, or heard no more."""


class Listener(Protocol):
    """Who has adopted a socket. Every call comes from the event loop and must be brief."""

    def heard(self, text: str | None) -> "asyncio.Future[None] | None":
        """Takes a text (None: what came was binary). The next one waits until what this returns is done."""

    def full(self) -> None:
        """More is unsent than the transport's bound."""

    def drained(self) -> None:
        """It is below it again."""

    def lost(self) -> None:
        """Nothing more can be written: the other side has closed, or is gone. May be called twice."""

    def leaving(self) -> None:
        """The server wants to stop, and this socket shall end soon rather than now."""


class HttpProtocol(HttpToolsProtocol):
    """Hands a handshake to our sockets as it was parsed, where uvicorn writes it out and parses it once more. A request
    carries how to give up its connection (ASGI extension `plenary.abort`)."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {ABORT: self.transport.abort}  # type: ignore[dict-item]

    def handle_websocket_upgrade(self) -> None:
        if not issubclass(self.ws_protocol_class or object, SocketProtocol):
            super().handle_websocket_upgrade()
            return
        self.connections.discard(self)
        socket = SocketProtocol(self.config, self.server_state, self.app_state)
        self.transport.set_protocol(socket)
        socket.shake(self.transport, self._socket_scope())
        # The parser and we hold each other; thousands of such pairs would wait for the collector.
        self.parser = None  # type: ignore[assignment]

    def _socket_scope(self) -> Message:
        url = httptools.parse_url(self.url)
        raw = url.path
        root = self.root_path
        return {
            "type": "websocket",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self.scope["method"],
            "scheme": "wss" if self.scheme == "https" else "ws",
            "server": self.server,
            "client": self.client,
            "root_path": root,
            "path": root + unquote(raw.decode("ascii")),
            "raw_path": root.encode("ascii") + raw,
            "query_string": url.query or b"",
            "headers": self.headers,
            "state": self.app_state.copy(),
        }


class SocketProtocol(asyncio.Protocol):
    __slots__ = (
        "_asgi",
        "_closing",
        "_config",
        "_controls",
        "_has_more",
        "_held",
        "_in_vain",
        "_is_full",
        "_listener",
        "_loop",
        "_paused",
        "_reader",
        "_server",
        "is_open",
        "last_pong",
        "transport",
    )

    def __init__(self, config: Any, server_state: Any, app_state: Any, _loop: Any = None) -> None:
        self._config = config
        self._server = server_state
        self._loop: asyncio.AbstractEventLoop = asyncio.get_running_loop()
        self._reader: framing.Reader | framing.Waste | None = framing.Reader(config.ws_max_size)
        """None: the other side has said goodbye."""
        self._asgi: Conversation | None = None
        self._listener: Listener | None = None
        self._held = self._paused = False
        self._has_more = False
        """The rest of what came is read when others have had their turn."""
        self._controls: Bucket | None = None
        self._in_vain: Bucket | None = None
        self._is_full = False
        self._closing: asyncio.TimerHandle | None = None
        self.transport: asyncio.Transport
        self.is_open = False
        """Between the handshake and the first close frame of either side."""
        self.last_pong = 0.0
        """When the other side last answered a ping, on the loop's clock."""

    # The handshake

    def shake(self, transport: asyncio.Transport, scope: Message) -> None:
        self.transport = transport
        self._server.connections.add(self)
        words = dict(scope["headers"])
        key = words.get(b"sec-websocket-key", b"")
        if scope["method"] != "GET" or not is_key(key):
            self.refuse(HTTPStatus.BAD_REQUEST)
        elif words.get(b"sec-websocket-version") != b"13":
            self.refuse(HTTPStatus.UPGRADE_REQUIRED, b"sec-websocket-version: 13\r\n")
        else:
            offered = words.get(b"sec-websocket-protocol", b"").decode("latin-1")
            scope["subprotocols"] = [word.strip() for word in offered.split(",")] if offered else []
            scope["extensions"] = {EXTENSION: {"protocol": self}}
            self._asgi = Conversation(self, key)
            task = self._loop.create_task(self._asgi.run(self._config.loaded_app, scope))
            self._server.tasks.add(task)
            task.add_done_callback(self._server.tasks.discard)

    def accept(self, key: bytes, subprotocol: str | None, headers: Headers) -> None:
        if subprotocol is not None:
            headers = [(b"sec-websocket-protocol", subprotocol.encode("latin-1")), *headers]
        lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        self.transport.write(
            b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
            b"sec-websocket-accept: %b\r\n%b\r\n" % (b64encode(sha1(key + GUID).digest()), lines)  # noqa: S324 - its RFC
        )
        self.is_open = True
        # What came with the handshake has waited.
        self._read()

    def refuse(self, status: HTTPStatus, headers: bytes = b"") -> None:
        line = b"HTTP/1.1 %d %b\r\n" % (status, status.phrase.encode())
        self.transport.write(line + headers + b"content-length: 0\r\nconnection: close\r\n\r\n")
        self._leave()

    def adopt(self, listener: Listener, most_unsent: int) -> None:
        """From now on this listener has the socket, and the application's call may return."""
        told, self._asgi = self._asgi, None
        if told is None or not self.is_open:
            listener.lost()
            return
        self._listener = listener
        self.transport.set_write_buffer_limits(high=most_unsent, low=most_unsent)
        # At most one text was quicker than the application.
        for message in told.received:
            self._hear(message.get("text"))
        if not self._held:
            self.go_on()

    @property
    def is_adopted(self) -> bool:
        return self._listener is not None

    # Hearing

    def data_received(self, data: bytes) -> None:
        if self._reader is None:
            return
        self._reader.push(data)
        if self.is_open or self._closing is not None:
            self._read()
        if self._reader is not None and self._reader.waiting > MOST_WAITING and not self._paused:
            self._paused = True
            self.transport.pause_reading()

    def _read(self) -> None:
        if self._has_more:
            return
        try:
            for _ in range(MOST_AT_ONCE):
                reader = self._reader
                if reader is None or self._held or (said := reader.take()) is None:
                    return
                self._take(*said)
        except Malformed as problem:
            if self.is_open:
                self.transport.write(framing.close_frame(problem.code))
                self._end(problem.code)
            self._hear_no_more()
        else:
            self._has_more = True
            self._loop.call_soon(self._read_more)

    def _read_more(self) -> None:
        self._has_more = False
        self._work_on()

    def _take(self, kind: int, payload: bytes) -> None:
        if kind == CLOSE:
            code = framing.close_code(payload)
            self._reader = None
            if self.is_open:
                self.transport.write(framing.close_frame(code))
                self._end(code)
            self._leave()
        elif not self.is_open:
            self._hear_in_vain()
        elif kind in (PING, PONG):
            self._control(kind, payload)
        elif self._listener is not None:
            self._hear(framing.text(payload) if kind == TEXT else None)
        elif self._asgi is not None:
            self._held = True
            said = {"text": framing.text(payload)} if kind == TEXT else {"bytes": payload}
            self._asgi.give({"type": "websocket.receive", **said})

    def _control(self, kind: int, payload: bytes) -> None:
        """Whoever does not read is not answered either, or pings would fill what nothing else may."""
        now = self._loop.time()
        if self._controls is None:
            self._controls = Bucket(CONTROLS, now)
        if kind == PONG:
            self.last_pong = now
        if self._controls.take(CONTROLS, now):
            self._hear_in_vain()
            return
        if kind == PING and not self._is_full:
            self.transport.write(framing.frame(PONG, payload))

    def _hear_in_vain(self) -> None:
        now = self._loop.time()
        if self._in_vain is None:
            self._in_vain = Bucket(IN_VAIN, now)
        if not self._in_vain.take(IN_VAIN, now):
            return
        if self.is_open:
            self._in_vain = None
            self.close(CloseCode.FLOOD, "flood")
        else:
            self._hear_no_more()

    def _hear(self, text: str | None) -> None:
        work = self._listener.heard(text) if self._listener is not None else None
        self._held = work is not None
        if work is not None:
            work.add_done_callback(self.go_on)

    def go_on(self, done: object = None) -> None:
        """What was heard last is worked off."""
        self._held = False
        self._work_on()

    def _work_on(self) -> None:
        if self.transport.is_closing():
            return
        self._read()
        if self._paused and (self._reader is None or self._reader.waiting <= MOST_WAITING):
            self._paused = False
            self.transport.resume_reading()

    # Ending

    def close(self, code: int, reason: str = "") -> None:
        """Says goodbye, and ends when the other side has said it too, or takes too long."""
        if self.is_open:
            self.transport.write(framing.close_frame(code, reason))
            self._end(code)
            self._abort_later()
            self.go_on()

    def _hear_no_more(self) -> None:
        self._reader = waste = framing.Waste()
        self._abort_later()
        self._linger(waste, -1)

    def _linger(self, waste: framing.Waste, taken: int) -> None:
        """Ends when nothing came since `taken` was counted, or enough."""
        if waste.taken == taken or waste.taken > MOST_WASTED:
            self._leave()
        else:
            self._loop.call_later(LINGER_SECONDS, partial(self._linger, waste, waste.taken))

    def _leave(self) -> None:
        """Ends when what is unsent has gone out."""
        if not self.transport.is_closing():
            self._abort_later()
            self.transport.close()

    def _abort_later(self) -> None:
        """Whoever does not read is not waited for without an end; what they send does not move it."""
        if self._closing is None:
            self._closing = self._loop.call_later(CLOSE_SECONDS, self.transport.abort)

    def _end(self, code: int) -> None:
        self.is_open = False
        if self._listener is not None:
            self._listener.lost()
        if self._asgi is not None:
            self._asgi.give({"type": "websocket.disconnect", "code": code})

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(framing.ABNORMAL)
        self._server.connections.discard(self)
        if self._closing is not None:
            self._closing.cancel()
        if self._asgi is not None:
            self._asgi.drained.set()
        # They hold us, and we them.
        self._listener = self._asgi = self._closing = None

    def shutdown(self) -> None:
        """From uvicorn. Closing every socket at once would bring all of them back in the same second."""
        if self._listener is not None and self.is_open:
            self._listener.leaving()
        elif self.is_open:
            self.close(1012)
        else:
            self._leave()

    # The transport's bound

    def pause_writing(self) -> None:
        self._is_full = True
        if self._listener is not None:
            self._listener.full()
        if self._asgi is not None:
            self._asgi.drained.clear()

    def resume_writing(self) -> None:
        self._is_full = False
        if self._listener is not None:
            self._listener.drained()
        if self._asgi is not None:
            self._asgi.drained.set()


def is_key(key: bytes) -> bool:
    try:
        return len(b64decode(key, validate=True)) == 16
    except (Base64Error, ValueError):
        return False


def protocol_of(scope: Message) -> SocketProtocol | None:
    """The socket itself, where the server is ours."""
    offered = scope.get("extensions", {}).get(EXTENSION)
    return None if offered is None else offered["protocol"]
