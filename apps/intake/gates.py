"""Gates in Redis: opened from what the database says, closed at a moment, and read without counting rows."""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import transaction

from apps.core.errors import Refused
from apps.intake import aside, store, words
from apps.intake.items import Counts, Gate, Owner, Standing, Why, owner_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tally:
    """The live counters behind a gate."""

    keys: int
    counts: Mapping[str, int]
    ahead: bool
    """More may come, or has come and is not written yet."""


@lru_cache(1024)
def moment(stamp: str) -> datetime:
    """The queue's clock counts microseconds; rounded, a close could precede what it follows. Whoever was taken in one
    call has the same."""
    seconds, micros = divmod(int(stamp), 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros)


def stamp(at: datetime | None) -> str:
    return str(int(at.timestamp()) * 1_000_000 + at.microsecond) if at else ""


def close(kind: str, gate: str) -> datetime:
    """Call it holding the lock that the owner's `gates` takes a share of, in the transaction that writes the close.

    Where that is taken back, the gate is opened again by whoever next knocks at it.
    """
    [at] = store.close.one(gate, kind)
    return moment(at)


def refresh(kind: str, names: Iterable[str]) -> None:
    """Tells Redis what the database says of these gates now. A gate that is not told is asked for by who knocks."""
    with transaction.atomic():
        owner = owner_of(kind)
        for name, gate in owner.gates(sorted(names)).items():
            token = store.client().hget(store.keys_of(name)[0], "token")
            _install(owner, name, gate, str(token or ""))


def knock(asked: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], Refused]:
    """Asks the owners of gates that Redis does not know or has closed; each with its token, as Redis just said it.

    Those that the database has open are open afterwards. For the others, the refusal.
    """
    refused = {}
    with transaction.atomic():
        for kind in sorted({kind for kind, _name in asked}):
            owner = owner_of(kind)
            names = sorted(name for other, name in asked if other == kind)
            known = owner.gates(names)
            for name in names:
                gate = known.get(name)
                why = _why_shut(owner, name, gate, asked[kind, name]) if gate and gate.open else Why.CLOSED
                if why is not None:
                    refused[kind, name] = owner.refusal(name, why)
    return refused


def _why_shut(owner: Owner, name: str, gate: Gate, token: str) -> Why | None:
    """By the queue's clock, which alone says whether its time has come and is not over."""
    word = _install(owner, name, gate, token)  # "moved": somebody was quicker, and their word is tried
    return {"closed": Why.CLOSED, "early": Why.EARLY}.get(word)


def _install(owner: Owner, name: str, gate: Gate, token: str) -> str:
    """What the gate is now: open, early, closed; or moved, where another change came between."""
    is_open, once = "1" if gate.open else "0", "1" if gate.once else "0"
    said = (token, owner.kind, is_open, stamp(gate.since), stamp(gate.until), once, gate.mark)
    [word] = store.install.one(name, *said, "0", "0", "", "0")
    if word == "count":
        held = owner.counts(name)
        [word] = store.install.one(
            name, *said, "1", str(held.keys), words.tally(held.tally), str(int(aside.anything(name)))
        )
    return word


def recount(kind: str, gate: str) -> bool:
    """Puts the counters right from the database, unless something moves meanwhile: then who brings that there does."""
    token, taken = store.client().hmget(store.keys_of(gate)[0], "token", "taken")
    if token is None:
        return False
    held: Counts = owner_of(kind).counts(gate)
    [word] = store.recount.one(gate, taken or "0", str(held.keys), words.tally(held.tally))
    return word == "ok"


def standing(pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Standing]:
    """By gate and key: what stands, as far as Redis knows and of what was set aside; the database knows the rest."""
    pipeline = store.client().pipeline(transaction=False)
    for name, key in pairs:
        gate, keys, *_ = store.keys_of(name)
        pipeline.hget(gate, "aside")
        pipeline.hget(keys, key)
    replies = pipeline.execute()
    marks, records = replies[::2], replies[1::2]
    found = aside.newest([pair for pair, mark in zip(pairs, marks, strict=True) if mark == "1"])
    for pair, record in zip(pairs, records, strict=True):
        if record:
            revision, _done, _tally, body = record.split(" ", 3)
            if pair not in found or found[pair].revision < int(revision):
                found[pair] = Standing(int(revision), json.loads(body))
    return found


def held(gate: str) -> set[str]:
    """Keys whose word is on its way to a queue, or perhaps there already."""
    found: Any = store.client().hkeys(store.keys_of(gate)[3])
    return set(found)


TRUST = ("open", "pending", "bare", "dirty", "aside")
"""The fields of a gate by which its counters are believed, or not."""


def _is_ahead(is_open: str | None, pending: str | None) -> bool:
    return is_open == "1" or int(pending or 0) > 0


def _is_trusted(
    is_open: str | None, pending: str | None, bare: str | None, dirty: str | None, aside: str | None
) -> bool:
    """Whether the counters know as much as the database, or more: of open gates, and of closed ones until all is
    written; then while they last, where nothing was set aside and they want no recount."""
    if is_open is None or bare == "1":
        return False
    return _is_ahead(is_open, pending) or "1" not in (dirty, aside)


def tallies(gates: Iterable[str]) -> dict[str, Tally]:
    """By gate: the counters, for those that know as much as the database, or more."""
    names = list(gates)
    pipeline = store.client().pipeline(transaction=True)
    for name in names:
        gate, _keys, tally, *_ = store.keys_of(name)
        pipeline.hmget(gate, TRUST)
        pipeline.hgetall(tally)
    replies = pipeline.execute() if names else []
    found = {}
    for name, fields, counts in zip(names, replies[::2], replies[1::2], strict=True):
        if _is_trusted(*fields) and "#" in counts:
            numbers = {option: int(number) for option, number in counts.items()}
            found[name] = Tally(numbers.pop("#"), numbers, _is_ahead(*fields[:2]))
    return found


def totals(gates: Iterable[str]) -> dict[str, int]:
    """By gate: how many keys its counters have, of the same gates. It costs nothing more for a thousand counters."""
    return {name: int(keys) for name, (keys, _taken) in _heads(gates).items()}


def stamps(gates: Iterable[str]) -> dict[str, str]:
    """By gate: what changes with its counters, of the same gates. Whoever reads it first, and the counters then, may
    keep what they made of them under it."""
    return {name: f"{keys}.{taken}" for name, (keys, taken) in _heads(gates).items()}


def _heads(gates: Iterable[str]) -> dict[str, tuple[str, str]]:
    names = list(gates)
    pipeline = store.client().pipeline(transaction=True)
    for name in names:
        gate, _keys, tally, *_ = store.keys_of(name)
        pipeline.hmget(gate, [*TRUST, "taken", "recounts", "token"])
        pipeline.hget(tally, "#")
    replies = pipeline.execute() if names else []
    return {
        name: (str(keys), f"{taken}.{recounts}.{token}")
        for name, (*fields, taken, recounts, token), keys in zip(names, replies[::2], replies[1::2], strict=True)
        if _is_trusted(*fields) and keys is not None
    }


def unsure(pairs: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those, by gate and key, of which a word is on its way to a queue, or perhaps there already."""
    pipeline = store.client().pipeline(transaction=False)
    for name, key in pairs:
        pipeline.hexists(store.keys_of(name)[3], key)
    return {pair for pair, is_held in zip(pairs, pipeline.execute(), strict=True) if is_held}


DOUBT = "if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'dirty', '1') end"


def doubt(gates: Iterable[str]) -> None:
    """The counters of those that Redis knows want a recount."""
    pipeline = store.client().pipeline(transaction=False)
    for name in gates:
        pipeline.eval(DOUBT, 1, store.keys_of(name)[0])
    pipeline.execute()
