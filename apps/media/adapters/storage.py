"""Chooses where files lie by the settings, and how large the parts of an upload are."""

from pathlib import Path

from django.conf import settings

from apps.media.registry import Store

MIB = 1024 * 1024
PART_SIZE = 8 * MIB
MOST_PARTS = 10_000  # S3's own bound


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
    ".vtt": "text/vtt",
}


def content_type_of(name: str) -> str:
    """The type of a file that we wrote ourselves, whose ending is therefore true."""
    return CONTENT_TYPES.get(Path(name).suffix, "application/octet-stream")
