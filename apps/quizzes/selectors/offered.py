"""Trainings as one person finds them: what there is to work through, and how far they are with each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, FilteredRelation, Max, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.events.models import Event
from apps.quizzes.models import Quiz
from apps.quizzes.selectors.training import trainings
from apps.tracks import selectors as tracks
from apps.tracks.models import Session


@dataclass(frozen=True, slots=True)
class Offered:
    """A training, and what one person has made of it."""

    quiz: Quiz
    attempts: int
    is_running: bool
    best: int | None
    """Percent of the best attempt that was handed in."""
    passed: int | None
    """The same of those that passed; None while none has."""

    @property
    def left(self) -> int | None:
        """Attempts that may still be begun; None where there is no end to them."""
        return max(0, self.quiz.most_attempts - self.attempts) if self.quiz.most_attempts else None

    @property
    def waits(self) -> bool:
        """Whether something is still to be done in it."""
        return self.is_running or (self.passed is None and self.left != 0)

    @property
    def words(self) -> str:
        """How far they are, in a few words."""
        if self.is_running:
            return _("Begun, and not handed in yet")
        if self.passed is not None:
            return _("Passed with %(percent)d percent") % {"percent": self.passed}
        if self.left == 0:
            return _("Not passed; no attempt left")
        if self.best is None:
            return _("Not begun yet")
        return _("Not passed yet")

    @property
    def left_words(self) -> str:
        """Where attempts are counted, and the next thing to do is to begin one more."""
        if not self.left or self.is_running or self.passed is not None:
            return ""
        return ngettext("%(count)d attempt left", "%(count)d attempts left", self.left) % {"count": self.left}


def open_trainings(event: Event, user: User, roles: frozenset[str]) -> QuerySet[Any]:
    """Those that this person may begin or look at, the newest first, with what they have made of each."""
    return (
        trainings(event)
        .exclude(session__in=tracks.shut_to(event, roles, user))
        # Named in the join itself: what everybody else has made of them is not read.
        .annotate(own=FilteredRelation("attempts", condition=Q(attempts__user=user)))
        .annotate(
            tried=Count("own"),
            running=Count("own", filter=Q(own__finished_at=None)),
            best=Max("own__percent"),
            passed=Max("own__percent", filter=Q(own__passed=True)),
        )
    )


def offered(found: QuerySet[Any] | Sequence[Any], *, most: int) -> list[Offered]:
    """The first of these, which `open_trainings` has made."""
    return [Offered(quiz, quiz.tried, quiz.running > 0, quiz.best, quiz.passed) for quiz in found[:most]]


def session_trainings(session: Session, user: User, roles: frozenset[str], *, most: int) -> list[Offered]:
    """Those of one session, which this person may go into."""
    return offered(open_trainings(session.event, user, roles).filter(session=session), most=most)
