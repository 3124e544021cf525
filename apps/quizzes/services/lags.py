"""How long an answer is on its way, as the server itself has measured it: a fair start for slow lines.

The server sends a signed word and takes the time until it comes back. The shortest of a person's trips counts, and half
of it is forgiven, at most `GRACE`. A client can make its trips longer, never shorter, and gains a quarter of a second
at the very most by that.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.core import signing
from django.core.cache import cache

from apps.quizzes.models.games import GRACE

KEPT_SECONDS = 3 * 3600
OLDEST_SECONDS = 10
MOST_MS = GRACE.seconds * 1000 + GRACE.microseconds // 1000
_signer = signing.Signer(sep=".", salt="plenary.quizzes.trip")


@dataclass(frozen=True, slots=True)
class Traveller:
    game_id: int
    user_id: int

    @property
    def place(self) -> str:
        return f"quiz-trip:{self.game_id}:{self.user_id}"


def depart(traveller: Traveller) -> str:
    """The word that is sent out."""
    return _signer.sign_object([traveller.game_id, traveller.user_id, time.time()])


def arrive(trips: Sequence[tuple[Traveller, str]]) -> None:
    """Takes words that came back. One that is not ours, too old, or somebody else's tells nothing."""
    now = time.time()
    known = cache.get_many([traveller.place for traveller, _word in trips])
    shorter: dict[str, float] = {}
    for traveller, word in trips:
        took = _took(traveller, word, now)
        if took is not None and took < shorter.get(traveller.place, known.get(traveller.place, OLDEST_SECONDS)):
            shorter[traveller.place] = took
    if shorter:
        cache.set_many(shorter, KEPT_SECONDS)


def _took(traveller: Traveller, word: str, now: float) -> float | None:
    try:
        game_id, user_id, departed = _signer.unsign_object(word)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    took = now - float(departed)
    is_own = (game_id, user_id) == (traveller.game_id, traveller.user_id)
    return took if is_own and 0 <= took <= OLDEST_SECONDS else None


def forgiven(travellers: Sequence[Traveller]) -> dict[Traveller, int]:
    """In milliseconds; nothing for those of whom nothing is known."""
    known = cache.get_many([traveller.place for traveller in travellers])
    return {traveller: min(MOST_MS, round(known.get(traveller.place, 0) * 500)) for traveller in travellers}
