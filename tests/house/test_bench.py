"""The bench of pages, from nothing: no services started, no static files collected."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOT_THERE = ("DATABASE_URL", "REDIS_URL", "STATIC_ROOT")
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
