"""What the desk's lists share: an end to counting, and a choice of the event where a row has only its number."""

from typing import Any, ClassVar

from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.views import ChangeList

from apps.core import said
from apps.core.rows import row_number
from apps.events import selectors


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts so far and no further: what lies beyond is found by its words, its event or its day."""

    most: ClassVar[int] = 100_000

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by().values("pk")[: self.most].count() if isinstance(rows, QuerySet) else len(rows))


class HistoryPaginator(BoundedPaginator):
    """Of acts, which are many: what lies beyond is found by its day."""

    most = 10_000


class KeysFirst(BoundedPaginator):
    """Finds which rows stand on a page before it asks what is known of each: of 50,000 only these are looked up."""

    def page(self, number: int | str) -> Page[Any]:
        number = self.validate_number(number)
        rows: Any = self.object_list
        first = (number - 1) * self.per_page
        keys = list(rows.values_list("pk", flat=True)[first : first + self.per_page + self.orphans])
        found = {row.pk: row for row in rows.filter(pk__in=keys)}
        return Page([found[key] for key in keys if key in found], number, self)


class InWords(ChangeList):  # type: ignore[misc]
    """Sorts a text in several languages by what the reader is shown of it."""

    def get_ordering_field(self, field_name: Any) -> Any:
        path = super().get_ordering_field(field_name)
        return said.in_order(path) if isinstance(path, str) and said.is_said(self._field(path)) else path

    def _field(self, path: str) -> Any:
        field: Any = None
        model: Any = self.model
        for step in path.split("__"):
            try:
                field = model._meta.get_field(step)
            except (FieldDoesNotExist, AttributeError):
                return None
            model = field.related_model
        return field


class Chosen(DropdownFilter):  # type: ignore[misc]
    """One value of a column, as a number that is compared and nothing else."""

    column: ClassVar[str]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        if not value:
            return queryset
        number = row_number(value)
        return queryset.none() if number is None else queryset.filter(**{self.column: number})


class OfEvent(Chosen):
    title = _("event")
    parameter_name = "event"
    column = "event_id"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(event.pk), str(event)) for event in selectors.desk_events(request.user)]
