"""What becomes of quizzes when their session is deleted: without one they would be everybody's of the event."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.quizzes.models import Game, Quiz


def why_sessions_stay(session_ids: Collection[int]) -> Refused | None:
    """A game that was played cannot be hidden again: organisers say first where it belongs."""
    if not Game.objects.filter(quiz__session__in=session_ids).exists():
        return None
    words = _("A quiz was played in this session. Move or delete the quiz first, or cancel the session instead.")
    return Refused("session.played", words)


def put_away_with(session_ids: Collection[int]) -> None:
    """Attendees no longer see its trainings. Each quiz waits until somebody says where it is played."""
    found = Quiz.objects.filter(session__in=session_ids)
    # Held whole: a game that begins at this moment waits, and finds no session.
    list(found.select_for_update().order_by("pk").values_list("pk"))
    found.update(is_published=False)
