"""A live stream as an encoder's push leaves it in storage, made by the command of the ingest role."""

import re
import subprocess
from datetime import timedelta

from apps.media import services
from apps.media.adapters import ffmpeg
from apps.media.adapters.ingest import ladder
from apps.media.registry import store
from tests.media.conftest import make, picture, tone

RUNGS = ladder.choose(640, 360, 25.0, (240, 360))
ENTRY = re.compile(r"#EXTINF:([0-9.]+),[^\n]*\n(\d+)\.m4s")
MAP = re.compile(r'#EXT-X-MAP:URI="(?:[^"]*/)?([^"/]+)"')


def render(folder, seconds=11):
    """What the ingest role writes while a push of so many seconds comes in; a folder for each rung."""
    coded = ("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p", "-c:a", "aac")
    push = make(folder / "push.flv", *picture("640x360", "25", seconds), *tone(seconds), *coded, "-ar", "48000")
    with push.open("rb") as file:
        command = [ffmpeg.binary(), "-loglevel", "error", *ladder.arguments(RUNGS, has_sound=True)]
        subprocess.run(command, stdin=file, cwd=folder, check=True, timeout=120)
    return folder


def bring(publisher, folder, *, begins):
    """A take of what lies there, its first picture at that moment."""
    take, files = services.begin_take(publisher, rungs=RUNGS, began_at=begins), {}
    for rung in RUNGS:
        place = folder / rung["name"]
        text = (place / "index.m3u8").read_text()
        store().put(place / MAP.search(text)[1], f"{take.folder}/{rung['name']}/init.mp4", content_type="video/mp4")
        files = {int(file): float(seconds) for seconds, file in ENTRY.findall(text)}
        for file in files:
            path = place / f"{file:05}.m4s"
            store().put(path, f"{take.folder}/{rung['name']}/{path.name}", content_type="video/iso.segment")
    at = begins
    for file, seconds in files.items():
        sizes = {rung["name"]: (folder / rung["name"] / f"{file:05}.m4s").stat().st_size for rung in RUNGS}
        assert services.add_segment(publisher, take, file=file, at=at, seconds=seconds, sizes=sizes)
        at += timedelta(seconds=seconds)
    return at
