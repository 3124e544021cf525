"""What goes along when an event is duplicated: each room registers the parts that it copies, and how."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.events.models import Event

if TYPE_CHECKING:
    from apps.accounts.models import User

MOST_ROWS = 50_000
"""Of a copy, all parts together."""
BATCH = 500
PAIRS = (("starts_at", "ends_at"), ("registration_opens_at", "registration_closes_at"))
"""What must stay in this order, whatever a change of the clocks lies between them."""

Row = TypeVar("Row", bound=models.Model)


@dataclass
class Copy:
    """A copy that is being made. References inside it lead to its own rows, or nowhere: never to the old event.

    Each room calls `rows` for its tables, those first that others refer to.
    """

    source: Event
    days: int
    """By how many all dates move."""
    parts: Collection[str]
    by: "User"
    event: Event = field(init=False)
    """The new one."""
    places: dict[str, str] = field(default_factory=dict)
    """What conversations belong to, as their `owner` names it: `session/12` is now `session/98`."""
    made: dict[str, int] = field(default_factory=dict)
    """How many rows each table got."""
    _new: dict[type[models.Model], dict[Any, Any]] = field(default_factory=dict)
    _left: int = field(default_factory=lambda: MOST_ROWS)

    def takes(self, part: str) -> bool:
        return part in self.parts

    def shifted(self, moment: datetime) -> datetime:
        """So many days later, at the same hour on the clocks of the event: 09:00 stays 09:00, summer or winter."""
        zone = ZoneInfo(self.source.time_zone)
        on_the_clock = moment.astimezone(zone).replace(tzinfo=None) + timedelta(days=self.days)
        return on_the_clock.replace(tzinfo=zone)

    def ids(self, model: type[models.Model]) -> dict[Any, Any]:
        """Of what was copied of a table so far: old id to new."""
        return self._new.get(model, {})

    def rows(self, rows: "models.QuerySet[Any]", **given: Any) -> dict[Any, Any]:
        """Copies the rows of one table; old id to new.

        What is not editable is what the platform itself remembers of a row (its import, how often it was used, when
        it was opened), so it begins anew. `given` says otherwise: values, or functions of the old row. A reference to
        what was not copied is emptied; where it may not be empty, the row stays behind.
        """
        olds = list(rows.order_by("pk")[: self._left + 1])
        self._left -= len(olds)
        if self._left < 0:
            raise Refused(
                "event.copy_too_large",
                _("This is more than can be copied at once. Choose fewer parts, and bring the rest in as a file."),
                field="parts",
            )
        pairs = [(old, new) for old in olds if (new := self.one(old, **given)) is not None]
        rows.model._default_manager.bulk_create([new for _old, new in pairs], batch_size=BATCH)
        found = {old.pk: new.pk for old, new in pairs}
        self._new.setdefault(rows.model, {}).update(found)
        label = rows.model._meta.label_lower
        self.made[label] = self.made.get(label, 0) + len(found)
        return found

    def one(self, old: Row, **given: Any) -> Row | None:
        """A copy of a row that is not stored yet; None where it would refer to what is not there."""
        new = type(old)()
        for column in old._meta.concrete_fields:
            if column.primary_key:
                continue
            value = self._value(old, column, given)
            if value is None and not column.null and column.is_relation:
                return None
            setattr(new, column.attname, value)
        for first, last in PAIRS:
            begins, ends = getattr(new, first, None), getattr(new, last, None)
            if begins and ends and ends <= begins:
                setattr(new, last, begins + (getattr(old, last) - getattr(old, first)))
        return new

    def _value(self, old: models.Model, column: Any, given: dict[str, Any]) -> Any:
        if column.name in given:
            value = given[column.name]
            return value(old) if callable(value) else value
        value = column.value_from_object(old)
        if column.is_relation:
            if column.related_model is Event:
                return self.event.pk
            return self.ids(column.related_model).get(value)
        if not column.editable:
            return column.get_default()
        if isinstance(column, models.DateTimeField) and value is not None:
            return self.shifted(value)
        return value


@dataclass(frozen=True, slots=True)
class Part:
    """Something that may go along or stay behind, as the organiser chooses it."""

    name: str
    label: str | Promise
    words: str | Promise
    """What goes along, and what of it does not."""
    position: int
    """Smaller ones are shown, and copied, earlier."""
    run: Callable[[Copy], None]
    count: Callable[[Event], int]
    """How much of it there is: a part of which there is nothing is not offered."""
    stays_home: bool
    """Belongs to the organisation, and never goes along to another."""


class Parts:
    """The parts of a copy: each room registers its own."""

    def __init__(self) -> None:
        self._parts: dict[str, Part] = {}

    def register(
        self,
        name: str,
        *,
        label: str | Promise,
        words: str | Promise,
        position: int,
        count: Callable[[Event], int],
        stays_home: bool = False,
    ) -> Callable[[Callable[[Copy], None]], None]:
        """Decorates `copy_…(copy)`, which calls `copy.rows`. Call it from `AppConfig.ready`."""

        def add(run: Callable[[Copy], None]) -> None:
            self._parts[name] = Part(name, label, words, position, run, count, stays_home)

        return add

    def all(self) -> list[Part]:
        return sorted(self._parts.values(), key=lambda part: (part.position, part.name))

    def held_by(self, event: Event) -> list[tuple[Part, int]]:
        """Of what there is something in the event, and how much."""
        return [(part, count) for part in self.all() if (count := part.count(event))]

    def chosen(self, names: Iterable[str]) -> list[Part]:
        wanted = frozenset(names)
        return [part for part in self.all() if part.name in wanted]


parts = Parts()
