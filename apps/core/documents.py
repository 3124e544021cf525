"""PDFs that people upload, looked through before they are kept: whole, not locked, and with nothing in them that acts.

A PDF is a graph of objects, most of them packed into compressed streams, so its bytes say little. Each object is read
and judged by its keys (ISO 32000-2: actions 12.6, embedded files 7.11.4, XFA forms 12.7.8).
"""

import logging
import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from django.utils.translation import gettext_lazy as _
from pypdf import PdfReader
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject

from apps.core.errors import Refused

HEAD = 1024
MOST_OBJECTS = 30_000
MOST_SECONDS = 6.0
ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition", "/RichMediaExecute"}
)
"""What an action may not be; going to a page or to an address is as harmless as a link."""
HOLDS = frozenset({"/JS", "/JavaScript", "/EF", "/EmbeddedFiles", "/RichMediaContent", "/XFA"})
PLAIN = (b"/JavaScript", b"/EmbeddedFile", b"/RichMedia", b"/SubmitForm", b"/ImportData")
"""Long names, which no compressed bytes hold by chance: found also in objects that only a reader that repairs sees."""

# What it thinks of each odd file is not for our logs; whether we take the file is decided below.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def is_pdf(content: bytes) -> bool:
    return b"%PDF-" in content[:HEAD]


def check_pdf(content: bytes, *, field: str) -> None:
    """Raises Refused, which says what to do, where this is not a whole, open PDF that only shows something."""
    if any(name in content for name in PLAIN):
        raise _active(field)
    deadline = time.monotonic() + MOST_SECONDS
    try:
        reader = PdfReader(BytesIO(content), xref_stream_maximum_entries=MOST_OBJECTS)
        if reader.is_encrypted:
            raise _refused("document.locked", _LOCKED, field)
        objects = _objects(reader, deadline, field)
        if any(_acts(one) for one in objects):
            raise _active(field)
        if not len(reader.pages):
            raise _refused("document.unreadable", _UNREADABLE, field)
    except LimitReachedError as error:
        raise _refused("document.intricate", _INTRICATE, field) from error
    except Refused:
        raise
    except (PyPdfError, ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError,
            ValueError, OSError) as error:  # fmt: skip
        # Whatever a broken file makes the parser stumble over.
        raise _refused("document.unreadable", _UNREADABLE, field) from error


def _objects(reader: PdfReader, deadline: float, field: str) -> Iterator[PdfObject]:
    """The trailer and every object of the file's table, whether anything leads to it or not."""
    yield reader.trailer
    numbered = [(number, generation) for generation, numbers in reader.xref.items() for number in numbers]
    numbered += [(number, 0) for number in reader.xref_objStm]
    if len(numbered) > MOST_OBJECTS:
        raise _refused("document.intricate", _INTRICATE, field)
    for number, generation in numbered:
        if time.monotonic() > deadline:
            raise _refused("document.intricate", _INTRICATE, field)
        found = reader.get_object(IndirectObject(number, generation, reader))
        if found is not None:
            yield found


def _acts(top: PdfObject) -> bool:
    """Whether this object, or one that is written inside it, starts something or carries a file."""
    waiting: list[Any] = [top]
    while waiting:
        one = waiting.pop()
        if isinstance(one, DictionaryObject):
            if not HOLDS.isdisjoint(one) or str(dict.get(one, "/S", "")) in ACTIONS:
                return True
            waiting += dict.values(one)
        elif isinstance(one, ArrayObject):
            waiting += list.__iter__(one)
    return False


_UNREADABLE = _("This file is not a whole PDF. Open it and save it as a new PDF, or attach a picture of it.")
_LOCKED = _("This PDF is locked. Save it without a password or restrictions, and attach that.")
_INTRICATE = _("This PDF is too intricate to be looked through. Print it to a new PDF, and attach that.")


def _active(field: str) -> Refused:
    return _refused(
        "document.active", _("This PDF holds scripts or other files. Print it to a new PDF, and attach that."), field
    )


def _refused(code: str, message: Any, field: str) -> Refused:
    return Refused(code, message, field=field, status=422)
