"""Who runs which quizzes: moderators all, speakers those of their own sessions."""

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.events.models import Event
from apps.quizzes import permissions
from apps.quizzes.models import Quiz
from apps.tracks.models import SessionSpeaker


def not_yours() -> Refused:
    return Refused(
        "quiz.not_yours", _("You run the quizzes of your own sessions. This one is run by others."), status=403
    )


def can_run(quiz: Quiz, roles: frozenset[str], user_id: int | None) -> bool:
    return can_run_session(quiz.session_id, roles, user_id)


def can_run_session(session_id: int | None, roles: frozenset[str], user_id: int | None) -> bool:
    """The quizzes of this session; of None, those that belong to none."""
    if permissions.can_run(roles) or session_id is None or not permissions.can_run_own(roles):
        return permissions.can_run(roles)
    found = SessionSpeaker.objects.filter(session=session_id, speaker__user__isnull=False)
    return permissions.can_run_as_speaker(roles, user_id, frozenset(found.values_list("speaker__user", flat=True)))


def runnable(event: Event, roles: frozenset[str], user_id: int | None) -> QuerySet[Quiz]:
    """What this person may run, with the number of questions each has."""
    found = Quiz.objects.filter(event=event, mode=Quiz.Mode.LIVE).select_related("session", "bank")
    if not permissions.can_run(roles):
        own = SessionSpeaker.objects.filter(speaker__user=user_id).values("session")
        found = found.filter(session__in=own) if permissions.can_run_own(roles) and user_id else found.none()
    return found.annotate(asks=Count("bank__questions")).order_by("-created_at", "-pk")
