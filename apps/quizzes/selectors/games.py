"""Which quizzes and games there are."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Count, Exists, Max, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.quizzes import broadcasts
from apps.quizzes.models import Game, Quiz, Seat, Turn
from apps.quizzes.registry.words import in_languages

MOST_LISTED = 30


class OfGame(Protocol):
    @property
    def game_id(self) -> int: ...


def unknown() -> Refused:
    return Refused("quiz.unknown", _("This quiz does not exist (any more)."), status=404)


def get_quiz(event_id: int, quiz_id: int) -> Quiz:
    quiz = Quiz.objects.filter(event_id=event_id, pk=quiz_id).select_related("event", "session", "bank").first()
    if quiz is None:
        raise unknown()
    return quiz


def get_game(event_id: int, game_id: int) -> Game:
    game = Game.objects.filter(quiz__event_id=event_id, pk=game_id).select_related("quiz__event").first()
    if game is None:
        raise unknown()
    return game


def newest_game(quiz: Quiz) -> Game | None:
    """The one that is played now, else the one played last."""
    game = Game.objects.filter(quiz=quiz).order_by("-opened_at", "-pk").first()
    if game is not None:
        game.quiz = quiz
    return game


def played(quiz: Quiz) -> QuerySet[Any]:
    """Its games in which something was asked, the newest first, with the number of people in each."""
    begun = Exists(Turn.objects.filter(game=OuterRef("pk"), opens_at__isnull=False))
    games = Game.objects.filter(begun, quiz=quiz).annotate(people=Count("seats"))
    return games.order_by("-opened_at", "-pk")


def games_by_id(wanted: Iterable[OfGame]) -> dict[int, Game]:
    return Game.objects.select_related("quiz__event").in_bulk({one.game_id for one in wanted})


def current_turn(game: Game) -> Turn | None:
    turn = Turn.objects.filter(game=game, position=game.position).first() if game.position else None
    if turn is not None:
        turn.game = game
    return turn


def last_moment(turn: Turn) -> datetime | None:
    """When everybody's time is over, also of those who have more of it."""
    most = Seat.objects.filter(game=turn.game_id).aggregate(most=Max("extra"))["most"]
    return turn.closes_for(most or 0)


def joinable(event_id: int) -> QuerySet[Game]:
    """Games that are played now, the newest first."""
    found = Game.objects.filter(quiz__event_id=event_id).exclude(phase=Game.Phase.OVER)
    return found.select_related("quiz__event", "quiz__session").order_by("-opened_at", "-pk")


def running_games(quiz_ids: Iterable[int]) -> dict[int, str]:
    """By quiz: how far the game is that is played of it now."""
    found = Game.objects.filter(quiz__in=[*quiz_ids]).exclude(phase=Game.Phase.OVER).order_by()
    return dict(found.values_list("quiz", "phase"))


def listed(event_id: int) -> list[broadcasts.Listed]:
    return told_of(joinable(event_id)[:MOST_LISTED])


def told_of(games: Iterable[Game]) -> list[broadcasts.Listed]:
    """Of `joinable`, as lists have them."""
    return [
        broadcasts.Listed(
            quiz=game.quiz_id,
            game=game.pk,
            title=in_languages(game.quiz.title, game.quiz.event.default_language),
            url=game.quiz.get_absolute_url(),
            session=game.quiz.session_id,
            phase=game.phase,
        )
        for game in games
    ]
