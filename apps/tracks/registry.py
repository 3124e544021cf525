"""What other rooms have inside a session: they register where that is heard, so that the agenda need not know them."""

from collections.abc import Callable, Collection, Iterable

Places = Callable[[Collection[int]], Iterable[str]]


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


inside = Inside()
