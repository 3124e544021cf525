"""What the gate asks of the platform; `apps.media.services` answers, and a test may."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol


class Taken(Protocol):
    """A take that was opened."""

    @property
    def folder(self) -> str: ...
    @property
    def rungs(self) -> list[dict[str, Any]]: ...


class Ladder(Protocol):
    """What is asked of whoever is in, encoder or browser. Plain functions that wait for the database; they are called
    in threads."""

    @property
    def Cut(self) -> type[Exception]: ...  # noqa: N802 - a class

    def renew(self, publisher: Any, *, health: Mapping[str, Any], comes: bool, steady: float) -> bool:
        """Whether it is on air; raises `Cut`, perhaps with a code."""

    def leave(self, publisher: Any) -> None: ...

    def begin_take(self, publisher: Any, *, rungs: Sequence[Mapping[str, Any]], began_at: datetime) -> Taken | None:
        """None where it is not on air any more."""

    def add_segment(
        self, publisher: Any, take: Any, *, file: int, at: datetime, seconds: float, sizes: Mapping[str, int]
    ) -> bool: ...


class Desk(Ladder, Protocol):
    """For encoders."""

    def admit(self, secret: str) -> Any:
        """The publisher; raises `Refused`."""


class GreenDesk(Ladder, Protocol):
    """For people with their browsers."""

    def admit(self, ticket: str, *, shows: str, has_sound: bool) -> Any:
        """The contributor; raises `Refused`."""

    def note(self, who: Any, said: Mapping[str, Any]) -> None:
        """What they say of themselves."""

    def show(self, who: Any, *, picture: bytes, loudness: int) -> None:
        """A small picture (JPEG) of what comes in from them, and how loud it is, 0 to 100."""

    def leave_for_good(self, who: Any) -> None: ...
