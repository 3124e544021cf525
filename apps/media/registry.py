"""What media asks of the place where files lie; `apps.py` says which place that is, so that reads need not know it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from apps.core.errors import Refused

if TYPE_CHECKING:
    from apps.media.models import Asset, Stream

WINDOW_SECONDS = 6 * 60 * 60
"""A signed address is the same for so long, and lives up to twice as long."""

Beat = Callable[[int], None]
"""Called with the bytes moved so far; may raise to stop."""


@dataclass(frozen=True)
class Target:
    """Where the browser puts one part."""

    number: int
    url: str
    headers: dict[str, str]


@dataclass(frozen=True)
class PartWish:
    """A part that the browser is about to send; `sha256` is base64, or empty where it cannot compute one."""

    number: int
    offset: int
    size: int
    sha256: str = ""


class Incomplete(Exception):
    """The parts in storage do not make up the file that was announced."""


class Missing(Exception):
    """There is no such file."""


class Store(Protocol):
    def begin(self, name: str, *, checksums: bool) -> str:
        """Open an upload in parts; returns the storage's own id of it."""

    def targets(self, name: str, upload_id: str, wishes: Sequence[PartWish]) -> list[Target]:
        """Addresses, valid for an hour, that take exactly those parts."""

    def parts(self, name: str, upload_id: str) -> dict[int, int]:
        """The parts that have arrived whole: number to size."""

    def finish(self, name: str, upload_id: str, *, size: int, count: int) -> None:
        """Join the parts; asking twice is harmless. Raises `Incomplete`."""

    def abort(self, name: str, upload_id: str) -> None: ...

    def read(self, name: str, start: int, length: int) -> bytes:
        """Some bytes of a file; raises `Missing`."""

    def size(self, name: str) -> int:
        """Raises `Missing`."""

    def fetch(self, name: str, folder: Path, beat: Beat) -> Path:
        """A local copy to read; a store on this disk gives the file itself. Raises `Missing`."""

    def put(self, path: Path, name: str, *, content_type: str) -> None:
        """Store one file, replacing what is there."""

    def copy(self, name: str, to: str) -> None:
        """The same file under another name, without passing through this process. Raises `Missing`."""

    def put_tree(self, folder: Path, name: str, beat: Beat) -> None:
        """Store every file under `folder`; the files may be moved away."""

    def url(self, name: str, *, file_name: str = "", content_type: str = "", save: bool = False) -> str:
        """A signed address that lives between one and two windows and is the same within a window, so that it
        may be cached. `file_name` is what it is called when it is saved; `save` has the browser do so at once."""

    def urls(self, folder: str) -> Callable[[str], str]:
        """Makes such addresses of files below a folder, for the thousand that a playlist names. Where the place can
        sign a folder as a whole, it does so once: whoever has one of these addresses may then read that folder."""

    def delete(self, name: str) -> None:
        """Delete one file; asking twice is harmless."""

    def delete_tree(self, folder: str) -> None:
        """Delete everything below, unfinished uploads too; asking twice is harmless."""


_choose: list[Callable[[], Store]] = []


def keep_files_in(choose: Callable[[], Store]) -> None:
    """Called once at start; `choose` is asked each time, so that a test may change the settings."""
    _choose[:] = [choose]


def store() -> Store:
    return _choose[0]()


Guard = Callable[["Asset", int | None, frozenset[str]], Refused | bool]
_guards: list[Guard] = []


def guard_files(guard: Guard) -> None:
    """Called once at start by a higher room whose things a file may belong to. The guard says of somebody (their id,
    None for a visitor, and roles) True where they may have it, why where they may not, and False where the file belongs
    to nothing of that room. What is public is never asked about."""
    _guards.append(guard)


def asked_of_guards(asset: "Asset", user_id: int | None, roles: frozenset[str]) -> Refused | bool:
    """True where they may have it: one place in which they may see it is enough. False where it is shown nowhere."""
    refusal: Refused | bool = False
    for guard in _guards:
        answer = guard(asset, user_id, roles)
        if answer is True:
            return True
        refusal = refusal or answer
    return refusal


Forbids = Callable[["Stream"], bool]
_forbids: list[Forbids] = []


def forbid_recordings(forbids: Forbids) -> None:
    """Called once at start by a higher room that shows streams. `forbids` says whether what a stream shows must not be
    recorded, whatever the stream says for itself."""
    _forbids.append(forbids)


def must_not_be_recorded(stream: "Stream") -> bool:
    return any(forbids(stream) for forbids in _forbids)


Subtitles = Callable[["Asset"], "list[tuple[str, str, str]]"]
_subtitles: list[Subtitles] = []


def offer_subtitles(find: Subtitles) -> None:
    """Called once at start by whatever keeps words to films. `find` gives (language, name, address of the WebVTT) of
    what everybody who may see the film may read; the WebVTT has an X-TIMESTAMP-MAP (`selectors.mapped`)."""
    _subtitles.append(find)


def subtitles(asset: "Asset") -> list[tuple[str, str, str]]:
    return [one for find in _subtitles for one in find(asset)]


Holds = Callable[["Asset"], bool]
_holds: list[Holds] = []


def hold_back_files(holds: Holds) -> None:
    """Called once at start by a higher room in which films play as live. `holds` says whether at this moment nobody but
    those who look after files may have the film other than as live (`selectors.simulive_url`)."""
    _holds.append(holds)


def is_held_back(asset: "Asset") -> bool:
    return any(holds(asset) for holds in _holds)


Hours = Callable[["Asset"], frozenset[datetime] | None]
_hours: list[Hours] = []


def tell_hours_of_films(hours: Hours) -> None:
    """Called once at start by a higher room in which films play as live. `hours` says when the first second of the film
    was on each stage that plays it so at this moment; empty while it is held back and on none, None where nothing holds
    it back."""
    _hours.append(hours)


def hours_of(asset: "Asset") -> frozenset[datetime] | None:
    found = [hours for tell in _hours if (hours := tell(asset)) is not None]
    return frozenset().union(*found) if found else None


@dataclass(frozen=True, slots=True)
class StagePlace:
    """Where captions are written live. `film` is the recording, once there is one, and `offset_ms` how long after the
    stage's beginning it begins."""

    title: str
    url: str
    starts_at: datetime
    language: str
    film: "Asset | None" = None
    offset_ms: int = 0
    stream: "Stream | None" = None
    """That is shown there while it is live."""
    is_live: bool = False


class Stages(Protocol):
    """Of a higher room that has stages: by their number in its keys (`session/7`)."""

    def find(self, event_id: int, number: int) -> StagePlace | None: ...

    def check_reads(
        self, event_id: int, number: int, *, user_id: int | None, roles: frozenset[str], epoch: int | None = None
    ) -> None:
        """Raises `Refused` where this person may not hear what is said there."""


_stages: dict[str, Stages] = {}


def stage_captions(kind: str, stages: Stages) -> None:
    """Called once at start: who may read what is said on stages of this kind."""
    _stages[kind] = stages


def find_stage(event_id: int, stage_key: str) -> StagePlace | None:
    """None where there is no such stage in this event."""
    kind, _mark, number = stage_key.partition("/")
    known = _stages.get(kind)
    return known.find(event_id, int(number)) if known and number.isdecimal() and len(number) < 19 else None


def check_reads_stage(
    event_id: int, stage_key: str, *, user_id: int | None, roles: frozenset[str], epoch: int | None = None
) -> None:
    """Raises `Refused`. Ask `find_stage` first whether it is there."""
    kind, _mark, number = stage_key.partition("/")
    _stages[kind].check_reads(event_id, int(number), user_id=user_id, roles=roles, epoch=epoch)


StreamGuard = Callable[["Stream", int | None, frozenset[str]], Refused | bool]
_stream_guards: list[StreamGuard] = []


def guard_streams(guard: StreamGuard) -> None:
    """Of live streams as `guard_files` of files: called once at start by a higher room that shows streams."""
    _stream_guards.append(guard)


def asked_of_stream_guards(stream: "Stream", user_id: int | None, roles: frozenset[str]) -> Refused | bool:
    """True where they may watch it: one place is enough. False where it is shown nowhere."""
    refusal: Refused | bool = False
    for guard in _stream_guards:
        answer = guard(stream, user_id, roles)
        if answer is True:
            return True
        refusal = refusal or answer
    return refusal


ShownSince = Callable[["Stream"], datetime | None]
_shown_since: list[ShownSince] = []


def tell_when_streams_are_shown(since: ShownSince) -> None:
    """Called once at start by a higher room that shows streams. `since` says since when a stage has shown the stream to
    its people without a break; None while none does."""
    _shown_since.append(since)


def shown_since(stream: "Stream") -> datetime | None:
    return next((found for since in _shown_since if (found := since(stream)) is not None), None)


Contributes = Callable[["Stream", int, frozenset[str]], bool]
_contributes: list[Contributes] = []


def let_contribute(allows: Contributes) -> None:
    """Called once at start by a higher room that shows streams. `allows` says whether somebody (their id, and roles)
    may be in a stream's green room: a speaker of what it shows, or who runs it."""
    _contributes.append(allows)


def may_contribute(stream: "Stream", user_id: int, roles: frozenset[str]) -> bool:
    return any(allows(stream, user_id, roles) for allows in _contributes)


StreamPlaces = Callable[["Stream"], list[tuple[str, str]]]
_stream_places: list[StreamPlaces] = []


def tell_stream_places(places: StreamPlaces) -> None:
    """Called once at start by a higher room that shows streams. `places` gives what shows one: its title, and the
    address of the page on which it is run."""
    _stream_places.append(places)


def places_of(stream: "Stream") -> list[tuple[str, str]]:
    return [place for places in _stream_places for place in places(stream)]
