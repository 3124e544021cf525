"""Carries the pages beside the sockets of one process: WSGI on a few threads, which wait for nobody's slow line.

What gunicorn leaves to the proxy before it is done here, since embedded there is none. A request takes a thread when
all of it has come. Its thread hands files over to the event loop, which sends them as slowly as their reader reads
(a film that is paused is not read at all) and stops when the reader has gone.
"""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi import WSGIResponder

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

BLOCK = 256 * 1024
IN_MEMORY = 1024 * 1024
"""What is larger waits on disk until it is whole."""
LARGE_AT_A_TIME = 16
"""How many of those are on their way at the same time; others wait for their turn."""
STILL_SECONDS = 60.0
"""How long a line may stand still before it is given up."""
WHOLE_SECONDS = 15 * 60.0
"""How long a request may take to come."""
QUEUED = 10
"""Pieces of an answer that wait for their reader before its thread does."""


class GoneError(Exception):
    """Nobody is left to read this answer."""


class Pages(WSGIMiddleware):  # type: ignore[misc]
    """An ASGI application of a WSGI one. Bodies of more than `most_bytes` are refused with 413."""

    def __init__(self, app: Any, *, workers: int, most_bytes: int) -> None:
        super().__init__(app, workers, QUEUED)
        self._most_bytes = most_bytes
        self._reading = ThreadPoolExecutor(2, thread_name_prefix="plenary-files")
        self._large = asyncio.Semaphore(LARGE_AT_A_TIME)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        with SpooledTemporaryFile(IN_MEMORY) as body:
            try:
                async with asyncio.timeout(WHOLE_SECONDS), contextlib.AsyncExitStack() as turn:
                    refused = await self._hear(body, receive, turn)
            except TimeoutError:
                refused = 408
            if refused is None:
                answer = Answer(self.app, self.executor, self._reading, body)
                await answer(scope, receive, send)
            elif refused:
                await _refuse(send, refused)

    async def _hear(self, body: IO[bytes], receive: Receive, turn: contextlib.AsyncExitStack) -> int | None:
        """Takes the whole request. Gives what to refuse it with, if so; 0: its sender has gone."""
        size, more = 0, True
        while more:
            async with asyncio.timeout(STILL_SECONDS):
                message = await receive()
            if message["type"] == "http.disconnect":
                return 0
            block = message.get("body", b"")
            if size <= IN_MEMORY < size + len(block):
                await turn.enter_async_context(self._large)
            size += len(block)
            if size > self._most_bytes:
                return 413
            body.write(block)
            more = message.get("more_body", False)
        body.seek(0)
        return None


class Answer(WSGIResponder):  # type: ignore[misc]
    """One request on a page's thread, and what it answers on its way to the reader."""

    def __init__(self, app: Any, pages: ThreadPoolExecutor, reading: ThreadPoolExecutor, body: IO[bytes]) -> None:
        super().__init__(app, pages, QUEUED)
        self._reading = reading
        self._body = body
        self._file: File | None = None
        self._gone = threading.Event()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        watching = self.loop.create_task(self._watch(receive))
        try:
            with contextlib.suppress(GoneError):
                await super().__call__(scope, receive, send)
            if self._file is not None and scope["method"] != "HEAD":
                await self._send_file(self._file, send)
        finally:
            watching.cancel()
            if self._file is not None:
                # Django ends the request with its file, which belongs to a thread that has its database connection.
                self.executor.submit(self._file.close)

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._gone.set()

    def wsgi(self, environ: Message, start_response: Any) -> None:
        """On the page's thread. What remains of a file after its first piece is left to the loop."""
        size = self._body.seek(0, 2)
        self._body.seek(0)
        environ |= {"wsgi.input": self._body, "wsgi.file_wrapper": File, "CONTENT_LENGTH": str(size)}
        given = self.app(environ, start_response)
        if isinstance(given, File):
            self._file = given
            self.send(_piece(given.read(BLOCK)))
            return
        try:
            for block in given:
                self.send(_piece(block))
            self.send(_piece(b"", more=False))
        finally:
            getattr(given, "close", lambda: None)()

    def send(self, message: Message) -> None:
        if self._gone.is_set() and message["type"] == "http.response.body":
            raise GoneError
        super().send(message)

    async def sender(self, send: Send) -> None:
        """Takes what the thread has written even where nobody reads it, so that the thread never waits for good."""
        try:
            while (message := await self.send_queue.get()) is not None:
                async with asyncio.timeout(STILL_SECONDS):
                    await send(message)
        except Exception as error:
            self._gone.set()
            while await self.send_queue.get() is not None:
                pass
            if not isinstance(error, TimeoutError):
                raise

    async def _send_file(self, file: "File", send: Send) -> None:
        block = b"-"
        while block and not self._gone.is_set():
            block = await self.loop.run_in_executor(self._reading, file.read, BLOCK)
            try:
                async with asyncio.timeout(STILL_SECONDS):
                    await send(_piece(block, more=bool(block)))
            except TimeoutError:
                return


class File:
    """What Django gives a server that sends files by itself (PEP 3333, `wsgi.file_wrapper`)."""

    def __init__(self, file: IO[bytes], block_size: int = BLOCK) -> None:
        self.read = file.read
        self.close = file.close


def _piece(block: bytes, *, more: bool = True) -> Message:
    return {"type": "http.response.body", "body": block, "more_body": more}


async def _refuse(send: Send, status: int) -> None:
    headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    text = {408: b"This took too long.", 413: b"This is more than is taken here."}[status]
    await send(_piece(text, more=False))
