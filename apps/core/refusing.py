"""Each refusal is a line in the log: who asked, where, and with what code; never what they sent or were told.

A refusal is heard where it is made (`errors.Refused`), and written once for the request, or for the frame of a socket,
that it ended. A flood of them is written so far and counted.
"""

import logging
import threading
import time
from contextvars import ContextVar
from typing import Any

logger = logging.getLogger("refused")
MOST_CODES = 10
"""Of one request."""
MOST_A_SECOND = 50
"""Lines of one process."""
_nameless: set[str] = set()
_codes: ContextVar[list[str] | None] = ContextVar("refused_codes", default=None)


def heard(code: str) -> None:
    """Remembers a code for the request that is served; outside of one nothing is remembered."""
    codes = _codes.get()
    if codes is not None and len(codes) < MOST_CODES and code not in codes:
        codes.append(code)


def name_nobody(*words: str) -> None:
    """Called once at start by a room where people may be without a name: a line with one of these codes, or from one of
    these routes, does not say who it was. With its time it would say whose the next thing without a name is."""
    _nameless.update(words)


class Listening:
    """While a request is served: what was refused in it."""

    def __enter__(self) -> list[str]:
        codes: list[str] = []
        self._token = _codes.set(codes)
        return codes

    def __exit__(self, *_error: object) -> None:
        _codes.reset(self._token)


class _Budget:
    """So many lines a second, and how many were left out since the last one."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.second, self.written, self.left_out = 0, 0, 0

    def take(self) -> int | None:
        """How many lines were left out before this one; None where it is left out too."""
        with self.lock:
            second = int(time.monotonic())
            if second != self.second:
                self.second, self.written = second, 0
            if self.written >= MOST_A_SECOND:
                self.left_out += 1
                return None
            self.written += 1
            left_out, self.left_out = self.left_out, 0
            return left_out


_budget = _Budget()


def write(*, who: int | None, where: str, code: str, **more: Any) -> None:
    """`who` is the number of a person, `where` the name of a route or of what a socket asked for."""
    left_out = _budget.take()
    if left_out is None:
        return
    if left_out:
        more["left_out"] = left_out
    if not _nameless.isdisjoint((where, *code.split())):
        who = None
    logger.info("refused", extra={"who": who, "where": where, "code": code, **more})
