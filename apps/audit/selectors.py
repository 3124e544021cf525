"""Reads of the audit log: what was done to a thing, and each act in words."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf.locale import LANG_INFO
from django.contrib.postgres.search import SearchQuery
from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateTimeField, Field, FileField, ForeignKey, Model, Q, QuerySet
from django.utils import formats, timezone
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString

from apps.audit.models import FOUND_BY, Entry
from apps.audit.watching import CALLED

MOST_CHARS = 300
MOST_WORDS = 8
WORD = re.compile(r"[^\s'\\\x00]+")
"""What may stand between quotes in a query."""
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an entry, in words."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as people read it."""

    entry: Entry
    model: str
    words: str
    """What it is called; where it has no name, what it belongs to."""
    changes: list[Change]


def of_thing(seen: QuerySet[Entry], thing: Model) -> QuerySet[Entry]:
    """What was done to a row and to the rows that belong to it, newest first."""
    name = f"{thing._meta.label_lower}:{thing.pk}"
    return seen.filter(Q(thing=name) | Q(owner=name)).exclude(thing="")


def found(entries: QuerySet[Entry], words: str) -> QuerySet[Entry]:
    """Those whose words, or whose person's address, begin with each of the words that somebody typed."""
    terms = [" ".join(WORD.findall(word)) for word in words.replace("@", " ").split()[:MOST_WORDS]]
    query = " & ".join(f"'{term}':*" for term in terms if term)
    if not query:
        return entries if not words.strip() else entries.none()
    search = SearchQuery(query, search_type="raw", config="simple")
    return entries.annotate(said=FOUND_BY).filter(said=search)


def told(entries: Iterable[Entry]) -> list[Told]:
    """Entries in the words of their models; what they refer to is looked up once for all of them."""
    listed = list(entries)
    called = _called(listed)
    return [Told(entry, model_name(entry.model), _words(entry, called), _changes(entry, called)) for entry in listed]


def _words(entry: Entry, called: dict[tuple[str, Any], str]) -> str:
    if not entry.words:
        return called.get(_owner(entry), "")
    model = _model(entry.model)
    column = next(filter(None, (_field(model, name) for name in CALLED)), None)
    if column is not None and column.choices:  # what has no other name is called by its kind
        return str(dict(column.flatchoices).get(entry.words, entry.words))  # type: ignore[attr-defined]
    return entry.words


def _owner(entry: Entry) -> tuple[str, Any]:
    label, _colon, pk = entry.owner.partition(":")
    return label, int(pk) if pk.isdecimal() else None


def model_name(label: str) -> str:
    model = _model(label)
    return capfirst(str(model._meta.verbose_name)) if model else label


def _model(label: str) -> type[Model] | None:
    try:
        return apps.get_model(label) if label else None
    except LookupError:
        return None


def _field(model: type[Model] | None, column: str) -> "Field[Any, Any] | None":
    if model is None:
        return None
    for found in model._meta.concrete_fields:
        if found.column == column:
            return found
    return None


def _changes(entry: Entry, called: dict[tuple[str, Any], str]) -> list[Change]:
    model = _model(entry.model)
    before, after = entry.before or {}, entry.after or {}
    declared = [found.column for found in model._meta.concrete_fields] if model else []
    names = sorted({*before, *after}, key=lambda name: (declared.index(name) if name in declared else 999, name))
    changes = []
    for name in names:
        found = _field(model, name)
        if found is not None and found.primary_key:
            continue
        label = str(getattr(found, "verbose_name", name)) if found is not None else name
        values = (_value(found, side.get(name), called) for side in (before, after))
        changes.append(Change(capfirst(label), *values))
    return changes


def _value(found: "Field[Any, Any] | None", value: Any, called: dict[tuple[str, Any], str]) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(found, ForeignKey):
        related: Any = found.related_model
        return called.get((related._meta.label_lower, value), f"{related._meta.verbose_name} {value}")
    if found is not None and found.choices:
        return str(dict(found.flatchoices).get(value, value))  # type: ignore[attr-defined]
    if isinstance(found, DateTimeField) and isinstance(value, str):
        return _moment(value)
    if isinstance(found, FileField):
        return str(value).rpartition("/")[2]
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False)
    return Truncator(_in_one_language(str(value))).chars(MOST_CHARS)


def _moment(value: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return formats.date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def _in_one_language(text: str) -> str:
    """A text in several languages stands as JSON; the reader's is shown."""
    if not text.startswith("{"):
        return text
    try:
        said = json.loads(text)
    except ValueError:
        return text
    is_words = isinstance(said, dict) and said.keys() <= LANG_INFO.keys()
    return str(LazyI18nString(said)) if is_words else text


def _called(entries: Sequence[Entry]) -> dict[tuple[str, Any], str]:
    """What the rows are called that foreign keys name, by model and id: one query a model."""
    wanted: dict[type[Model], set[Any]] = {}
    for entry in entries:
        model = _model(entry.model)
        for side in (entry.before, entry.after):
            for name, value in (side or {}).items():
                found = _field(model, name)
                if isinstance(found, ForeignKey) and value is not None:
                    related: Any = found.related_model
                    wanted.setdefault(related, set()).add(value)
        owner, pk = _owner(entry)
        if not entry.words and pk is not None and (kept_by := _model(owner)) is not None:
            wanted.setdefault(kept_by, set()).add(pk)
    called: dict[tuple[str, Any], str] = {}
    for related, ids in wanted.items():
        column = label_of(related)
        if column is None:
            continue
        rows = related._default_manager.filter(pk__in=ids).order_by().values_list("pk", column)
        label = related._meta.label_lower
        called |= {(label, pk): Truncator(_in_one_language(str(words))).chars(80) for pk, words in rows}
    return called


def label_of(model: type[Model]) -> str | None:
    """The field by which rows of a model are called. A person is called by their address: it is what whoever added
    them typed, and their name may not be everybody's to know."""
    for name in ("email", *CALLED):
        try:
            model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        return name
    return None
