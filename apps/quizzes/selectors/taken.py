"""How many answers were taken, and which: by the queue's counters while they know more than the database."""

from collections import Counter

from apps.intake import queue
from apps.intake.items import Counts
from apps.quizzes.models import Answer, Turn
from apps.quizzes.models.games import EXTRAS
from apps.quizzes.registry import kind_of


def taken(turn: Turn) -> Counts:
    """Of all who answered this turn: how many, and how often each answer was given."""
    live = queue.tallies(turn.gates)
    sums: Counter[str] = Counter()
    keys = 0
    for extra in EXTRAS:
        found = live.get(turn.gate(extra))
        counts = Counts(found.keys, found.counts) if found else counted(turn, extra=extra)
        keys += counts.keys
        sums.update({name: number for name, number in counts.tally.items() if number})
    return Counts(keys, dict(sorted(sums.items())))


def taken_count(turn: Turn) -> int:
    live = queue.tallies(turn.gates)
    rest = [extra for extra in EXTRAS if turn.gate(extra) not in live]
    written = Answer.objects.filter(turn=turn, extra__in=rest).count() if rest else 0
    return written + sum(found.keys for found in live.values())


def counted(turn: Turn | None, *, extra: int) -> Counts:
    """What the database holds of those with so much more time."""
    if turn is None:
        return Counts()
    sums: Counter[str] = Counter()
    keys = 0
    kind = kind_of(turn.kind)
    for said in Answer.objects.filter(turn=turn, extra=extra).values_list("said", flat=True).iterator():
        keys += 1
        sums.update(kind.bins(said))
    return Counts(keys, dict(sums))
