"""A small stream that ffmpeg made, as a dictionary of its files; and where files of the platform lie."""

import subprocess

import pytest

from apps.media.adapters import ffmpeg
from tests.media.conftest import (  # noqa: F401
    FAST,
    anywhere,
    bucket,
    clip,
    disk,
    films,
    get,
    ladders,
    picture,
    playable,
    sent,
    small_clip,
    small_film,
    tone,
)

MASTER = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Sound",DEFAULT=YES,AUTOSELECT=YES,URI="sound/index.m3u8"
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="words",NAME="English",LANGUAGE="en",AUTOSELECT=YES,URI="words/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=9000000,CODECS="avc1.42c00a,mp4a.40.2",RESOLUTION=128x72,FRAME-RATE=10.000,AUDIO="sound",\
SUBTITLES="words"
small/index.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=9000000,CODECS="avc1.42c00b,mp4a.40.2",RESOLUTION=256x144,FRAME-RATE=10.000,\
AUDIO="sound",SUBTITLES="words"
large/index.m3u8
"""
WORDS = """#EXTM3U
#EXT-X-TARGETDURATION:5
#EXT-X-PLAYLIST-TYPE:VOD
#EXTINF:5,
0.vtt
#EXT-X-ENDLIST
"""
VTT = """WEBVTT
X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000

00:00.500 --> 00:02.000
Eleven mayors and eleven maps.
"""


@pytest.fixture(scope="session")
def made(films):  # noqa: F811
    """The files of a stream of five seconds in segments of two; read only."""
    folder = films / "stream"
    folder.mkdir()
    x264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "20", "-sc_threshold", "0")
    arguments = (
        *picture("256x144", "10", 5), *tone(5),
        "-filter_complex", "[0:v]split=2[a][b];[a]scale=128:72[small];[b]copy[large]",
        "-map", "[small]", "-map", "[large]", "-map", "1:a", *x264, "-c:a", "aac", "-b:a", "64k",
        "-f", "hls", "-hls_time", "2", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4",
        "-hls_flags", "independent_segments", "-hls_fmp4_init_filename", "init.mp4",
        "-hls_segment_filename", "%v/%d.m4s",
        "-var_stream_map", "v:0,name:small,agroup:s v:1,name:large,agroup:s a:0,name:sound,agroup:s",
        "%v/index.m3u8",
    )  # fmt: skip
    command = [ffmpeg.binary(), "-loglevel", "error", *arguments]
    subprocess.run(command, check=True, timeout=120, cwd=folder)
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    files |= {"master.m3u8": MASTER.encode(), "words/index.m3u8": WORDS.encode(), "words/0.vtt": VTT.encode()}
    return files


@pytest.fixture
def stream(made):
    """A copy of it, to be broken."""
    return dict(made)


@pytest.fixture
def fetch(event, enter, organiser, get):  # noqa: F811
    """What a browser of the organiser gets from an address; None where nothing is there."""
    client = enter(organiser)

    def read(url):
        if url.startswith(f"/e/{event.slug}/"):
            answer = client.get(url)
            return answer.content if answer.status_code == 200 else None
        status, body, _headers = get(url)
        return body if status == 200 else None

    return read
