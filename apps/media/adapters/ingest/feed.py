"""One encoder that was let in: what it sent since its last key frame, how it does, and its run of ffmpeg while it is on
air."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from django.db import DatabaseError

from apps.core import clock
from apps.media.adapters.ingest import ladder
from apps.media.adapters.ingest.desk import Ladder
from apps.media.adapters.ingest.health import Meter
from apps.media.adapters.ingest.take import Take
from apps.media.adapters.rtmp import flv, h264

logger = logging.getLogger(__name__)

RENEW_SECONDS = 0.5
OUTAGE_SECONDS = 30.0
"""For so long the database may be away."""
SOUND_PATIENCE = 1.0
"""For so long after the first key frame sound may announce itself."""
MOST_KEPT_BYTES = 12 * 1024 * 1024
"""Since the last key frame; of more the next take begins with the next key frame."""
TAG_BYTES = 100
"""What one takes beside its payload: a great many small ones are much, too."""
BACK_MS, AHEAD_MS = 1000, 10_000
"""An encoder's clock that jumps further than this begins another take."""
MOST_FAILURES = 5
DEFAULT_FPS = 30.0

Ask = Callable[..., Awaitable[Any]]


class Feed:
    def __init__(self, desk: Ladder, ask: Ask, publisher: Any, sides: list[int]) -> None:
        self.desk, self.ask, self.publisher, self.sides = desk, ask, publisher, sides
        self.meter = Meter()
        self.fps = DEFAULT_FPS
        self.cut = ""
        """Why it was cut off, as a code; empty where nothing is said."""
        self.take: Take | None = None
        self._opened: Any = None
        self._picture_setup: flv.Tag | None = None
        self._sound_setup: flv.Tag | None = None
        self._kept: list[flv.Tag] = []
        self._kept_bytes = 0
        self._kept_since: datetime | None = None
        self._first_key: float | None = None
        self._zero = self._last_time = 0
        self._waits_for_key = True
        self._failures = 0
        self._ending: set[asyncio.Task[None]] = set()

    # What comes in -----------------------------------------------------------------------------------------------
    def add(self, tag: flv.Tag) -> None:
        """Raises `h264.BadSetup`."""
        now = asyncio.get_running_loop().time()
        self.meter.note(now, len(tag.payload), is_picture=tag.kind == flv.PICTURE and not tag.is_setup)
        if tag.is_setup:
            self._set_up(tag)
            return
        if self._jumps(tag):
            self.break_off()
        self._last_time = tag.time
        if tag.is_key:
            self.meter.note_key(now, clock.now())
            self._first_key = self._first_key or now
            self._kept, self._kept_bytes, self._kept_since = [], 0, clock.now()
            self._waits_for_key = False
        self._keep(tag)
        if self.take is not None:
            self._write(tag)

    def _set_up(self, tag: flv.Tag) -> None:
        before = self._picture_setup if tag.kind == flv.PICTURE else self._sound_setup
        if tag.kind == flv.PICTURE:
            self.meter.size = h264.size(tag.payload[5:])
            self._picture_setup = tag
        else:
            self.meter.has_sound = True
            self._sound_setup = tag
        if before is not None and before.payload != tag.payload:
            self.break_off()

    def _jumps(self, tag: flv.Tag) -> bool:
        step = tag.time - self._last_time
        return self.take is not None and not -BACK_MS <= step <= AHEAD_MS

    def _keep(self, tag: flv.Tag) -> None:
        if self._kept_since is None:
            return
        self._kept.append(tag)
        self._kept_bytes += len(tag.payload) + TAG_BYTES
        if self._kept_bytes > MOST_KEPT_BYTES:
            self._kept, self._kept_bytes, self._kept_since = [], 0, None

    def _write(self, tag: flv.Tag) -> None:
        if self._waits_for_key and tag.kind == flv.PICTURE:
            self.meter.dropped += 1
            return
        if self.take is not None and not self.take.write(tag.written(zero=self._zero)):
            self.meter.dropped += tag.kind == flv.PICTURE
            # What follows leans on what was left out.
            self._waits_for_key = True

    # On air ------------------------------------------------------------------------------------------------------
    async def stay(self) -> None:
        """Holds the key, and the air where it is given; returns when the encoder is to be cut off."""
        loop = asyncio.get_running_loop()
        try:
            while self._failures < MOST_FAILURES:
                now, meter = loop.time(), self.meter
                is_on = await self._through_outages(
                    self.desk.renew, self.publisher,
                    health=meter.health(now), comes=meter.comes(now), steady=meter.steady(now),
                )  # fmt: skip
                if self.take is not None and self.take.is_over:
                    self._failures += 1
                    logger.warning("ffmpeg ended by itself: %s", self.take.last_words())
                    self.break_off()
                if is_on and self.take is None and self._is_ready(now):
                    await self._begin()
                elif not is_on and self.take is not None:
                    self.break_off()
                await asyncio.sleep(RENEW_SECONDS)
        except self.desk.Cut as cut:
            self.cut = str(cut)

    async def _through_outages(self, what: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """A database that fails over costs nobody the air: nobody else can take it meanwhile."""
        loop = asyncio.get_running_loop()
        end = loop.time() + OUTAGE_SECONDS
        while True:
            try:
                return await self.ask(what, *given, **named)
            except DatabaseError:
                if loop.time() > end:
                    raise
                await asyncio.sleep(RENEW_SECONDS)

    def _is_ready(self, now: float) -> bool:
        if self._picture_setup is None or self._kept_since is None or self._first_key is None:
            return False
        return self.meter.has_sound or now - self._first_key >= SOUND_PATIENCE

    async def _begin(self) -> None:
        width, height = self.meter.size
        began_at = self._kept_since or clock.now()
        rungs = ladder.choose(width, height, self.fps, self.sides)
        opened = await self.ask(self.desk.begin_take, self.publisher, rungs=rungs, began_at=began_at)
        if opened is None:
            return

        async def add(file: int, at: datetime, seconds: float, sizes: dict[str, int]) -> bool:
            listed = await self._through_outages(
                self.desk.add_segment, self.publisher, opened, file=file, at=at, seconds=seconds, sizes=sizes
            )
            return bool(listed)

        take = Take(rungs=opened.rungs, storage=opened.folder, began_at=began_at, add=add)
        try:
            await take.start(has_sound=self.meter.has_sound)
        except BaseException:  # the encoder may go at this very moment
            self._let_go(take)
            raise
        if not self._kept:
            self._let_go(take)
            return
        # From here on nothing waits, so that no picture comes in between.
        take.next_at = self._kept_since or began_at
        self._zero = self._kept[0].time
        take.write(flv.HEADER if self.meter.has_sound else flv.HEADER_WITHOUT_SOUND)
        for tag in (self._picture_setup, self._sound_setup, *self._kept):
            if tag is not None:
                take.write(tag.written(zero=self._zero))
        self.take = take

    def break_off(self) -> None:
        """What comes after begins another take."""
        if self.take is not None:
            self._let_go(self.take)
        self.take = None
        self._kept, self._kept_bytes, self._kept_since = [], 0, None
        self._waits_for_key = True

    def _let_go(self, take: Take) -> None:
        task = asyncio.create_task(take.finish())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def end(self) -> None:
        """The encoder has gone, or is cut off."""
        self.break_off()
        try:
            await self.ask(self.desk.leave, self.publisher)
        finally:
            if self._ending:
                await asyncio.wait(set(self._ending))
