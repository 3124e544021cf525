"""What higher rooms tell this one: what they hold of a person, and which other ways lead in."""

from apps.accounts.registry.holding import MOST_ROWS, OwnData, own_data
from apps.accounts.registry.leading import HINT, SHOWN, Ways, ways

__all__ = ["HINT", "MOST_ROWS", "SHOWN", "OwnData", "Ways", "own_data", "ways"]
