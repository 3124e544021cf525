"""How the demo's people answered its polls: a ballot of any kind, drawn by the weights that the demo's words have."""

from collections.abc import Mapping
from random import Random
from typing import Any

from apps.polls.models import Poll


def draw(poll: Poll, weights: Mapping[str, int], *, chance: Random) -> dict[str, Any]:
    """One answer, in the shape in which its kind keeps it. Needs `options`."""
    numbers = {str(option): option.pk for option in poll.options.all()}
    match poll.kind:
        case Poll.Kind.WORDS:
            return {"words": [_one(weights, chance)]}
        case Poll.Kind.TEXT:
            return {"text": _one(weights, chance)}
        case Poll.Kind.SCALE:
            return {"value": int(_one(weights, chance))}
        case Poll.Kind.MULTIPLE:
            chosen = {_one(weights, chance) for _ in range(2)}
            return {"options": sorted(numbers[text] for text in chosen)}
        case Poll.Kind.RANKING:
            # The heavier, the earlier: each is given a rank by a draw of its own.
            order = sorted(weights, key=lambda text: chance.expovariate(weights[text]))
            return {"order": [numbers[text] for text in order]}
        case Poll.Kind.POINTS:
            return {"points": {str(numbers[text]): points for text, points in _shares(weights, chance).items()}}
    return {"option": numbers[_one(weights, chance)]}


def _one(weights: Mapping[str, int], chance: Random) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def _shares(weights: Mapping[str, int], chance: Random) -> dict[str, int]:
    """A hundred points in steps of ten, as people share them out; who gets none is left out."""
    shares: dict[str, int] = {}
    for _ in range(10):
        text = _one(weights, chance)
        shares[text] = shares.get(text, 0) + 10
    return shares
