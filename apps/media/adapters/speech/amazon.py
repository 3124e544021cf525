"""Speech to text by Amazon Transcribe: begun once, asked for until it is done, and read from our own bucket."""

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from django.conf import settings

from apps.media.adapters.cues import MOST_MS, Cue
from apps.media.adapters.speech import Heard, Sound, SpeechError
from apps.media.registry import Missing, store

# https://docs.aws.amazon.com/transcribe/latest/dg/supported-languages.html
LANGUAGES = {
    "ar": "ar-SA", "cs": "cs-CZ", "da": "da-DK", "de": "de-DE", "el": "el-GR", "en": "en-US", "es": "es-ES",
    "fi": "fi-FI", "fr": "fr-FR", "he": "he-IL", "hi": "hi-IN", "hr": "hr-HR", "hu": "hu-HU", "id": "id-ID",
    "it": "it-IT", "ja": "ja-JP", "ko": "ko-KR", "nl": "nl-NL", "no": "no-NO", "pl": "pl-PL", "pt": "pt-PT",
    "ro": "ro-RO", "ru": "ru-RU", "sk": "sk-SK", "sv": "sv-SE", "tr": "tr-TR", "uk": "uk-UA", "zh": "zh-CN",
}  # fmt: skip
FORMATS = {
    "video/mp4": "mp4", "video/webm": "webm", "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/wav": "wav",
    "audio/x-wav": "wav", "audio/flac": "flac", "audio/x-flac": "flac", "audio/ogg": "ogg",
}  # fmt: skip
MOST_BYTES = 2 * 1000**3  # of a file; https://docs.aws.amazon.com/transcribe/latest/dg/limits-guidelines.html
MOST_VOICES = 10
MOST_RESULT = 64 * 1024 * 1024
LINE_CHARACTERS = 84
PAUSE = 1.2
SENTENCE_ENDS = (".", "?", "!", "。", "？", "！", "؟")


@lru_cache(maxsize=1)
def client() -> Any:
    bounds = Config(connect_timeout=5, read_timeout=30, retries={"max_attempts": 3, "mode": "standard"})
    return boto3.client("transcribe", region_name=settings.AWS_S3_REGION_NAME, config=bounds)


def transcribe(sound: Sound, *, language: str, mark: str, remote: str) -> Heard:
    if not remote:
        return Heard(None, _begin(sound, language, mark))
    job = client().get_transcription_job(TranscriptionJobName=remote)["TranscriptionJob"]
    status = job["TranscriptionJobStatus"]
    if status == "FAILED":
        client().delete_transcription_job(TranscriptionJobName=remote)  # so that the same work can be begun again
        raise SpeechError("speech-failed", job.get("FailureReason", ""))
    if status != "COMPLETED":
        return Heard(None, remote)
    cues = list(lines(_result(remote)))
    client().delete_transcription_job(TranscriptionJobName=remote)
    store().delete(_place(remote))
    return Heard(cues, remote)


def _begin(sound: Sound, language: str, mark: str) -> str:
    code = LANGUAGES.get(language.partition("-")[0])
    if code is None:
        raise SpeechError("speech-language")
    name, kind = sound.name, FORMATS.get(sound.content_type, "")
    if not kind or sound.size > MOST_BYTES:
        name, kind = sound.lend(), "wav"
    remote = f"plenary-{mark}"
    try:
        client().start_transcription_job(
            TranscriptionJobName=remote,
            LanguageCode=code,
            MediaFormat=kind,
            Media={"MediaFileUri": f"s3://{settings.AWS_STORAGE_BUCKET_NAME}/{name}"},
            OutputBucketName=settings.AWS_STORAGE_BUCKET_NAME,
            OutputKey=_place(remote),
            Settings={"ShowSpeakerLabels": True, "MaxSpeakerLabels": MOST_VOICES},
        )
    except ClientError as error:
        said = error.response.get("Error", {}).get("Code", "")
        if said == "BadRequestException":
            raise SpeechError("speech-failed", str(error)) from error
        if said != "ConflictException":  # a worker that was killed had begun it
            raise
    return remote


def _place(remote: str) -> str:
    return f"speech/{remote}.json"


def _result(remote: str) -> dict[str, Any]:
    try:
        size = store().size(_place(remote))
        if size > MOST_RESULT:
            raise SpeechError("speech-failed", f"a result of {size} bytes")
        found: dict[str, Any] = json.loads(store().read(_place(remote), 0, size))["results"]
    except (Missing, ValueError, KeyError) as error:
        raise SpeechError("speech-failed", f"its result cannot be read: {error}") from error
    return found


def lines(results: dict[str, Any]) -> Iterator[Cue]:
    """Lines of a size to be read: one ends with its sentence, at a pause, with another voice, or when it is full."""
    words: list[tuple[float, float, str, str]] = []
    for item in results.get("items", ()):
        said = str(item["alternatives"][0]["content"])
        if item["type"] == "punctuation":
            if words:
                begins, ends, text, voice = words[-1]
                words[-1] = (begins, ends, text + said, voice)
            continue
        word = (float(item["start_time"]), float(item["end_time"]), said, str(item.get("speaker_label", "")))
        if words and _is_over(words, word):
            yield from _cue(words)
            words = []
        words.append(word)
    yield from _cue(words)


def _is_over(words: list[tuple[float, float, str, str]], following: tuple[float, float, str, str]) -> bool:
    _begins, ends, text, voice = words[-1]
    length = sum(len(word[2]) + 1 for word in words)
    return (
        following[3] != voice
        or following[0] - ends > PAUSE
        or text.endswith(SENTENCE_ENDS)
        or length + len(following[2]) > LINE_CHARACTERS
    )


def _cue(words: Iterable[tuple[float, float, str, str]]) -> Iterator[Cue]:
    found = list(words)
    if found and found[-1][1] * 1000 <= MOST_MS:
        text, voice = " ".join(word[2] for word in found), found[0][3]
        yield Cue(round(found[0][0] * 1000), round(found[-1][1] * 1000), text, voice.replace("spk_", "Speaker "))
