"""The folder of this machine where a job's steps leave what they made, so that a killed worker's are taken up again.

A step fills a folder of its own; it is done when its note stands beside it, and what has no note never was.
"""

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PREFIX = "plenary-job-"
LOCK = "lock"
FORGOTTEN_SECONDS = 24 * 60 * 60
"""Longer than any job runs: what nobody has touched since is of a worker that was killed, and was done elsewhere."""


class Taken(Exception):
    """Another process of this machine still works there."""


class Workplace:
    def __init__(self, path: Path) -> None:
        self.path = path

    def folder(self, step: str) -> Path:
        return self.path / step

    def begin(self, step: str) -> Path:
        """An empty folder for the step, whatever was left there half done."""
        folder = self.folder(step)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def finish(self, step: str, note: dict[str, Any]) -> None:
        half = self.path / f"{step}.half"
        half.write_text(json.dumps(note))
        half.replace(self._note(step))
        os.utime(self.path)

    def done(self, step: str) -> dict[str, Any] | None:
        """The note of a step that is done."""
        try:
            found: dict[str, Any] = json.loads(self._note(step).read_text())
        except FileNotFoundError:
            return None
        return found

    def clear(self) -> None:
        """Forget all steps."""
        for path in self.path.iterdir():
            if path.name == LOCK:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    def _note(self, step: str) -> Path:
        return self.path / f"{step}.json"


@contextlib.contextmanager
def hold(key: str) -> Iterator[Workplace]:
    """The job's folder, for this process alone: the kernel gives it back when the process is killed. Raises `Taken`.

    By the asset's random key: a number would be another platform's job too, where two share a machine.
    """
    path = Path(tempfile.gettempdir()) / f"{PREFIX}{key}"
    path.mkdir(mode=0o700, exist_ok=True)
    try:
        lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except FileNotFoundError as error:  # whoever had it has just removed it
        raise Taken(key) from error
    try:
        _lock(lock, path)
        yield Workplace(path)
    finally:
        os.close(lock)


def _lock(lock: int, path: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_there = os.path.samestat(os.fstat(lock), (path / LOCK).stat())
    except (BlockingIOError, FileNotFoundError) as error:
        raise Taken(path.name) from error
    if not is_there:
        raise Taken(path.name)


def forget_old() -> None:
    """Remove what killed workers left on this machine, and nobody came back for."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(FileNotFoundError, PermissionError, Taken):
            if path.stat().st_mtime < time.time() - FORGOTTEN_SECONDS:
                with hold(path.name.removeprefix(PREFIX)) as place:
                    place.remove()
