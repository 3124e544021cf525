"""What is told live, and under which topics: how far an asset is, how a stream's encoders do, who is
in its green room, transcripts that are edited, and captions."""

from collections.abc import Sequence
from typing import TypedDict

from apps.media.models import Asset, BackstageLine, Contribution, FileJob, Stream, StreamKey, TranscodeJob

PROGRESS = "asset/{asset_id:int}/progress"
TRANSCRIPT = "transcript/{transcript_id:int}/revision"
CAPTIONS = "captions/{stage:slug}/{language:slug}"
CAPTION_LANGUAGES = "captions/{stage:slug}"
CAPTION_LINES = 3
HEALTH = "stream/{stream_id:int}/health"
GREEN_ROOM = "stream/{stream_id:int}/green-room"
GLIMPSES = "stream/{stream_id:int}/glimpses"
BACKSTAGE = "stream/{stream_id:int}/backstage"


class Progress(TypedDict):
    """How far an asset is. What remains is told from `started` and `percent`; `error` is a code, or empty."""

    id: int
    state: str
    percent: int
    started: str | None
    attempts: int
    error: str


def progress_topic(asset_id: int) -> str:
    return f"asset/{asset_id}/progress"


def progress(asset: Asset, job: TranscodeJob | FileJob | None) -> Progress:
    percent = 100 if asset.state == Asset.State.READY else job.progress if job else 0
    return {
        "id": asset.pk,
        "state": asset.state if job is None or asset.state != Asset.State.PROCESSING else job.state,
        "percent": percent,
        "started": job.started_at.isoformat() if job and job.started_at else None,
        "attempts": job.attempts if job else 0,
        "error": asset.error,
    }


class Revision(TypedDict):
    """That a transcript or its lines changed; an editor asks for the lines that it shows."""

    revision: int


def transcript_topic(transcript_id: int) -> str:
    return f"transcript/{transcript_id}/revision"


class Caption(TypedDict):
    """`id` is 0 while it is being said."""

    id: int
    speaker: str
    text: str


class Captions(TypedDict):
    """The last lines on a stage in one language, the one that is being said last."""

    lines: list[Caption]


class CaptionLanguages(TypedDict):
    """In which languages there are captions on a stage."""

    languages: list[str]


def stage_slug(stage_key: str) -> str:
    """`session/7` as topics say it."""
    return stage_key.replace("/", "-", 1)


def stage_of(slug: str) -> str:
    return slug.replace("-", "/", 1)


def captions_topic(stage_key: str, language: str) -> str:
    return f"captions/{stage_slug(stage_key)}/{language}"


def caption_languages_topic(stage_key: str) -> str:
    return f"captions/{stage_slug(stage_key)}"


class Input(TypedDict):
    """How one of a stream's two encoders does; all zero while none is there."""

    input: str
    is_here: bool
    kbps: int
    fps: float
    width: int
    height: int
    has_sound: bool
    dropped: int
    """Pictures that could not be taken in time, since it connected."""
    key_frame_at: str
    """When the last key frame came; empty before the first."""
    key_frame_every: float
    """Seconds between the last two."""


class Health(TypedDict):
    """A stream as those who run it see it. `on_air` is an input, `browser` or empty."""

    id: int
    state: str
    choice: str
    on_air: str
    started: str | None
    inputs: list[Input]


def health_topic(stream_id: int) -> str:
    return f"stream/{stream_id}/health"


def health(stream: Stream, keys: Sequence[StreamKey]) -> Health:
    return {
        "id": stream.pk,
        "state": stream.state,
        "choice": stream.choice,
        "on_air": stream.air_input,
        "started": stream.started_at.isoformat() if stream.started_at else None,
        "inputs": [_input(key) for key in keys],
    }


def _input(key: StreamKey) -> Input:
    said = key.health if key.lease else {}
    return {
        "input": key.input,
        "is_here": bool(key.lease),
        "kbps": said.get("kbps", 0),
        "fps": said.get("fps", 0.0),
        "width": said.get("width", 0),
        "height": said.get("height", 0),
        "has_sound": said.get("has_sound", False),
        "dropped": said.get("dropped", 0),
        "key_frame_at": said.get("key_frame_at", ""),
        "key_frame_every": said.get("key_frame_every", 0.0),
    }


class Contributor(TypedDict):
    """Somebody in a green room. `is_here` is false while their line is broken; `shows` is camera, screen or both."""

    id: int
    name: str
    is_here: bool
    has_picture: bool
    has_sound: bool
    is_ready: bool
    shows: str


class GreenRoom(TypedDict):
    """Who is in a stream's green room, in the order in which they came. `on_stage` is one of them, or nobody; `on_air`
    whether theirs is the picture that is sent at this moment."""

    id: int
    on_stage: int | None
    on_air: bool
    contributors: list[Contributor]


def green_room_topic(stream_id: int) -> str:
    return f"stream/{stream_id}/green-room"


def green_room(stream: Stream, contributions: Sequence[Contribution]) -> GreenRoom:
    return {
        "id": stream.pk,
        "on_stage": stream.on_stage_id,
        "on_air": any(one.is_on_air and one.pk == stream.on_stage_id for one in contributions),
        "contributors": [
            {
                "id": one.pk,
                "name": one.person.name,
                "is_here": one.is_here,
                "has_picture": one.has_picture,
                "has_sound": one.has_sound,
                "is_ready": one.is_ready,
                "shows": one.shows,
            }
            for one in contributions
        ],
    }


class Glimpse(TypedDict):
    """Of somebody in a green room: `picture` is another number with each small picture, `loudness` 0 to 100."""

    id: int
    picture: int
    loudness: int


class Glimpses(TypedDict):
    """Of whom there is a picture from the last seconds; those who run the stage fetch it by its number."""

    id: int
    glimpses: list[Glimpse]


class Said(TypedDict):
    """`to` is who of the green room is meant, nobody where it is for all; `is_from_desk` where whoever runs the stage
    said it."""

    id: int
    at: str
    by: str
    is_from_desk: bool
    to: int | None
    to_name: str
    text: str


class Backstage(TypedDict):
    """The last lines that were said in a green room, the newest last."""

    id: int
    lines: list[Said]


def glimpses_topic(stream_id: int) -> str:
    return f"stream/{stream_id}/glimpses"


def backstage_topic(stream_id: int) -> str:
    return f"stream/{stream_id}/backstage"


def said(line: BackstageLine) -> Said:
    return {
        "id": line.pk,
        "at": line.said_at.isoformat(),
        "by": line.author.name,
        "is_from_desk": line.is_from_desk,
        "to": line.to_id,
        "to_name": line.to.person.name if line.to else "",
        "text": line.text,
    }
