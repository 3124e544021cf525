"""Results after answers went by other means than another answer."""

from collections.abc import Sequence

from apps.intake import queue
from apps.polls.services.applying import ANSWER, Answers


def count_anew(gates: Sequence[str]) -> None:
    """What is behind these gates is counted anew, and told."""
    queue.recount(ANSWER, gates)
    Answers().changed(gates)
