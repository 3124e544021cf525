"""Points: for being right, for being quick, for being right in a row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F

from apps.live import publish
from apps.quizzes import broadcasts
from apps.quizzes.models import Answer, Game, Side, Turn
from apps.quizzes.services.holding import hold

STREAK_POINTS = 100
MOST_STREAKS = 5
MILLISECOND = timedelta(milliseconds=1)

BONUS = """
UPDATE quizzes_answer SET bonus = least(side.streak, %(most)s) * %(points)s
FROM quizzes_side side
WHERE quizzes_answer.turn_id = %(turn)s AND side.id = quizzes_answer.side_id AND quizzes_answer.share = 1
"""
SUM = """
UPDATE quizzes_side SET
  streak = CASE WHEN %(worth)s = 0 THEN quizzes_side.streak
                WHEN answer.share = 1 THEN quizzes_side.streak + 1 ELSE 0 END,
  gained = coalesce(answer.base + answer.bonus, 0),
  points = quizzes_side.points + coalesce(answer.base + answer.bonus, 0)
FROM quizzes_side side LEFT JOIN quizzes_answer answer ON answer.side_id = side.id AND answer.turn_id = %(turn)s
WHERE side.game_id = %(game)s AND quizzes_side.id = side.id
"""
RANK = """
UPDATE quizzes_side SET rank = ranked.place
FROM (SELECT id, rank() OVER (ORDER BY points DESC) AS place FROM quizzes_side WHERE game_id = %(game)s) ranked
WHERE quizzes_side.id = ranked.id AND quizzes_side.rank <> ranked.place
"""


def base_points(*, worth: int, share: float, after_ms: int, seconds: float) -> int:
    """Full points for an answer at once, half of them for one in the last moment; of these, the share that is right."""
    late = min(1.0, after_ms / (seconds * 1000))
    return round(worth * share * (1 - late / 2))


def bonus_points(streak: int) -> int:
    """For one more that is right after so many right ones in a row."""
    return min(streak, MOST_STREAKS) * STREAK_POINTS


def elapsed_ms(*, opened: datetime, accepted: datetime, forgiven_ms: int) -> int:
    """From opening to acceptance, less what is forgiven for the way it took; never less than nothing."""
    return max(0, (accepted - opened) // MILLISECOND - forgiven_ms)


@dataclass(frozen=True, slots=True)
class Marked:
    """One turn of one side, for counting anew. `share` is None where they gave no answer."""

    worth: int
    share: float | None
    base: int


@dataclass(frozen=True, slots=True)
class Score:
    points: int
    gained: int
    streak: int
    bonuses: tuple[int, ...]


def count_anew(turns: Iterable[Marked]) -> Score:
    """What a side has after these turns, in their order: the same as scoring them one after the other."""
    points = gained = streak = 0
    bonuses = []
    for turn in turns:
        bonus = bonus_points(streak) if turn.worth and turn.share == 1 else 0
        bonuses.append(bonus)
        gained = (turn.base if turn.share is not None else 0) + bonus
        points += gained
        if turn.worth:
            streak = streak + 1 if turn.share == 1 else 0
    return Score(points, gained, streak, tuple(bonuses))


@transaction.atomic
def score_if_complete(turn: Turn, *, anyway: bool = False) -> bool:
    """Gives the points of a closed turn, once, when all that was taken is written; whether they are in now.

    `anyway` when what is missing will not come (it was set aside as unwritable).
    """
    # The game first, as everybody does who changes it or writes its answers.
    hold(turn.game_id)
    locked = Turn.objects.select_for_update(no_key=True).get(pk=turn.pk)
    if locked.is_scored:
        return True
    if locked.closed_at is None:
        return False
    if not anyway and Answer.objects.filter(turn=turn).count() < locked.answers:
        return False
    values = {
        "turn": turn.pk, "game": turn.game_id, "worth": locked.worth,
        "most": MOST_STREAKS, "points": STREAK_POINTS if locked.worth else 0,
    }  # fmt: skip
    with connection.cursor() as cursor:
        for statement in (BONUS, SUM, RANK):
            cursor.execute(statement, values)
    Turn.objects.filter(pk=turn.pk).update(is_scored=True)
    _tell(turn)
    return True


@transaction.atomic
def recount(game: Game, sides: Sequence[int]) -> None:
    """Puts these sides' points right from their answers: one came to the database after its turn was scored. It moves
    the places of others too, of thousands perhaps: so the stage says that it happened, and whoever plays asks."""
    # This row before those of sides: two recounts of one game go one after the other, never in a circle.
    Game.objects.filter(pk=game.pk).update(recounts=F("recounts") + 1)
    turns = list(Turn.objects.filter(game=game, is_scored=True).order_by("position"))
    rows = list(Side.objects.select_for_update(no_key=True).filter(pk__in=sides, game=game).order_by("pk"))
    found = {
        (answer.side_id, answer.turn_id): answer for answer in Answer.objects.filter(side__in=rows, turn__in=turns)
    }
    for side in rows:
        answers = [found.get((side.pk, turn.pk)) for turn in turns]
        marked = [
            Marked(turn.worth, answer.share if answer else None, answer.base if answer else 0)
            for turn, answer in zip(turns, answers, strict=True)
        ]
        score = count_anew(marked)
        side.points, side.gained, side.streak = score.points, score.gained, score.streak
        for answer, bonus in zip(answers, score.bonuses, strict=True):
            if answer and answer.bonus != bonus:
                Answer.objects.filter(pk=answer.pk).update(bonus=bonus)
    Side.objects.bulk_update(rows, ["points", "gained", "streak"])
    with connection.cursor() as cursor:
        cursor.execute(RANK, {"game": game.pk})
    publish.state(game.quiz.event_id, broadcasts.stage_topic(game.pk))


def _tell(turn: Turn) -> None:
    publish.state(turn.game.quiz.event_id, broadcasts.stage_topic(turn.game_id))
