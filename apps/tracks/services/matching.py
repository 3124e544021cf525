"""Finds the row that a part of a file means: by guid, else by id, else by name."""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from apps.tracks.models import Imported


class Identified(Protocol):
    guid: UUID | None
    source_id: str


P = TypeVar("P", bound=Identified)
R = TypeVar("R", bound=Imported)


class Matches(Generic[P, R]):
    """Parts and their rows. A row is the row of one part only, and the surer sign goes first for all parts."""

    def __init__(
        self,
        parts: Sequence[P],
        rows: Iterable[R],
        *,
        name_of_part: Callable[[P], str] | None = None,
        name_of_row: Callable[[R], str] | None = None,
    ) -> None:
        """Without the two names, nothing is taken for the same because it is called the same."""
        self.row_of: dict[int, R] = {}
        self.free: dict[int, R] = {row.pk: row for row in rows}
        self._by_guid(parts)
        self._by_source(parts)
        if name_of_part and name_of_row:
            self._by_name(parts, name_of_part, name_of_row)

    def of(self, part: P) -> R | None:
        return self.row_of.get(id(part))

    def _take(self, part: P, row: R | None) -> None:
        if row is not None and id(part) not in self.row_of and row.pk in self.free:
            self.row_of[id(part)] = self.free.pop(row.pk)

    def _by_guid(self, parts: Sequence[P]) -> None:
        theirs = {guid: row for row in self.free.values() if (guid := row.imported.get("guid"))}
        ours = {str(row.guid): row for row in self.free.values()}
        for part in parts:
            if part.guid:
                self._take(part, ours.get(str(part.guid)) or theirs.get(str(part.guid)))

    def _by_source(self, parts: Sequence[P]) -> None:
        rows = {row.source: row for row in self.free.values() if row.source}
        for part in parts:
            row = rows.get(part.source_id) if part.source_id else None
            if row is not None and not _differ(part.guid, row):
                self._take(part, row)

    def _by_name(self, parts: Sequence[P], name_of_part: Callable[[P], str], name_of_row: Callable[[R], str]) -> None:
        named: dict[str, list[R]] = {}
        for row in self.free.values():
            named.setdefault(name_of_row(row).casefold(), []).append(row)
        for part in parts:
            if id(part) in self.row_of:
                continue
            for row in named.get(name_of_part(part).casefold(), ()):
                other_id = part.source_id and row.source and part.source_id != row.source
                if row.pk in self.free and not other_id and not _differ(part.guid, row):
                    self._take(part, row)
                    break


def _differ(guid: UUID | None, row: Imported) -> bool:
    """Whether both have a guid from outside, and not the same."""
    known = row.imported.get("guid")
    return guid is not None and known is not None and str(guid) != known
