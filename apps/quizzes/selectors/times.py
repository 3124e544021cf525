"""Who plays, with the time that each has, and who asks for more of it."""

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from apps.events.models import Event
from apps.quizzes import broadcasts
from apps.quizzes.models import Allowance, Game, Seat
from apps.quizzes.selectors.games import get_game

MOST_SEATS = 100


def with_time(seats: QuerySet[Seat]) -> QuerySet[Any]:
    """Seats with the `given` and the `asked` time of their people; what holds in the question that stands, the seat's
    own `extra` says."""
    own = Allowance.objects.filter(event=OuterRef("game__quiz__event"), user=OuterRef("user"))
    return seats.annotate(
        given=Coalesce(Subquery(own.values("extra")), 0), asked=Coalesce(Subquery(own.values("asked")), 0)
    )


def players(game: Game, *, find: str = "") -> QuerySet[Any]:
    """Who plays, for those who run it; or those whose name or team holds these letters."""
    found = with_time(Seat.objects.filter(game=game)).select_related("side", "user").order_by("side__name", "pk")
    return found.filter(Q(side__name__icontains=find) | Q(user__name__icontains=find)) if find else found


def seats(game: Game, *, find: str = "") -> list[Any]:
    """The first of them, by name."""
    return list(players(game, find=find)[:MOST_SEATS])


def asking(game: Game) -> QuerySet[Any]:
    """Who plays and asks for more time than they have, in the order of their names."""
    seats = with_time(Seat.objects.filter(game=game)).filter(asked__gt=0)
    return seats.select_related("side", "user").order_by("side__name", "pk")


def desk(event_id: int, game_id: int) -> broadcasts.Desk:
    return broadcasts.Desk(game=game_id, asking=asking(get_game(event_id, game_id)).count())


def games_of(event: Event, user_id: int) -> QuerySet[Game]:
    """Those that this person plays just now."""
    return Game.objects.filter(quiz__event=event, seats__user=user_id).exclude(phase=Game.Phase.OVER)
