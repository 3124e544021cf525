"""The benches: that of pages from nothing (no services started, no static files collected); when votes fail theirs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from apps.polls.live import ResultsTopic
from tests.bench import votes
from tests.plugins import beginning

ROOT = Path(__file__).parents[2]
NOT_THERE = ("DATABASE_URL", "REDIS_URL", "STATIC_ROOT", beginning.KNOWN)
MOST_SECONDS = 600


def test_pages_are_measured_in_a_fresh_checkout(tmp_path):
    environ = {key: value for key, value in os.environ.items() if key not in NOT_THERE}
    ended = subprocess.run(
        [sys.executable, "-m", "tests.bench.pages", "--runs", "1", "--sessions", "60", "--json"],
        cwd=ROOT,
        env=environ | {"PLENARY_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr[-3000:]
    figures = json.loads(ended.stdout.splitlines()[-1])
    assert figures["sessions"] == 60
    for page in ("landing", "lobby", "agenda", "session"):
        assert figures[f"{page}_queries"] > 0
        assert figures[f"{page}_kb"] > 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, []),
        ({"lost": 1}, ["1 votes were lost."]),
        ({"duplicated": 2}, ["2 votes were duplicated."]),
        ({"broadcasts": 9}, ["Results were told 9 times in 8 ticks."]),
    ],
)
def test_bench_of_votes_fails_where_a_vote_went_wrong(changed, said):
    assert votes.faults({"lost": 0, "duplicated": 0, "broadcasts": 8, "most_broadcasts": 8} | changed) == said


def test_broadcasts_are_held_against_the_ticks_between_them():
    assert votes.ticks([]) == 0
    assert votes.ticks([(10.0, 1), (10.2, 2), (11.5, 3)]) == 1500 // ResultsTopic.interval_ms + 3
