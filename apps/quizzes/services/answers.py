"""Writing answers: quizzes as the owner of what the intake took in for them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refused
from apps.intake.items import Counts, Gate, Item, Outcome, Owner, Standing, Why
from apps.live import publish
from apps.quizzes import broadcasts, permissions, selectors
from apps.quizzes.models import Answer, Turn
from apps.quizzes.models.games import GRACE
from apps.quizzes.registry import kind_of
from apps.quizzes.services import scoring
from apps.quizzes.services.holding import share_turns

ANSWER = "quizzes.answer"
SOON = 0.5
"""Seconds to wait where the queue says that it is too early, and our own clock cannot say by how much."""
INSERT = """
INSERT INTO quizzes_answer (turn_id, side_id, said, extra, after_ms, share, base, bonus, answered_at)
SELECT turn, side, said, extra, after_ms, share, base, 0, answered_at
FROM unnest(%s::bigint[], %s::bigint[], %s::jsonb[], %s::int[], %s::int[], %s::float[], %s::int[], %s::timestamptz[])
  AS new (turn, side, said, extra, after_ms, share, base, answered_at)
ON CONFLICT (turn_id, side_id) DO NOTHING
RETURNING turn_id, side_id
"""


@transaction.atomic
def apply_answers(items: Sequence[Item]) -> list[Outcome]:
    """Writes a batch of answers, each at most once with its points for being right and quick; says what stands."""
    turns = _held(read_gate(item.gate)[0] for item in items)
    now = clock.now()
    outcomes: list[Outcome | None] = [_refusal(item, turns, now) for item in items]
    rows: dict[tuple[int, int], tuple[Any, ...]] = {}
    for item, outcome in zip(items, outcomes, strict=True):
        if outcome is None:
            turn_id, extra = read_gate(item.gate)
            rows.setdefault((turn_id, int(item.key)), _row(turns[turn_id], item, extra, item.at or now))
    # In one order everywhere, so that two batches with the same sides cannot wait for each other.
    written = _insert([rows[key] for key in sorted(rows)])
    _count(turns, written)
    standing = _standing(rows)
    return [
        outcome or _stands(item, standing[read_gate(item.gate)[0], int(item.key)])
        for item, outcome in zip(items, outcomes, strict=True)
    ]


def _row(turn: Turn, item: Item, extra: int, at: datetime) -> tuple[Any, ...]:
    said = item.body["said"]
    share = kind_of(turn.kind).mark(turn.key, said)
    after_ms = scoring.elapsed_ms(opened=turn.opens_at or at, accepted=at, forgiven_ms=item.body["lag"])
    # By the turn's own time for everybody: more time is for thinking, and whoever gives it to themselves gains nothing.
    base = scoring.base_points(worth=turn.worth, share=share, after_ms=after_ms, seconds=turn.seconds)
    return turn.pk, int(item.key), json.dumps(said), extra, after_ms, share, base, at


def _insert(rows: Sequence[tuple[Any, ...]]) -> list[tuple[int, int]]:
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [list(column) for column in zip(*rows, strict=True)])
        return [(turn_id, side_id) for turn_id, side_id in cursor.fetchall()]


def _count(turns: Mapping[int, Turn], written: Sequence[tuple[int, int]]) -> None:
    """Of turns that are closed already: the points when these were the last, or once more when they came too late."""
    # Game by game, since counting anew holds their rows: two batches go one after the other, never in a circle.
    for turn in sorted({turns[turn_id] for turn_id, _side in written}, key=lambda turn: (turn.game_id, turn.pk)):
        if turn.is_scored:
            scoring.recount(turn.game, [side for other, side in written if other == turn.pk])
        elif turn.closed_at is not None:
            # After the commit: of two batches that are written side by side, neither sees the other's rows before.
            transaction.on_commit(lambda turn=turn: scoring.score_if_complete(turn), robust=True)  # type: ignore[misc]


def _held(turn_ids: Iterable[int]) -> dict[int, Turn]:
    """The turns, their games held against revealing until these answers are written."""
    wanted = share_turns(turn_ids)
    return {turn.pk: turn for turn in Turn.objects.filter(pk__in=wanted).select_related("game__quiz")}


def read_gate(gate: str) -> tuple[int, int]:
    """The turn and the percent more time, of a name that `Turn.gate` made."""
    _name, turn_id, extra = gate.split("/")
    return int(turn_id), int(extra)


def _refusal(item: Item, turns: Mapping[int, Turn], now: datetime) -> Refused | None:
    turn_id, extra = read_gate(item.gate)
    turn = turns.get(turn_id)
    if turn is None:
        return selectors.unknown()
    if item.at is not None:
        return None  # its gate was open when it was acknowledged, and no clock but the gate's own may say otherwise
    return why_closed(turn, extra, now, lag_ms=item.body["lag"])


def why_closed(turn: Turn, extra: int, now: datetime, *, lag_ms: int = 0) -> Refused | None:
    """None while an answer is taken that was sent `lag_ms` ago."""
    until = turn.closes_for(extra)
    if turn.opens_at is None or until is None or turn.position > turn.game.position:
        return Refused("quiz.not_open", _("This question is not open yet. It appears here when it is."))
    if not permissions.is_asked(turn.game, turn):
        return too_late()
    if now < turn.opens_at:
        return too_early((turn.opens_at - now).total_seconds())
    return too_late() if (now - until).total_seconds() * 1000 > lag_ms else None


def too_early(seconds: float) -> Refused:
    message = _("Answers are taken in a moment. Send yours again when they are shown.")
    return Refused("quiz.too_early", message, retry_after=seconds)


def too_late() -> Refused:
    return Refused("quiz.too_late", _("The time is over. Your answer came too late and was not counted."))


def answered() -> Refused:
    return Refused("quiz.answered", _("You have answered this question already, and the first answer stands."))


def _standing(keys: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Any]:
    wanted = list(keys)
    found = Answer.objects.filter(turn__in={turn for turn, _side in wanted}, side__in={side for _turn, side in wanted})
    return {(answer.turn_id, answer.side_id): answer.said for answer in found}


def _stands(item: Item, said: Any) -> Outcome:
    return Standing(item.revision, item.body) if said == item.body["said"] else answered()


class Answers(Owner):
    """Quizzes as the owner of answers. A gate is of a turn and of those who have so much more time."""

    kind = ANSWER

    def apply(self, items: Sequence[Item]) -> list[Outcome]:
        return apply_answers(items)

    def gates(self, names: Sequence[str]) -> dict[str, Gate]:
        wanted = {name: read_gate(name) for name in names}
        turns = _held(turn_id for turn_id, _extra in wanted.values())
        found = {}
        for name, (turn_id, extra) in wanted.items():
            turn = turns.get(turn_id)
            if turn is not None:
                until = turn.closes_for(extra)
                found[name] = Gate(
                    event_id=turn.game.quiz.event_id,
                    open=permissions.is_asked(turn.game, turn) and until is not None,
                    since=turn.opens_at,
                    until=until + GRACE if until else None,
                    once=True,
                )
        return found

    def counts(self, gate: str) -> Counts:
        turn_id, extra = read_gate(gate)
        return selectors.counted(Turn.objects.filter(pk=turn_id).first(), extra=extra)

    def standing(self, gate: str, keys: Iterable[str]) -> dict[str, Standing]:
        turn_id, extra = read_gate(gate)
        found = Answer.objects.filter(turn=turn_id, side__in=[int(key) for key in keys], extra=extra)
        found = found.select_related("turn")
        return {
            str(answer.side_id): Standing(1, {"kind": answer.turn.kind, "lag": 0, "said": answer.said})
            for answer in found
        }

    def tally(self, body: Mapping[str, Any]) -> dict[str, int]:
        return kind_of(body["kind"]).bins(body["said"])

    def refusal(self, gate: str, why: Why) -> Refused:
        if why == Why.SETTLED:
            return answered()
        if why == Why.EARLY:
            return too_early(SOON)
        turn_id, extra = read_gate(gate)
        turn = Turn.objects.filter(pk=turn_id).select_related("game").first()
        if turn is None:
            return selectors.unknown()
        return why_closed(turn, extra, clock.now()) or too_late()

    def title(self, gate: str) -> str:
        turn = Turn.objects.filter(pk=read_gate(gate)[0]).select_related("game__quiz").first()
        return f"{turn.game.quiz} · {turn.position}" if turn else gate

    def changed(self, gates: Iterable[str]) -> None:
        for turn in Turn.objects.filter(pk__in={read_gate(gate)[0] for gate in gates}).select_related("game__quiz"):
            publish.state(turn.game.quiz.event_id, broadcasts.hall_topic(turn.game_id))
