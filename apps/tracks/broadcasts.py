"""What sessions say live: names of topics and their payloads, the same for every reader."""

from datetime import datetime
from typing import TypedDict

from apps.tracks.models import Session


class Stage(TypedDict):
    """The state of a session's stage. `video` says whether its film can be played."""

    id: int
    status: str
    """upcoming, running, over or cancelled, when it was said; pages go on by the two times."""
    starts_at: str
    ends_at: str
    title: dict[str, str]
    """By language; the page takes the reader's."""
    video: bool


class People(TypedDict):
    """How many people are in a session; rounded when they are many."""

    here: int


def stage_topic(session_id: int) -> str:
    return f"session/{session_id}/stage"


def people_topic(session_id: int) -> str:
    return f"session/{session_id}/people"


def stage(session: Session, *, now: datetime) -> Stage:
    data = session.title.data
    return {
        "id": session.pk,
        "status": "cancelled" if session.is_cancelled else session.phase_at(now).value,
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "title": data if isinstance(data, dict) else {session.event.default_language: str(session.title)},
        "video": session.video is not None and session.video.state == session.video.State.READY,
    }


def people(here: int) -> People:
    return {"here": here}
