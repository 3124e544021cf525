"""The bench of transcoding: it runs on a second of film, and fails where it compares unlike things."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import transcode

ROOT = Path(__file__).parents[2]
NOT_THERE = ("DATABASE_URL", "REDIS_URL", "STATIC_ROOT")
MOST_SECONDS = 600
RUNGS = ["240p", "360p", "480p", "720p", "1080p", "sound"]


def test_transcoding_is_measured(tmp_path):
    environ = {key: value for key, value in os.environ.items() if key not in NOT_THERE}
    ended = subprocess.run(
        [sys.executable, "-m", "tests.bench.transcode", "--seconds", "1", "--runs", "1", "--json"],
        cwd=ROOT,
        env=environ | {"PLENARY_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr[-3000:]
    figures = json.loads(ended.stdout.splitlines()[-1])
    assert [*figures["rungs"]] == figures["bare_rungs"] == RUNGS
    assert all(0.5 < rung["ssim"] <= 1 for name, rung in figures["rungs"].items() if name != "sound")
    # Of one second, what a process costs to start is most of it: the ratios are told for a minute.
    assert figures["overhead_ratio"] > 0.5
    assert figures["naive_over_ours"] > 0
    assert "extras_ratio" in figures


def figures(**changed):
    same = {"bare_rungs": ["240p", "sound"], "bare_bytes": 1000}
    return same | {"rungs": {"240p": {"bytes": 900}, "sound": {"bytes": 100}}} | changed


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (figures(), []),
        (figures(bare_bytes=1015), []),
        (figures(bare_rungs=["240p"]), ["The bare command made ['240p'], the job ['240p', 'sound']."]),
        (figures(bare_bytes=1100), ["The bare command wrote 1100 bytes, the job 1000."]),
    ],
)
def test_a_bench_that_compares_unlike_ladders_fails(found, said):
    assert transcode.faults(found) == said
