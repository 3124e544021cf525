"""Reads HLS playlists line by line, and notes what RFC 8216 forbids in their grammar."""

import re
from dataclasses import dataclass, field
from datetime import datetime

RULES = {
    "utf8": "4.1",
    "first-line": "4.3.1.1",
    "known-tag": "4.1",
    "one-kind": "4.1",
    "once": "4.3.3",
    "attributes": "4.2",
    "attribute-type": "4.2",
    "attribute-missing": "4.3",
    "extinf": "4.3.2.1",
    "uri-after-stream": "4.3.4.2",
    "date": "4.3.2.6",
    "number": "4.3.3",
    "playlist-type": "4.3.3.5",
}
"""Each rule of the grammar, and where the RFC has it."""


@dataclass(frozen=True)
class Fault:
    rule: str
    where: str
    words: str

    def __str__(self):
        return f"{self.where}: {self.rule}: {self.words}"


@dataclass
class Segment:
    uri: str
    seconds: float
    init: str | None
    is_cut: bool
    """Whether EXT-X-DISCONTINUITY stands before it."""
    date: datetime | None
    is_whole: bool
    """Whether its duration was written without a fraction."""


@dataclass
class Playlist:
    """A master has `variants` (attributes with their URI) and `renditions`; a media playlist has `segments`."""

    where: str
    faults: list[Fault] = field(default_factory=list)
    tags: list[tuple[str, str]] = field(default_factory=list)
    version: int = 1
    target: int | None = None
    sequence: int = 0
    cuts_before: int = 0
    kind: str = ""
    skipped: int = 0
    is_ended: bool = False
    is_master: bool = False
    is_independent: bool = False
    start: dict | None = None
    control: dict | None = None
    segments: list[Segment] = field(default_factory=list)
    variants: list[dict] = field(default_factory=list)
    renditions: list[dict] = field(default_factory=list)

    def fault(self, rule, words):
        self.faults.append(Fault(rule, self.where, words))


QUOTED, WHOLE, DECIMAL, SIGNED, SIZE, WORD, HEX, ANY = (
    r'"[^"\r\n]*"', r"[0-9]{1,20}", r"[0-9]+(\.[0-9]+)?", r"-?[0-9]+(\.[0-9]+)?", r"[0-9]+x[0-9]+", r"[A-Z0-9-]+",
    r"0[xX][0-9A-F]+", r'.+',
)  # fmt: skip
YES = r"YES|NO"
# What each attribute is (4.2), and which of them must be there.
ATTRIBUTES = {
    "EXT-X-STREAM-INF": (
        {
            "BANDWIDTH": WHOLE, "AVERAGE-BANDWIDTH": WHOLE, "CODECS": QUOTED, "RESOLUTION": SIZE, "FRAME-RATE": DECIMAL,
            "HDCP-LEVEL": WORD, "AUDIO": QUOTED, "VIDEO": QUOTED, "SUBTITLES": QUOTED,
            "CLOSED-CAPTIONS": rf"{QUOTED}|NONE", "VIDEO-RANGE": WORD, "NAME": QUOTED, "SCORE": DECIMAL,
        },
        {"BANDWIDTH"},
    ),
    "EXT-X-MEDIA": (
        {
            "TYPE": "AUDIO|VIDEO|SUBTITLES|CLOSED-CAPTIONS", "URI": QUOTED, "GROUP-ID": QUOTED, "LANGUAGE": QUOTED,
            "ASSOC-LANGUAGE": QUOTED, "NAME": QUOTED, "DEFAULT": YES, "AUTOSELECT": YES, "FORCED": YES,
            "INSTREAM-ID": QUOTED, "CHARACTERISTICS": QUOTED, "CHANNELS": QUOTED,
        },
        {"TYPE", "GROUP-ID", "NAME"},
    ),
    "EXT-X-MAP": ({"URI": QUOTED, "BYTERANGE": QUOTED}, {"URI"}),
    "EXT-X-START": ({"TIME-OFFSET": SIGNED, "PRECISE": YES}, {"TIME-OFFSET"}),
    "EXT-X-KEY": (
        {"METHOD": WORD, "URI": QUOTED, "IV": HEX, "KEYFORMAT": QUOTED, "KEYFORMATVERSIONS": QUOTED}, {"METHOD"},
    ),
    "EXT-X-SERVER-CONTROL": (
        {
            "CAN-SKIP-UNTIL": DECIMAL, "CAN-SKIP-DATERANGES": YES, "HOLD-BACK": DECIMAL, "PART-HOLD-BACK": DECIMAL,
            "CAN-BLOCK-RELOAD": YES,
        },
        set(),
    ),
    "EXT-X-SKIP": ({"SKIPPED-SEGMENTS": WHOLE, "RECENTLY-REMOVED-DATERANGES": QUOTED}, {"SKIPPED-SEGMENTS"}),
    "EXT-X-DATERANGE": ({"ID": QUOTED, "CLASS": QUOTED, "START-DATE": QUOTED, "DURATION": DECIMAL}, {"ID"}),
}  # fmt: skip
ONCE = {
    "EXT-X-VERSION", "EXT-X-TARGETDURATION", "EXT-X-MEDIA-SEQUENCE", "EXT-X-DISCONTINUITY-SEQUENCE", "EXT-X-ENDLIST",
    "EXT-X-PLAYLIST-TYPE", "EXT-X-START", "EXT-X-INDEPENDENT-SEGMENTS", "EXT-X-SERVER-CONTROL", "EXT-X-SKIP",
}  # fmt: skip
NUMBERS = {"EXT-X-VERSION", "EXT-X-TARGETDURATION", "EXT-X-MEDIA-SEQUENCE", "EXT-X-DISCONTINUITY-SEQUENCE"}
MARKS = {"EXT-X-ENDLIST": "is_ended", "EXT-X-INDEPENDENT-SEGMENTS": "is_independent"}
PLAIN = {"EXTM3U", "EXT-X-BYTERANGE", "EXT-X-GAP"}
OF_MASTERS = {"EXT-X-STREAM-INF", "EXT-X-MEDIA"}
OF_BOTH = {"EXTM3U", "EXT-X-VERSION", "EXT-X-INDEPENDENT-SEGMENTS", "EXT-X-START"}
PAIR = re.compile(r'([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)(?:,|$)')
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")


def read(text, where="playlist"):
    """A `Playlist` with the faults of its grammar; bytes or text."""
    found = Playlist(where)
    if isinstance(text, bytes):
        try:
            text = text.decode()
        except UnicodeDecodeError:
            found.fault("utf8", "is not UTF-8")
            text = text.decode("utf-8", "replace")
    if text.startswith("\ufeff") or re.search(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]", text):
        found.fault("utf8", "has a byte order mark or control characters")
    lines = text.lstrip("\ufeff").splitlines()
    if not lines or lines[0] != "#EXTM3U":
        found.fault("first-line", "the first line is not #EXTM3U")
    _Reader(found).read(lines)
    return found


class _Reader:
    def __init__(self, found):
        self.found = found
        self.length = self.init = self.date = self.stream = None
        self.is_whole = self.is_cut = False

    def read(self, lines):
        found = self.found
        for line in lines:
            if line.startswith("#EXT"):
                name, _, value = line[1:].partition(":")
                found.tags.append((name, value))
                self.tag(name, value)
            elif line and not line.startswith("#"):
                self.uri(line)
        if self.length is not None:
            found.fault("extinf", "an EXTINF has no segment after it")
        if self.stream is not None:
            found.fault("uri-after-stream", "an EXT-X-STREAM-INF has no URI after it")
        names = {name for name, _value in found.tags}
        found.is_master = not names.isdisjoint(OF_MASTERS)
        if found.is_master and names - OF_MASTERS - OF_BOTH:
            found.fault("one-kind", f"a master has {', '.join(sorted(names - OF_MASTERS - OF_BOTH))}")
        for name in sorted(ONCE):
            if sum(tag == name for tag, _value in found.tags) > 1:
                found.fault("once", f"{name} stands twice")

    def tag(self, name, value):
        found = self.found
        if self.stream is not None:
            found.fault("uri-after-stream", f"{name} stands between EXT-X-STREAM-INF and its URI")
            self.stream = None
        if name in ATTRIBUTES:
            self.listed(name, self.attributes(name, value))
        elif name in NUMBERS:
            self.number(name, value)
        elif read := {"EXTINF": self.extinf, "EXT-X-PROGRAM-DATE-TIME": self.dated}.get(name):
            read(value)
        elif name == "EXT-X-PLAYLIST-TYPE":
            found.kind = value
            if value not in ("VOD", "EVENT"):
                found.fault("playlist-type", f"there is no type {value}")
        elif name == "EXT-X-DISCONTINUITY":
            self.is_cut = True
        elif name in MARKS:
            setattr(found, MARKS[name], True)
        elif name not in PLAIN:
            found.fault("known-tag", f"there is no tag {name}")

    def listed(self, name, given):
        found = self.found
        if name == "EXT-X-STREAM-INF":
            self.stream = given
        elif name == "EXT-X-MEDIA":
            found.renditions.append(given)
        elif name == "EXT-X-MAP":
            self.init = given.get("URI")
        elif name == "EXT-X-START":
            found.start = given
        elif name == "EXT-X-SERVER-CONTROL":
            found.control = given
        elif name == "EXT-X-SKIP":
            found.skipped = int(given.get("SKIPPED-SEGMENTS", 0))

    def attributes(self, name, value):
        given, at = {}, 0
        known, needed = ATTRIBUTES[name]
        while at < len(value):
            pair = PAIR.match(value, at)
            if pair is None:
                self.found.fault("attributes", f"{name}: cannot be read from {value[at:]!r} on")
                break
            at, (key, said) = pair.end(), pair.groups()
            if key in given:
                self.found.fault("attributes", f"{name}: {key} stands twice")
            if not re.fullmatch(known.get(key, ANY), said):
                self.found.fault("attribute-type", f"{name}: {key}={said} is not what it must be")
                continue
            given[key] = said.strip('"')
        for key in sorted(needed - given.keys()):
            self.found.fault("attribute-missing", f"{name} has no {key}")
        return given

    def number(self, name, value):
        if not re.fullmatch(WHOLE, value):
            return self.found.fault("number", f"{name} is not a whole number: {value}")
        attribute = {
            "EXT-X-VERSION": "version", "EXT-X-TARGETDURATION": "target", "EXT-X-MEDIA-SEQUENCE": "sequence",
            "EXT-X-DISCONTINUITY-SEQUENCE": "cuts_before",
        }[name]  # fmt: skip
        if name.endswith("SEQUENCE") and self.found.segments:
            self.found.fault("number", f"{name} stands after a segment")
        return setattr(self.found, attribute, int(value))

    def extinf(self, value):
        length, comma, _title = value.partition(",")
        if not comma or not re.fullmatch(DECIMAL, length):
            self.found.fault("extinf", f"is not a duration and a comma: {value}")
            length = "0"
        self.length, self.is_whole = float(length), "." not in length

    def dated(self, value):
        if not DATE.fullmatch(value):
            self.found.fault("date", f"is not a moment with its zone: {value}")
            return
        self.date = datetime.fromisoformat(value)

    def uri(self, line):
        if self.stream is not None:
            self.found.variants.append({**self.stream, "URI": line})
            self.stream = None
            return
        if self.length is None:
            self.found.fault("extinf", f"{line} has no EXTINF")
            return
        segment = Segment(line, self.length, self.init, self.is_cut, self.date, self.is_whole)
        self.found.segments.append(segment)
        self.length, self.is_cut, self.date = None, False, None
