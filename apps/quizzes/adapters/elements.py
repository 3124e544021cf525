"""XML as a tree that knows its lines, read safely: entities and what points outside are refused."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from xml.sax import SAXException, SAXParseException, handler
from xml.sax.xmlreader import AttributesImpl, InputSource

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import create_parser
from django.utils.translation import gettext as _

from apps.quizzes.adapters.written import BankError

MOST_DEPTH = 40
MOST_ELEMENTS = 20_000


def plain(name: str) -> str:
    """`qti-simple-choice`, `imsqti:simpleChoice` and `simpleChoice` are the same to us: `simplechoice`."""
    return name.rpartition(":")[2].removeprefix("qti-").replace("-", "").lower()


@dataclass(slots=True)
class Element:
    name: str
    attributes: dict[str, str]
    line: int
    inside: list["Element | str"] = field(default_factory=list)

    @property
    def children(self) -> list["Element"]:
        return [part for part in self.inside if isinstance(part, Element)]

    def walk(self) -> Iterator["Element"]:
        yield self
        for child in self.children:
            yield from child.walk()

    def all(self, name: str) -> list["Element"]:
        return [element for element in self.walk() if element.name == name]

    def first(self, name: str) -> "Element | None":
        return next((element for element in self.walk() if element.name == name), None)

    def text(self, *, without: frozenset[str] = frozenset()) -> str:
        """All its words in one line, but for those inside of elements of these names."""
        return " ".join("".join(self._words(without)).split())

    def _words(self, without: frozenset[str]) -> Iterator[str]:
        for part in self.inside:
            if isinstance(part, str):
                yield part
            elif part.name not in without:
                yield from part._words(without)
                yield " " if part.name in ("p", "div", "li", "br", "prompt") else ""


class _Builder(handler.ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.root: Element | None = None
        self.open: list[Element] = []
        self.count = 0

    @property
    def line(self) -> int:
        locator: Any = getattr(self, "_locator", None)
        return int(locator.getLineNumber() or 1) if locator else 1

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - SAX's name
        self.count += 1
        if len(self.open) >= MOST_DEPTH or self.count > MOST_ELEMENTS:
            raise SAXException(_("the elements are nested too deep or too many"))
        element = Element(plain(name), {plain(key): value for key, value in attrs.items()}, self.line)
        if self.open:
            self.open[-1].inside.append(element)
        else:
            self.root = element
        self.open.append(element)

    def endElement(self, name: str) -> None:  # noqa: N802
        self.open.pop()

    def characters(self, content: str) -> None:
        self.open[-1].inside.append(content)


def parse(data: bytes, file: str = "") -> Element:
    """The root element. `file` names it in what is said of errors."""
    builder = _Builder()
    reader: Any = create_parser(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    reader.setContentHandler(builder)
    source = InputSource()
    source.setByteStream(BytesIO(data))  # type: ignore[arg-type]
    try:
        reader.parse(source)
    except SAXParseException as error:
        place = at(error.getLineNumber() or 1, file)
        raise BankError(_("this is not well-formed XML (%(why)s)") % {"why": error.getMessage()}, place) from error
    except DefusedXmlException as error:
        message = _("it declares a document type or an entity; write the text itself instead")
        raise BankError(message, at(max(builder.line, 1), file)) from error
    except SAXException as error:
        raise BankError(error.getMessage(), at(builder.line, file)) from error
    except (LookupError, UnicodeError, ValueError) as error:
        raise BankError(_("its text does not fit its declared encoding"), at(builder.line, file)) from error
    if builder.root is None:
        raise BankError(_("the file is empty"), at(1, file))
    return builder.root


def at(line: int, file: str) -> str:
    if file:
        return _("%(file)s, line %(line)d") % {"file": file[:80], "line": line}
    return _("line %(line)d") % {"line": line}
