"""The drills in their short form, as `make faults` runs them with more people."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST_SECONDS = 900


@pytest.mark.haproxy
def test_platform_holds_whatever_breaks():
    inherited = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
    ended = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--short", "--json"],
        cwd=ROOT,
        env=inherited,
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr[-3000:]
    assert json.loads(ended.stdout.splitlines()[-1])["failed"] == []
