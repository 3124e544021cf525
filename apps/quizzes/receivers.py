"""What quizzes do when others ask: the intake hands them answers to write; webhooks are told when a game is over;
quizzes go along when an event is duplicated."""

from collections.abc import Collection
from typing import Any

import msgspec
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.signals import account_leaving
from apps.core import clock
from apps.core.errors import Refused
from apps.events.registry.copying import parts
from apps.intake import items
from apps.media import registry as media
from apps.notifications import services as notifications
from apps.notifications.registry import facts
from apps.quizzes import services
from apps.quizzes.models import Game, Quiz
from apps.quizzes.selectors.files import may_have_file
from apps.quizzes.signals import game_over
from apps.tracks.registry import inside, leaving

items.register(services.Answers())
media.guard_files(may_have_file)
parts.register(
    "quizzes",
    label=_("Quizzes and question banks"),
    words=_("Nobody’s games, attempts or points. Pictures and clips need the files."),
    position=62,
    count=lambda event: Quiz.objects.filter(event=event).count(),
)(services.copy_quizzes)


@inside.register("quizzes")
def places_of_games(session_ids: Collection[int]) -> list[str]:
    return [f"quiz/{pk}" for pk in Game.objects.filter(quiz__session__in=session_ids).values_list("pk", flat=True)]


@leaving.keeps("quizzes")
def why_sessions_stay(session_ids: Collection[int]) -> Refused | None:
    return services.why_sessions_stay(session_ids)


@leaving.puts_away("quizzes")
def put_trainings_away(session_ids: Collection[int]) -> None:
    services.put_away_with(session_ids)


@facts.register("quiz.ended", _("a quiz ended"))
class QuizEnded(msgspec.Struct):
    """A game is over, and its podium stands."""

    quiz: int
    game: int
    at: str


@receiver(account_leaving)
def hand_the_word_on(sender: Any, user: User, **_: Any) -> None:
    services.hand_on(user.pk)


@receiver(game_over)
def tell_of_podium(sender: Any, game: Game, **_: Any) -> None:
    at = (game.ended_at or clock.now()).isoformat()
    notifications.tell(game.quiz.event_id, QuizEnded(quiz=game.quiz_id, game=game.pk, at=at))
