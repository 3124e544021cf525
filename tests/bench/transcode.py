"""What our job adds to ffmpeg, and what one decoding for all rungs saves.

    python -m tests.bench.transcode [--seconds 60] [--runs 3] [--json]

A moving picture of 1080p with noise in it, and sound, is rendered first. Then these take turns, in another order each
round, and the median of each counts, in CPU time of this process and all that it started:

bare     one ffmpeg command, written down here, that makes the same ladder
ladder   our whole job as a worker does it (row, lease, digest, probe, ladder, measured rates, storing) without extras
job      the same with them: loudness measured and given, storyboard, waveform, still
naive    one ffmpeg command for each rendition

overhead_ratio   ladder / bare, to be 1.10 or less
extras_ratio     (job - ladder) / bare: what loudness, storyboard, waveform and still cost on top
naive_over_ours  naive / ladder, to be 1.3 or more

The database and Redis are private ones, and their own time is not in it. `rungs` has each rendition's size in pixels,
bytes, bits a second and SSIM against the source, scaled up to it (VMAF beside it where ffmpeg has libvmaf). A run in
which `bare` and `ladder` did not make the same renditions, of nearly the same bytes, ends with 1.
"""

import argparse
import json
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.hall import services

SIZE, FPS = "1920x1080", 30
SEGMENT = 4
GOP = FPS * SEGMENT
ALIKE = 0.02  # of the bytes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60, help="of the source")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="one line of JSON, last")
    asked = parser.parse_args()
    with services(), tempfile.TemporaryDirectory(prefix="plenary-bench-") as folder:
        figures = Bench(Path(folder), asked.seconds).run(asked.runs)
    for name, value in figures.items():
        print(f"{name:<18} {value}")
    if asked.json:
        print(json.dumps(figures))
    if wrong := faults(figures):
        sys.exit("\n".join(wrong))


def faults(figures):
    """Why the figures do not compare what they say."""
    wrong = []
    if figures["bare_rungs"] != [*figures["rungs"]]:
        wrong.append(f"The bare command made {figures['bare_rungs']}, the job {[*figures['rungs']]}.")
    ours = sum(rung["bytes"] for rung in figures["rungs"].values())
    if abs(figures["bare_bytes"] - ours) > ALIKE * ours:
        wrong.append(f"The bare command wrote {figures['bare_bytes']} bytes, the job {ours}.")
    return wrong


class Bench:
    def __init__(self, folder, seconds):
        from apps.media.adapters import ffmpeg, ladder
        from tests.media import renditions

        self.folder, self.seconds, self.ffmpeg = folder, seconds, ffmpeg.binary()
        # What a worker does once in its life is no part of a film's cost.
        self.film = self.render(folder / "small.mp4", "64x36", 1)
        self.job(self.empty("job"))
        self.film = self.render(folder / "source.mp4", SIZE, seconds)
        self.rungs = ladder.choose(renditions.source_of(self.film))

    def render(self, path, size, seconds):
        picture = f"testsrc2=size={size}:rate={FPS}:duration={seconds},noise=alls=5:allf=t"
        sound = f"anoisesrc=color=pink:amplitude=0.2:duration={seconds},tremolo=f=0.5:d=0.8"
        self.call(
            *("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-pix_fmt", "yuv420p"),
            *("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-c:a", "aac", "-b:a", "192k", str(path)),
        )
        return path

    def run(self, runs):
        ways = {"bare": self.bare, "ladder": self.ladder, "job": self.job, "naive": self.naive}
        spent = {name: [] for name in ways}
        for number in range(runs):
            names = [*ways]
            for name in names[number % len(names) :] + names[: number % len(names)]:
                before = cpu()
                ways[name](self.empty(name))
                spent[name].append(cpu() - before)
                print(f"{name} took {spent[name][-1]:.2f} s of CPU time", file=sys.stderr)
        took = {name: statistics.median(times) for name, times in spent.items()}
        bare = self.sizes(self.folder / "bare")
        return {
            "seconds": self.seconds,
            "runs": runs,
            **{f"{name}_cpu_s": round(time, 2) for name, time in took.items()},
            "overhead_ratio": round(took["ladder"] / took["bare"], 3),
            "extras_ratio": round((took["job"] - took["ladder"]) / took["bare"], 3),
            "naive_over_ours": round(took["naive"] / took["ladder"], 3),
            "bare_rungs": [*bare],
            "bare_bytes": sum(bare.values()),
            "rungs": self.quality(self.folder / "ladder"),
        }

    def empty(self, name):
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    # The ways -------------------------------------------------------------------------------------------------
    def bare(self, output):
        """As somebody would type it who wants this ladder."""
        split = "".join(f"[s{n}]" for n in range(len(self.rungs)))
        graph = [f"[0:v]fps={FPS},split={len(self.rungs)}{split}"]
        graph += [f"[s{n}]scale={rung.width}:{rung.height}[v{n}]" for n, rung in enumerate(self.rungs)]
        maps = [word for n, rung in enumerate(self.rungs) for word in ("-map", f"[v{n}]", *x264(rung, f":v:{n}"))]
        names = [f"v:{n},name:{rung.name}" for n, rung in enumerate(self.rungs)] + ["a:0,name:sound"]
        self.call(
            *("-i", str(self.film), "-filter_complex", ";".join(graph), *maps, "-map", "0:a", *AAC, *HLS),
            *("-hls_segment_filename", "%v/%05d.m4s", "-var_stream_map", " ".join(names), "%v/index.m3u8"),
            cwd=output,
        )

    def naive(self, output):
        for rung in self.rungs:
            size = ("-vf", f"fps={FPS},scale={rung.width}:{rung.height}")
            self.rendition(output / rung.name, "-map", "0:v", *size, *x264(rung, ""))
        self.rendition(output / "sound", "-map", "0:a", *AAC)

    def rendition(self, folder, *words):
        folder.mkdir()
        self.call("-i", str(self.film), *words, *HLS, "-hls_segment_filename", "%05d.m4s", "index.m3u8", cwd=folder)

    def ladder(self, output):
        """The job, with the steps left out that a bare ladder has not."""
        from unittest.mock import patch

        from apps.media.adapters import sound

        plain = [sound.Loudness(None, 0.0, 0.0, is_limited=False)]
        steps = "apps.media.services.making"
        with (
            patch(f"{steps}.sound.measure", lambda *_args: plain),
            patch(f"{steps}.storyboard.plan", lambda _source: None),
            patch(f"{steps}.encode.write_poster", lambda *_args: False),
        ):
            self.job(output)

    def job(self, output):
        from apps.events.models import Event
        from apps.media import services as media
        from apps.media.adapters.disk import DiskStore
        from apps.media.models import Encoding
        from tests.factories.events import EventFactory

        event = Event.objects.first() or EventFactory()
        Encoding.objects.all().delete()  # or the same bytes would be ready at once
        asset = media.ingest_file(event, self.film, title="Bench", wait=True)
        if asset.state != asset.State.READY or asset.encoding is None:
            raise RuntimeError(f"The job ended with {asset.error}: {asset.job.detail}")
        shutil.move(DiskStore().root / asset.encoding.folder, output / "made")
        for path in (output / "made").iterdir():
            shutil.move(path, output)
        media.delete_asset(asset)

    # What came of them ----------------------------------------------------------------------------------------
    def sizes(self, folder):
        """By rendition, the bytes of its segments."""
        names = [*(rung.name for rung in self.rungs), "sound"]
        return {
            name: sum(path.stat().st_size for path in (folder / name).glob("*.m4s"))
            for name in names
            if (folder / name).is_dir()
        }

    def quality(self, folder):
        found = {}
        filters = subprocess.run([self.ffmpeg, "-filters"], capture_output=True, text=True, check=True).stdout
        shown = {rung.name: rung for rung in self.rungs}
        for name, size in self.sizes(folder).items():
            found[name] = {"bytes": size, "bits_per_s": round(size * 8 / self.seconds)}
            if rung := shown.get(name):
                film = joined(folder / name)
                found[name] |= {"width": rung.width, "height": rung.height, "ssim": self.compare(film, "ssim", "All:")}
                if " libvmaf " in filters:
                    found[name]["vmaf"] = self.compare(film, "libvmaf", "VMAF score: ")
        return found

    def compare(self, film, meter, word):
        graph = f"[0:v]scale={SIZE.replace('x', ':')}:flags=bicubic,settb=AVTB[a];[1:v]settb=AVTB[b];[a][b]{meter}"
        told = self.call("-i", str(film), "-i", str(self.film), "-filter_complex", graph, "-f", "null", "-", say="info")
        return round(float(re.findall(rf"{word}([\d.]+)", told)[-1]), 4)

    def call(self, *words, cwd=None, say="error"):
        command = [self.ffmpeg, "-hide_banner", "-nostdin", "-nostats", "-loglevel", say, "-y", *words]
        ended = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
        if ended.returncode:
            raise RuntimeError(ended.stderr[-2000:])
        return ended.stderr


AAC = ("-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000")
HLS = (
    *("-f", "hls", "-hls_time", str(SEGMENT), "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"),
    *("-hls_flags", "independent_segments", "-hls_fmp4_init_filename", "init.mp4"),
)


def x264(rung, stream):
    """The settings that `docs/transcoding.md` tells; `stream` as ffmpeg says to which one they belong."""
    told = {
        "c": "libx264" if stream else None, "c:v": None if stream else "libx264", "preset": "veryfast", "crf": 23,
        "profile": rung.profile, "level": rung.level, "maxrate": f"{rung.kbps}k", "bufsize": f"{2 * rung.kbps}k",
        "pix_fmt": "yuv420p", "g": GOP, "keyint_min": GOP, "sc_threshold": 0,
    }  # fmt: skip
    return [word for name, value in told.items() if value is not None for word in (f"-{name}{stream}", str(value))]


def joined(folder):
    film = folder / "joined.mp4"
    parts = [*folder.glob("init*.mp4"), *sorted(folder.glob("*.m4s"))]
    film.write_bytes(b"".join(path.read_bytes() for path in parts))
    return film


def cpu():
    """Seconds of this process and of those that it started and that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()
