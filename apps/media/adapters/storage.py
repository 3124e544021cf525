"""Where files lie: one interface over S3 (multipart, presigned) and a folder on disk (chunks, signed addresses)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings

MIB = 1024 * 1024
PART_SIZE = 8 * MIB
MOST_PARTS = 10_000  # S3's own bound
WINDOW_SECONDS = 6 * 60 * 60

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

    def put_tree(self, folder: Path, name: str, beat: Beat) -> None:
        """Store every file under `folder`; the files may be moved away."""

    def url(self, name: str, *, file_name: str = "", content_type: str = "", save: bool = False) -> str:
        """A signed address that lives between one and two windows and is the same within a window, so that it
        may be cached. `file_name` is what it is called when it is saved; `save` has the browser do so at once."""

    def delete_tree(self, folder: str) -> None:
        """Delete everything below, unfinished uploads too; asking twice is harmless."""


def store() -> Store:
    """S3 where a bucket is named, else the folder of this installation."""
    if settings.AWS_STORAGE_BUCKET_NAME:
        from apps.media.adapters.s3 import S3Store  # noqa: PLC0415 - boto3 takes a second to import

        return S3Store()
    from apps.media.adapters.disk import DiskStore  # noqa: PLC0415

    return DiskStore()


def part_size_for(size: int) -> int:
    """8 MiB, or more where S3's bound on the number of parts demands it."""
    least = -(-size // MOST_PARTS)
    return max(PART_SIZE, -(-least // MIB) * MIB)


CONTENT_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".pdf": "application/pdf",
}


def content_type_of(name: str) -> str:
    """The type of a file that we wrote ourselves, whose ending is therefore true."""
    return CONTENT_TYPES.get(Path(name).suffix, "application/octet-stream")
