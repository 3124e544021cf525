"""What the processes of a run begin with: each has a copy of its own, or says why it has none."""

import os
import subprocess
import sys

import pytest

from tests.plugins import beginning


@pytest.fixture(autouse=True)
def unknown(monkeypatch):
    monkeypatch.setenv(beginning.KNOWN, "")  # and what the suite itself was given is put back


@pytest.fixture
def made(tmp_path):
    folder = tmp_path / "made"
    for name in ("postgres", "static"):
        (folder / name).mkdir(parents=True)
        (folder / name / "one").write_text(name)
    return folder


def test_each_copy_is_its_own_and_those_who_are_started_find_it_too(made, tmp_path):
    (made / "begun").touch()
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.mkdir()
    theirs.mkdir()
    assert not beginning.copy_if_known(theirs)

    beginning.take_copy(made, ours, maker=os.getpid())
    assert beginning.copy_if_known(theirs)
    (theirs / "postgres" / "one").write_text("changed")

    assert {path.parent.name: path.read_text() for path in ours.glob("*/one")} == {
        "postgres": "postgres",
        "static": "static",
    }
    assert (made / "postgres" / "one").read_text() == "postgres"


def test_who_waits_for_what_nobody_makes_any_more_says_why(made, tmp_path):
    beginning.log_of(made).write_text("No space left on device")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()

    with pytest.raises(RuntimeError, match="No space left"):
        beginning.take_copy(made, tmp_path, maker=ended.pid)
