"""How an item is spelled for the scripts, which compare its content letter by letter."""

import json
from collections.abc import Mapping
from typing import Any

from apps.intake.items import Item, owner_of

_spell = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def body(content: Mapping[str, Any]) -> str:
    return _spell(content)


def tally(counts: Mapping[str, int]) -> str:
    return ",".join(f"{name}={number}" for name, number in sorted(counts.items()))


def said(item: Item) -> tuple[str, int, str, str]:
    return item.key, item.revision, tally(owner_of(item.kind).tally(item.body)), body(item.body)
