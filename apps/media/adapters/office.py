"""Tell an office document (OOXML, OpenDocument) from any other archive by what lies in it, and refuse what acts.

An archive is read from its end: its list first, then the few entries that say what it is, and never more of it than
`MOST_READ`, however large it is or says that its parts are. What is refused as acting: macros, ActiveX, objects of
other programs, and a template or an object that would be fetched from elsewhere when the file is opened. Sheets inside
a slide (charts have them) are documents of the same kinds, and stay.
Sources: ECMA-376 part 2 (packages: content types, relationships), OpenDocument 1.3 part 2 (packages: `mimetype`).
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from apps.core.workbooks import BROKEN_ZIP
from apps.media.adapters.sniff import Found, Kind, Unknown

Read = Callable[[int, int], bytes]
"""So many bytes of the file, from an offset."""

BLOCK = 64 * 1024
MOST_READ = 8 * 1024 * 1024
MOST_ENTRIES = 10_000
MOST_TEXT = 2 * 1024 * 1024
"""Of one entry, unpacked."""
_BROKEN = (*BROKEN_ZIP, zlib.error, RuntimeError, EOFError, KeyError, ParseError, DefusedXmlException)

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_MAIN = {
    f"{_OOXML}wordprocessingml.document.main+xml": ("wordprocessingml.document", "docx"),
    f"{_OOXML}spreadsheetml.sheet.main+xml": ("spreadsheetml.sheet", "xlsx"),
    f"{_OOXML}presentationml.presentation.main+xml": ("presentationml.presentation", "pptx"),
    f"{_OOXML}presentationml.slideshow.main+xml": ("presentationml.slideshow", "ppsx"),
}
_OPEN = {f"{_ODF}text": "odt", f"{_ODF}spreadsheet": "ods", f"{_ODF}presentation": "odp"}

# Whatever it is called: an entry that a program keeps its macros, controls or foreign objects in.
_ACTS = re.compile(
    r"(^|/)(vbaProject\.bin|vbaData\.xml|activeX/.*|oleObject[^/]*\.bin|Basic/.*|Scripts/.*|Object \d+)$"
    r"|(^|/)embeddings/(?!.*\.(xlsx|docx|pptx)$)[^/]+$",
    re.IGNORECASE,
)
_ACTING_TYPES = re.compile(r"macroEnabled|vbaProject|activeX|oleObject", re.IGNORECASE)
# The relationships that Office follows by itself when it opens a file. A template of the writer's own machine is named
# in most letters of a company, and is found on nobody else's.
_FOLLOWED = re.compile(r"/(attachedTemplate|oleObject|subDocument|frame|control)$")
_OF_A_MACHINE = re.compile(r"(file:///)?[a-z]:|[^/\\:]*$", re.IGNORECASE)
_OF_MAIN = re.compile(r"^(word|ppt|xl)/_rels/[^/]+\.rels$")


def may_be(head: bytes) -> bool:
    """Whether it begins as an archive does; nothing stands before it that another program would look at first."""
    return head.startswith(b"PK\x03\x04")


def recognise(read: Read, size: int) -> Found | None:
    """What kind of office document it is; None where it is another archive, or none. Raises `Unknown` with `acting`
    for one that would act, and `office` for one that cannot be read."""
    try:
        with zipfile.ZipFile(io.BufferedReader(_Ranges(read, size), BLOCK)) as archive:
            names = archive.namelist()
            if len(names) > MOST_ENTRIES:
                return None
            if len({name.lower() for name in names}) < len(names):  # which of two is meant, each program decides anew
                raise Unknown("office")
            found = _open_document(archive, names) or _ooxml(archive, names)
            if found and (any(_ACTS.search(name) for name in names) or any(_fetches(archive, names))):
                raise Unknown("acting")
    except _BROKEN as error:
        if isinstance(error, KeyError):  # without the entry that says what it is, it is some archive
            return None
        raise Unknown("office") from error
    return found


def _open_document(archive: zipfile.ZipFile, names: list[str]) -> Found | None:
    if names[:1] != ["mimetype"]:
        return None
    mime = _text(archive, "mimetype").decode("ascii", "replace").strip()
    return Found(Kind.DOCUMENT, mime, _OPEN[mime]) if mime in _OPEN else None


def _ooxml(archive: zipfile.ZipFile, names: list[str]) -> Found | None:
    types = [part.get("ContentType", "") for part in fromstring(_text(archive, "[Content_Types].xml"))]
    if any(_ACTING_TYPES.search(one) for one in types):
        raise Unknown("acting")
    for one in types:
        if one in _MAIN:
            name, ending = _MAIN[one]
            return Found(Kind.DOCUMENT, f"{_OOXML}{name}", ending)
    return None


def _fetches(archive: zipfile.ZipFile, names: list[str]) -> Iterator[bool]:
    for name in names:
        if _OF_MAIN.search(name):
            for link in fromstring(_text(archive, name)):
                is_outside = link.get("TargetMode", "").lower() == "external"
                is_near = _OF_A_MACHINE.match(link.get("Target", ""))
                yield is_outside and not is_near and bool(_FOLLOWED.search(link.get("Type", "")))


def _text(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as entry:
        found = entry.read(MOST_TEXT + 1)
    if len(found) > MOST_TEXT:
        raise zipfile.BadZipFile(f"{name} is too large.")
    return found


class _Ranges(io.RawIOBase):
    """A file somewhere else, of which ranges are read, and not more than `MOST_READ` together."""

    def __init__(self, read: Read, size: int) -> None:
        self._read, self._size, self._at, self._left = read, size, 0, MOST_READ

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if self._at < 0:
            raise OSError("before the beginning")
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        wanted = min(len(buffer), max(0, self._size - self._at))
        if wanted > self._left:
            raise zipfile.BadZipFile("Its list is too long.")
        found = self._read(self._at, wanted) if wanted else b""
        self._left -= len(found)
        self._at += len(found)
        buffer[: len(found)] = found
        return len(found)
