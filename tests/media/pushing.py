"""An encoder as a test needs it: ffmpeg pushes a picture into which the time of day is written as black and white
blocks, for a page to read again from its `<video>`."""

import contextlib
import subprocess
import threading
import time

from apps.media.adapters import ffmpeg

PATIENCE_S = 40
WIDTH, HEIGHT, FPS = 320, 180, 15
ACROSS, DOWN = 8, 6
"""Blocks: 48 bits of milliseconds since the epoch."""

READ_CLOCK = """
([across, down, which = "#pushed"]) => {
  const video = document.querySelector(which);
  if (!video || video.readyState < 2) return null;
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 180 });
  const pen = canvas.getContext("2d");
  pen.drawImage(video, 0, 0, 320, 180);
  let clock = 0;
  for (let n = 0; n < across * down; n += 1) {
    const x = (n % across + 0.5) * 320 / across, y = (Math.floor(n / across) + 0.5) * 180 / down;
    clock = clock * 2 + (pen.getImageData(x, y, 1, 1).data[0] > 127 ? 1 : 0);
  }
  return { clock, now: Date.now(), at: video.currentTime, paused: video.paused };
}
"""

TROUBLE = """
() => {
  const { readyState, currentTime, paused, error, buffered } = document.querySelector("#pushed");
  const parts = [...Array(buffered.length)].map((_, n) => [buffered.start(n), buffered.end(n)]);
  return JSON.stringify({ readyState, currentTime, paused, error: error?.message, parts, said: window.hlsErrors });
}
"""

PLAY = """
async (url) => {
  const { default: Hls } = await import("hls.js");
  const video = Object.assign(document.createElement("video"), { id: "pushed", muted: true });
  document.body.append(video);
  const hls = new Hls({ liveSyncDurationCount: 2, enableWorker: false });
  window.hlsErrors = [];
  hls.on(Hls.Events.ERROR, (_name, data) => window.hlsErrors.push([data.details, data.fatal]));
  // What plays by itself rests while it is not on screen.
  hls.on(Hls.Events.MANIFEST_PARSED, () => video.play());
  hls.loadSource(url);
  hls.attachMedia(video);
}
"""


def frame():
    """What is on screen at this moment."""
    now, block_width, block_height = int(time.time() * 1000), WIDTH // ACROSS, HEIGHT // DOWN
    rows = []
    for row in range(DOWN):
        line = b"".join(
            (b"\xeb" if now >> (ACROSS * DOWN - 1 - row * ACROSS - column) & 1 else b"\x10") * block_width
            for column in range(ACROSS)
        )
        rows.append(line * block_height)
    return b"".join(rows)


class Encoder:
    def __init__(self, url, *, sound=True, size=f"{WIDTH}x{HEIGHT}"):
        tone = ("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000") if sound else ()
        self.process = subprocess.Popen(
            [
                *(ffmpeg.binary(), "-hide_banner", "-loglevel", "error"),
                *("-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS), "-i", "pipe:0"),
                *tone,
                *("-vf", f"scale={size.replace('x', ':')}:flags=neighbor"),
                *("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", str(FPS)),
                *("-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "flv", url),
            ],
            stdin=subprocess.PIPE,
        )
        self.ended_at = None
        threading.Thread(target=self._draw, daemon=True).start()
        threading.Thread(target=self._watch, daemon=True).start()

    def _draw(self):
        due = time.monotonic()
        try:
            while self.process.poll() is None:
                self.process.stdin.write(frame())
                self.process.stdin.flush()
                due = max(due + 1 / FPS, time.monotonic() - 1)
                time.sleep(max(0.0, due - time.monotonic()))
        except (BrokenPipeError, ValueError):
            return
        finally:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()

    def _watch(self):
        self.process.wait()
        self.ended_at = time.monotonic()

    def kill(self):
        self.process.kill()
        self.process.wait()


def wait_until(what, *, seconds=PATIENCE_S, told=lambda: ""):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError(f"It did not come about in {seconds} seconds. {told()}")
