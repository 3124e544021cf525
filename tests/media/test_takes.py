"""A take while storage is away, and the folders in which takes work; what ffmpeg writes is written by a script."""

import asyncio
from datetime import UTC, datetime

import pytest

from apps.media.adapters import ffmpeg
from apps.media.adapters.ingest import ladder, take, workfolder

BEGAN = datetime(2026, 6, 1, 9, tzinfo=UTC)
PATIENCE = 20
WRITES = """#!/bin/sh
mkdir 240p
printf 'init' >240p/init.mp4
for n in {files}; do printf 'film' >240p/$n.m4s; done
printf '#EXTM3U\\n#EXT-X-MAP:URI="init.mp4"\\n' >240p/half
for n in {files}; do printf '#EXTINF:2.0,\\n%s.m4s\\n' $n >>240p/half; done
mv 240p/half 240p/index.m3u8
cat >/dev/null
"""


class Storage:
    """Is away for so many calls."""

    def __init__(self, away):
        self.away, self.names = away, []

    def put(self, path, name, *, content_type):
        self.away -= 1
        if self.away >= 0:
            raise ConnectionError("storage is away")
        self.names.append(name)


@pytest.fixture
def carried(monkeypatch, tmp_path):
    """What is listed of a take while storage is away for so many calls, the names in storage, and what is left in its
    folder before it ends."""
    monkeypatch.setattr(take, "PUT_WAIT_SECONDS", 0.01)

    def carry(*, files, away, until):
        script, storage, listed = tmp_path / "ffmpeg", Storage(away), []
        script.write_text(WRITES.format(files=" ".join(files)))
        script.chmod(0o755)
        monkeypatch.setattr(ffmpeg, "binary", lambda: str(script))
        monkeypatch.setattr(take, "store", lambda: storage)

        async def add(file, at, seconds, sizes):
            listed.append((file, (at - BEGAN).total_seconds(), sizes))
            return True

        async def run():
            one = take.Take(rungs=ladder.choose(426, 240, 30.0, [240]), storage="live/one", began_at=BEGAN, add=add)
            await one.start(has_sound=True)
            async with asyncio.timeout(PATIENCE):
                while not until(storage, listed):  # noqa: ASYNC110 - it changes in a task
                    await asyncio.sleep(0.01)
            await one.finish()

        asyncio.run(run())
        return listed, storage.names

    return carry


def test_what_came_while_storage_was_away_is_brought_when_it_is_back(carried):
    listed, names = carried(files=["00000", "00001"], away=30, until=lambda _storage, listed: len(listed) == 2)
    assert listed == [(0, 0.0, {"240p": 4}), (1, 2.0, {"240p": 4})]
    assert names == ["live/one/240p/init.mp4", "live/one/240p/00000.m4s", "live/one/240p/00001.m4s"]


def test_storage_that_stays_away_is_waited_for_once(carried, monkeypatch):
    """Then each segment is tried once, and the first that goes through is listed at its own moment."""
    monkeypatch.setattr(take, "PATIENCE_SECONDS", -1.0)
    listed, _names = carried(files=["00000", "00001", "00002"], away=2, until=lambda _storage, listed: len(listed) == 1)
    assert listed == [(2, 4.0, {"240p": 4})]


def test_what_the_playlist_names_no_more_is_gone_over(carried):
    listed, _names = carried(files=["00003", "00004"], away=0, until=lambda _storage, listed: len(listed) == 2)
    assert [(file, at) for file, at, _sizes in listed] == [(3, 6.0), (4, 8.0)]


def test_segment_that_was_stored_or_given_up_leaves_no_file(carried, monkeypatch):
    monkeypatch.setattr(take, "PATIENCE_SECONDS", -1.0)
    left = []

    def remove(self):
        left.extend(sorted(path.name for path in self.path.glob("*/*.m4s")))
        remove_whole(self)

    remove_whole = workfolder.WorkFolder.remove
    monkeypatch.setattr(workfolder.WorkFolder, "remove", remove)
    carried(files=["00000", "00001"], away=1, until=lambda _storage, listed: len(listed) == 1)
    assert left == []


def test_folders_of_killed_processes_are_removed_and_those_in_use_stay(monkeypatch, tmp_path):
    monkeypatch.setattr(workfolder.tempfile, "tempdir", str(tmp_path))
    used, killed = workfolder.WorkFolder(), tmp_path / f"{workfolder.PREFIX}killed"
    (killed / "240p").mkdir(parents=True)
    assert (workfolder.remove_left(), killed.exists(), used.path.exists()) == (1, False, True)
    used.remove()
    assert list(tmp_path.iterdir()) == []
