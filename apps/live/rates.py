"""The rates of commands, for doors that are not the socket: what is posted by a form or over REST takes from the same
shared buckets, so that nobody is quicker by another door."""

from typing import Any

from apps.live import limits, refusals, store
from apps.live.registry import Rate, registry


def spend(command: str, *, event_id: int, user_id: int | None, place: int | str | None = None) -> None:
    """Takes one from this command's buckets, the person's and, where it has one, the place's. Raises Refused."""
    found = registry.commands[command]
    rates = [found.rate]
    buckets = [_person(command, event_id, user_id)]
    if found.place_rate is not None and place is not None:
        rates.append(found.place_rate)
        buckets.append(store.key(f"rate:{event_id}:place:{place}:{command}"))
    _take(rates, buckets)


def spend_at(rate: Rate, name: str, *, event_id: int, user_id: int | None) -> None:
    """The same for what has no command: this person's bucket of that name."""
    _take([rate], [_person(name, event_id, user_id)])


def _person(name: str, event_id: int, user_id: int | None) -> str:
    return store.key(f"rate:{event_id}:{user_id}:{name}")


def _take(rates: list[Rate], buckets: list[str]) -> None:
    try:
        keys = [limits.NO_KEY, *buckets]
        found: Any = store.blocking().eval(limits.TAKE, len(keys), *keys, *limits.shared_words(rates))
    except store.Failed:
        # As on the socket: the services' own rules still hold.
        return
    wait = found[0][0]
    if wait:
        raise refusals.too_fast(wait / 1000) if wait > 0 else refusals.place_busy(-wait / 1000)
