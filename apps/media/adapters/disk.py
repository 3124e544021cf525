"""Files in a folder of this machine: parts written in place into one sparse file, reading by signed addresses."""

import base64
import binascii
import contextlib
import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from apps.core import clock, ids
from apps.media.registry import WINDOW_SECONDS, Beat, Incomplete, Missing, PartWish, Target

PART_SALT = "media.part"
READ_SALT = "media.read"
PART_SECONDS = 60 * 60
UNTIL = re.compile(r"[0-9]{1,12}")


class BadPart(Exception):
    """A part did not arrive as it was announced; `reason` is size or checksum."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class How(NamedTuple):
    """How a file is handed out; signed with its address."""

    file_name: str
    content_type: str
    save: bool


class DiskStore:
    def __init__(self) -> None:
        self.root = Path(settings.MEDIA_ROOT)

    # Uploads --------------------------------------------------------------------------------------------------
    def begin(self, name: str, *, checksums: bool) -> str:
        upload_id = ids.new_token(8)
        self._marks(name, upload_id).mkdir(parents=True)
        self._data(name, upload_id).touch()
        return upload_id

    def targets(self, name: str, upload_id: str, wishes: Sequence[PartWish]) -> list[Target]:
        found = []
        note: dict[str, Any]
        for wish in wishes:
            note = {"f": name, "u": upload_id, "n": wish.number}
            note |= {"o": wish.offset, "s": wish.size, "c": wish.sha256}
            url = reverse("media:part", args=[signing.dumps(note, salt=PART_SALT, compress=True)])
            found.append(Target(wish.number, url, {}))
        return found

    def read_note(self, signed: str) -> dict[str, Any]:
        """What a part's address was signed for; raises `signing.BadSignature`."""
        note: dict[str, Any] = signing.loads(signed, salt=PART_SALT, max_age=PART_SECONDS)
        return note

    def write_part(self, note: dict[str, Any], blocks: Iterable[bytes]) -> None:
        """Write a part where it belongs; it counts once its size and checksum were right. Raises `BadPart`."""
        name, upload_id, offset, size = note["f"], note["u"], int(note["o"]), int(note["s"])
        mark = self._marks(name, upload_id) / f"{int(note['n'])}"
        digest, written = hashlib.sha256(), 0
        try:
            file = os.open(self._data(name, upload_id), os.O_WRONLY)
        except FileNotFoundError as error:
            raise Missing(name) from error
        try:
            mark.unlink(missing_ok=True)
            for block in blocks:
                if written + len(block) > size:
                    raise BadPart("size")
                self._write_block(name, upload_id, file, block, offset + written)
                digest.update(block)
                written += len(block)
            if written != size:
                raise BadPart("size")
            if note["c"] and not _same_digest(note["c"], digest.digest()):
                raise BadPart("checksum")
            os.fsync(file)
        finally:
            os.close(file)
        try:
            mark.write_text(str(size))
        except FileNotFoundError as error:
            raise Missing(name) from error

    def parts(self, name: str, upload_id: str) -> dict[int, int]:
        marks = self._marks(name, upload_id)
        if not marks.is_dir():
            return {}
        return {int(mark.name): int(mark.read_text() or 0) for mark in marks.iterdir()}

    def finish(self, name: str, upload_id: str, *, size: int, count: int) -> None:
        target, data = self._path(name), self._data(name, upload_id)
        if not data.exists() and target.exists() and target.stat().st_size == size:
            return
        try:
            file = data.open("rb")
        except FileNotFoundError as error:
            raise Incomplete(name) from error
        with file:
            # A part that is still on its way writes no more from here on: what is looked at next stays as it is.
            fcntl.flock(file, fcntl.LOCK_EX)
            parts = self.parts(name, upload_id)
            if sorted(parts) != list(range(1, count + 1)) or sum(parts.values()) != size:
                raise Incomplete(name)
            data.replace(target)
        _keep_names(target.parent)
        shutil.rmtree(self._marks(name, upload_id), ignore_errors=True)

    def _write_block(self, name: str, upload_id: str, file: int, block: bytes, offset: int) -> None:
        """Raises `Missing` where the upload was completed meanwhile, or let go of."""
        fcntl.flock(file, fcntl.LOCK_SH)
        try:
            if not self._data(name, upload_id).exists():
                raise Missing(name)
            _write_all(file, block, offset)
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)

    def abort(self, name: str, upload_id: str) -> None:
        shutil.rmtree(self._marks(name, upload_id), ignore_errors=True)
        self._data(name, upload_id).unlink(missing_ok=True)

    # Reading and writing --------------------------------------------------------------------------------------
    def read(self, name: str, start: int, length: int) -> bytes:
        try:
            with self._path(name).open("rb") as file:
                file.seek(start)
                return file.read(length)
        except FileNotFoundError as error:
            raise Missing(name) from error

    def size(self, name: str) -> int:
        try:
            return self._path(name).stat().st_size
        except FileNotFoundError as error:
            raise Missing(name) from error

    def fetch(self, name: str, folder: Path, beat: Beat) -> Path:
        path = self._path(name)
        if not path.is_file():
            raise Missing(name)
        return path

    def put(self, path: Path, name: str, *, content_type: str) -> None:
        target = self._path(name)
        with _whole(target) as half:
            shutil.copyfile(path, half)
        _keep_names(target.parent)

    def copy(self, name: str, to: str) -> None:
        source, target = self._path(name), self._path(to)
        with _whole(target) as half:
            try:
                # Files are never written again under their name, so two names may be of one.
                os.link(source, half)
            except FileNotFoundError as error:
                raise Missing(name) from error
            except OSError:
                shutil.copyfile(source, half)
        _keep_names(target.parent)

    def put_tree(self, folder: Path, name: str, beat: Beat) -> None:
        moved, filled = 0, set()
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            target = self._path(f"{name}/{path.relative_to(folder).as_posix()}")
            moved += path.stat().st_size
            _move(path, target)
            filled.add(target.parent)
            beat(moved)
        for place in filled:
            _keep_names(place)

    def delete(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def delete_tree(self, folder: str) -> None:
        """What cannot be deleted is told, and owed again."""
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self._path(folder))

    # Addresses ------------------------------------------------------------------------------------------------
    def url(self, name: str, *, file_name: str = "", content_type: str = "", save: bool = False) -> str:
        until = (int(clock.now().timestamp()) // WINDOW_SECONDS + 2) * WINDOW_SECONDS
        how = How(file_name, content_type, save)
        url = reverse("media:file", args=[f"{until}.{_sign(name, until, how)}", name])
        query = [f"{k}={quote(v)}" for k, v in (("as", file_name), ("type", content_type), ("save", "1" * save)) if v]
        return f"{url}?{'&'.join(query)}" if query else url

    def urls(self, folder: str) -> Callable[[str], str]:
        return lambda name: self.url(f"{folder}/{name}")

    def open_signed(self, signature: str, name: str, how: How) -> Path:
        """The file that an address was signed for; raises `Missing` for a wrong, an expired or an old one."""
        until, _, mac = signature.partition(".")
        if not UNTIL.fullmatch(until) or not constant_time_compare(mac, _sign(name, int(until), how)):
            raise Missing(name)
        path = self._path(name)
        if int(until) < clock.now().timestamp() or not path.is_file():
            raise Missing(name)
        return path

    def _path(self, name: str) -> Path:
        path, root = (self.root / name).resolve(), self.root.resolve()
        if path == root or not path.is_relative_to(root):
            raise Missing(name)
        return path

    def _data(self, name: str, upload_id: str) -> Path:
        return self._path(f"{name}.{upload_id}.part")

    def _marks(self, name: str, upload_id: str) -> Path:
        return self._path(f"{name}.{upload_id}.parts")


@contextlib.contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """Where to write what is to lie there: it is there once it is whole. Of what could not be written (the disk is
    full) nothing stays."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}.{ids.new_token(4)}")
    try:
        yield half
        with half.open("rb") as file:
            os.fsync(file)
        half.replace(target)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def _move(path: Path, target: Path) -> None:
    """Whoever is killed on the way finds it in its old place or in its new one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with path.open("rb") as file:
        os.fsync(file)
    try:
        path.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        with _whole(target) as half:
            shutil.copyfile(path, half)
        path.unlink()


def _keep_names(folder: Path) -> None:
    """A row is soon to say that the files lie there; after a power cut they still do."""
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


def _sign(name: str, until: int, how: How) -> str:
    said = json.dumps([name, until, *how])
    mac = salted_hmac(READ_SALT, said, algorithm="sha256")
    return base64.urlsafe_b64encode(mac.digest()[:18]).decode()


def _same_digest(announced: str, digest: bytes) -> bool:
    with contextlib.suppress(binascii.Error, ValueError):
        return base64.b64decode(announced, validate=True) == digest
    return False


def _write_all(file: int, block: bytes, offset: int) -> None:
    view = memoryview(block)
    while view:
        done = os.pwrite(file, view, offset)
        view, offset = view[done:], offset + done
