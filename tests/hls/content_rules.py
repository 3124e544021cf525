"""What RFC 8216 asks of playlists and their segments together: real sizes, codecs, times, and rungs that agree."""

import re
from dataclasses import dataclass, field

from tests.hls import boxes
from tests.hls.playlist import Segment

RULES = {
    "segment-there": "6.2.1",
    "segment-readable": "3.3",
    "extinf-true": "4.3.2.1",
    "key-first": "4.3.5.1",
    "cut-marked": "4.3.2.3",
    "words": "3.5",
    "words-mapped": "3.5",
    "bandwidth": "4.3.4.2",
    "average-bandwidth": "4.3.4.2",
    "codecs": "4.3.4.2",
    "resolution": "4.3.4.2",
    "frame-rate": "4.3.4.2",
    "target-shared": "6.2.4",
    "rungs-aligned": "6.2.4",
    "cuts-shared": "6.2.4",
}
SLACK = 0.002
CUE = re.compile(r"((\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}) --> ((\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3})")
MAP = re.compile(r"^X-TIMESTAMP-MAP=(MPEGTS:\d+,LOCAL:[\d:.]+|LOCAL:[\d:.]+,MPEGTS:\d+)$", re.MULTILINE)


@dataclass
class Piece:
    """A segment with its bytes looked at; `fragment` is None for words, and where it cannot be read."""

    segment: Segment
    size: int = 0
    track: boxes.Track | None = None
    fragment: boxes.Fragment | None = None


@dataclass
class Content:
    """A media playlist with its pieces."""

    playlist: object
    pieces: list[Piece] = field(default_factory=list)

    @property
    def track(self):
        return next((piece.track for piece in self.pieces if piece.track), None)


def look(playlist, fetch):
    """Fetches every segment and notes what is wrong with it; `fetch(uri)` gives bytes, or None where there are none."""
    found, inits = Content(playlist), {}
    for segment in playlist.segments:
        piece = Piece(segment)
        found.pieces.append(piece)
        data = fetch(segment.uri)
        if data is None:
            playlist.fault("segment-there", segment.uri)
            continue
        piece.size = len(data)
        if data.startswith(b"WEBVTT") or segment.uri.partition("?")[0].endswith(".vtt"):
            _check_words(playlist, segment, data)
            continue
        try:
            if segment.init not in inits:
                inits[segment.init] = boxes.track(fetch(segment.init) or b"")
            piece.track = inits[segment.init]
            piece.fragment = boxes.fragment(data, piece.track)
        except (ValueError, IndexError, KeyError) as error:
            playlist.fault("segment-readable", f"{segment.uri}: {error}")
    _check_times(found)
    return found


def _check_words(playlist, segment, data):
    text = data.decode("utf-8", "replace")
    head, *cues = text.replace("\r\n", "\n").split("\n\n")
    if not re.match(r"WEBVTT($|[ \t\n])", text):
        playlist.fault("words", f"{segment.uri} does not begin with WEBVTT")
    if not MAP.search(head):
        playlist.fault("words-mapped", f"{segment.uri} has no X-TIMESTAMP-MAP in its head")
    for cue in cues:
        lines = [line for line in cue.split("\n") if "-->" in line]
        if lines and not CUE.match(lines[0]):
            playlist.fault("words", f"{segment.uri}: {lines[0]!r} is no time")


def _check_times(content):
    playlist, before = content.playlist, None
    last = len(content.pieces) - 1
    for n, piece in enumerate(content.pieces):
        found = piece.fragment
        if found is None:
            before = None
            continue
        # The last samples of a stream have no length of their own: a frame more or less is not heard or seen.
        most = 2 * found.frame + 0.05 if n == last else found.frame + SLACK
        if abs(found.seconds - piece.segment.seconds) > most:
            playlist.fault("extinf-true", f"{piece.segment.uri}: {piece.segment.seconds} s, and is {found.seconds:.3f}")
        if playlist.is_independent and piece.track.is_picture and not found.begins_with_key:
            playlist.fault("key-first", f"{piece.segment.uri} does not begin with a key frame")
        if before and not piece.segment.is_cut:
            gap = found.begins - (before.fragment.begins + before.fragment.seconds)
            if abs(gap) > found.frame + SLACK or before.track != piece.track:
                playlist.fault("cut-marked", f"{piece.segment.uri} does not go on from the one before it: {gap:.3f} s")
        before = piece


def rates(content):
    """Peak and average bits a second: the peak over stretches of half to one and a half targets (4.1)."""
    target, peak, pieces = content.playlist.target or 1, 0.0, content.pieces
    for first in range(len(pieces)):
        seconds = bits = 0.0
        for piece in pieces[first:]:
            seconds, bits = seconds + piece.segment.seconds, bits + piece.size * 8
            if seconds > 1.5 * target:
                break
            if seconds >= 0.5 * target:
                peak = max(peak, bits / seconds)
    whole = sum(piece.segment.seconds for piece in pieces) or 1.0
    average = sum(piece.size for piece in pieces) * 8 / whole
    return peak or average, average


def check_variant(master, variant, own, beside):
    """A variant's promises; `own` is its content, `beside` the contents of the sounds that may play with it."""
    name = variant["URI"]
    together = [rates(own)]
    if beside:
        together += [tuple(max(found) for found in zip(*map(rates, beside), strict=True))]
    peak, average = (sum(found) for found in zip(*together, strict=True))
    if int(variant.get("BANDWIDTH", 0)) < int(peak):
        master.fault("bandwidth", f"{name}: {variant.get('BANDWIDTH')}, and is {peak:.0f}")
    if "AVERAGE-BANDWIDTH" in variant and int(variant["AVERAGE-BANDWIDTH"]) < int(average * 0.98):
        master.fault("average-bandwidth", f"{name}: {variant['AVERAGE-BANDWIDTH']}, and is {average:.0f}")
    tracks = [content.track for content in (own, *beside) if content.track]
    real = {codec for track in tracks for codec in (track.codec, *track.beside)}
    said = {codec.strip() for codec in variant.get("CODECS", "").split(",") if codec.strip()}
    if said != real:
        master.fault("codecs", f"{name}: {sorted(said)}, and are {sorted(real)}")
    if own.track and own.track.is_picture:
        _check_picture(master, variant, own)


def _check_picture(master, variant, own):
    size = f"{own.track.width}x{own.track.height}"
    if variant.get("RESOLUTION") != size:
        master.fault("resolution", f"{variant['URI']}: {variant.get('RESOLUTION')}, and is {size}")
    fragments = [piece.fragment for piece in own.pieces if piece.fragment]
    seconds = sum(found.seconds for found in fragments)
    rate = sum(found.frames for found in fragments) / seconds if seconds else 0.0
    if "FRAME-RATE" in variant and abs(float(variant["FRAME-RATE"]) - rate) > max(0.02, rate * 0.02):
        master.fault("frame-rate", f"{variant['URI']}: {variant['FRAME-RATE']}, and is {rate:.3f}")


def check_together(master, contents):
    """Targets, discontinuities and, of pictures, key frames and boundaries that all rungs share."""
    targets = {content.playlist.target for content in contents}
    if len(targets) > 1:
        master.fault("target-shared", f"the target durations differ: {sorted(targets)}")
    if len({one.playlist.cuts_before + sum(piece.segment.is_cut for piece in one.pieces) for one in contents}) > 1:
        master.fault("cuts-shared", "the rungs do not count the same discontinuities")
    pictures = [content for content in contents if content.track and content.track.is_picture]
    for other in pictures[1:]:
        first = pictures[0]
        if len(first.pieces) != len(other.pieces):
            master.fault("rungs-aligned", f"{len(first.pieces)} and {len(other.pieces)} segments")
        for one, two in zip(first.pieces, other.pieces, strict=False):
            if not (one.fragment and two.fragment):
                continue
            if abs(one.fragment.begins - two.fragment.begins) > one.fragment.frame:
                master.fault("rungs-aligned", f"{one.segment.uri} and {two.segment.uri} begin apart")
