"""What sessions say live: names of topics and their payloads, the same for every reader."""

from datetime import datetime
from hashlib import blake2s
from typing import TypedDict

from apps.tracks.models import Session
from apps.tracks.models import Stage as OnStage


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
    state: str
    """scheduled, lobby, live, intermission, ended or recording: by the schedule or by hand."""
    by_hand: bool
    next_at: str | None
    """When the schedule moves it on; pages go on by that time."""
    version: int
    """Of what was pressed; whoever presses next names it."""
    picture: str
    """Another one whenever something else is to be seen on it."""


class People(TypedDict):
    """How many people are in a session; rounded when they are many."""

    here: int


def stage_topic(session_id: int) -> str:
    return f"session/{session_id}/stage"


def people_topic(session_id: int) -> str:
    return f"session/{session_id}/people"


def stage(session: Session, *, now: datetime) -> Stage:
    data = session.title.data
    held = OnStage.of(session)
    next_at = held.next_at(now)
    return {
        "id": session.pk,
        "status": "cancelled" if session.is_cancelled else session.phase_at(now).value,
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "title": data if isinstance(data, dict) else {session.event.default_language: str(session.title)},
        "video": session.video is not None and session.video.is_shown,
        "state": held.state_at(now).value,
        "by_hand": held.mode == held.Mode.HAND,
        "next_at": next_at.isoformat() if next_at else None,
        "version": held.version,
        "picture": picture(held, now),
    }


def picture(stage: OnStage, now: datetime) -> str:
    """A mark of all that decides what is seen on the stage."""
    session, state, since = stage.session, stage.state_at(now), stage.plays_since(now)
    words = (stage.scheduled_words, stage.lobby_words, stage.intermission_words, stage.ended_words)
    film = stage.film if state in stage.ON_SCREEN else None
    stream = stage.stream if state == stage.State.LIVE else None
    parts = [
        *(session.state, state, stage.source, stage.external_url, film.key if film else "", since, stage.loops),
        stage.plays_until if since else "",
        stream.key if stream else "",
        *(
            stage.lobby_film_id,
            stage.intermission_asset_id,
            session.do_not_record,
            *(getattr(word, "data", word) for word in words),
        ),
        *(stage.is_simulive, stage.recording_state),
    ]
    return blake2s("\n".join(map(str, parts)).encode(), digest_size=8).hexdigest()


def people(here: int) -> People:
    return {"here": here}
