"""Who may have a clip for what quizzes show with it."""

from apps.core.errors import Refused
from apps.media.models import Asset
from apps.quizzes.models import Task, Turn
from apps.tracks import selectors as tracks

MOST_SHOWN = 20


def may_have_file(asset: Asset, user_id: int | None, roles: frozenset[str]) -> Refused | bool:
    """What a question that was asked is shown with is for whoever may play, and for who met it in a training of their
    own. False where no quiz has shown it yet: it may tell what is asked next."""
    if (
        user_id is not None
        and Task.objects.filter(
            attempt__user=user_id, attempt__quiz__event=asset.event_id, sheet__media=asset.pk
        ).exists()
    ):
        return True
    asked = Turn.objects.filter(game__quiz__event=asset.event_id, opens_at__isnull=False, sheet__media=asset.pk)
    refusal: Refused | bool = False
    for session_id in asked.order_by().values_list("game__quiz__session", flat=True).distinct()[:MOST_SHOWN]:
        why = None
        if session_id is not None:
            why = tracks.why_shut(asset.event_id, session_id, user_id=user_id, roles=roles)
        if why is None:
            return True
        refusal = why
    return refusal
