"""Make a ladder from a source: one ffmpeg run, the measured rates that the master playlist states, and what is shown
around it: a still, the texts that came inside."""

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from math import ceil
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.media.adapters import ffmpeg, ladder, pieces, rates, storyboard
from apps.media.adapters.probe import Source
from apps.media.adapters.sound import Loudness

POSTER = "poster.jpg"
POSTER_SIDE = 1280
SLOWEST = 40.0  # times its length that a film may take on one slow core
LEAST_TAIL = 0.05
"""Two frames of AAC, in seconds."""
MOST_CAPTIONS = 8
MOST_CAPTION_BYTES = 4 * 1024 * 1024
_SEGMENT = re.compile(r"#EXTINF:([0-9.]+),[^\n]*\n([^#\n]+)")

Beat = Callable[[float], None]


@dataclass(frozen=True)
class Made:
    """The ladder that lies in the output folder; `rungs` and `sounds` as `models.Encoding` keeps them."""

    rungs: list[dict[str, Any]]
    sounds: list[dict[str, Any]]
    seconds: float
    has_storyboard: bool

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def make_ladder(
    source: Source,
    path: Path,
    output: Path,
    beat: Beat,
    *,
    loudness: Sequence[Loudness] = (),
    board: storyboard.Storyboard | None = None,
) -> Made:
    """Fill `output`; raises `FfmpegError`, and whatever `beat` raises to stop."""
    rungs = ladder.choose(source)
    command = ladder.arguments(
        source, rungs, path=str(path), loudness=loudness, storyboard=board, threads=settings.FFMPEG_THREADS
    )

    def written() -> float:
        """In whole segments: the storyboard begins with its first full sheet, long after the others."""
        return ladder.SEGMENT_SECONDS * sum(1 for _ in (output / rungs[0].name).glob("*.m4s"))

    ffmpeg.run(
        command,
        timeout=_most_seconds(source),
        cwd=output,
        pulse=lambda done: beat(min(done, source.duration)),
        written=written if board and rungs else None,
    )
    return _made(source, output, board)


def pieces_of(source: Source) -> list[pieces.Piece]:
    """Empty for a film that is made in one."""
    return pieces.divide(source, ladder.pictures_of_segment(source.fps) / source.fps)


def make_piece(piece: pieces.Piece, source: Source, path: Path, output: Path, beat: Beat) -> None:
    """Some minutes of the picture in all rungs; raises as `make_ladder` does."""
    command = ladder.arguments(
        replace(source, sounds=()),
        ladder.choose(source),
        path=str(path),
        piece=piece,
        threads=settings.FFMPEG_THREADS,
    )
    begins = float(piece.begins)
    ffmpeg.run(command, timeout=_most_seconds(source), cwd=output, pulse=lambda done: beat(begins + done))


def make_sounds(source: Source, path: Path, output: Path, beat: Beat, *, loudness: Sequence[Loudness]) -> None:
    """All sound, without the picture; raises as `make_ladder` does."""
    command = ladder.arguments(source, (), path=str(path), loudness=loudness, threads=settings.FFMPEG_THREADS)
    ffmpeg.run(command, timeout=_most_seconds(source), cwd=output, pulse=beat)


def join_pieces(
    source: Source,
    folders: Sequence[Path],
    sounds: Path | None,
    output: Path,
    beat: Beat,
    *,
    board: storyboard.Storyboard | None,
) -> Made:
    """The ladder from its pieces and its sounds, which stay as they are."""
    pieces.join(folders, output)
    if sounds:
        pieces.join([sounds], output)
    if board:
        storyboard.draw_afterwards(board, output / ladder.choose(source)[0].name, output, beat)
    return _made(source, output, board)


def _most_seconds(source: Source) -> float:
    return ffmpeg.LEAST_SECONDS + source.duration * SLOWEST


def _made(source: Source, output: Path, board: storyboard.Storyboard | None) -> Made:
    pictures = [rung.as_json() for rung in ladder.choose(source)]
    sounds = describe_sounds(source)
    seconds = 0.0
    for sound in sounds:
        drop_tail(output / sound["name"])
    for rendition in [*pictures, *sounds]:
        length, rendition["peak"], rendition["average"] = measure_rendition(output / rendition["name"])
        seconds = max(seconds, length)
    has_storyboard = board is not None and storyboard.write_index(board, output, seconds=seconds)
    return Made(pictures, sounds, round(seconds, 3), has_storyboard)


def drop_tail(folder: Path) -> None:
    """Where a film is as long as whole segments, what the encoder of its sound holds back is one more segment, which no
    player finds in its buffer: hls.js would wait for it, and the film never end."""
    index = folder / "index.m3u8"
    text = index.read_text() if index.is_file() else ""
    listed = list(_SEGMENT.finditer(text))
    if len(listed) < 2:
        return
    last = listed[-1]
    if float(last[1]) < LEAST_TAIL:
        index.write_text(text[: last.start()] + text[last.end() + 1 :])
        (folder / last[2]).unlink()


def describe_sounds(source: Source) -> list[dict[str, Any]]:
    """The renditions of sound that a source gets, without their rates."""
    names = ladder.sound_names(source.sounds)
    return [
        {
            "name": name, "language": sound.language, "title": sound.title, "role": sound.role,
            "codecs": ladder.CODECS_AUDIO, "channels": 2,
        }
        for name, sound in zip(names, source.sounds, strict=True)
    ]  # fmt: skip


def measure_rendition(folder: Path) -> tuple[float, int, int]:
    """Length in seconds, peak and average bits a second of a rendition (RFC 8216, 4.3.4.2)."""
    index = folder / "index.m3u8"
    if not index.is_file():  # a track without one packet
        raise ffmpeg.FfmpegError("corrupt", f"nothing was written of {folder.name}")
    listed = _SEGMENT.findall(index.read_text())
    if not listed:
        raise ffmpeg.FfmpegError("corrupt", "not one segment was written")
    segments = [(float(seconds), (folder / name).stat().st_size * 8) for seconds, name in listed]
    average = rates.average(segments)
    length = sum(seconds for seconds, _bits in segments)
    return length, ceil(max(rates.peak(segments), average)), ceil(average)


def write_captions(source: Source, path: Path, output: Path, beat: Beat) -> list[dict[str, str]]:
    """The texts inside the film as WebVTT; one that cannot be read does not cost the film."""
    found = []
    for n, words in enumerate(source.words[:MOST_CAPTIONS]):
        name = f"captions-{n}.vtt"
        try:
            ffmpeg.run(
                [
                    *ffmpeg.film(path, demuxer=source.demuxer),
                    *("-map", f"0:{words.stream}", "-c:s", "webvtt", "-f", "webvtt", "-y", name),
                ],
                timeout=ffmpeg.LEAST_SECONDS,
                cwd=output,
                pulse=beat,
            )
        except ffmpeg.FfmpegError as error:
            if error.reason in ("missing", "disk-full"):
                raise
            continue
        if (output / name).stat().st_size <= MOST_CAPTION_BYTES:
            found.append({"language": words.language, "file": name})
    return found


def write_storyboard(source: Source, path: Path, output: Path, beat: Beat) -> bool:
    """From the film's own key frames, where its pictures are decoded by somebody else; a film is fine without one."""
    board = storyboard.plan(source)
    if board is None:
        return False
    read = ("-skip_frame", "nokey", *ffmpeg.film(path, demuxer=source.demuxer))
    # The last key frame may be long before the end, and stands until then.
    whole = f"tpad=stop=-1:stop_mode=clone,trim=duration={source.duration + board.interval:.3f},"
    plain = whole + ladder.plain_range(source, board.width, board.height)
    try:
        ffmpeg.run(
            [
                *(*read, "-filter_complex", f"[0:{source.video_stream}]{plain}{board.filters()}[story]"),
                *("-map", "[story]", "-map_metadata", "-1", *board.output()),
            ],
            timeout=_most_seconds(source),
            cwd=output,
            pulse=beat,
        )
    except ffmpeg.FfmpegError as error:
        if error.reason in ("missing", "disk-full"):
            raise
        return False
    return storyboard.write_index(board, output, seconds=source.duration)


def write_poster(source: Source, path: Path, output: Path, beat: Beat) -> bool:
    """A still from a tenth of the way in, the most telling of the next pictures; a film is fine without one."""
    if not source.has_video:
        return False
    at = min(source.duration * 0.1, 60.0)
    scale = min(1.0, POSTER_SIDE / max(source.width, source.height))
    width, height = (max(2, round(side * scale)) for side in (source.width, source.height))
    still = "bwdif=deint=interlaced," if source.is_interlaced else ""
    still += ladder.plain_range(source, width, height)
    try:
        ffmpeg.run(
            [
                *("-ss", f"{at:.2f}", *ffmpeg.film(path, demuxer=source.demuxer)),
                *("-map", f"0:{source.video_stream}", "-vf", f"{still}thumbnail=24,scale={width}:{height}"),
                *("-frames:v", "1", "-q:v", "4", "-map_metadata", "-1", "-y", POSTER),
            ],
            timeout=120,
            cwd=output,
            pulse=beat,
        )
    except ffmpeg.FfmpegError:
        return False
    return (output / POSTER).is_file()
