"""What other rooms have inside a session: they register where that is heard, and what becomes of it when the session is
deleted, so that the agenda need not know them."""

from collections.abc import Callable, Collection, Iterable

from apps.core.errors import Refused

Places = Callable[[Collection[int]], Iterable[str]]
PuttingAway = Callable[[Collection[int]], None]
Keeping = Callable[[Collection[int]], Refused | None]


class Inside:
    """The places (see `live.places`) that open to whoever may go into a session."""

    def __init__(self) -> None:
        self._sources: dict[str, Places] = {}

    def register(self, name: str) -> Callable[[Places], Places]:
        """Decorates `places(session_ids) -> names`, in a query. What begins with `session/<id>` need not be named."""

        def add(source: Places) -> Places:
            self._sources[name] = source
            return source

        return add

    def of(self, session_ids: Collection[int]) -> list[str]:
        return [place for name in sorted(self._sources) for place in self._sources[name](session_ids)]


class Leaving:
    """What becomes of things inside of sessions that are deleted for good. Without a session they would be everybody's
    of the event."""

    def __init__(self) -> None:
        self._putting_away: dict[str, PuttingAway] = {}
        self._keeping: dict[str, Keeping] = {}

    def puts_away(self, name: str) -> Callable[[PuttingAway], PuttingAway]:
        """Decorates `put_away(session_ids)`: called in the transaction that deletes them, and before it does."""

        def add(put_away: PuttingAway) -> PuttingAway:
            self._putting_away[name] = put_away
            return put_away

        return add

    def keeps(self, name: str) -> Callable[[Keeping], Keeping]:
        """Decorates `why_not(session_ids)`: what must be moved before these sessions can go, in words; None where
        nothing must."""

        def add(why_not: Keeping) -> Keeping:
            self._keeping[name] = why_not
            return why_not

        return add

    def why_not(self, session_ids: Collection[int]) -> Refused | None:
        found = (self._keeping[name](session_ids) for name in sorted(self._keeping))
        return next((refusal for refusal in found if refusal is not None), None)

    def put_away(self, session_ids: Collection[int]) -> None:
        for name in sorted(self._putting_away):
            self._putting_away[name](session_ids)


inside = Inside()
leaving = Leaving()
