"""How a session's stage stands: for pages, for the people who run it, and for whoever asks when its recording began."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.access import May, may, may_own
from apps.core.errors import Refused
from apps.events.models import Event
from apps.media import selectors as media
from apps.media.models import Asset, Stream
from apps.tracks.models import Session, SessionSpeaker, Stage


def with_stage(event: Event, slug: str) -> Session | None:
    """A session of the agenda with all that its stage shows."""
    rows = event.sessions.on_agenda().light().select_related("event", "room", "track", "video__encoding", *STAGE)
    return rows.filter(slug=slug).first()


STAGE = (
    "stream", "stage", "stage__lobby_film__encoding", "stage__intermission_asset__encoding",
    "stage__recording__encoding",
)  # fmt: skip
"""What is read along with a session whose stage is shown."""


def stream_places(stream: Stream) -> list[tuple[str, str]]:
    """The session that shows it, by the address of its control page."""
    rows = Session.objects.on_agenda().filter(event=stream.event_id, stream=stream).select_related("event")
    return [
        (session.title, reverse("tracks:stage", args=[session.event.slug, session.slug]))
        for session in rows.only("title", "slug", "event__slug")
    ]


def can_run_stage(roles: frozenset[str]) -> bool:
    return may(roles, May.RUN_STAGES)


def can_watch_stage(session: Session, user_id: int | None, roles: frozenset[str]) -> bool:
    """Whether somebody may look at how it is run: those who run it, and its speakers."""
    if can_run_stage(roles):
        return True
    if user_id is None or not may_own(roles, May.ENTER_SESSIONS):
        return False
    return SessionSpeaker.objects.filter(session=session, speaker__user=user_id).exists()


def has_green_room(session: Session) -> bool:
    """Whether people can come on its stage with a browser: where it shows a live stream."""
    return session.stream_id is not None and Stage.of(session).source == Stage.Source.STREAM


def green_room_of(session: Session) -> Stream | None:
    """The live stream that its stage shows, whether it has begun or not. Give the session with its `event`."""
    stream = session.stream if has_green_room(session) else None
    if stream is not None:
        stream.event = session.event
    return stream


def may_contribute(stream: Stream, user_id: int, roles: frozenset[str]) -> bool:
    """Whether somebody may be in the green room of a stream: of a session that shows it a speaker, or who runs it."""
    sessions = Session.objects.filter(event=stream.event_id, stream=stream)
    if not can_run_stage(roles):
        if not may_own(roles, May.ENTER_SESSIONS):
            return False
        sessions = sessions.filter(session_speakers__speaker__user=user_id)
    return sessions.exists()


def live_address(session: Session) -> str:
    """Of the playlist of its live stream; empty before the first picture, and once the stream has ended."""
    stream = Stage.of(session).stream
    if stream is None:
        return ""
    stream.event = session.event
    return media.live(stream)["url"]


def recorded_from(session: Session, now: datetime) -> datetime | None:
    """When the first second of its recording was; None where there is none that is shown, or none of ours: what plays
    elsewhere does not tell where it stands."""
    stage = Stage.of(session)
    if session.video_id is None or stage.source == Stage.Source.EXTERNAL:
        return None
    is_over = stage.state_at(now) in (Stage.State.ENDED, Stage.State.RECORDING)
    is_shown = stage.published_at is not None or stage.publish == Stage.Publish.AT_ONCE
    if not is_over or not is_shown:
        return None
    return session.starts_at + timedelta(seconds=session.recording_offset)


def recorded_film(session: Session) -> Asset | None:
    """The recording of what was on its stage, also before it is published."""
    stage = Stage.of(session)
    return stage.recording if stage.source == Stage.Source.STREAM else session.video


def recording_begins(session: Session) -> int:
    """How many seconds after the session's beginning its recording begins."""
    stage = Stage.of(session)
    if stage.source != Stage.Source.STREAM or stage.opened_at is None:
        return session.recording_offset
    return round((stage.opened_at - session.starts_at).total_seconds())


def recorded_until(session: Session) -> datetime:
    """When the recording's last second was, as far as the stage knows."""
    return Stage.of(session).ended_at or session.ends_at


def recording_of(session: Session, now: datetime) -> tuple[datetime, datetime]:
    """From when to when it was recorded; refused where there is no recording that is shown."""
    start = recorded_from(session, now)
    if start is None:
        raise Refused("session.no_recording", _("There is no recording of this session."), status=404)
    return start, recorded_until(session)


def next_in_room(session: Session) -> Session | None:
    """What comes after it in its room, within a day."""
    soon = (
        session.event.sessions.planned()
        .light()
        .filter(room=session.room_id, starts_at__gte=session.ends_at, starts_at__lt=session.ends_at + timedelta(days=1))
    )
    return soon.order_by("starts_at", "pk").first()
