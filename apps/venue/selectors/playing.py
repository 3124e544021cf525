"""What waits for a person in the quizzes: those that can be joined, and one's own that goes on."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.events.models import Event
from apps.events.registry import OPEN_NOW, Entry
from apps.quizzes import selectors as quizzes
from apps.quizzes.models import Game, Seat
from apps.tracks import selectors as tracks

MOST = 2


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
