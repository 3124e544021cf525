"""One uninterrupted run of an encoder: FLV goes into ffmpeg, and each segment that is whole goes to storage."""

import asyncio
import contextlib
import logging
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from apps.media.adapters import ffmpeg
from apps.media.adapters.ingest import ladder
from apps.media.adapters.ingest.workfolder import WorkFolder
from apps.media.registry import store

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.1
END_SECONDS = 8.0
"""How long ffmpeg may take over its last segment."""
MOST_WAITING_BYTES = 16 * 1024 * 1024
"""Of what ffmpeg has not read yet; then pictures are left out."""
PUT_WAIT_SECONDS = 2.0
PATIENCE_SECONDS = 15 * 60.0
"""For so long storage may be away, and all that came meanwhile is brought once it is back; ffmpeg's playlists name a
little more (`ladder.LISTED`). After that each segment is tried once."""
SEGMENT = re.compile(r"#EXTINF:([0-9.]+),[^\n]*\n(\d+)\.m4s")
MAP = re.compile(r'#EXT-X-MAP:URI="([^"]+)"')

Add = Callable[[int, datetime, float, dict[str, int]], Awaitable[bool]]
"""File, moment, seconds, bytes by rung; false where nothing more of this take is wanted."""


class Take:
    def __init__(self, *, rungs: list[dict[str, Any]], storage: str, began_at: datetime, add: Add) -> None:
        self.names = [rung["name"] for rung in rungs]
        self.rungs, self.storage, self.add = rungs, storage, add
        self.next_at = began_at
        self.next_file = 0
        self._place = WorkFolder()
        self.folder = self._place.path
        self.process: asyncio.subprocess.Process | None = None
        self._mapped = self._ends = False
        self._away_since: float | None = None
        self._work: asyncio.Task[None] | None = None

    async def start(self, *, has_sound: bool) -> None:
        # Killed with us it need not be: the end of its input is its own.
        command = [ffmpeg.binary(), "-hide_banner", "-loglevel", "error"]
        with (self.folder / "words.log").open("wb") as words:
            self.process = await asyncio.create_subprocess_exec(
                *command, *ladder.arguments(self.rungs, has_sound=has_sound),
                cwd=self.folder, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=words,
                start_new_session=True,
            )  # fmt: skip
        self._work = asyncio.create_task(self._run())

    @property
    def is_over(self) -> bool:
        return self._work is None or self._work.done()

    def write(self, data: bytes) -> bool:
        """False where ffmpeg does not keep up, and this was left out."""
        pipe = self.process.stdin if self.process else None
        if pipe is None or pipe.is_closing() or pipe.transport.get_write_buffer_size() > MOST_WAITING_BYTES:
            return False
        pipe.write(data)
        return True

    async def finish(self) -> None:
        """No more pictures come: what ffmpeg has is brought to its end, and the folder goes."""
        if self.process and self.process.stdin:
            self.process.stdin.close()
        self._ends = True
        if self._work:
            await asyncio.wait([self._work], timeout=2 * END_SECONDS)
            self._work.cancel()
        await self._end()
        self._place.remove()

    async def _run(self) -> None:
        try:
            await self._carry()
        except Exception:
            logger.exception("A take has failed.")
        finally:
            await self._end()

    async def _carry(self) -> None:
        """Until ffmpeg has ended and all it made is listed."""
        began_to_end = 0.0
        loop = asyncio.get_running_loop()
        while True:
            ended = self.process is None or self.process.returncode is not None
            while piece := self._next_piece():
                if not await self._bring(*piece):
                    return
            if ended:
                return
            if self._ends:
                began_to_end = began_to_end or loop.time()
                if loop.time() - began_to_end > END_SECONDS:
                    return
            await asyncio.sleep(LOOK_SECONDS)

    def _next_piece(self) -> tuple[int, float] | None:
        """The next file that every rung's playlist names."""
        seconds = 0.0
        for n, name in enumerate(self.names):
            try:
                text = (self.folder / name / "index.m3u8").read_text()
            except FileNotFoundError:
                return None
            found = {int(file): float(length) for length, file in SEGMENT.findall(text)}
            if n == 0 and found and self.next_file < min(found):
                self._go_on_at(min(found))
            if self.next_file not in found:
                return None
            if n == 0:
                seconds = found[self.next_file]
        return self.next_file, seconds

    def _go_on_at(self, file: int) -> None:
        """Storage took them so slowly that ffmpeg names those before this one no more."""
        lost = range(self.next_file, file)
        self._drop(*lost)
        self.next_at += timedelta(seconds=ladder.SEGMENT_SECONDS * len(lost))
        self.next_file = file

    async def _bring(self, file: int, seconds: float) -> bool:
        at, self.next_at, self.next_file = self.next_at, self.next_at + timedelta(seconds=seconds), file + 1
        sizes = await self._stored(file)
        self._drop(file)
        # Where one is missing the next begins a new stretch: players go over the gap.
        return sizes is None or await self.add(file, at, seconds, sizes)

    async def _stored(self, file: int) -> dict[str, int] | None:
        """Its bytes by rung; None where storage does not come back."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                sizes = await asyncio.to_thread(self._put, file)
            except Exception as error:
                if self._away_since is None:
                    logger.warning("A segment cannot be stored yet: %r", error)
                self._away_since = self._away_since or loop.time()
                if isinstance(error, FileNotFoundError) or loop.time() - self._away_since > PATIENCE_SECONDS:
                    logger.exception("A segment could not be stored.")
                    return None
            else:
                self._away_since = None
                return sizes
            await asyncio.sleep(PUT_WAIT_SECONDS)

    def _put(self, file: int) -> dict[str, int]:
        sizes = {}
        for name in self.names:
            if not self._mapped:
                store().put(self._map(name), f"{self.storage}/{name}/init.mp4", content_type="video/mp4")
            path = self.folder / name / f"{file:05}.m4s"
            sizes[name] = path.stat().st_size
            store().put(path, f"{self.storage}/{name}/{path.name}", content_type="video/iso.segment")
        self._mapped = True
        return sizes

    def _drop(self, *files: int) -> None:
        for name in self.names:
            for file in files:
                (self.folder / name / f"{file:05}.m4s").unlink(missing_ok=True)

    def _map(self, name: str) -> Path:
        found = MAP.search((self.folder / name / "index.m3u8").read_text())
        return self.folder / name / (found.group(1).rpartition("/")[2] if found else "init.mp4")

    async def _end(self) -> None:
        process = self.process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()

    def last_words(self) -> str:
        with contextlib.suppress(OSError):
            return (self.folder / "words.log").read_text(errors="replace")[-2000:].strip()
        return ""
