"""By what a session of a file is recognised: its guid, else its id, else its title."""

from collections import Counter
from uuid import UUID

from apps.core.words import sentence as _
from apps.tracks.adapters.raw import Part
from apps.tracks.adapters.values import line


def parse_guid(part: Part) -> UUID | None:
    text = str(part.values.get("guid") or "").strip()
    # Only the form with hyphens: UUID() also takes braces, prefixes and hyphens anywhere.
    if len(text) != 36 or text.count("-") != 4:
        return None
    try:
        return UUID(text)
    except ValueError:
        return None


def parse_id(part: Part, *names: str) -> str:
    """ "id:…" by the first of these values that is there, or by a guid that is none; "" without."""
    for name in (*names, "guid"):
        value = part.values.get(name)
        text = "" if value is None or isinstance(value, bool) else line(str(value))
        if text and (name != "guid" or parse_guid(part) is None):
            return f"id:{text[:200]}"
    return ""


class Identities:
    """Counts what sessions call themselves, so that a name shared by two is not taken for one's own."""

    def __init__(self) -> None:
        self._guids: Counter[UUID] = Counter()
        self._ids: Counter[str] = Counter()
        self._names: Counter[str] = Counter()
        self._taken: Counter[str] = Counter()

    def count(self, part: Part, title: str) -> None:
        guid = parse_guid(part)
        if guid:
            self._guids[guid] += 1
        self._ids[parse_id(part, "id", "code")] += 1
        self._names[title.casefold()] += 1

    def resolve(self, part: Part, title: str) -> tuple[UUID | None, str, str]:
        """The guid, the id or name, and what is odd about them, if anything."""
        guid = parse_guid(part)
        source = parse_id(part, "id", "code")
        if guid and self._guids[guid] == 1:
            return guid, source if self._ids[source] == 1 else "", ""
        remark = ""
        if guid:
            remark = _("several sessions have the guid %s, so it tells nothing") % guid
        elif part.values.get("guid"):
            remark = _("“%s” is no guid") % str(part.values["guid"])[:60]
        if source and self._ids[source] == 1:
            return None, source, remark
        if source and not remark:
            remark = _("several sessions have the id %s, so it tells nothing") % source.removeprefix("id:")
        if not title:
            return (None, self._nth(source), remark) if source else (None, "", remark)
        if self._names[title.casefold()] > 1 and not remark:
            remark = _("several sessions are called “%s” and have no guid or id; they are told apart by order") % title
        return None, self._nth(f"name:{title.casefold()[:200]}"), remark

    def _nth(self, source: str) -> str:
        self._taken[source] += 1
        return source if self._taken[source] == 1 else f"{source}#{self._taken[source]}"
