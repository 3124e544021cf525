"""An answer as a form posts it; what is wrong with it, its kind says, and whether it counts, the service."""

from typing import Any

import msgspec
from django.utils.datastructures import MultiValueDict

from apps.polls import kinds
from apps.polls.models import Poll

MOST_REVISION = 2**31 - 1
MOST_DIGITS = 16


def read(poll: Poll, data: MultiValueDict[str, str]) -> tuple[kinds.Said, int | None]:
    """What was answered, and the revision that the page was for. Refused where nothing that makes sense was sent.
    Needs `options`."""
    field = kinds.kind_of(poll).field
    try:
        said = msgspec.convert({field: _value(poll, field, data)}, kinds.Said)
    except ValueError as error:  # no number where there must be one
        raise kinds.missing(field) from error
    revision = data.get("revision", "")
    number = int(revision) if revision.isdecimal() and len(revision) < MOST_DIGITS else 0
    return said, number if 0 < number <= MOST_REVISION else None


def typed(poll: Poll, data: MultiValueDict[str, str]) -> dict[str, Any]:
    """What stood in the form, whatever it was worth, to be put back beside the refusal: by row, and slot by slot.
    Needs `options`."""
    rows: dict[int, str] = {}
    for name in ("option", "options", "value"):
        numbers = [value for value in data.getlist(name) if value.removeprefix("-").isdecimal()]
        rows |= {int(value): "1" for value in numbers if len(value) < MOST_DIGITS}
    for option in poll.options.all():
        given = data.get(f"rank-{option.pk}") or data.get(f"points-{option.pk}")
        if given:
            rows[option.pk] = given[:MOST_DIGITS]
    most = kinds.bounds_of(poll)[1]
    slots = data.getlist("words")[:most] if poll.kind == Poll.Kind.WORDS else data.getlist("text")[:1]
    return {"rows": rows, "slots": [slot[: kinds.MOST_TYPED] for slot in slots]}


def _value(poll: Poll, field: str, data: MultiValueDict[str, str]) -> Any:
    match field:
        case "options":
            return [_number(value) for value in data.getlist("options")]
        case "words":
            return data.getlist("words")
        case "text":
            return data.get("text", "")
        case "order":
            return _order(poll, data)
        case "points":
            given = {option.pk: data.get(f"points-{option.pk}", "").strip() for option in poll.options.all()}
            return [{"option": option, "points": _points(points)} for option, points in given.items()]
    return _number(data.get(field, ""))


def _number(text: str) -> int:
    """Of any size; one that is too large for anything is as wrong as the largest."""
    number = int(text[:MOST_DIGITS])
    return max(-kinds.FARTHEST_SENT, min(number, kinds.FARTHEST_SENT))


def _points(text: str) -> int:
    """What is no whole number makes no hundred either."""
    try:
        return _number(text or "0")
    except ValueError:
        return -1


def _order(poll: Poll, data: MultiValueDict[str, str]) -> list[int]:
    """By the rank chosen for each option. Ranks that are not 1, 2, 3 and so on make no order."""
    given = {option.pk: data.get(f"rank-{option.pk}", "").strip() for option in poll.options.all()}
    ranks = {
        option: int(rank) if rank.isdecimal() and len(rank) < MOST_DIGITS else 0
        for option, rank in given.items()
        if rank
    }
    if sorted(ranks.values()) != list(range(1, len(ranks) + 1)):
        return []
    return sorted(ranks, key=lambda option: ranks[option])
