"""Reads single values of a schedule's raw parts, bounded and cleaned, and remarks on what is odd about them."""

from apps.core.words import sentence as _
from apps.tracks.adapters import values
from apps.tracks.adapters.raw import Part
from apps.tracks.adapters.schedule import Remark, one_line

TEXT_LENGTH, ADDRESS_LENGTH = 100_000, 500
_YES, _NO = frozenset({"true", "1", "yes"}), frozenset({"", "false", "0", "no"})


class Reading:
    """What a part says: None where it does not say it at all."""

    def __init__(self, base: str) -> None:
        self.base = base
        """The address that relative ones begin with."""
        self.remarks: list[Remark] = []

    def remark(self, place: str, message: str) -> None:
        self.remarks.append(Remark(one_line(place), one_line(message)))

    def line(self, part: Part, limit: int, *names: str) -> str:
        return self.shortened(part, values.line(part.text(*names) or ""), limit, names[0]).strip()

    def shortened(self, part: Part, text: str, limit: int, name: str) -> str:
        if len(text) <= limit:
            return text
        remark = Remark(
            one_line(part.where(name)),
            _("%(name)s has %(length)d letters and is cut to %(limit)d")
            % {"name": name, "length": len(text), "limit": limit},
        )
        if remark not in self.remarks[-4:]:
            self.remarks.append(remark)
        return text[:limit]

    def said(self, part: Part, name: str, limit: int) -> str | None:
        return self.line(part, limit, name) if self.says(part, name) else None

    def says(self, part: Part, name: str) -> bool:
        return part.text(name) is not None

    def rich(self, part: Part, name: str) -> str | None:
        text = part.text(name)
        return None if text is None else values.rich(self.shortened(part, text, TEXT_LENGTH, name))

    def flag(self, part: Part, name: str) -> bool | None:
        text = part.text(name)
        if text is None:
            return None
        said = text.strip().lower()
        if said not in _YES | _NO:
            self.remark(part.where(name), _("“%s” is neither yes nor no; it is taken as no") % text.strip()[:60])
        return said in _YES

    def address(self, part: Part, name: str) -> str | None:
        text = part.text(name)
        if text is None or not text.strip():
            return text if text is None else ""
        url = values.address(text, self.base)
        if not url or len(url) > ADDRESS_LENGTH:
            self.remark(part.where(name), _("“%s” is not a web address and is left out") % text.strip()[:80])
            return ""
        return url
