"""Carries the pages beside the sockets of one process: WSGI on a few threads, which wait for nobody's slow line.

What gunicorn leaves to the proxy before it is done here, since embedded there is none. A request takes a thread when
all of it has come. Its thread hands the answer over to the event loop, which sends it as slowly as its reader reads
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

from apps.live.transport import ABORT

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

BLOCK = 64 * 1024
IN_MEMORY = 1024 * 1024
"""What is larger is on disk, on its way in as on its way out."""
LARGE_AT_A_TIME = 64
"""So many larger requests are on their way in at the same time; others wait for their turn."""
STILL_SECONDS = 60.0
"""How long a line may take for a block before it is given up."""
WHOLE_SECONDS = 15 * 60.0
"""How long a request may take to come."""
QUEUED = 10


class GoneError(Exception):
    """Nobody is left to read this answer."""


class StillError(Exception):
    """Its reader has taken nothing for too long."""


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
        loop = asyncio.get_running_loop()
        size, more, due, wanted = 0, True, loop.time() + STILL_SECONDS, BLOCK
        while more:
            async with asyncio.timeout_at(due):
                message = await receive()
            if message["type"] == "http.disconnect":
                return 0
            block = message.get("body", b"")
            if size <= IN_MEMORY < size + len(block):
                await turn.enter_async_context(self._large)
                due = loop.time() + STILL_SECONDS
            size += len(block)
            if size > self._most_bytes:
                return 413
            if size >= wanted:
                due, wanted = loop.time() + STILL_SECONDS, size + BLOCK
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
        self._next = b""
        self._rest: File | None = None
        """What is to be sent from the loop: the next block, and what follows it."""
        self._gone = threading.Event()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        watching = self.loop.create_task(self._watch(receive))
        try:
            with contextlib.suppress(GoneError):
                await super().__call__(scope, receive, send)
                await self._send_rest(send)
        except StillError:
            # Closing would wait for what is unsent, and nobody takes it.
            scope.get("extensions", {}).get(ABORT, lambda: None)()
        finally:
            watching.cancel()
            if self._rest is not None:
                # Django ends the request with its file, which belongs to a thread that has its database connection.
                self.executor.submit(self._rest.close)

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._gone.set()

    def wsgi(self, environ: Message, start_response: Any) -> None:
        """On the page's thread. What remains of an answer after its first block is left to the loop."""
        size = self._body.seek(0, 2)
        self._body.seek(0)
        environ |= {"wsgi.input": self._body, "wsgi.file_wrapper": File, "CONTENT_LENGTH": str(size)}
        given = self.app(environ, start_response)
        file = given if isinstance(given, File) else self._gathered(given)
        try:
            first = file.read(BLOCK) if environ["REQUEST_METHOD"] != "HEAD" else b""
            self._next = file.read(BLOCK) if first else b""
            self.send(_piece(first, more=bool(self._next)))
        finally:
            if self._next:
                self._rest = file
            else:
                file.close()

    def _gathered(self, given: Any) -> "File":
        """What a view writes bit by bit, all of it: whoever reads slowly must not hold up who writes."""
        spool = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - is closed when it was sent
        try:
            for block in given:
                if self._gone.is_set():
                    raise GoneError
                spool.write(block)
            spool.seek(0)
        except BaseException:
            spool.close()
            raise
        finally:
            getattr(given, "close", lambda: None)()
        return File(spool)

    async def sender(self, send: Send) -> None:
        """Takes what the thread has written even where nobody reads it, so that the thread never waits for good."""
        try:
            while (message := await self.send_queue.get()) is not None:
                await _send(send, message)
        except Exception:
            self._gone.set()
            while await self.send_queue.get() is not None:
                pass
            raise

    async def _send_rest(self, send: Send) -> None:
        block, file = self._next, self._rest
        while block and file is not None and not self._gone.is_set():
            after = await self.loop.run_in_executor(self._reading, file.read, BLOCK)
            await _send(send, _piece(block, more=bool(after)))
            block = after


class File:
    """What Django gives a server that sends files by itself (PEP 3333, `wsgi.file_wrapper`)."""

    def __init__(self, file: IO[bytes], block_size: int = BLOCK) -> None:
        self.read = file.read
        self.close = file.close


def _piece(block: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": block, "more_body": more}


async def _send(send: Send, message: Message) -> None:
    try:
        async with asyncio.timeout(STILL_SECONDS):
            await send(message)
    except TimeoutError:
        raise StillError from None


async def _refuse(send: Send, status: int) -> None:
    headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    text = {408: b"This took too long.", 413: b"This is more than is taken here."}[status]
    await send(_piece(text, more=False))
