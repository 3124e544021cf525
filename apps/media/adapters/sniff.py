"""Tell what a file is by its first and last bytes, never by its name; name what it is when it is refused.

Office documents are archives, which must be looked into: `office.py`.
"""

from dataclasses import dataclass
from enum import StrEnum

HEAD_BYTES = 64 * 1024
TAIL_BYTES = 4 * 1024
TS_PACKET = 188
MOST_BRANDS = 1024
ARCHIVE_END = b"PK\x05\x06"


class Kind(StrEnum):
    VIDEO = "video"
    AUDIO = "audio"
    IMAGE = "image"
    DOCUMENT = "document"


@dataclass(frozen=True)
class Found:
    """What the bytes say. `demuxer` is the one ffmpeg may use: it must not guess, for its text formats open others.

    A container that may hold sound alone is `VIDEO` here; `probe.inspect` decides.
    """

    kind: Kind
    mime: str
    extension: str
    demuxer: str = ""


class Unknown(Exception):
    """The bytes are of nothing we take; `looks_like` is a code: text, html, svg, archive, office, office-old, acting,
    program, heic, empty, cut-pdf or unknown."""

    def __init__(self, looks_like: str) -> None:
        super().__init__(looks_like)
        self.looks_like = looks_like


_MP4 = Found(Kind.VIDEO, "video/mp4", "mp4", "mov")
_MOV = Found(Kind.VIDEO, "video/quicktime", "mov", "mov")
_M4A = Found(Kind.AUDIO, "audio/mp4", "m4a", "mov")
_WEBM = Found(Kind.VIDEO, "video/webm", "webm", "matroska")
_MKV = Found(Kind.VIDEO, "video/x-matroska", "mkv", "matroska")
_TS = Found(Kind.VIDEO, "video/mp2t", "ts", "mpegts")
_PS = Found(Kind.VIDEO, "video/mpeg", "mpg", "mpeg")
_AVI = Found(Kind.VIDEO, "video/x-msvideo", "avi", "avi")
_FLV = Found(Kind.VIDEO, "video/x-flv", "flv", "flv")
_WAV = Found(Kind.AUDIO, "audio/wav", "wav", "wav")
_FLAC = Found(Kind.AUDIO, "audio/flac", "flac", "flac")
_OGG = Found(Kind.AUDIO, "audio/ogg", "ogg", "ogg")
_MP3 = Found(Kind.AUDIO, "audio/mpeg", "mp3", "mp3")
_AAC = Found(Kind.AUDIO, "audio/aac", "aac", "aac")
_JPEG = Found(Kind.IMAGE, "image/jpeg", "jpg")
_PNG = Found(Kind.IMAGE, "image/png", "png")
_GIF = Found(Kind.IMAGE, "image/gif", "gif")
_WEBP = Found(Kind.IMAGE, "image/webp", "webp")
_AVIF = Found(Kind.IMAGE, "image/avif", "avif")
_PDF = Found(Kind.DOCUMENT, "application/pdf", "pdf")


def sniff(head: bytes, tail: bytes = b"") -> Found:
    """Name the type from the first `HEAD_BYTES` and the last `TAIL_BYTES`; raises `Unknown`."""
    found = _container(head) or _sound(head) or _picture(head) or _document(head, tail)
    if found is None:
        raise Unknown(_looks_like(head, tail or head[-TAIL_BYTES:]))
    return found


def _container(head: bytes) -> Found | None:
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _STILLS:
            return None
        if brand in (b"M4A ", b"M4B "):
            return _M4A
        return _MOV if brand == b"qt  " else _MP4
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free"):  # QuickTime from before ftyp
        return _MOV
    if head.startswith(b"\x1aE\xdf\xa3"):
        return _WEBM if b"webm" in head[:64] else _MKV
    if len(head) > 2 * TS_PACKET and all(head[n * TS_PACKET] == 0x47 for n in range(3)):
        return _TS
    if head.startswith(b"\x00\x00\x01\xba"):
        return _PS
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return _AVI
    return _FLV if head.startswith(b"FLV\x01") else None


def _is_still(head: bytes) -> bool:
    """A picture in the container of films."""
    return head[4:8] == b"ftyp" and head[8:12] in _STILLS


def _brands(head: bytes) -> set[bytes]:
    """What an ISO file says it is, and what it may be read as too (ISO/IEC 14496-12, 4.3)."""
    end = min(int.from_bytes(head[:4], "big"), MOST_BRANDS)
    return {head[8:12], *(head[at : at + 4] for at in range(16, end, 4))}


_STILLS = {b"mif1", b"msf1", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"avif", b"avis"}


def _sound(head: bytes) -> Found | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return _WAV
    if head.startswith(b"fLaC"):
        return _FLAC
    if head.startswith(b"OggS"):
        return _OGG
    if head.startswith(b"ID3"):
        return _MP3
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        layer, bitrate = (head[1] >> 1) & 3, head[2] >> 4
        if layer == 0 and head[1] & 0xF0 == 0xF0:
            return _AAC
        if layer == 1 and bitrate != 15:
            return _MP3
    return None


def _picture(head: bytes) -> Found | None:
    if head.startswith(b"\xff\xd8\xff"):
        return _JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return _PNG
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return _GIF
    if _is_still(head) and _brands(head) & {b"avif", b"avis"}:
        return _AVIF
    return _WEBP if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else None


def _document(head: bytes, tail: bytes) -> Found | None:
    # The header may stand a little after the start, and only blanks after the end mark.
    begins, end = head.find(b"%PDF-", 0, 1024), tail or head[-TAIL_BYTES:]
    if begins < 0 or b"%%EOF" not in end:
        return None
    # What stands before it makes it something else for whoever looks at the beginning first, and an archive is read
    # from its end.
    return None if (begins and _named(head)) or ARCHIVE_END in end else _PDF


def _looks_like(head: bytes, tail: bytes) -> str:
    if not head:
        return "empty"
    if found := _named(head):
        return found
    if b"%PDF-" in head[:1024]:
        return "archive" if ARCHIVE_END in tail else "cut-pdf"
    try:
        head[:4096].decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head[:4096]) - 4:
            return "unknown"
    return "unknown" if b"\x00" in head[:4096] else "text"


def _named(head: bytes) -> str:
    """What we do not take and know by its beginning; empty for what we do not know."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:512].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<script")):
        return "html"
    if b"<svg" in start:
        return "svg"
    if head.startswith((b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")):
        return "program"
    if head.startswith((b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh")):
        return "archive"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "office-old"
    if _is_still(head):
        return "heic"
    return ""
