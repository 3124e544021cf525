"""Render the demo's film: the stage of a session with its slides, four people and soft music, and its captions."""

import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from apps.media.adapters import ffmpeg
from apps.venue.demo import film_slides as slides
from apps.venue.demo import film_sound
from apps.venue.demo.film_drawing import ROOM, Canvas

FPS = 15
FADE_FRAMES = 8
_WORDS_A_SECOND = 2.35
_PAUSE = 1.9
_JPEG: dict[str, Any] = {"quality": 95, "subsampling": 0}


@dataclass(frozen=True)
class Moment:
    """One state of a slide, and what is said while it stands."""

    slide: str
    shown: int
    speaker: str
    says: str

    @property
    def seconds(self) -> float:
        return max(4.5, len(self.says.split()) / _WORDS_A_SECOND + _PAUSE)

    @property
    def turns(self) -> bool:
        """Whether a new slide begins; the map of the meadows begins with the first of them."""
        return self.shown == (1 if self.slide == "meadows" else 0)

    def draw(self) -> Canvas:
        drawn: Canvas = getattr(slides, self.slide)(self.shown)
        return drawn


TALK = tuple(
    Moment(**moment)
    for moment in tomllib.loads((Path(__file__).parent / "content/film.toml").read_text(encoding="utf-8"))["moment"]
)


# Name, wall, clothes, skin, hair, and how the hair is worn.
_PEOPLE = (
    ("Oduya Barasa", "#31565a", "#e8e2d2", "#8a5a3c", "#1c1310", "short"),
    ("Tomasz Wrede", "#4a4a38", "#35505e", "#e2b592", "#8c8578", "beard"),
    ("Marit Aldersey", "#3c4455", "#a8483a", "#edc7a8", "#5a3620", "bun"),
    ("Amara Lindqvist", "#2f4d46", "#22343c", "#d9a679", "#d8c9a8", "long"),
)


def length() -> float:
    return sum(moment.seconds for moment in TALK)


def render_film(path: Path) -> Path:
    """Write the film as an MP4 of 1280 by 720 with its captions inside; raises `FfmpegError`."""
    with tempfile.TemporaryDirectory(prefix="plenary-film-") as name:
        folder = Path(name)
        _draw(folder)
        starts = [sum(m.seconds for m in TALK[:n]) for n in range(len(TALK))]
        turns = [start for start, moment in zip(starts, TALK, strict=True) if start and moment.turns]
        film_sound.write(folder / "sound.wav", seconds=length(), bells=turns)
        (folder / "words.srt").write_text(_captions(starts), encoding="utf-8")
        ffmpeg.run(_arguments(path.resolve()), timeout=300, cwd=folder)
    return path


def _draw(folder: Path) -> None:
    tiles = [[_tile(n, is_speaking=on) for on in (False, True)] for n in range(4)]
    corners = _corners(slides.WIDTH, slides.HEIGHT)
    shown = ["ffconcat version 1.0"]
    before: Image.Image | None = None
    for n, moment in enumerate(TALK):
        stage = Image.new("RGB", (1280, 720), ROOM)
        stage.paste(moment.draw().done(), (24, 24), corners)
        for seat, (quiet, speaking) in enumerate(tiles):
            stage.paste(speaking if _PEOPLE[seat][0] == moment.speaker else quiet, (962, 22 + seat * 171))
        stage.save(folder / f"{n}.jpg", **_JPEG)
        fading = FADE_FRAMES if before else 0
        for step in range(fading):
            name = f"{n}-{step}.jpg"
            Image.blend(before or stage, stage, _ease((step + 1) / (fading + 1))).save(folder / name, **_JPEG)
            shown += [f"file {name}", f"duration {1 / FPS:.6f}"]
        shown += [f"file {n}.jpg", f"duration {moment.seconds - fading / FPS:.6f}"]
        before = stage
    # The last picture is named twice: its duration is else not heard.
    (folder / "stills.txt").write_text("\n".join([*shown, f"file {len(TALK) - 1}.jpg"]))


def _ease(share: float) -> float:
    return share * share * (3 - 2 * share)


def _corners(width: int, height: int) -> Image.Image:
    mask = Canvas(width, height, "#000000")
    mask.rect((0, 0, width - 1, height - 1), fill="#ffffff", round_by=10)
    return mask.done().convert("L")


def _tile(seat: int, *, is_speaking: bool) -> Image.Image:
    name, wall, clothes, skin, hair, style = _PEOPLE[seat]
    tile = Canvas(296, 163, ROOM)
    if is_speaking:
        tile.rect((0, 0, 295, 162), fill="#ff8a4c", round_by=12)
    tile.rect((4, 4, 291, 158), fill=wall, round_by=9)
    x, y = 148, 66
    if style == "long":
        tile.rect((x - 34, y - 40, x + 34, y + 50), fill=hair, round_by=32)
    if style == "bun":
        tile.circle((x, y - 38), 13, fill=hair)
    tile.rect((x - 70, y + 44, x + 70, 158), fill=clothes, round_by=44)
    tile.rect((x - 70, y + 72, x + 70, 158), fill=clothes)
    tile.rect((x - 12, y + 14, x + 12, y + 56), fill=skin, round_by=11)
    if style != "long":
        tile.ellipse((x - 28, y - 36, x + 28, y + 16), fill=hair)
    tile.ellipse((x - 25, y - 30, x + 25, y + 32), fill=skin)
    if style == "beard":
        tile.rect((x - 25, y + 4, x + 25, y + 33), fill=hair, round_by=18)
        tile.ellipse((x - 14, y - 6, x + 14, y + 16), fill=skin)
    if style in ("long", "bun"):
        tile.shape(((x - 27, y - 2), (x - 14, y - 34), (x + 16, y - 34), (x + 27, y - 2), (x + 6, y - 20)), fill=hair)
    tile.text((16, 146), name, 17, weight="SemiBold", fill="#ffffff", edge="#10201f")
    return tile.done()


def _arguments(path: Path) -> list[str]:
    river = f"anoisesrc=color=brown:amplitude=0.09:sample_rate={film_sound.RATE}:duration={length():.1f}"
    sound = (
        "[1]aecho=0.8:0.6:90|170:0.25|0.18[music];[3]lowpass=f=420,tremolo=f=0.12:d=0.6[river];"
        "[music][river]amix=inputs=2:duration=first:normalize=0,alimiter=limit=0.9[sound]"
    )
    return [
        *("-f", "concat", "-i", "stills.txt", "-i", "sound.wav", "-i", "words.srt", "-f", "lavfi", "-i", river),
        *("-filter_complex", f"[0]scale=out_range=tv,format=yuv420p,fps={FPS}[picture];{sound}"),
        *("-map", "[picture]", "-map", "[sound]", "-map", "2"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-tune", "stillimage", "-crf", "20", "-g", str(FPS * 4)),
        *("-c:a", "aac", "-b:a", "112k", "-c:s", "mov_text", "-metadata:s:s:0", "language=eng"),
        *("-t", f"{length():.3f}", "-movflags", "+faststart", "-y", str(path)),
    ]


def _captions(starts: list[float]) -> str:
    cues = []
    for n, (start, moment) in enumerate(zip(starts, TALK, strict=True)):
        end = start + moment.seconds - 0.4
        cues.append(f"{n + 1}\n{_clock(start + 0.3)} --> {_clock(end)}\n{moment.says}\n")
    return "\n".join(cues)


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02},{int(seconds % 1 * 1000):03}"
