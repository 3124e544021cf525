"""The outermost boxes of an MP4 or QuickTime file (ISO 14496-12, 4.2): whether it was written to its end."""

from pathlib import Path

MOST_BOXES = 100_000  # a fragmented recording of a day has some ten thousand


class Broken(Exception):
    """`reason` is no-moov, where the index is missing without which nothing can be read, or cut-off."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(detail or reason)
        self.reason = reason


def check(path: Path) -> None:
    """Raises `Broken`. A file whose index stands first opens well and then ends early, without a word of ffmpeg's."""
    size, at, has_index = path.stat().st_size, 0, False
    with path.open("rb") as file:
        for _ in range(MOST_BOXES):
            file.seek(at)
            head = file.read(16)
            if len(head) < 8:
                break
            length, kind = int.from_bytes(head[:4]), head[4:8]
            if length == 1:
                length = int.from_bytes(head[8:16])
            elif length == 0:  # to the end of the file
                length = size - at
            if length < 8:  # not a box: some programs leave padding behind the last one
                break
            has_index = has_index or kind == b"moov"
            at += length
            if at > size:
                raise Broken(
                    "cut-off" if has_index and kind != b"moov" else "no-moov", f"{kind!r} ends at {at} of {size}"
                )
    if not has_index:
        raise Broken("no-moov")
