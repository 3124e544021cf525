"""Editing a transcript: each change says which version of the line it saw, so that two editors never overwrite each
other unseen."""

from django.db.models import F, Min
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.media import selectors
from apps.media.adapters import cues
from apps.media.models import Line, Transcript
from apps.media.models.transcripts import GAP, dictionary_of
from apps.media.services.transcripts import BATCH, changing


def change_line(
    transcript: Transcript,
    line_id: int,
    *,
    version: int,
    text: str | None = None,
    speaker: str | None = None,
    begins: int | None = None,
    ends: int | None = None,
) -> Line:
    """What is None stays. Raises `Refused` (`transcript.line_changed`) where somebody changed the line meanwhile."""
    with changing(transcript) as held:
        line = _seen(held, line_id, version)
        line.text = _words(text) if text is not None else line.text
        line.speaker = cues.clean_name(speaker) if speaker is not None else line.speaker
        line.begins = line.begins if begins is None else begins
        line.ends = line.ends if ends is None else ends
        return _kept(line)


def add_line(transcript: Transcript, *, text: str, begins: int, ends: int, speaker: str = "") -> Line:
    """Where its time says: behind the last line that begins no later."""
    with changing(transcript) as held:
        if held.lines.count() >= cues.MOST_LINES:
            words = _("This transcript has %(most)s lines, which is the most.")
            raise Refused("transcript.too_long", words, values={"most": cues.MOST_LINES})
        before = held.lines.filter(begins__lte=begins).order_by("-position").first()
        line = Line(transcript=held, text=_words(text), speaker=cues.clean_name(speaker), begins=begins, ends=ends)
        line.dictionary, line.position = dictionary_of(held.language), _room_after(held, before)
        _check_times(line)
        line.save(force_insert=True)
        return line


def split_line(
    transcript: Transcript, line_id: int, *, version: int, at: int, moment: int | None = None
) -> tuple[Line, Line]:
    """Before the character `at`; the second begins at `moment`, or when so much of the text has been said."""
    with changing(transcript) as held:
        line = _seen(held, line_id, version)
        first, second = cues.clean(line.text[:at]), cues.clean(line.text[at:])
        if not first or not second:
            raise Refused("transcript.split", _("Put the cursor between two words of the line, and split it there."))
        share = len(first) / (len(first) + len(second))
        middle = round(line.begins + (line.ends - line.begins) * share) if moment is None else moment
        middle = min(max(line.begins, middle), line.ends)
        new = Line(
            transcript=held, text=second, speaker=line.speaker, begins=middle, ends=line.ends,
            dictionary=line.dictionary, position=_room_after(held, line),
        )  # fmt: skip
        line.refresh_from_db(fields=["position"])  # others may have moved to make room
        line.text, line.ends = first, middle
        kept = _kept(line)
        new.save(force_insert=True)
        return kept, new


def join_line(transcript: Transcript, line_id: int, *, version: int) -> Line:
    """With the one after it."""
    with changing(transcript) as held:
        line = _seen(held, line_id, version)
        after = held.lines.filter(position__gt=line.position).order_by("position").first()
        if after is None:
            raise Refused("transcript.join", _("This is the last line: there is none to join it with."))
        line.text, line.ends = _words(f"{line.text} {after.text}"), max(line.ends, after.ends)
        line.speaker = line.speaker or after.speaker
        after.delete()
        return _kept(line)


def delete_line(transcript: Transcript, line_id: int, *, version: int) -> None:
    with changing(transcript) as held:
        _seen(held, line_id, version).delete()


def shift_lines(transcript: Transcript, *, by: int) -> int:
    """All lines later, or earlier where `by` (milliseconds) is below zero; returns how many."""
    with changing(transcript) as held:
        first = held.lines.aggregate(first=Min("begins"))["first"]
        if first is not None and first + by < 0:
            words = _("The first line begins after %(seconds)s seconds: earlier than by so much they cannot be.")
            raise Refused("transcript.shift", words, values={"seconds": round(first / 1000, 3)}, field="by")
        if held.lines.filter(ends__gt=cues.MOST_MS - by).exists():
            raise Refused("transcript.shift", _("Lines would end later than 12 hours."), field="by")
        return held.lines.update(begins=F("begins") + by, ends=F("ends") + by, version=F("version") + 1)


def rename_speaker(transcript: Transcript, *, name: str, to: str) -> int:
    """In every line; an empty `name` names those who have none. Returns how many lines."""
    with changing(transcript) as held:
        return held.lines.filter(speaker=cues.clean_name(name)).update(
            speaker=cues.clean_name(to), version=F("version") + 1
        )


def replace_text(transcript: Transcript, *, find: str, replacement: str, match_case: bool = False) -> int:
    """In every line; returns in how many. `selectors.replacements` shows before what it would do."""
    with changing(transcript) as held:
        lines = []
        for line, text in selectors.replaced(held, find=find, replacement=replacement, match_case=match_case):
            line.text, line.version = _words(text), line.version + 1
            lines.append(line)
        Line.objects.bulk_update(lines, ["text", "version"], batch_size=BATCH)
        return len(lines)


def _seen(held: Transcript, line_id: int, version: int) -> Line:
    line: Line | None = held.lines.filter(pk=line_id).first()
    if line is None:
        words = _("Somebody deleted this line, or joined it with the one before. Your text is still here: copy it.")
        raise Refused("transcript.line_gone", words, status=404)
    if line.version != version:
        words = _("Somebody changed this line at the same time. Both texts are here: keep the one that is right.")
        raise Refused("transcript.line_changed", words, field="version")
    return line


def _kept(line: Line) -> Line:
    _check_times(line)
    line.version += 1
    line.save(update_fields=["text", "speaker", "begins", "ends", "version"])
    return line


def _check_times(line: Line) -> None:
    if line.ends < line.begins:
        raise Refused("transcript.times", _("The end of a line cannot come before its beginning."), field="ends")
    if line.ends > cues.MOST_MS:
        raise Refused("transcript.times", _("Lines end within 12 hours."), field="ends")


def _words(text: str) -> str:
    words = cues.clean(text)
    if not words:
        raise Refused("transcript.no_words", _("A line needs words. Delete it if nothing is said."), field="text")
    if len(words) > cues.MOST_TEXT:
        raise Refused(
            "transcript.line_too_long",
            _("A line has at most %(most)s characters. Split it."),
            values={"most": cues.MOST_TEXT},
            field="text",
        )
    return words


def _room_after(held: Transcript, before: Line | None) -> int:
    """A position between this line (None: the beginning) and the next."""
    later = held.lines.filter(position__gt=before.position) if before else held.lines.all()
    after = later.order_by("position").first()
    if before is None:
        return after.position - GAP if after else 0
    if after is None:
        return before.position + GAP
    if after.position - before.position < 2:
        _spread(held)
        before.refresh_from_db(fields=["position"])
        return _room_after(held, before)
    return (before.position + after.position) // 2


def _spread(held: Transcript) -> None:
    """Gives all lines their gaps back."""
    rows = list(held.lines.order_by("position").only("pk", "position"))
    for number, line in enumerate(rows):
        line.position = number * GAP
    Line.objects.bulk_update(rows, ["position"], batch_size=BATCH)
