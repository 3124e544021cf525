"""What is said on a stage at this moment."""

from typing import TYPE_CHECKING, TypedDict

from apps.media import broadcasts
from apps.media.models import Hearing, Transcript

if TYPE_CHECKING:
    from django.db.models import QuerySet


def live_transcripts(event_id: int, stage_key: str) -> "QuerySet[Transcript]":
    """Those that are being written, or were and have no recording yet."""
    return Transcript.objects.filter(event_id=event_id, stage_key=stage_key, asset=None, deleted_at=None)


def hearing(event_id: int, stage_key: str) -> Hearing | None:
    """The machine that writes along on a stage."""
    return Hearing.objects.filter(event_id=event_id, stage_key=stage_key).first()


def captions(event_id: int, stage_key: str, language: str) -> broadcasts.Captions:
    found = live_transcripts(event_id, stage_key).filter(language=language).first()
    if found is None:
        return {"lines": []}
    shown: list[broadcasts.Caption] = []
    if found.partial:
        shown.append({"id": 0, "speaker": found.partial_speaker, "text": found.partial})
    rows = found.lines.order_by("-position").values("id", "speaker", "text")
    room = broadcasts.CAPTION_LINES - len(shown)
    shown += ({"id": row["id"], "speaker": row["speaker"], "text": row["text"]} for row in rows[:room])
    return {"lines": shown[::-1]}


def caption_languages(event_id: int, stage_key: str) -> broadcasts.CaptionLanguages:
    rows = live_transcripts(event_id, stage_key).order_by("language")
    return {"languages": list(rows.values_list("language", flat=True))}


class StageCaptions(TypedDict):
    """What templates/media/live_captions.html shows; the page's script hears the lines."""

    topic: str
    languages: list[str]


def stage_captions(event_id: int, stage_key: str) -> StageCaptions:
    """Ask `registry.check_reads_stage` first."""
    languages = caption_languages(event_id, stage_key)["languages"]
    topic = broadcasts.caption_languages_topic(stage_key)
    return {"topic": topic, "languages": languages}
