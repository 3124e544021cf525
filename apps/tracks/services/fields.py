"""What an import compares and writes, field by field: what the file says, what the row says, how to set it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext_noop
from i18nfield.strings import LazyI18nString

from apps.tracks.adapters import schedule as files
from apps.tracks.adapters import values
from apps.tracks.models import Imported

P = TypeVar("P")
R = TypeVar("R", bound=Imported)
# What is kept in `imported`: anything that JSON can hold.
Stored = Any


@dataclass(frozen=True, slots=True)
class Field(Generic[P, R]):
    """`theirs` gives None where the file does not say; `write` changes the row in memory only."""

    name: str
    label: str
    theirs: Callable[[P], Stored]
    ours: Callable[[R], Stored]
    write: Callable[[R, Stored], None]
    normal: Callable[[Stored], Stored] = lambda value: value
    columns: tuple[str, ...] = ()
    moves: bool = False
    show: Callable[[Stored], str] = str


def in_language(value: object, language: str) -> str:
    """The text of an organiser's field in one language."""
    return value.localize(language) if isinstance(value, LazyI18nString) else str(value or "")


def with_language(value: object, language: str, text: str) -> LazyI18nString | str:
    """The field with this text in one language; its other translations stay.

    Always by language: a bare "null" or "1e5" would be taken for JSON when it is read back.
    """
    data = dict(value.data) if isinstance(value, LazyI18nString) and isinstance(value.data, dict) else {}
    data[language] = text
    data = {code: words for code, words in data.items() if words}
    return LazyI18nString(data) if data else ""


def i18n(name: str, label: str, language: str, *, source: str = "", rich: bool = False) -> Field[Any, Any]:
    """A field that organisers write in several languages, and files in one."""
    source = source or name

    def write(row: Any, text: str) -> None:
        setattr(row, name, with_language(getattr(row, name), language, text))

    return Field(
        name,
        label,
        theirs=lambda part: getattr(part, source),
        ours=lambda row: in_language(getattr(row, name), language),
        write=write,
        normal=values.rich if rich else values.line,
        columns=(name,),
    )


def plain(name: str, label: str, *, source: str = "", most: int = 0) -> Field[Any, Any]:
    """A field of one value, the same in the file and in the row."""
    source = source or name

    def theirs(part: Any) -> Stored:
        value = getattr(part, source)
        return value[:most] if most and isinstance(value, str) else value

    return Field(
        name,
        label,
        theirs=theirs,
        ours=lambda row: getattr(row, name),
        write=lambda row, value: setattr(row, name, value),
        normal=lambda value: values.line(value) if isinstance(value, str) else value,
        columns=(name,),
    )


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()


def _write_time(row: Any, value: list[str]) -> None:
    row.starts_at, row.ends_at = (datetime.fromisoformat(text) for text in value)


def time() -> Field[Any, Any]:
    """Begin and end as one: half of a new time beside half of an edited one makes no sense."""
    return Field(
        "time",
        gettext_noop("time"),
        theirs=lambda part: [_stamp(part.starts_at), _stamp(part.ends_at)],
        ours=lambda row: [_stamp(row.starts_at), _stamp(row.ends_at)],
        write=_write_time,
        columns=("starts_at", "ends_at"),
        moves=True,
    )


def links_of(found: list[files.Link] | None) -> Stored:
    return None if found is None else [[link.url, link.title, link.kind, link.attached] for link in found]
