"""What waits for a person in the quizzes: those that can be joined, one's own that goes on, trainings to be done."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.events.models import Event
from apps.events.registry import NEWS, OPEN_NOW, Entry
from apps.quizzes import selectors as quizzes
from apps.quizzes.models import Game, Seat
from apps.tracks import selectors as tracks
from apps.tracks.models import Attendance, Star

MOST = 2
MOST_READ = 20


def open_quizzes(event: Event, user: User, roles: frozenset[str]) -> Iterable[Entry]:
    open_to = quizzes.joinable(event.pk).exclude(quiz__session__in=tracks.shut_to(event, roles, user))
    found = open_to.annotate(plays=Exists(Seat.objects.filter(game=OuterRef("pk"), user=user)))
    for game in found[:MOST]:
        yield Entry(
            rank=OPEN_NOW,
            at=game.opened_at,
            icon="cup",
            when=_("The lobby is open") if game.phase == Game.Phase.LOBBY else _("A quiz is being played"),
            title=str(game.quiz.title),
            url=game.quiz.get_absolute_url(),
            why=_("You play in it.") if getattr(game, "plays", False) else _("Everybody can join."),
            action=_("Go on") if getattr(game, "plays", False) else _("Play"),
            is_hot=True,
        )


def own_trainings(event: Event, user: User, roles: frozenset[str]) -> Iterable[Entry]:
    """Trainings of the event, and of sessions that this person stars or was in, until they have passed."""
    found = quizzes.open_trainings(event, user, roles)
    starred = Star.objects.filter(session=OuterRef("session"), user=user)
    was_inside = Attendance.objects.filter(session=OuterRef("session"), user=user)
    found = found.filter(Q(session=None) | Exists(starred) | Exists(was_inside) | Q(running__gt=0))
    # What is under way stands first; of the others those are left out that are done with.
    waiting = [one for one in quizzes.offered(found.order_by("-running", "-pk"), most=MOST_READ) if one.waits]
    for one in waiting[:MOST]:
        yield Entry(
            rank=NEWS,
            at=one.quiz.created_at,
            icon="cup",
            when=one.words,
            left=one.left_words,
            title=str(one.quiz.title),
            url=one.quiz.get_absolute_url(),
            why=_("A training, by yourself and at any time."),
            action=_("Go on") if one.is_running else _("Open"),
        )
