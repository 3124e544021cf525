"""Run ffmpeg: find the binary, follow its progress, and say in one sentence why it failed."""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import IO

from django.conf import settings

LEAST_SECONDS = 600.0  # what a run may take, however short the film
STALL_SECONDS = 120  # without a frame for this long, ffmpeg will never end
PULSE_SECONDS = 0.25
MOST_WORDS = 64 * 1024
MOST_PIXELS = 8192 * 8192
"""Of a picture that is decoded: a film may grow beyond what its head says."""

Pulse = Callable[[float], None]  # seconds of media written so far; may raise to stop the run


class FfmpegError(Exception):
    """ffmpeg is missing, stalled, or refused the input; `detail` keeps its own last words."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


@cache
def binary() -> str:
    """The ffmpeg to run: the setting's, else the one on the PATH, else the one in the imageio-ffmpeg wheel."""
    if settings.FFMPEG:
        return str(settings.FFMPEG)
    if found := shutil.which("ffmpeg"):
        return found
    import imageio_ffmpeg  # noqa: PLC0415 - carries 80 MB; only looked at where the machine has none

    return str(imageio_ffmpeg.get_ffmpeg_exe())


def film(path: Path | str, *, demuxer: str) -> list[str]:
    """The words by which a film is read: in this one way, from files alone, and no picture beyond what we take."""
    return ["-protocol_whitelist", "file", "-max_pixels", str(MOST_PIXELS), "-f", demuxer, "-i", str(path)]


def run(
    arguments: Sequence[str],
    *,
    timeout: float,
    pulse: Pulse | None = None,
    cwd: Path | None = None,
    stall: float = STALL_SECONDS,
    is_told: bool = False,
    written: Callable[[], float] | None = None,
) -> str:
    """Run ffmpeg to its end, calling `pulse` four times a second; with `is_told`, what its filters say is returned.

    `pulse` is called while ffmpeg is silent too, so that a lease can be kept; whatever it raises ends
    ffmpeg and is raised again. `written` says how many seconds lie in the output, where ffmpeg itself says so too late:
    it tells nothing before each of its outputs has begun. Input and output protocols are the caller's to limit.
    """
    command = [
        *_die_with_parent(),
        binary(),
        *("-hide_banner", "-nostdin", "-loglevel", "info" if is_told else "error", "-nostats", "-stats_period", "0.5"),
        *("-progress", "pipe:1"),
        *arguments,
    ]
    with tempfile.TemporaryFile() as words:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=words,
                cwd=cwd,
                start_new_session=True,
            )
        except OSError as error:
            raise FfmpegError("missing", str(error)) from error
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, settings.FFMPEG_NICENESS)
        try:
            _follow(process, _reading_end(process), timeout=timeout, stall=stall, pulse=pulse, written=written)
        finally:
            _end(process)
        if process.returncode:
            detail = _last_words(words, 4000)
            raise FfmpegError(_reason(detail), detail)
        return _last_words(words, MOST_WORDS) if is_told else ""


def _follow(
    process: "subprocess.Popen[bytes]",
    pipe: int,
    *,
    timeout: float,
    stall: float,
    pulse: Pulse | None,
    written: Callable[[], float] | None,
) -> None:
    started = moved = beaten = time.monotonic()
    done, rest = 0.0, b""
    while True:
        ready, _, _ = select.select([pipe], [], [], PULSE_SECONDS)
        now = time.monotonic()
        if ready:
            chunk = os.read(pipe, 65536)
            if not chunk:
                break
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                seconds = _seconds(line)
                if seconds > done:
                    done, moved = seconds, now
        if written and now - beaten >= PULSE_SECONDS and (seconds := written()) > done:
            done, moved = seconds, now
        if now - started > timeout:
            raise FfmpegError("timeout", f"not done after {timeout:.0f} seconds")
        if now - moved > stall:
            raise FfmpegError("stalled", f"nothing written for {stall:.0f} seconds")
        if pulse and now - beaten >= PULSE_SECONDS:
            beaten = now
            pulse(done)
    process.wait(timeout=30)


def _reading_end(process: "subprocess.Popen[bytes]") -> int:
    if process.stdout is None:
        raise FfmpegError("failed", "its progress cannot be read")
    return process.stdout.fileno()


def _seconds(line: bytes) -> float:
    """The value of a progress line `out_time_us=…`, else 0; ffmpeg says N/A before the first frame."""
    name, _, value = line.partition(b"=")
    if name != b"out_time_us":
        return 0.0
    try:
        return int(value) / 1_000_000
    except ValueError:
        return 0.0


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.stdout is not None:
        process.stdout.close()
    if process.poll() is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=30)


@cache
def _die_with_parent() -> tuple[str, ...]:
    """A prefix that makes Linux end ffmpeg when the worker is killed without a chance to do it itself."""
    setpriv = shutil.which("setpriv")
    if not setpriv:
        return ()
    prefix = (setpriv, "--pdeathsig", "KILL")
    known = subprocess.run([*prefix, "true"], capture_output=True, timeout=10, check=False)
    return prefix if known.returncode == 0 else ()


def _last_words(words: IO[bytes], most: int) -> str:
    size = words.seek(0, os.SEEK_END)
    words.seek(max(0, size - most))
    return words.read().decode("utf-8", "replace").strip()


def _reason(detail: str) -> str:
    said = detail.lower()
    if "no space left" in said:
        return "disk-full"
    if "moov atom not found" in said:
        return "no-moov"
    if "end of file" in said:
        return "cut-off"
    if "not found for input stream" in said or "could not find codec" in said:
        return "unknown-codec"
    if "invalid data" in said or "error while decoding" in said:
        return "corrupt"
    return "failed"
