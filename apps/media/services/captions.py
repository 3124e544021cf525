"""Live captions: what is said on a stage reaches its readers, and is kept as the transcript of the recording."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.bounds import check_room
from apps.core.errors import Refused
from apps.core.rows import hold_row
from apps.events.models import Event
from apps.live import publish
from apps.media import broadcasts, registry, selectors
from apps.media.adapters import cues
from apps.media.models import Asset, CaptionKey, Hearing, Line, Transcript
from apps.media.models.transcripts import GAP, dictionary_of
from apps.media.services.transcripts import language_code, tell

if TYPE_CHECKING:
    from apps.accounts.models import User

MOST_LANGUAGES = 20
MOST_PARTIAL = 500
MOST_AT_ONCE = 100
"""Lines of one file; what is live comes in small pieces."""
TOLD = ("begins", "ends", "speaker", "text")
"""What makes a line that a program sends again the same one."""
MS_A_CHARACTER = 65
"""About how long a character takes to be said, where nobody tells when a line began."""
NO_STAGE = _("There is no such stage in this event.")


def stage(event: Event, stage_key: str) -> registry.StagePlace:
    found = registry.find_stage(event.pk, stage_key)
    if found is None:
        raise Refused("captions.no_stage", NO_STAGE, status=404)
    return found


def say(
    event: Event,
    *,
    stage_key: str,
    language: str,
    text: str,
    speaker: str = "",
    is_final: bool = True,
    begins: int | None = None,
    ends: int | None = None,
    by: "User | None" = None,
) -> Line | None:
    """A line, or what is being said and may still change (`is_final` false: it takes the place of what was, and an
    empty one takes it away). Times are milliseconds from the stage's beginning; without them it was said just now. The
    same words of the same times are said once."""
    place = stage(event, stage_key)
    with transaction.atomic():
        held = _transcript(event, stage_key, language, by)
        words, name = cues.clean(text), cues.clean_name(speaker)
        if is_final:
            line = _line(held, place, words, name, begins, ends)
            _say_to_readers(held, stage_key)
            return line
        held.partial, held.partial_speaker = words[-MOST_PARTIAL:], name
        held.save(update_fields=["partial", "partial_speaker"])
        publish.state(event.pk, broadcasts.captions_topic(stage_key, held.language))
    return None


def _say_to_readers(held: Transcript, stage_key: str) -> None:
    """Lines were said: what was still being said is over."""
    held.partial = held.partial_speaker = ""
    held.revision = F("revision") + 1
    held.save(update_fields=["partial", "partial_speaker", "revision"])
    publish.state(held.event_id, broadcasts.transcript_topic(held.pk))
    publish.state(held.event_id, broadcasts.captions_topic(stage_key, held.language))


@transaction.atomic
def say_all(event: Event, *, stage_key: str, language: str, said: Sequence[cues.Cue]) -> int:
    """The lines of a file, all of them or none; those that are there already, of a program that heard no answer and
    sends it again, are not said twice. How many the file has. Raises `Refused`."""
    stage(event, stage_key)
    if len(said) > MOST_AT_ONCE:
        words = _("This file has %(count)s lines, and %(most)s at most are taken at once. Send it in parts.")
        values = {"count": len(said), "most": MOST_AT_ONCE}
        raise Refused("captions.too_many_lines", words, values=values, field="file", status=422)
    held = _transcript(event, stage_key, language, None)
    last = held.lines.order_by("-position").first()
    position, dictionary = last.position + GAP if last else 0, dictionary_of(held.language)
    known = set(held.lines.filter(begins__in={cue.begins for cue in said}).values_list(*TOLD))
    new: list[Line] = []
    for cue in said:
        told = (cue.begins, cue.ends, cue.speaker, cue.text)
        if told not in known:
            known.add(told)
            facts = dict(zip(TOLD, told, strict=True))
            new.append(Line(transcript=held, position=position + len(new) * GAP, dictionary=dictionary, **facts))
    if held.lines.count() + len(new) > cues.MOST_LINES:
        raise _too_long()
    Line.objects.bulk_create(new)
    _say_to_readers(held, stage_key)
    return len(said)


def _transcript(event: Event, stage_key: str, language: str, by: "User | None") -> Transcript:
    """Held; made with its first word."""
    code = language_code(language)
    found = selectors.live_transcripts(event.pk, stage_key).filter(language=code).first()
    if found is None:
        hold_row(event, gone="event.gone")
        live = selectors.live_transcripts(event.pk, stage_key)
        found = live.filter(language=code).first()
        if found is None:
            check_room(live, most=MOST_LANGUAGES, code="captions.too_many")
            origin = Transcript.Origin.LIVE
            found = Transcript.objects.create(
                event=event, stage_key=stage_key, language=code, origin=origin, made_by=by
            )
            publish.state(event.pk, broadcasts.caption_languages_topic(stage_key))
    return hold_row(found, gone="transcript.gone")


def _line(
    held: Transcript, place: registry.StagePlace, words: str, name: str, begins: int | None, ends: int | None
) -> Line:
    if not words:
        raise Refused("captions.no_words", _("Write something first."), field="text", status=422)
    last = held.lines.order_by("-position").first()
    if held.lines.count() >= cues.MOST_LINES:
        raise _too_long()
    now = round((clock.now() - place.starts_at).total_seconds() * 1000)
    until = min(max(0, now if ends is None else ends), cues.MOST_MS)
    earliest = last.ends if last else 0
    since = max(until - len(words) * MS_A_CHARACTER, min(earliest, until)) if begins is None else begins
    told = {"begins": min(max(0, since), until), "ends": until, "speaker": name, "text": words[: cues.MOST_TEXT]}
    if begins is not None and ends is not None and (known := held.lines.filter(**told).first()):
        return known  # a program that heard no answer sends it again
    position = last.position + GAP if last else 0
    line = Line(transcript=held, position=position, dictionary=dictionary_of(held.language), **told)
    line.save(force_insert=True)
    return line


def _too_long() -> Refused:
    return Refused("transcript.too_long", _("This transcript has as many lines as it may."))


def keep_captions(event: Event, *, stage_key: str, film: Asset, offset_ms: int = 0) -> list[Transcript]:
    """What was written live becomes the transcripts of the recording, as drafts; languages that it has already stay as
    they are. `offset_ms` is how long after the stage's beginning the recording begins."""
    kept = []
    with transaction.atomic():
        hold_row(film, gone="media.none")
        known = set(film.transcripts.filter(deleted_at=None).values_list("language", flat=True))
        for row in selectors.live_transcripts(event.pk, stage_key).exclude(language__in=known):
            held = hold_row(row, gone="transcript.gone")
            held.lines.filter(ends__lt=max(0, offset_ms)).delete()
            shifted = held.lines.filter(begins__lt=max(0, offset_ms))
            shifted.update(begins=max(0, offset_ms))
            held.lines.update(begins=F("begins") - offset_ms, ends=F("ends") - offset_ms, version=F("version") + 1)
            held.asset, held.partial, held.partial_speaker = film, "", ""
            held.revision = F("revision") + 1
            held.save(update_fields=["asset", "partial", "partial_speaker", "revision"])
            publish.state(event.pk, broadcasts.captions_topic(stage_key, held.language))
            publish.state(event.pk, broadcasts.transcript_topic(held.pk))
            kept.append(held)
        publish.state(event.pk, broadcasts.caption_languages_topic(stage_key))
    return kept


def rotate_caption_key(event: Event, *, stage_key: str) -> str:
    """A new key by which a program writes the captions of this stage; the one before opens nothing any more. It is told
    this once."""
    stage(event, stage_key)
    key = secrets.token_urlsafe(24)
    values = {"secret": _digest(key), "made_at": clock.now()}
    CaptionKey.objects.update_or_create(event=event, stage_key=stage_key, defaults=values)
    return key


def revoke_caption_key(event: Event, *, stage_key: str) -> None:
    stage(event, stage_key)
    CaptionKey.objects.filter(event=event, stage_key=stage_key).delete()


def stage_of_key(event: Event, key: str) -> str:
    """Which stage a program's key opens; empty where none."""
    found = CaptionKey.objects.filter(event=event, secret=_digest(key)).first() if key else None
    return found.stage_key if found else ""


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def drop_captions(stage_keys: Collection[str]) -> None:
    """The stages are deleted: what was written live there and has no recording goes to where transcripts are thrown
    away, the keys open nothing any more, and no machine listens."""
    for row in Transcript.objects.filter(stage_key__in=stage_keys, asset=None, deleted_at=None):
        row.deleted_at = clock.now()
        row.save(update_fields=["deleted_at"])
        tell(row)
    CaptionKey.objects.filter(stage_key__in=stage_keys).delete()
    Hearing.objects.filter(stage_key__in=stage_keys).delete()
