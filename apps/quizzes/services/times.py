"""More time for those who need it: they ask, and who runs the quiz gives it, for all quizzes of the event.

What is given holds from the next question on: a side answers by one gate, and no gate is changed while it is open.
"""

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.events.models import Event
from apps.live import publish
from apps.quizzes import broadcasts, selectors
from apps.quizzes.models import Allowance, Game, Seat
from apps.quizzes.models.games import EXTRAS

# A team has one time, so that its answer has one gate: that of the person in it who has the most.
SET = """
UPDATE quizzes_seat AS seat SET extra = due.extra
FROM (SELECT one.id, max(coalesce(given.extra, 0)) OVER (PARTITION BY one.side_id) AS extra
      FROM quizzes_seat one
      LEFT JOIN quizzes_allowance given ON given.user_id = one.user_id AND given.event_id = %(event)s
      WHERE one.game_id = %(game)s) AS due
WHERE seat.id = due.id AND seat.extra <> due.extra
RETURNING seat.user_id
"""


@transaction.atomic
def ask_for_time(game: Game, *, user_id: int, extra: int) -> None:
    """A wish for oneself, which changes nothing until somebody gives it; 0 takes it back."""
    _check(extra)
    _check_plays(game, user_id)
    row, _new = Allowance.objects.select_for_update().get_or_create(event=game.quiz.event, user_id=user_id)
    row.asked = extra if extra > row.extra else 0
    row.save(update_fields=["asked"])
    _tell(game.quiz.event, user_id)


@transaction.atomic
def give_time(game: Game, *, user_id: int, extra: int) -> None:
    """By who runs the quiz, to somebody who plays; their wish is answered by that, whatever it was."""
    _check_plays(game, user_id)
    allow_time(game.quiz.event, user_id=user_id, extra=extra)


@transaction.atomic
def decline_time(game: Game, *, user_id: int) -> None:
    """Not more than they have."""
    _check_plays(game, user_id)
    Allowance.objects.filter(event=game.quiz.event, user=user_id).update(asked=0)
    _tell(game.quiz.event, user_id)


@transaction.atomic
def allow_time(event: Event, *, user_id: int, extra: int) -> None:
    """The same beforehand, whether they play or not."""
    _check(extra)
    Allowance.objects.update_or_create(event=event, user_id=user_id, defaults={"extra": extra, "asked": 0})
    _tell(event, user_id)


def set_times(game: Game) -> None:
    """What was given holds from now on. Before a question's gates open, holding the game."""
    with connection.cursor() as cursor:
        cursor.execute(SET, {"game": game.pk, "event": game.quiz.event_id})
        for (user_id,) in cursor.fetchall():
            publish.state(game.quiz.event_id, broadcasts.own_topic(user_id, game.pk))


def _check(extra: int) -> None:
    if extra not in EXTRAS:
        raise Refused("quiz.extra", _("Choose one of the offered times."), field="extra", status=400)


def _check_plays(game: Game, user_id: int) -> None:
    if not Seat.objects.filter(game=game, user=user_id).exists():
        raise Refused("quiz.not_joined", _("Join the quiz first; then your answers count."), status=403)


def _tell(event: Event, user_id: int) -> None:
    """The person, and who runs what they play."""
    for game in selectors.games_of(event, user_id):
        publish.state(event.pk, broadcasts.own_topic(user_id, game.pk))
        publish.state(event.pk, broadcasts.desk_topic(game.pk))
