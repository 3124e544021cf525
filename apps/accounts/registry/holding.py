"""What rooms hold of a person, for whoever wants to know it of themselves: each room registers what it knows."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apps.accounts.models import User


MOST_ROWS = 5000
"""Of one kind. Who has more is told that there is more."""
Source = Callable[["User"], Iterable[dict[str, Any]]]


class OwnData:
    def __init__(self) -> None:
        self._sources: dict[str, Source] = {}

    def register(self, name: str) -> Callable[[Source], Source]:
        """Decorates `source(user) -> rows`, in words rather than numbers, the newest first. A room holds back what is
        somebody else's: who reported, what moderators wrote among themselves."""

        def add(source: Source) -> Source:
            self._sources[name] = source
            return source

        return add

    def of(self, user: "User") -> dict[str, Any]:
        """Every kind by its name; `cut` names those of which there is more."""
        found: dict[str, Any] = {}
        cut = []
        for name in sorted(self._sources):
            rows = list(islice(self._sources[name](user), MOST_ROWS + 1))
            if len(rows) > MOST_ROWS:
                cut.append(name)
            found[name] = rows[:MOST_ROWS]
        return found | {"cut": cut}


own_data = OwnData()
