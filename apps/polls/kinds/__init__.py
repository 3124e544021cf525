"""The kinds of polls, by name; and what any answer counts, whatever its kind."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.polls import broadcasts
from apps.polls.kinds import wording
from apps.polls.kinds.base import (
    ANSWER_FIELDS,
    FARTHEST_SENT,
    LEAST_OPTIONS,
    MOST_OPTIONS,
    MOST_TYPED,
    Body,
    Counted,
    Id,
    Kind,
    Said,
    Share,
    Words,
    missing,
)
from apps.polls.kinds.choosing import Image, Multiple, Single
from apps.polls.kinds.points import Points
from apps.polls.kinds.ranking import Ranking
from apps.polls.kinds.scale import Scale
from apps.polls.kinds.writing import CLOUD, TEXTS, WORD_CHARS, Cloud, Text, is_shown, spellings
from apps.polls.models import Poll

__all__ = [
    "ANSWER_FIELDS",
    "CLOUD",
    "FARTHEST_SENT",
    "LEAST_OPTIONS",
    "MOST_OPTIONS",
    "MOST_TYPED",
    "TEXTS",
    "WORD_CHARS",
    "Body",
    "Counted",
    "Id",
    "Kind",
    "Said",
    "Share",
    "Words",
    "bounds_of",
    "check_askable",
    "counters_of",
    "counts_of",
    "is_shown",
    "kind_of",
    "missing",
    "question",
    "registry",
    "spellings",
]

registry: dict[str, Kind] = {
    str(kind.name): kind for kind in (Single(), Multiple(), Image(), Scale(), Ranking(), Points(), Cloud(), Text())
}


def kind_of(poll: Poll) -> Kind:
    return registry[poll.kind]


def check_askable(poll: Poll) -> None:
    """Whether its kind can be asked with the options and bounds that it has."""
    options = list(poll.options.all())
    kind_of(poll).check(poll, len(options))
    if poll.kind == Poll.Kind.IMAGE and any(option.picture_id is None for option in options):
        raise Refused("poll.pictures", _("Each option of this poll needs a picture."), field="options", status=400)


def bounds_of(poll: Poll) -> tuple[int, int]:
    """Needs `options`."""
    return kind_of(poll).bounds(poll, len(poll.options.all()))


def counts_of(body: Mapping[str, Any]) -> dict[str, int]:
    """What an answer adds to its poll's counters. A text counts by its subject, by which it is found again."""
    match body:
        case {"option": option}:
            return {str(option): 1}
        case {"options": options}:
            return {str(option): 1 for option in options}
        case {"value": value}:
            return {str(value): 1}
        case {"order": order}:
            return {f"{option}@{place}": 1 for place, option in enumerate(order, 1)}
        case {"points": points}:
            return dict(points)
        case {"words": words}:
            return {f"w:{quote(word, safe='')}": 1 for word in words}
        case {"text": text}:
            return {wording.subject(text): 1}
    raise ValueError(f"An answer of no known kind: {sorted(body)}.")


def counters_of(body: Mapping[str, Any]) -> dict[str, int]:
    """The same for the live counters, which everybody's results are read from many times: without texts, of which
    each would be a counter of its own."""
    return {} if "text" in body else counts_of(body)


def question(poll: Poll, now: datetime) -> broadcasts.Question:
    """Needs `event`, `session` and `options` with their pictures."""
    return broadcasts.question(poll, now, bounds=bounds_of(poll))
