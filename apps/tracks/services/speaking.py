"""Who speaks in a session hears what its staff hear. Who no longer does comes back with a new ticket, and is asked."""

from collections.abc import Collection

from apps.live import publish
from apps.tracks.models import SessionSpeaker, Speaker

MOST_CALLED = 50
"""People; of more at once everybody is called back, which is one short message."""
Spoke = frozenset[tuple[int, int]]
"""Sessions, and the accounts of those who speak in them."""


def speaking(session_ids: Collection[int]) -> Spoke:
    """To be read before the speakers of these sessions are changed."""
    if not session_ids:
        return frozenset()
    rows = SessionSpeaker.objects.filter(session__in=session_ids, speaker__user__isnull=False)
    return frozenset(rows.order_by().values_list("session_id", "speaker__user"))


def speaking_changed(event_id: int, session_ids: Collection[int], *, before: Spoke) -> None:
    """To be called after it, in the same transaction."""
    gone = {user_id for _session_id, user_id in before - (speaking(session_ids) if before else before)}
    if len(gone) > MOST_CALLED:
        publish.revoke_all(event_id)
        return
    for user_id in sorted(gone):
        publish.revoke(event_id, user_id)


def spoken_by(speaker: Speaker) -> list[int]:
    """The sessions in which they speak."""
    return list(SessionSpeaker.objects.filter(speaker=speaker).order_by().values_list("session_id", flat=True))
