"""Tables whose lines become rows: a form reads each line, and its fields are the columns.

All that is wrong is told at once, with line and column; who calls writes nothing then.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from i18nfield.strings import LazyI18nString

from apps.core import tables, workbooks
from apps.core.moments import validate_moment
from apps.core.tables import Unreadable

MOST_BYTES = 2 * 1024 * 1024
MOST_PROBLEMS = 50
YES = frozenset({"yes", "true", "1", "x"})
NO = frozenset({"no", "false", "0"})
CODE = re.compile("[a-z]{2}(-[a-z]{2,4})?")
ISO_OR_POINTS = ("%Y-%m-%d", "%d.%m.%Y")


class LineForm(forms.Form):
    """One line. A column is called like its field, with spaces for `_`."""

    most: ClassVar[int] = 1000
    """Lines of one file."""
    example: ClassVar[Sequence[Sequence[str]]] = ()
    """Lines of the file to begin with, in the order of the fields."""
    in_languages: ClassVar[frozenset[str]] = frozenset()
    """Fields that may come in other languages than the event's main one, too: `name_de` beside `name`."""
    beside: ClassVar[frozenset[str]] = frozenset()
    """Columns of our own exports that say nothing here."""

    def __init__(self, *args: Any, known: Mapping[str, Any], **kwargs: Any) -> None:
        self.known = known
        super().__init__(*args, **kwargs)

    @classmethod
    def gather(cls, owner: Any) -> dict[str, Any]:
        """What all lines need to know of the event or organisation that they come to, read once."""
        return {}

    @classmethod
    def key(cls, row: Mapping[str, Any]) -> str:
        """What no two lines of a file may share; none of them is asked where it is empty."""
        return ""

    @classmethod
    def keys(cls, row: Mapping[str, Any], others: Mapping[str, Mapping[str, str]]) -> Iterable[str]:
        """All such keys of a line; `others` are its texts in other languages, by field and language."""
        return [key] if (key := cls.key(row)) else []

    @classmethod
    def taken(cls, owner: Any, keys: Sequence[str]) -> Iterable[str]:
        """Which of these keys are there already."""
        return ()

    @classmethod
    def cleaned_text(cls, name: str, text: str) -> str:
        """What is kept of a text, in whatever language it is."""
        return text

    @classmethod
    def heads(cls) -> list[str]:
        return [name.replace("_", " ") for name in cls.base_fields]

    @classmethod
    def template(cls) -> list[Sequence[str]]:
        return [cls.heads(), *cls.example]


class YesNo(forms.CharField):
    """`yes` or `no`; what it begins with where nothing is said."""

    def __init__(self, *, otherwise: bool, **kwargs: Any) -> None:
        self.otherwise = otherwise
        super().__init__(max_length=10, required=False, **kwargs)

    def to_python(self, value: Any) -> Any:
        text = str(super().to_python(value)).casefold()
        if not text:
            return self.otherwise
        if text not in YES | NO:
            raise forms.ValidationError(gettext_lazy("Write yes or no."))
        return text in YES

    def validate(self, value: Any) -> None:
        """Any answer is one."""

    def run_validators(self, value: Any) -> None:
        """Of its length only the text had to be asked."""


class Moment(forms.DateTimeField):
    """A day with its hour, in the zone that holds; a day alone means its end where `is_end`."""

    def __init__(self, *, is_end: bool = False, **kwargs: Any) -> None:
        self.is_end = is_end
        formats = [*(f"{day} %H:%M" for day in ISO_OR_POINTS), *ISO_OR_POINTS]
        error = {"invalid": gettext_lazy("Write it like 2026-10-13 or 2026-10-13 18:00.")}
        said: dict[str, Any] = {"input_formats": formats, "error_messages": error, "validators": [validate_moment]}
        super().__init__(required=False, **said, **kwargs)

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        is_day = bool(text) and len(text) <= 10
        return super().to_python(f"{text} 23:59" if is_day and self.is_end else text)


@dataclass(slots=True)
class Read:
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    """The lines that are in order, each with its number."""
    problems: list[tuple[int, str]] = field(default_factory=list)


def read(data: bytes, *, line: type[LineForm], owner: Any) -> Read:
    """Raises Unreadable where the file as a whole is no such table."""
    if len(data) > MOST_BYTES:
        raise Unreadable(_("the file is larger than %d MB") % (MOST_BYTES // 1024 // 1024), 1)
    found, known = Read(), line.gather(owner)
    lines = workbooks.table_lines(data)
    _number, head = next(lines, (1, []))
    main = getattr(owner, "default_language", "")
    columns = _columns(line, head, main)
    seen: dict[str, int] = {}
    for number, cells in lines:
        if len(found.rows) >= line.most:
            raise Unreadable(_("more than %(most)d lines; split the file") % {"most": line.most}, number)
        said = {name: _cell(cells, place) for name, place in columns.items()}
        form = line({name: text for name, text in said.items() if name in line.base_fields}, known=known)
        form.full_clean()
        others = _others(form, said)
        if form.errors:
            found.problems += [(number, _words(name, said)) for name, said in form.errors.items()]
        else:
            found.rows.append((number, form.cleaned_data))
            found.problems += [(number, words) for words in _twice(line.keys(form.cleaned_data, others), number, seen)]
            for name, texts in others.items():
                form.cleaned_data[name] = LazyI18nString({main: form.cleaned_data[name], **texts})
        if len(found.problems) >= MOST_PROBLEMS:
            break
    for key in line.taken(owner, list(seen)):
        found.problems.append((seen[key], _("“%(key)s” is there already") % {"key": key[:60]}))
    if not found.rows and not found.problems:
        raise Unreadable(_("nothing stands below the first line"), 1)
    found.problems = sorted(found.problems)[:MOST_PROBLEMS]
    return found


def _twice(keys: Iterable[str], number: int, seen: dict[str, int]) -> Iterator[str]:
    """What is to say of the keys that stood in another line before."""
    for key in keys:
        if (before := seen.setdefault(key, number)) != number:
            yield _("“%(key)s” stands in line %(line)d already") % {"key": key[:60], "line": before}


def _others(form: LineForm, said: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """By field, what it says in other languages; what is wrong with that is the form's to tell."""
    found: dict[str, dict[str, str]] = {}
    for column, text in said.items():
        if column in form.fields or not text:
            continue
        name, _mark, code = column.rpartition("_")
        if not said.get(name):
            words = _("“%(name)s” is filled in, and “%(base)s” is not")
            form.add_error(None, words % {"name": column, "base": name})
            continue
        try:
            found.setdefault(name, {})[code] = form.cleaned_text(name, form.fields[name].clean(text))
        except forms.ValidationError as wrong:
            form.add_error(None, f"{column}: {' '.join(wrong.messages)}")
    return found


def _columns(line: type[LineForm], head: Sequence[str], main: str) -> dict[str, int]:
    """A column that nobody knows may be one that was misspelt: rather nothing is read than half of what was meant."""
    columns: dict[str, int] = {}
    for place, given in enumerate(head):
        name = " ".join(tables.said(given).split()).casefold()
        if not name or name in line.beside:
            continue
        base, _mark, code = name.replace(" ", "_").rpartition("_")
        is_other = base in line.in_languages and code != main and CODE.fullmatch(code) is not None
        if not is_other and name not in line.heads():
            words = _("there is no column “%(name)s”; there are: %(columns)s")
            raise Unreadable(words % {"name": name[:40], "columns": ", ".join(line.heads())}, 1)
        called = name.replace(" ", "_")
        if called in columns:
            raise Unreadable(_("the column “%(name)s” stands twice") % {"name": name}, 1)
        columns[called] = place
    for called, asked in line.base_fields.items():
        if asked.required and called not in columns:
            raise Unreadable(_("the column “%(name)s” is missing") % {"name": called.replace("_", " ")}, 1)
    return columns


def _cell(cells: Sequence[str], place: int) -> str:
    return tables.said(cells[place].strip()) if place < len(cells) else ""


def _words(name: str, said: Any) -> str:
    words = " ".join(str(one) for one in said)
    return words if name == "__all__" else f"{name.replace('_', ' ')}: {words}"
