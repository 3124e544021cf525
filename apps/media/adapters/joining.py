"""One file of what several takes brought, without encoding again, and a still of it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from apps.media.adapters import ffmpeg

FILM = "film.mp4"
STILL = "poster.jpg"
STILL_SIDE = 1280
LONGEST_SECONDS = 3 * 60 * 60.0


def join(takes: Sequence[Path], *, pulse: Callable[[float], None]) -> Path:
    """Takes are fragmented MP4s of the same codecs, beside each other in a folder; the film lies there too. Raises
    `FfmpegError`, and whatever `pulse` raises to stop."""
    folder = takes[0].parent
    (folder / "takes.txt").write_text("".join(f"file '{take.name}'\n" for take in takes))
    ffmpeg.run(
        [
            *("-protocol_whitelist", "file", "-f", "concat", "-safe", "1", "-i", "takes.txt"),
            *("-map", "0", "-c", "copy", "-map_metadata", "-1", "-movflags", "+faststart", "-y", FILM),
        ],
        timeout=LONGEST_SECONDS,
        cwd=folder,
        pulse=pulse,
    )
    return folder / FILM


def join_renditions(playlists: Sequence[Path], folder: Path, *, pulse: Callable[[float], None]) -> Path:
    """A picture and a sound, or one that is both, each by the playlist that lies beside its segments; as they are, in
    one file. Raises as `join` does."""
    inputs = [word for one in playlists for word in ("-protocol_whitelist", "file", "-f", "hls", "-i", str(one))]
    maps = [word for number in range(len(playlists)) for word in ("-map", str(number))]
    ffmpeg.run(
        [*inputs, *maps, "-c", "copy", "-map_metadata", "-1", "-movflags", "+faststart", "-y", FILM],
        timeout=LONGEST_SECONDS,
        cwd=folder,
        pulse=pulse,
    )
    return folder / FILM


def still(film: Path, *, at: float, pulse: Callable[[float], None]) -> Path | None:
    """The most telling of the pictures after a second of the film; a film is fine without one."""
    size = f"scale='min({STILL_SIDE},iw)':-2"
    try:
        ffmpeg.run(
            [
                *("-ss", f"{at:.2f}", *ffmpeg.film(film.name, demuxer="mov")),
                *("-vf", f"thumbnail=24,{size}", "-frames:v", "1", "-q:v", "4", "-map_metadata", "-1", "-y", STILL),
            ],
            timeout=120,
            cwd=film.parent,
            pulse=pulse,
        )
    except ffmpeg.FfmpegError:
        return None
    found = film.parent / STILL
    return found if found.is_file() else None
