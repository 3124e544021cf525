"""Draw the pages of a PDF as pictures, in a process of its own with an end to its memory and its time."""

import contextlib
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

PROGRAM = "apps.media.adapters.draw_pages"
LOCKED, UNREADABLE = 3, 4
"""How it ends, as it says itself; it is not imported, for this process shall not load what reads PDFs."""
MOST_PAGES = 500
MEMORY_BYTES = 2 * 1024**3
CPU_SECONDS = 15 * 60
WALL_SECONDS = 30 * 60
STALL_SECONDS = 120
"""One page takes no longer."""
PULSE_SECONDS = 1.0
NICENESS = 10


class BadDocument(Exception):
    """Its pages cannot be drawn; `reason` is a code: pdf-locked, pdf or pdf-heavy."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


@dataclass
class Drawn:
    """`count` is how many pages the document has, `sizes` those that were drawn."""

    count: int = 0
    sizes: list[list[int]] = field(default_factory=list)


def draw(source: Path, folder: Path, beat: Callable[[float], None]) -> Drawn:
    """Writes `page-001.webp` and `small-001.webp` for each page; `beat` hears the share that is done, about once a
    second, and may raise to stop. Raises `BadDocument`."""
    limits = (MOST_PAGES, MEMORY_BYTES, CPU_SECONDS)
    command = [sys.executable, "-m", PROGRAM, str(source), str(folder), *map(str, limits)]
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=words,
            cwd=settings.BASE_DIR,
            # Nothing of ours is its business: no address of a database, no key.
            env={"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"},
        )
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
        try:
            drawn = _follow(process, beat)
        finally:
            if process.stdout is not None:
                process.stdout.close()
            process.kill()
            process.wait(timeout=30)
        words.seek(0)
        said = words.read(4000).decode("utf-8", "replace")
    if process.returncode:
        raise BadDocument(_reason(process.returncode), said)
    return drawn


def _follow(process: "subprocess.Popen[bytes]", beat: Callable[[float], None]) -> Drawn:
    if process.stdout is None:
        raise BadDocument("pdf", "its progress cannot be read")
    pipe, drawn, rest = process.stdout.fileno(), Drawn(), b""
    begun = moved = time.monotonic()
    while True:
        ready, _, _ = select.select([pipe], [], [], PULSE_SECONDS)
        now = time.monotonic()
        if ready:
            chunk = os.read(pipe, 65536)
            if not chunk:
                process.wait(timeout=30)
                return drawn
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                _hear(line.decode(), drawn)
            moved = now
        if now - begun > WALL_SECONDS or now - moved > STALL_SECONDS:
            raise BadDocument("pdf-heavy", f"stopped after {now - begun:.0f} seconds")
        beat(len(drawn.sizes) / max(1, min(drawn.count, MOST_PAGES)))


def _hear(line: str, drawn: Drawn) -> None:
    word, *numbers = line.split()
    if word == "count":
        drawn.count = int(numbers[0])
    elif word == "page":
        drawn.sizes.append([int(numbers[1]), int(numbers[2])])


def _reason(code: int) -> str:
    if code == LOCKED:
        return "pdf-locked"
    # Ended by a signal, or by Python for want of memory: it asked for more than it is given.
    return "pdf" if code == UNREADABLE else "pdf-heavy"
