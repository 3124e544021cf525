"""Lists of the API come in pages that have a bound, each with the address of the next."""

from typing import Any

from django.core.exceptions import ValidationError as InvalidValue
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination


def page_shape(rows: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of a page whose results are of this schema."""
    address = {"type": ["string", "null"], "format": "uri"}
    return {
        "type": "object",
        "required": ["next", "previous", "results"],
        "properties": {
            "next": {**address, "description": "The address of the next page; null on the last one."},
            "previous": address,
            "results": rows,
        },
    }


class Pages(CursorPagination):
    """`?limit=` and `?cursor=`; more than the most is answered with the most. A row that comes or goes meanwhile moves
    none of the others to another page. Views say their `ordering`, whose first field is never empty."""

    page_size_query_param = "limit"
    page_size_query_description = "50 where it is left out; at most 200."
    cursor_query_description = "Where the page begins: take it from `next` or `previous`, as it is."
    max_page_size = 200
    offset_cutoff = 100_000
    """So many rows that are alike in the first field of their order are gone through; the framework's thousand are met,
    where nobody voted yet."""
    template = None

    def get_ordering(self, request: Any, queryset: Any, view: Any) -> tuple[str, ...]:
        return tuple(view.ordering)

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (InvalidValue, ValueError, TypeError, OverflowError) as error:  # whoever wrote a cursor by hand
            raise ValidationError({"cursor": [_("This cursor does not belong to this list.")]}) from error

    def decode_cursor(self, request: Any) -> Any:
        try:
            return super().decode_cursor(request)
        except NotFound as error:
            raise ValueError from error

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        return page_shape(schema)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for parameter in found:
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"] = {"type": "integer", "minimum": 1, "maximum": self.max_page_size, "default": 50}
        return found
