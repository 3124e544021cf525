"""What is made of all words of a cloud, kept for a moment: each of its topics, and each page, would else go through
thousands of them anew.

It is kept under what changes with it: the stamp of each of its gates, which moves with each answer, and the newest
decision on its words. Where the queue does not stamp one of them, nothing is kept. So whoever reads it never sees less
than what there was when they asked.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Count, Max

from apps.intake import queue
from apps.polls.models import Poll, Ruling

KEPT_SECONDS = 2

T = TypeVar("T")
Make = Callable[[list[Poll]], Mapping[int, T]]


def kept(name: str, polls: Sequence[Poll], make: Make[T], *, late: bool = False, both: bool = False) -> dict[int, T]:
    """By poll: what `make` makes of those of which nothing is kept. `both`: of the answers with the recording too."""
    gates = {poll.pk: _gates(poll, late=late, both=both) for poll in polls}
    stamps = queue.stamps([gate for asked in gates.values() for gate in asked])
    decided = _decided([poll for poll in polls if stamps.keys() >= {*gates[poll.pk]}])
    keys = {pk: _key(name, gates[pk], stamps, mark) for pk, mark in decided.items()}
    found: dict[str, Any] = cache.get_many(keys.values()) if keys else {}
    known: dict[int, T] = {pk: found[key] for pk, key in keys.items() if key in found}
    fresh = make([poll for poll in polls if poll.pk not in known])
    if news := {key: fresh[pk] for pk, key in keys.items() if pk in fresh}:
        cache.set_many(news, KEPT_SECONDS)
    return known | dict(fresh)


def _gates(poll: Poll, *, late: bool, both: bool) -> list[str]:
    if both and poll.takes_late:
        return [poll.gate, poll.late_gate]
    return [poll.late_gate if late else poll.gate]


def _decided(polls: Sequence[Poll]) -> dict[int, str]:
    """By poll: what changes with each decision on its words."""
    if not polls:
        return {}
    marks = Ruling.objects.filter(poll__in=polls).order_by().values_list("poll").annotate(Count("pk"), Max("at"))
    found = {pk: f"{count}.{newest.timestamp()}" for pk, count, newest in marks}
    return {poll.pk: f"{found.get(poll.pk, '')}.{int(poll.moderated)}" for poll in polls}


def _key(name: str, gates: Sequence[str], stamps: Mapping[str, str], mark: str) -> str:
    return f"polls.{name}." + "|".join([*(f"{gate}.{stamps[gate]}" for gate in gates), mark])
