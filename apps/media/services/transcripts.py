"""Transcripts come in, are shown, are thrown away and come back; every write to one holds its row."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from apps.core import clock, tongues
from apps.core.bounds import check_room
from apps.core.errors import Refused
from apps.core.rows import hold_row
from apps.live import publish
from apps.media import broadcasts, selectors
from apps.media.adapters import webvtt, words
from apps.media.adapters.cues import MOST_BYTES, Said
from apps.media.models import Asset, Line, Transcript
from apps.media.models.transcripts import GAP, dictionary_of

if TYPE_CHECKING:
    from apps.accounts.models import User

MOST_OF_ASSET = 40
MOST_FILE = MOST_BYTES
"""Of a file that is brought in; a caller reads one byte more, so that a larger one is refused."""
KEPT_AFTER_DELETION = timedelta(days=7)
BATCH = 1000
Origin = Transcript.Origin


def language_code(said: str) -> str:
    """`de`, `pt-br`: as they are kept. Raises `Refused` for what is no language."""
    code = said.strip().lower().replace("_", "-")
    main, _mark, region = code.partition("-")
    if main not in tongues.codes() or not (region.isalnum() or "-" not in code) or len(code) > 10 or not code.isascii():
        words = _("This is not a language that we know. Choose one of the list.")
        raise Refused("transcript.language", words, field="language", status=422)
    return code


@contextmanager
def changing(transcript: Transcript) -> Iterator[Transcript]:
    """One transaction in which the row is held; whoever edits it too hears of the change."""
    with transaction.atomic():
        held = hold_row(transcript, gone="transcript.gone")
        if held.deleted_at is not None:
            raise Refused("transcript.gone", _("This transcript was deleted. Undo that first."), status=404)
        yield held
        held.revision = F("revision") + 1
        held.save(update_fields=["revision"])
        held.refresh_from_db(fields=["revision"])
        transcript.revision = held.revision
        tell(held)


def tell(row: Transcript) -> None:
    """Editors of it; and where it is still live, whoever reads along."""
    publish.state(row.event_id, broadcasts.transcript_topic(row.pk))
    if row.asset_id is None:
        publish.state(row.event_id, broadcasts.captions_topic(row.stage_key, row.language))
        publish.state(row.event_id, broadcasts.caption_languages_topic(row.stage_key))


def create_transcript(
    asset: Asset,
    *,
    language: str,
    cues: Iterable[Said] = (),
    origin: str = Origin.HAND,
    title: str = "",
    by: "User | None" = None,
    replaces: bool = False,
) -> Transcript:
    """A draft, with these lines. `replaces` writes over the one in this language, if there is any; else that is
    refused."""
    language = language_code(language)
    if not asset.is_played:
        raise Refused("transcript.no_film", _("Only films and sound have transcripts."), status=422)
    with transaction.atomic():
        hold_row(asset, gone="media.none")
        others = asset.transcripts.filter(deleted_at=None)
        found = others.filter(language=language).first()
        if found is None:
            check_room(others, most=MOST_OF_ASSET, code="transcript.too_many")
            found = Transcript.objects.create(
                event_id=asset.event_id, asset=asset, language=language, origin=origin, title=title, made_by=by
            )
        elif not replaces:
            words = _("There is a transcript in this language already. Say that it shall be replaced, or delete it.")
            raise Refused("transcript.exists", words, field="language")
        with changing(found) as held:
            held.origin = origin
            held.save(update_fields=["origin"])
            fill(held, cues)
    return found


def fill(held: Transcript, cues: Iterable[Said]) -> None:
    """These lines instead of those that are there. The row is held."""
    held.lines.all().delete()
    dictionary = dictionary_of(held.language)
    rows = [
        Line(
            transcript=held, begins=cue.begins, ends=cue.ends, speaker=cue.speaker, text=cue.text,
            position=number * GAP, dictionary=dictionary,
        )
        for number, cue in enumerate(cues)
    ]  # fmt: skip
    Line.objects.bulk_create(rows, batch_size=BATCH)


def upload_transcript(
    asset: Asset, content: bytes, *, language: str, title: str = "", by: "User | None" = None, replaces: bool = False
) -> Transcript:
    """From a WebVTT or SRT file; raises `Refused`, which says in which line what is wrong."""
    return create_transcript(
        asset,
        language=language,
        cues=words.read(content),
        origin=Origin.FILE,
        title=title,
        by=by,
        replaces=replaces,
    )


def take_over_captions(asset: Asset, *, number: int, language: str = "", by: "User | None" = None) -> Transcript:
    """The texts that came inside the film become a transcript, which can be edited."""
    inside = selectors.caption_file(asset.encoding, number) if asset.encoding else None
    if inside is None or asset.encoding is None:
        raise Refused("transcript.no_captions", _("There is no such text inside this film."), status=404)
    said = asset.encoding.captions[number]["language"]
    return create_transcript(
        asset,
        language=language or said or asset.event.default_language,
        cues=webvtt.read(inside),
        origin=Origin.FILM,
        by=by,
    )


def change_transcript(transcript: Transcript, *, title: str | None = None, state: str | None = None) -> Transcript:
    """Another title, published or not. Published ones are the captions of the player."""
    with changing(transcript) as held:
        if title is not None:
            held.title = title
        if state is not None:
            if state == Transcript.State.PUBLISHED and not held.lines.exists():
                raise Refused("transcript.empty", _("There is nothing to publish yet: write a line first."))
            held.state = state
        held.save(update_fields=["title", "state"])
    return held


def delete_transcript(transcript: Transcript) -> None:
    """It is put away for a week; `restore_transcript` brings it back."""
    with changing(transcript) as held:
        held.deleted_at = clock.now()
        held.save(update_fields=["deleted_at"])


def restore_transcript(transcript: Transcript) -> Transcript:
    with transaction.atomic():
        if transcript.asset is not None:
            hold_row(transcript.asset, gone="media.none")
        held = hold_row(transcript, gone="transcript.gone")
        others = Transcript.objects.filter(event_id=held.event_id, language=held.language, deleted_at=None)
        same = {"asset_id": held.asset_id} if held.asset_id else {"asset": None, "stage_key": held.stage_key}
        if others.filter(**same).exclude(pk=held.pk).exists():
            words = _("There is another transcript in this language by now. Delete that first.")
            raise Refused("transcript.exists", words)
        held.deleted_at = None
        held.save(update_fields=["deleted_at"])
        tell(held)
    return held


def sweep_transcripts(*, limit: int = 50) -> int:
    """Those that were thrown away a week ago go for good. Beat calls it."""
    due = Transcript.objects.filter(deleted_at__lt=clock.now() - KEPT_AFTER_DELETION).order_by("deleted_at")[:limit]
    return sum(bool(row.delete()[0]) for row in due)
