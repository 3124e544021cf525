"""Pages beside the sockets: whoever reads, sends or waits slowly keeps nobody else's page from being made."""

import asyncio
import contextlib
import http.client
import io
import socket
import threading
import time

import pytest
import uvicorn

from events_platform import pages

THREADS = 2
SLOW = 3 * THREADS
LARGE = 32 * 1024 * 1024  # more than any buffer between the two ends


class Site:
    """A WSGI application, what came of it, and where it is served."""

    def __init__(self):
        self.ended = []
        self.read_by = []
        self.asked = []
        self.port = 0

    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.asked.append(path)
        start_response("200 OK", [("Content-Type", "text/plain"), *self._length(path)])
        if path == "/file":
            file = io.BytesIO(bytes(LARGE))
            close = file.close
            read = file.read
            file = Closing(
                lambda size: self.read_by.append(size) or read(size),
                lambda: (close(), self.ended.append(threading.current_thread().name)),
            )
            return environ["wsgi.file_wrapper"](file, 4096)
        if path == "/small":
            return environ["wsgi.file_wrapper"](Closing(io.BytesIO(b"little").read, lambda: self.ended.append(path)))
        if path == "/rows":
            return self._rows()
        if path == "/endless":
            return self._endless()
        return [body or b"quick"]

    @staticmethod
    def _length(path):
        return [("Content-Length", str(LARGE))] if path == "/file" else []

    def _endless(self):
        try:
            while True:
                time.sleep(0.01)
                yield b"."
        finally:
            self.ended.append("endless")

    def _rows(self):
        try:
            for _ in range(LARGE // 1024):
                yield bytes(1024)
        finally:
            self.ended.append("rows")

    # As its visitors

    def visit(self, path, method="GET", body=None, *, pause=0):
        """The whole answer; after the `pause` between its head and the rest."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as visitor:
            visitor.request(method, path, body)
            answer = visitor.getresponse()
            time.sleep(pause)
            return answer.status, answer.headers, answer.read()

    def answer(self, *asked, **how):
        return self.visit(*asked, **how)[2]

    def open(self, words):
        visitor = socket.create_connection(("127.0.0.1", self.port))
        visitor.sendall(words)
        return visitor

    def until(self, true):
        end = time.monotonic() + 20
        while not true() and time.monotonic() < end:
            time.sleep(0.02)
        assert true()


class Closing:
    def __init__(self, read, close):
        self.read, self.close = read, close


@pytest.fixture
def site():
    made = Site()
    application = pages.Pages(made, workers=THREADS, most_bytes=3 * pages.IN_MEMORY)
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            host="127.0.0.1",
            port=0,
            http="apps.live.transport:HttpProtocol",
            lifespan="off",
            log_level="critical",
            loop="uvloop",
        )
    )
    serving = threading.Thread(target=lambda: asyncio.run(server.serve()))
    serving.start()
    made.until(lambda: server.started)
    made.port = server.servers[0].sockets[0].getsockname()[1]
    made.application = application
    made.connections = server.server_state.connections
    yield made
    server.force_exit = server.should_exit = True
    serving.join(60)


@pytest.fixture
def visitors():
    with contextlib.ExitStack() as stack:
        yield stack


@pytest.mark.parametrize(
    "words",
    [
        b"GET /file HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /rows HTTP/1.1\r\nhost: x\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nthe first wor",
    ],
    ids=["reading a file", "reading a table", "sending"],
)
def test_slow_lines_keep_no_page(site, visitors, words):
    for _ in range(SLOW):
        visitors.enter_context(site.open(words))
    if b"GET" in words:
        site.until(lambda: len(site.asked) == SLOW)

    assert site.answer("/quick") == b"quick"


def test_who_reads_slowly_gets_all_of_it_and_the_request_ends_on_a_pages_thread(site):
    assert len(site.answer("/file", pause=0.2)) == LARGE

    site.until(lambda: site.ended)
    assert [name[:4] for name in site.ended] == ["WSGI"]


def test_small_file_is_sent_and_closed(site):
    assert site.answer("/small") == b"little"
    site.until(lambda: site.ended == ["/small"])


def test_head_of_a_file_reads_it_not_and_keeps_the_connection(site):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)) as visitor:
        visitor.request("HEAD", "/file")
        answer = visitor.getresponse()
        assert (answer.headers["content-length"], answer.read()) == (str(LARGE), b"")
        same = visitor.sock
        visitor.request("GET", "/quick")
        assert visitor.getresponse().read() == b"quick"
        assert visitor.sock is same
    site.until(lambda: len(site.ended) == 1)  # a moment after its answer
    assert site.read_by == []


def test_who_goes_away_is_not_read_for(site):
    with site.open(b"GET /file HTTP/1.1\r\nhost: x\r\n\r\n") as visitor:
        visitor.recv(100)
        assert not site.ended

    site.until(lambda: len(site.ended) == 1)
    assert sum(site.read_by) < LARGE


def test_who_goes_away_is_not_written_for(site):
    with site.open(b"GET /endless HTTP/1.1\r\nhost: x\r\n\r\n"):
        site.until(lambda: site.asked)
        assert not site.ended

    site.until(lambda: site.ended == ["endless"])


@pytest.mark.parametrize("path", ["/file", "/rows"])
def test_who_stands_still_is_let_go(site, visitors, monkeypatch, path):
    monkeypatch.setattr(pages, "STILL_SECONDS", 0.3)
    for _ in range(SLOW):
        visitors.enter_context(site.open(b"GET %b HTTP/1.1\r\nhost: x\r\n\r\n" % path.encode()))

    site.until(lambda: len(site.asked) == SLOW == len(site.ended) and not site.connections)
    assert site.answer("/quick") == b"quick"


def test_who_does_not_go_on_sending_is_told(site, monkeypatch):
    monkeypatch.setattr(pages, "STILL_SECONDS", 0.3)
    with site.open(b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nthe first wor") as visitor:
        assert visitor.recv(100).startswith(b"HTTP/1.1 408 ")
    assert site.asked == []


@pytest.mark.parametrize("size", [1, pages.IN_MEMORY, 2 * pages.IN_MEMORY + 1])
def test_body_arrives_whole(site, size):
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)

    assert site.answer("/echo", "POST", body) == body


def test_body_of_unknown_length_arrives_whole(site):
    assert site.answer("/echo", "POST", iter([b"one ", b"two"])) == b"one two"


def test_larger_body_than_any_page_takes_is_refused(site):
    with contextlib.suppress(ConnectionError):
        assert site.visit("/echo", "POST", bytes(3 * pages.IN_MEMORY + 1))[0] == 413
    assert site.asked == []


@pytest.fixture
def two_at_a_time(monkeypatch):
    monkeypatch.setattr(pages, "LARGE_AT_A_TIME", 2)


def test_large_bodies_wait_for_their_turn_and_small_ones_do_not(two_at_a_time, site, visitors):
    size = pages.IN_MEMORY + 10
    large = b"POST /large HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % size
    first, _second = [visitors.enter_context(site.open(large + bytes(size - 1))) for _ in range(2)]
    site.until(site.application._large.locked)
    third = visitors.enter_context(site.open(large))
    threading.Thread(target=third.sendall, args=(bytes(size),), daemon=True).start()
    time.sleep(0.5)

    assert site.answer("/echo", "POST", b"small") == b"small"
    assert site.asked == ["/echo"]
    first.sendall(b"x")
    site.until(lambda: site.asked == ["/echo", "/large", "/large"])
