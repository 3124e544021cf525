"""The desk's lists to take away over REST: the whole of one event, by the same tables as the desk's own two actions.

What stands in a list, its admin says (`table`, `event_path`), and who may see which rows of it; so each room names its
lists in its routes, and writes nothing twice.
"""

from typing import Any, ClassVar

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from apps.accounts.models import User
from apps.core import sheets
from apps.core.calls import AnyForm
from apps.core.scopes import Area
from apps.events.doors import scope
from apps.events.doors.acting import record_export
from apps.events.doors.desk_calls import DeskCall, desk_routes
from apps.events.doors.tables import as_file
from apps.events.models import Event
from apps.events.serializers.tables import TableQuery


class TableCall(DeskCall):
    content_negotiation_class = AnyForm
    label: ClassVar[str]
    """Of the model whose list it is."""

    @extend_schema(
        parameters=[TableQuery],
        responses={(200, "text/csv"): OpenApiTypes.STR, (200, sheets.KIND): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, event: str) -> HttpResponseBase:
        """The desk's list of this event as a table in your language, as it is exported there."""
        desk: Any = admin.site._registry[apps.get_model(self.label)]
        if not desk.has_view_permission(request):
            raise PermissionDenied
        response = as_file(desk, self.rows(desk), self.asked(TableQuery)["form"])
        record_export(response, self.event, words=str(_("Took a table away")))
        return response

    def rows(self, desk: Any) -> QuerySet[Any]:
        found: QuerySet[Any] = desk.get_queryset(self.request)
        if desk.model is User:  # who has a place and a role would stand there twice
            people = scope.people_of(Event.objects.filter(pk=self.event.pk))
            return found.filter(pk__in=people.order_by().values("pk"))
        return found.filter(**{desk.event_path: self.event.pk})


def table_routes(area: Area, **labels: str) -> list[URLPattern]:
    """Where the tables of an area stand: `sessions="tracks.session"`. `_` in a name is a line in its address."""
    calls = []
    for name, label in labels.items():
        view: Any = type(f"Table_{name}", (TableCall,), {"area": area, "label": label})
        described = extend_schema_view(get=extend_schema(operation_id=f"table_{name}"))(view)
        calls.append((f"tables/{name.replace('_', '-')}/", described, f"table-{name.replace('_', '-')}"))
    return desk_routes(*calls)
