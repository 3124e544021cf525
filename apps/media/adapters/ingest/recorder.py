"""What a browser's MediaRecorder sends, made by ffmpeg into what an encoder would send: H.264 and AAC in FLV, of one
size, with a key frame each second. So whoever is put on stage is there at once, whatever browser they have."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator

from apps.media.adapters import ffmpeg
from apps.media.adapters.ingest import glimpses
from apps.media.adapters.rtmp import flv

WIDTH, HEIGHT, FPS = 1280, 720, 30
MOST_WAITING_BYTES = 4 * 1024 * 1024
"""Of what ffmpeg has not read yet: some ten seconds. Nothing can be left out of a recording, so that is its end."""
READ_BYTES = 64 * 1024
END_SECONDS = 2.0
FORMS = {"video/webm": "matroska", "video/mp4": "mp4"}
CODECS = "vp8,libvpx,vp9,libvpx-vp9,av1,libdav1d,libaom-av1,h264,opus,libopus,aac"
"""The decoders that ffmpeg may use for it, of one name or another."""
MOST_PIXELS = 3840 * 2160
AAC_DELAY = 1024
"""Samples by which the encoder begins early: FLV has no moment before the first."""
NOT_TOO_MANY = r"select=isnan(prev_selected_t)+gte(t-prev_selected_t\,0.015)"
"""Pictures as they come, and 66 a second at most."""


def arguments(form: str, *, pictures: int) -> list[str]:
    """`pictures` is the pipe to which small pictures go; how loud it is goes to stderr."""
    fit = f"scale={WIDTH}:{HEIGHT}:force_original_aspect_ratio=decrease:flags=bilinear,pad={WIDTH}:{HEIGHT}:-1:-1"
    return [
        *("-hide_banner", "-loglevel", "error"),
        *("-analyzeduration", "500000", "-probesize", "1000000", "-fpsprobesize", "0"),
        *("-protocol_whitelist", "pipe", "-codec_whitelist", CODECS, "-max_pixels", str(MOST_PIXELS)),
        *("-threads", "2", "-f", form, "-i", "pipe:0", "-map", "0:v:0", "-map", "0:a:0?"),
        *("-vf", f"{NOT_TOO_MANY},{fit},setsar=1,format=yuv420p", "-fps_mode", "vfr"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-threads", "2"),
        *("-crf", "20", "-maxrate", "6000k", "-bufsize", "6000k"),
        *("-g", "600", "-sc_threshold", "0", "-force_key_frames", "expr:gte(t,n_forced)"),
        *("-c:a", "aac", "-b:a", "160k", "-ac", "2", "-ar", "48000"),
        *("-af", f"aresample=async=1:first_pts={AAC_DELAY},{glimpses.SOUND_FILTER}"),
        # An MP4 brings a second of picture, then one of sound; what is later still does not hold the other up.
        *("-max_interleave_delta", "2000000", "-flush_packets", "1"),
        *("-flvflags", "no_duration_filesize", "-f", "flv", "pipe:1"),
        *glimpses.picture_arguments(pictures),
    ]


class Recorder:
    """One recording, from its first chunk to its end."""

    def __init__(self, kind: str) -> None:
        """`kind` is one of `FORMS`."""
        self._form = FORMS[kind]
        self._process: asyncio.subprocess.Process | None = None
        self._pipe: asyncio.ReadTransport | None = None
        self._watching: list[asyncio.Task[None]] = []
        self._picture = b""
        self._loudest = 0

    async def start(self) -> None:
        seen, pictures = os.pipe()
        try:
            self._process = await asyncio.create_subprocess_exec(
                ffmpeg.binary(), *arguments(self._form, pictures=pictures),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
                pass_fds=[pictures], start_new_session=True,
            )  # fmt: skip
        except BaseException:
            os.close(seen)
            raise
        finally:
            os.close(pictures)
        reader = asyncio.StreamReader()
        self._pipe, _protocol = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(seen, "rb", buffering=0)
        )
        # Both are read to their end by themselves: a pipe that nobody empties would stop ffmpeg.
        self._watching = [asyncio.create_task(self._look(reader)), asyncio.create_task(self._hear())]

    def glimpse(self) -> tuple[bytes, int] | None:
        """The newest small picture, and how loud it was at most since the last one; None where there is none since."""
        if not self._picture:
            return None
        found = self._picture, self._loudest
        self._picture, self._loudest = b"", 0
        return found

    async def _look(self, reader: asyncio.StreamReader) -> None:
        found = glimpses.Pictures()
        while data := await reader.read(READ_BYTES):
            for picture in found.feed(data):
                self._picture = picture

    async def _hear(self) -> None:
        said = self._process.stderr if self._process else None
        rest = b""
        while said is not None and (data := await said.read(READ_BYTES)):
            *lines, rest = (rest + data).split(b"\n")
            rest = rest[-READ_BYTES:]
            for line in lines:
                self._loudest = max(self._loudest, glimpses.loudness(line) or 0)

    def write(self, chunk: bytes) -> bool:
        """False where ffmpeg does not keep up, or has ended."""
        pipe = self._process.stdin if self._process else None
        if pipe is None or pipe.is_closing() or pipe.transport.get_write_buffer_size() > MOST_WAITING_BYTES:
            return False
        pipe.write(chunk)
        return True

    async def tags(self) -> AsyncIterator[flv.Tag]:
        """Until the recording ends, or cannot be read."""
        reader = flv.Reader()
        output = self._process.stdout if self._process else None
        while output is not None and (data := await output.read(READ_BYTES)):
            for tag in reader.feed(data):
                yield tag

    async def end(self) -> None:
        process = self._process
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                await process.wait()
        if self._pipe is not None:
            self._pipe.close()
        for task in self._watching:
            task.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)
