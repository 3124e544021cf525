"""Calling a provider while somebody waits for a page: briefly, few at a time, and not again at once after it failed.

Without that, one provider that is down or slow would hold all the threads that serve pages, and every event with it.
"""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.cache import cache

from apps.core import ids, reaching
from apps.events.adapters.claims import Doubt

SECONDS = 3
"""For one call. What somebody waits for in all is a Line's own."""
WHOLE_SECONDS = 8
REMEMBERED_SECONDS = 15
MOST_AT_ONCE = 2
HELD_SECONDS = 30
"""A place whose holder died is free again after that."""
MOST_READ = 256 * 1024
JSON = "application/json"


class Line:
    """To the provider of one connection, for as long as one request may wait for it.

    `name` tells connections apart: what fails for one is remembered for that one alone. Empty at the desk, where a
    provider is tried before there is a connection.
    """

    def __init__(self, name: str = "", *, seconds: float = WHOLE_SECONDS) -> None:
        self._key = f"signin:line:{hashlib.sha256(name.encode()).hexdigest()}" if name else ""
        self._ends = time.monotonic() + seconds
        self._is_open = False

    @contextmanager
    def open(self) -> Iterator[None]:
        """Keeps one of the few places while several calls are made. Raises Doubt where none is free, or where the
        provider failed a moment ago."""
        if self._is_open or not self._key:
            yield
            return
        if cache.get(f"{self._key}:failed"):
            raise Doubt("unreachable")
        place = self._take_place()
        self._is_open = True
        try:
            yield
        finally:
            self._is_open = False
            if cache.get(place[0]) == place[1]:  # it may have been given to somebody else meanwhile
                cache.delete(place[0])

    def _take_place(self) -> tuple[str, str]:
        mine = ids.new_token(9)
        for number in range(MOST_AT_ONCE):
            place = f"{self._key}:{number}"
            if cache.add(place, mine, HELD_SECONDS):
                return place, mine
        raise Doubt("busy")

    def get_json(
        self, url: str, headers: Mapping[str, str] | None = None, *, body: bytes = b"", says_if_it_is_up: bool = False
    ) -> dict[str, Any]:
        """What an address says. Raises Doubt where that is nothing to go by.

        `says_if_it_is_up`: any other answer than a good one counts as a failure as well. It must not where a visitor
        decides what is asked: by a made-up code they would close the way for everybody.
        """
        with self.open():
            reply = self._exchange(url, headers, body)
            try:
                said = json.loads(reply.body) if reply.status == 200 and reply.is_whole else None
            except (ValueError, RecursionError):
                said = None
            if isinstance(said, dict):
                return said
            if says_if_it_is_up or reply.status >= 500:
                self._note_failure()
            raise Doubt("unreachable")

    def _exchange(self, url: str, headers: Mapping[str, str] | None, body: bytes) -> reaching.Reply:
        left = self._ends - time.monotonic()
        if left <= 0:
            self._note_failure()
            raise Doubt("unreachable")
        try:
            return reaching.exchange(
                address(url),
                method="POST" if body else "GET",
                body=body,
                headers={"Accept": JSON, **(headers or {})},
                most=MOST_READ,
                seconds=min(SECONDS, left),
                reach=reaching.LOOPBACK if settings.SIGNIN_LOOPBACK else reaching.PUBLIC,
            )
        except (reaching.Forbidden, *reaching.FAILURES) as error:
            self._note_failure()
            raise Doubt("unreachable") from error

    def _note_failure(self) -> None:
        if self._key:
            cache.set(f"{self._key}:failed", 1, REMEMBERED_SECONDS)


def asking(url: str, asked: Mapping[str, str]) -> str:
    """The address with these words in it, beside those that it has of its own."""
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(asked)}"


def address(url: object) -> str:
    """Only what TLS protects, and what can stand in a header; to try things out, this machine's own. Raises Doubt."""
    text = url if isinstance(url, str) and len(url) <= 500 else ""
    try:
        parts = urlsplit(text)
        is_here = settings.SIGNIN_LOOPBACK and parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
        if not parts.hostname or not (parts.scheme == "https" or is_here):
            raise Doubt("address")
    except ValueError as error:
        raise Doubt("address") from error
    if not text.isprintable() or " " in text:
        raise Doubt("address")
    return text
