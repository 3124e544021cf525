"""Reads frab/pentabarf XML into raw parts that know their line."""

from io import BytesIO
from typing import Any
from xml.sax import SAXException, SAXParseException, handler
from xml.sax.xmlreader import AttributesImpl, InputSource

from defusedxml.common import DefusedXmlException, DTDForbidden, EntitiesForbidden
from defusedxml.expatreader import create_parser

from apps.core.words import sentence as _
from apps.tracks.adapters.raw import Part, RawDay, RawRoom, RawSchedule
from apps.tracks.adapters.schedule import ScheduleError

_DEPTH = 24
_NODES = 1_000_000

# What we read, and what we know and leave; anything else is named in a warning.
_EVENT_TEXTS = {
    "room", "title", "subtitle", "type", "date", "start", "duration", "abstract", "slug", "track", "logo",
    "language", "description", "url", "feedback_url", "origin_url",
}  # fmt: skip
_EVENT_PARTS = {"persons": "person", "links": "link", "attachments": "attachment"}
_EVENT_LEFT = {"recording"}
_CONFERENCE_TEXTS = {
    "title", "acronym", "start", "end", "days", "timeslot_duration", "base_url", "url", "time_zone_name", "description",
}  # fmt: skip
_CONFERENCE_LEFT = {"track", "logo", "color", "subtitle", "venue", "city", "day_change", "release"}
_ROOT = {"generator", "url", "version", "conference", "tracks", "persons", "day"}


class Node:
    """An element: its words, its children, its line."""

    __slots__ = ("attributes", "children", "line", "name", "words")

    def __init__(self, name: str, attributes: dict[str, str], line: int) -> None:
        self.name = name
        self.attributes = attributes
        self.line = line
        self.words: list[str] = []
        self.children: list[Node] = []

    @property
    def text(self) -> str:
        return "".join(self.words)

    @property
    def place(self) -> str:
        return _("line %(line)d") % {"line": self.line}

    def all(self, name: str) -> list["Node"]:
        return [child for child in self.children if child.name == name]

    def first(self, name: str) -> "Node | None":
        return next((child for child in self.children if child.name == name), None)

    def words_of(self, name: str) -> str:
        found = self.first(name)
        return found.text.strip() if found else ""


class _Builder(handler.ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.root: Node | None = None
        self.open: list[Node] = []
        self.count = 0

    @property
    def line(self) -> int:
        return int(self._locator.getLineNumber() or 1) if self._locator else 1  # type: ignore[attr-defined]

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - SAX's name
        self.count += 1
        if len(self.open) >= _DEPTH or self.count > _NODES:
            raise SAXException(_("the elements are nested too deep or too many"))
        node = Node(name, dict(attrs.items()), self.line)
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)

    def endElement(self, name: str) -> None:  # noqa: N802
        self.open.pop()

    def characters(self, content: str) -> None:
        self.open[-1].words.append(content)


def parse(data: bytes) -> Node:
    """The root element. Entities and document types are refused, so nothing can expand or be fetched."""
    builder = _Builder()
    reader: Any = create_parser(forbid_dtd=False, forbid_entities=True, forbid_external=True)
    reader.setContentHandler(builder)
    source = InputSource()
    source.setByteStream(BytesIO(data))  # type: ignore[arg-type]
    place = ""
    try:
        reader.parse(source)
    except SAXParseException as error:
        place = _("line %(line)d, column %(column)d") % {
            "line": error.getLineNumber() or 1,
            "column": (error.getColumnNumber() or 0) + 1,
        }
        raise ScheduleError(_("this is not well-formed XML (%s)") % error.getMessage(), place) from error
    except (DTDForbidden, EntitiesForbidden) as error:
        place = _("line %(line)d") % {"line": max(builder.line, 1)}
        raise ScheduleError(_("it declares an entity; write the text itself instead"), place) from error
    except DefusedXmlException as error:
        raise ScheduleError(_("it points to another file; a schedule must stand alone"), _("line 1")) from error
    except SAXException as error:
        place = _("line %(line)d") % {"line": builder.line}
        raise ScheduleError(error.getMessage(), place) from error
    except (LookupError, UnicodeError, ValueError) as error:
        message = _("its text does not fit its declared encoding (%s)") % error
        raise ScheduleError(message, _("line %(line)d") % {"line": builder.line}) from error
    if builder.root is None:
        raise ScheduleError(_("the file is empty"), _("line 1"))
    return builder.root


def read(data: bytes) -> RawSchedule:
    root = parse(data)
    if root.name != "schedule":
        message = _("a schedule begins with <schedule>, this file with <%s>") % root.name[:40]
        raise ScheduleError(message, root.place)
    conference = root.first("conference")
    if conference is None:
        raise ScheduleError(_("it has no <conference>"), root.place)
    raw = RawSchedule(conference=_texts(conference, _CONFERENCE_TEXTS))
    generator = root.first("generator")
    if generator is not None:
        raw.generator = generator.attributes.get("name", "")
        raw.system = generator.attributes.get("system", "")
    raw.version = root.words_of("version")
    raw.base_url = conference.words_of("base_url") or root.words_of("base_url")
    listed = root.first("tracks")
    raw.tracks = [_named(node) for node in (listed.all("track") if listed else []) + conference.all("track")]
    people = root.first("persons")
    raw.speakers = [_person(node) for node in (people.all("person") if people else [])]
    _note_unknown(raw, root, _ROOT)
    _note_unknown(raw, conference, _CONFERENCE_TEXTS | _CONFERENCE_LEFT)
    for day in root.all("day"):
        rooms = [
            RawRoom(_named(room), [_session(raw, event) for event in room.all("event")]) for room in day.all("room")
        ]
        raw.days.append(RawDay(Part(day.place, dict(day.attributes)), rooms))
    raw.rooms = []
    return raw


def _texts(node: Node, names: set[str]) -> Part:
    part = Part(node.place, dict(node.attributes))
    for child in node.children:
        if child.name in names and child.name not in part.own_places:
            part.values[child.name] = child.text
            part.own_places[child.name] = child.place
    return part


def _named(node: Node) -> Part:
    part = Part(node.place, dict(node.attributes))
    part.values.setdefault("name", node.text)
    return part


def _person(node: Node) -> Part:
    part = _texts(node, {"name", "public_name", "full_public_name", "biography", "extended_biography", "avatar"})
    if "name" not in part.values and "public_name" not in part.values:
        part.values["name"] = node.text
    return part


def _session(raw: RawSchedule, node: Node) -> Part:
    part = _texts(node, _EVENT_TEXTS)
    for group, item in _EVENT_PARTS.items():
        found = node.first(group)
        if found is not None:
            part.lists[group] = [_person(child) if item == "person" else _link(child) for child in found.all(item)]
    recording = node.first("recording")
    if recording is not None:
        part.values["recording_license"] = recording.words_of("license")
        part.values["do_not_record"] = recording.words_of("optout")
    _note_unknown(raw, node, _EVENT_TEXTS | _EVENT_PARTS.keys() | _EVENT_LEFT)
    return part


def _link(node: Node) -> Part:
    values = {"url": node.attributes.get("href", ""), "type": node.attributes.get("type", ""), "title": node.text}
    return Part(node.place, dict(values))


def _note_unknown(raw: RawSchedule, node: Node, known: set[str]) -> None:
    for child in node.children:
        if child.name not in known and (child.children or child.text.strip()):
            raw.unknown.setdefault(f"<{child.name[:60]}>", child.place)
