"""What an encoder sends, read as far as we must know it, and written as FLV, which ffmpeg reads from a pipe."""

from dataclasses import dataclass

HEADER = b"FLV\x01\x05" + (9).to_bytes(4, "big") + bytes(4)
HEADER_WITHOUT_SOUND = b"FLV\x01\x01" + (9).to_bytes(4, "big") + bytes(4)
SOUND, PICTURE = 8, 9
AVC, AAC, MP3 = 7, 10, 2
TAG_HEAD, TAG_TAIL = 11, 4
NEWER = 0x80
"""Set where a codec is named by four letters (Enhanced RTMP): HEVC, AV1, VP9."""


class UnknownCodec(Exception):
    """It sends something else than H.264 with AAC or MP3."""


@dataclass(frozen=True, slots=True)
class Tag:
    kind: int
    time: int
    payload: bytes
    is_setup: bool
    """What a decoder needs before anything else; it has no moment of its own."""
    is_key: bool = False

    def written(self, *, zero: int) -> bytes:
        """As FLV, with `zero` as the moment at which it begins."""
        time = 0 if self.is_setup else max(0, self.time - zero) & 0xFFFFFFFF
        size = len(self.payload)
        head = bytes([self.kind]) + size.to_bytes(3, "big") + (time & 0xFFFFFF).to_bytes(3, "big")
        return head + bytes([time >> 24]) + bytes(3) + self.payload + (size + 11).to_bytes(4, "big")


class Reader:
    """FLV as a program writes it into a pipe: bytes in, tags out."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._has_header = False

    def feed(self, data: bytes) -> list[Tag]:
        """Raises `UnknownCodec`."""
        waiting, found = self._waiting, []
        waiting += data
        if not self._has_header:
            if len(waiting) < len(HEADER):
                return []
            del waiting[: len(HEADER)]
            self._has_header = True
        while len(waiting) >= TAG_HEAD:
            whole = TAG_HEAD + int.from_bytes(waiting[1:4], "big") + TAG_TAIL
            if len(waiting) < whole:
                break
            time = int.from_bytes(waiting[4:7], "big") | waiting[7] << 24
            payload = bytes(waiting[TAG_HEAD : whole - TAG_TAIL])
            tag = _tag(waiting[0], time, payload) if payload else None
            del waiting[:whole]
            if tag is not None:
                found.append(tag)
        return found


def _tag(kind: int, time: int, payload: bytes) -> Tag | None:
    if kind == PICTURE:
        return picture(time, payload)
    return sound(time, payload) if kind == SOUND else None


def picture(time: int, payload: bytes) -> Tag | None:
    """None for what says nothing. Raises `UnknownCodec`."""
    if payload[0] & NEWER or payload[0] & 15 != AVC:
        raise UnknownCodec
    if len(payload) < 6 or payload[1] > 1:
        return None
    return Tag(PICTURE, time, payload, is_setup=payload[1] == 0, is_key=payload[0] >> 4 == 1)


def sound(time: int, payload: bytes) -> Tag | None:
    """None for what says nothing. Raises `UnknownCodec`."""
    codec = payload[0] >> 4
    if codec not in (AAC, MP3):
        raise UnknownCodec
    if len(payload) < 3:
        return None
    return Tag(SOUND, time, payload, is_setup=codec == AAC and payload[1] == 0)
