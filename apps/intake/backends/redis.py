"""Takes items into a Redis stream: one script a gate tests it, stamps, counts and appends; pipelined."""

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _
from redis.exceptions import ResponseError

from apps.core.errors import Refused
from apps.intake import aside, gates, store, words
from apps.intake.gates import Tally
from apps.intake.items import Item, Outcome, Owner, Standing, Why, owner_of

logger = logging.getLogger(__name__)

T = TypeVar("T")
MOST_WAITING = 2_000_000
"""Items that wait in the stream before new ones are refused; some 400 bytes each."""
MOST_ROUNDS = 6
MOST_A_CALL = 250
"""Items in one call of the script, which nothing else in Redis can come between: a millisecond or two."""
BUSY_SECONDS = 5.0


def busy() -> Refused:
    return Refused(
        "intake.busy",
        _("Too much is coming in just now, and this was not taken. Send it again in a moment."),
        retry_after=BUSY_SECONDS,
        status=503,
    )


def still_open() -> Refused:
    return Refused(
        "intake.busy",
        _("It could not be closed just now and is still open. Try again in a moment."),
        retry_after=BUSY_SECONDS,
        status=503,
    )


class Batch:
    """Items on their way: the first script answers most; for the others it needs something from their owners."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.outcomes: dict[int, Outcome] = {}
        self._priors: dict[int, str] = {}
        self._closed: dict[tuple[str, str], str] = {}
        self._unseen: dict[tuple[str, str], list[int]] = {}

    @property
    def waiting(self) -> list[int]:
        return [place for place in range(len(self.items)) if place not in self.outcomes]

    def prior(self, place: int) -> str:
        """What the database holds of the item's key, for the script: '' where that was not asked."""
        return self._priors.get(place, "")

    def hear(self, place: int, reply: store.Reply | ResponseError) -> None:
        item = self.items[place]
        if isinstance(reply, ResponseError):
            logger.warning("The intake's Redis refuses: %s", reply)
            self.outcomes[place] = busy()
            return
        word, *more = reply
        if word == "ok":
            self.outcomes[place] = Standing(item.revision, item.body)
        elif word == "stands":
            self.outcomes[place] = Standing(int(more[0]), json.loads(more[1]))
        elif word == "settled":
            self.outcomes[place] = owner_of(item.kind).refusal(item.gate, Why.SETTLED)
        elif word == "past":
            self.outcomes[place] = owner_of(item.kind).refusal(item.gate, Why.REOPENED)
        elif word == "full":
            self.outcomes[place] = busy()
        elif word == "ask":
            self._closed[item.kind, item.gate] = more[0]
        elif word == "who":
            self._unseen.setdefault((item.kind, item.gate), []).append(place)

    def ask_owners(self) -> None:
        closed, self._closed = self._closed, {}
        unseen, self._unseen = self._unseen, {}
        refused = gates.knock(closed) if closed else {}
        for place in self.waiting:
            if refusal := refused.get((self.items[place].kind, self.items[place].gate)):
                self.outcomes[place] = refusal
        # A rebuilt gate has not seen these keys; all that was taken before it was lost is in the database.
        for (kind, gate), places in unseen.items():
            keys = {self.items[place].key for place in places}
            standing, set_aside = owner_of(kind).standing(gate, keys), aside.newest([(gate, key) for key in keys])
            for place in places:
                key = self.items[place].key
                self._priors[place] = _record(owner_of(kind), standing.get(key), set_aside.get((gate, key)))


def _record(owner: Owner, written: Standing | None, set_aside: Standing | None) -> str:
    """As the scripts keep it: the newer of the two stands; only what is written is in the counters."""
    newest = max((one for one in (written, set_aside) if one), key=lambda one: one.revision, default=None)
    if newest is None:
        return "-"
    done, tally = ("1", words.tally(owner.tally(written.body))) if written else ("2", "")
    return f"{newest.revision} {done} {tally} {words.body(newest.body)}"


def knock(tries: Sequence[tuple[Item, str]], way: str, last: str | int) -> list[store.Reply | ResponseError]:
    """Each item and what the database says stands, told to its gate; an answer each."""
    places: dict[tuple[str, str, str], list[int]] = {}
    for place, (item, _prior) in enumerate(tries):
        places.setdefault((item.kind, item.gate, item.mark), []).append(place)
    parts = [
        (kind, gate, mark, found[start : start + MOST_A_CALL])
        for (kind, gate, mark), found in places.items()
        for start in range(0, len(found), MOST_A_CALL)
    ]
    replies: list[Any] = store.accept.run(
        [
            (gate, (way, kind, gate, last, mark, *(word for place in part for word in _words(*tries[place]))))
            for kind, gate, mark, part in parts
        ]
    )
    answers: dict[int, store.Reply | ResponseError] = {}
    for (_kind, _gate, _mark, part), reply in zip(parts, replies, strict=True):
        each = [reply] * len(part) if isinstance(reply, ResponseError) else reply
        answers.update(zip(part, each, strict=True))
    return [answers[place] for place in range(len(tries))]


def _words(item: Item, prior: str) -> tuple[str | int, ...]:
    return (*words.said(item), prior)


class Buffered:
    def accept(self, items: Sequence[Item]) -> list[Outcome]:
        try:
            return self._accept(items)
        except store.Failed as error:
            # Some may have been taken before the connection broke. They were not acknowledged, and a retry finds them.
            logger.warning("The intake's Redis cannot be reached: %s", error)
            return [busy() for _item in items]

    def _accept(self, items: Sequence[Item]) -> list[Outcome]:
        batch = Batch(items)
        for _round in range(MOST_ROUNDS):
            places = batch.waiting
            if not places:
                break
            replies = self._try([(items[place], batch.prior(place)) for place in places])
            for place, reply in zip(places, replies, strict=True):
                batch.hear(place, reply)
            batch.ask_owners()
        return [batch.outcomes.get(place) or busy() for place in range(len(items))]

    def _try(self, tries: Sequence[tuple[Item, str]]) -> list[store.Reply | ResponseError]:
        return knock(tries, "stream", MOST_WAITING)

    def close(self, kind: str, gate: str) -> datetime:
        try:
            return gates.close(kind, gate)
        except store.Failed as error:
            logger.warning("A gate cannot be closed: %s", error)
            raise still_open() from error

    def refresh(self, kind: str, names: Sequence[str]) -> None:
        try:
            gates.refresh(kind, names)
        except store.Failed as error:
            logger.warning("The intake's Redis cannot be told of gates (%s); it asks when somebody knocks.", error)

    def standing(self, pairs: Sequence[tuple[str, str]], *, must_know: bool = False) -> dict[tuple[str, str], Standing]:
        return read(lambda: gates.standing(pairs), {}, must_know=must_know)

    def held(self, gate: str) -> set[str]:
        try:
            return gates.held(gate)
        except store.Failed as error:
            logger.warning("What is on its way cannot be read: %s", error)
            raise still_open() from error

    def unsure(self, pairs: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        """What Redis has taken is in its stream: nothing is between the two."""
        return set()

    def tallies(self, names: Iterable[str], *, must_know: bool = False) -> dict[str, Tally]:
        return read(lambda: gates.tallies(names), {}, must_know=must_know)

    def totals(self, names: Iterable[str]) -> dict[str, int]:
        return read(lambda: gates.totals(names), {})

    def stamps(self, names: Iterable[str]) -> dict[str, str]:
        return read(lambda: gates.stamps(names), {})

    def doubt(self, names: Iterable[str]) -> None:
        try:
            gates.doubt(names)
        except store.Failed as error:
            logger.warning("Counters that are wrong cannot be said to be: %s", error)

    def recount(self, kind: str, names: Iterable[str]) -> None:
        try:
            for name in names:
                gates.recount(kind, name)
        except store.Failed as error:
            logger.warning("Counters that are wrong cannot be put right: %s", error)
            raise busy() from error


def read(question: Callable[[], T], nothing: T, *, must_know: bool = False) -> T:
    """The answer, or `nothing` where Redis is away: then the database tells. Who `must_know` is refused."""
    try:
        return question()
    except store.Failed as error:
        if must_know:
            logger.warning("What stands cannot be read: %s", error)
            raise still_open() from error
        logger.warning("The intake's Redis cannot be read (%s); showing what is in the database.", error)
        return nothing
