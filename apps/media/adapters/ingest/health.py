"""How an encoder does, read from what it sends."""

from collections import deque
from datetime import datetime
from typing import Any

OVER_SECONDS = 4.0
SILENT_SECONDS = 2.0
"""An input that sends no pictures for so long has stopped."""


class Meter:
    """Times are those of the event loop, in seconds."""

    def __init__(self) -> None:
        self._last: deque[tuple[float, int, bool]] = deque()
        self._began: float | None = None
        self._pictured: float | None = None
        self._key: float | None = None
        self.key_frame_at: datetime | None = None
        self.key_frame_every = 0.0
        self.dropped = 0
        self.size = (0, 0)
        self.has_sound = False

    def note(self, now: float, size: int, *, is_picture: bool) -> None:
        self._last.append((now, size, is_picture))
        self._forget(now)
        if is_picture:
            if self._pictured is None or now - self._pictured > SILENT_SECONDS:
                self._began = now
            self._pictured = now

    def note_key(self, now: float, at: datetime) -> None:
        if self._key is not None:
            self.key_frame_every = round(now - self._key, 2)
        self._key, self.key_frame_at = now, at

    def comes(self, now: float) -> bool:
        return self._pictured is not None and now - self._pictured < SILENT_SECONDS

    def steady(self, now: float) -> float:
        """For how many seconds pictures have come without a break."""
        return now - self._began if self._began is not None and self.comes(now) else 0.0

    def health(self, now: float) -> dict[str, Any]:
        """What `broadcasts.Input` tells beside the rest."""
        self._forget(now)
        over = max(1.0, now - self._last[0][0]) if self._last else 1.0
        return {
            "kbps": round(sum(size for _at, size, _is in self._last) * 8 / over / 1000),
            "fps": round(sum(is_picture for _at, _size, is_picture in self._last) / over, 1),
            "width": self.size[0],
            "height": self.size[1],
            "has_sound": self.has_sound,
            "dropped": self.dropped,
            "key_frame_at": self.key_frame_at.isoformat(timespec="milliseconds") if self.key_frame_at else "",
            "key_frame_every": self.key_frame_every,
        }

    def _forget(self, now: float) -> None:
        while self._last and self._last[0][0] < now - OVER_SECONDS:
            self._last.popleft()
