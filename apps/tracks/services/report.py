"""What an import would change, or has changed: read by people in the admin and by the command line."""

from dataclasses import dataclass, field
from typing import Any

from apps.core.words import keepable
from apps.tracks.adapters.schedule import Remark

LONGEST_VALUE = 160


@dataclass(slots=True)
class Edit:
    """One field, before and after."""

    field: str
    before: str
    after: str

    def as_json(self) -> dict[str, Any]:
        return {"field": keepable(self.field), "before": keepable(self.before), "after": keepable(self.after)}


@dataclass(slots=True)
class Entry:
    """One track, room, speaker or session, and where the file names it."""

    what: str
    name: str
    place: str = ""
    edits: list[Edit] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        edits = [edit.as_json() for edit in self.edits]
        return {"what": self.what, "name": self.name, "place": keepable(self.place), "edits": edits}


@dataclass(slots=True)
class Report:
    counts: dict[str, int]
    own: bool = False
    added: list[Entry] = field(default_factory=list)
    changed: list[Entry] = field(default_factory=list)
    moved: list[Entry] = field(default_factory=list)
    removed: list[Entry] = field(default_factory=list)
    kept: list[Entry] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)

    LISTS = ("added", "changed", "moved", "removed", "kept")

    @property
    def changes_anything(self) -> bool:
        return bool(self.added or self.changed or self.moved or self.removed)

    def summary(self) -> dict[str, Any]:
        """The last line of the command. The first four count what the file holds, `added` and `removed` count
        sessions, `changed` counts every session, speaker, room and track that is not as it was."""
        moved_only = {(entry.what, entry.place) for entry in self.moved} - {
            (entry.what, entry.place) for entry in self.changed
        }
        return {
            **self.counts,
            "added": sum(entry.what == "session" for entry in self.added),
            "changed": len(self.changed) + len(moved_only),
            "removed": len(self.removed),
            "warnings": [str(remark) for remark in self.warnings],
        }

    def as_json(self) -> dict[str, Any]:
        """As it is kept: whoever looks at it reads our words in their own language (`core.words.said`)."""
        return {
            "counts": self.counts,
            "own": self.own,
            **{name: [entry.as_json() for entry in getattr(self, name)] for name in self.LISTS},
            "warnings": [
                {"place": keepable(remark.place), "message": keepable(remark.message)} for remark in self.warnings
            ],
        }


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1].rstrip() + "…"
