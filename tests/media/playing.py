"""Streams for the browser tests: rendered by ffmpeg once, handed to the page as a server would, which may fail."""

import json
import re
import subprocess
from pathlib import Path

from apps.media.adapters import ffmpeg

SECONDS = 40
SEGMENT = 2

MASTER = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,URI="/hls/en.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Deutsch",LANGUAGE="de",DEFAULT=NO,AUTOSELECT=YES,URI="/hls/de.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=200000,CODECS="avc1.42c00d,mp4a.40.2",RESOLUTION=320x180,FRAME-RATE=10,AUDIO="sound"
/hls/180.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=500000,CODECS="avc1.42c01e,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=10,AUDIO="sound"
/hls/360.m3u8
"""


def render(folder: Path) -> Path:
    """Two pictures and two sounds, each cut into segments of two seconds."""
    hls = ("-f", "hls", "-hls_time", str(SEGMENT), "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4")
    coded = ("-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "baseline", "-pix_fmt", "yuv420p", "-g", "20")
    made = {
        "180": ("-f", "lavfi", "-i", f"testsrc2=size=320x180:rate=10:duration={SECONDS}", *coded),
        "360": ("-f", "lavfi", "-i", f"testsrc2=size=640x360:rate=10:duration={SECONDS}", *coded),
        "en": ("-f", "lavfi", "-i", f"sine=frequency=440:duration={SECONDS}", "-c:a", "aac"),
        "de": ("-f", "lavfi", "-i", f"sine=frequency=880:duration={SECONDS}", "-c:a", "aac"),
    }
    for name, source in made.items():
        names = ("-hls_fmp4_init_filename", f"{name}-init.mp4", "-hls_segment_filename", f"{name}-%03d.m4s")
        command = [ffmpeg.binary(), "-loglevel", "error", "-y", *source, *hls, *names, f"{name}.m3u8"]
        subprocess.run(command, cwd=folder, check=True, timeout=120)
    return folder


class Stream:
    """What a page is given instead of the film's own playlist. `asked` are the names that were asked for, in order;
    `fails(name)` says what the server answers instead: a status, "abort", bytes, or None."""

    def __init__(self, page, folder: Path, master: str = MASTER) -> None:
        self.folder, self.master = folder, master
        self.asked: list[str] = []
        self.fails = lambda name: None
        page.route(re.compile(r"/media/[\w-]+/master\.m3u8$"), self.answer)
        page.route("**/hls/**", self.answer)

    def answer(self, route) -> None:
        name = route.request.url.rpartition("/")[2]
        self.asked.append(name)
        wrong = self.fails(name)
        if wrong == "abort":
            route.abort("connectionfailed")
        elif isinstance(wrong, int):
            route.fulfill(status=wrong, body="")
        elif wrong is not None:
            route.fulfill(body=wrong, content_type="video/mp4")
        elif name == "master.m3u8":
            route.fulfill(body=self.master, content_type="application/vnd.apple.mpegurl")
        else:
            kind = "application/vnd.apple.mpegurl" if name.endswith(".m3u8") else "video/mp4"
            route.fulfill(path=self.folder / name, content_type=kind, headers={"Cache-Control": "no-store"})

    def segments(self, prefix: str) -> list[str]:
        return [name for name in self.asked if name.startswith(f"{prefix}-") and name.endswith(".m4s")]


def plays_beyond(page, second: float) -> None:
    page.wait_for_function(
        "(second) => { const v = document.querySelector('video'); return !v.paused && v.currentTime > second; }",
        arg=second,
    )


def second(page) -> float:
    return page.evaluate("() => document.querySelector('video').currentTime")


def kept(page) -> dict:
    return json.loads(page.evaluate("() => localStorage.getItem('plenary.player')") or "{}")
