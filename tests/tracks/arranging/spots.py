"""Times of the day that is arranged, and a move of what stands there."""

from datetime import UTC, datetime, timedelta

from apps.tracks import services
from apps.tracks.selectors import Spot

NINE = datetime(2031, 5, 6, 9, tzinfo=UTC)
HALF = timedelta(minutes=30)


def spot(session):
    session.refresh_from_db()
    return Spot(session.room_id, session.starts_at, session.ends_at, session.state)


def put(event, session, room, at, *, seen=None, length=HALF):
    seen = seen or spot(session)
    return services.place_session(
        event, session_id=session.pk, seen=seen, room_id=room.pk, starts_at=at, ends_at=at + length
    )
