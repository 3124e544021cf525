"""Who runs a poll: moderators any, speakers those of their own sessions."""

from apps.polls import permissions
from apps.polls.models import Poll
from apps.tracks.models import Session, SessionSpeaker


def speakers_of(poll: Poll) -> frozenset[int]:
    """Ids of the people who speak in the poll's session."""
    if poll.session_id is None:
        return frozenset()
    found = SessionSpeaker.objects.filter(session=poll.session_id, speaker__user__isnull=False)
    return frozenset(found.values_list("speaker__user", flat=True))


def can_run(poll: Poll, roles: frozenset[str], user_id: int | None) -> bool:
    speakers = frozenset[int]() if permissions.can_run(roles) else speakers_of(poll)
    return permissions.can_run_poll(poll, roles, user_id, speakers)


def can_run_session(session: Session, roles: frozenset[str], user_id: int | None) -> bool:
    return can_run(Poll(event_id=session.event_id, session=session), roles, user_id)
