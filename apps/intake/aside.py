"""What was accepted and set aside for a fault of ours: it stands for whoever sent it, though no counter has it yet."""

from collections.abc import Sequence

from apps.intake.items import Standing
from apps.intake.models import DeadLetter

FAULTS = ("intake.failed", "intake.given_up", "intake.kind_unknown")
"""What an owner itself refused was decided, and does not stand."""
MOST_A_QUESTION = 1000


def newest(pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Standing]:
    """By gate and key. Whoever sends again must not fall behind what a replay would bring back."""
    found: dict[tuple[str, str], Standing] = {}
    for start in range(0, len(pairs), MOST_A_QUESTION):
        part = pairs[start : start + MOST_A_QUESTION]
        letters = DeadLetter.objects.filter(
            code__in=FAULTS, gate__in={gate for gate, _key in part}, key__in={key for _gate, key in part}
        ).order_by("revision")
        found |= {(letter.gate, letter.key): Standing(letter.revision, letter.body) for letter in letters}
    return found


def anything(gate: str) -> bool:
    return DeadLetter.objects.filter(code__in=FAULTS, gate=gate).exists()
