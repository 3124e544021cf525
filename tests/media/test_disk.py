"""Files on this machine's disk: nothing half written stays, and what was completed is written to no more."""

import errno
import os
import shutil

import pytest

from apps.media.adapters.disk import DiskStore
from apps.media.registry import Missing


def full(_source, half):
    """Half of it is written, and then there is no more room."""
    half.write_bytes(b"ha")
    raise OSError(errno.ENOSPC, "No space left on device")


def names(store):
    return sorted(path.name for path in store.root.rglob("*") if path.is_file())


def test_of_what_a_full_disk_does_not_take_nothing_stays(disk, monkeypatch, tmp_path):
    (tmp_path / "film").write_bytes(b"half a film")
    store = DiskStore()
    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(OSError, match="No space left"):
        store.put(tmp_path / "film", "assets/one/original", content_type="video/mp4")
    assert names(store) == []


def far(_source, _target):
    raise OSError(errno.EXDEV, "Invalid cross-device link")


def test_of_a_tree_that_a_full_disk_does_not_take_nothing_half_stays(disk, monkeypatch, tmp_path):
    """It is made on another disk, and stays there."""
    (tmp_path / "ladder").mkdir()
    (tmp_path / "ladder" / "a.m4s").write_bytes(b"half a film")
    store = DiskStore()
    monkeypatch.setattr(os, "rename", far)
    with monkeypatch.context() as small:
        small.setattr(shutil, "copyfile", full)
        with pytest.raises(OSError, match="No space left"):
            store.put_tree(tmp_path / "ladder", "encodings/one", lambda _moved: None)
    assert names(store) == []
    store.put_tree(tmp_path / "ladder", "encodings/one", lambda _moved: None)
    assert (names(store), list((tmp_path / "ladder").iterdir())) == (["a.m4s"], [])


def note(upload_id, size):
    return {"f": "assets/one/original", "u": upload_id, "n": 1, "o": 0, "s": size, "c": ""}


def test_part_that_is_still_on_its_way_writes_nothing_into_what_was_completed(disk):
    store = DiskStore()
    upload_id = store.begin("assets/one/original", checksums=False)

    def late():
        """The line of a first try hangs; the second one brings the part, and the upload is completed."""
        yield b"<scr"
        store.write_part(note(upload_id, 8), [b"%PDF-1.7"])
        store.finish("assets/one/original", upload_id, size=8, count=1)
        yield b"ipt>"

    with pytest.raises(Missing):
        store.write_part(note(upload_id, 8), late())
    assert store.read("assets/one/original", 0, 100) == b"%PDF-1.7"
    assert names(store) == ["original"]


def test_part_that_was_written_when_its_upload_was_let_go_is_gone(disk):
    store = DiskStore()
    upload_id = store.begin("assets/one/original", checksums=False)

    def late():
        yield b"%PDF"
        store.abort("assets/one/original", upload_id)

    with pytest.raises(Missing):
        store.write_part(note(upload_id, 4), late())
