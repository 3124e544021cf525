"""What the desk's lists of the agenda have in common."""

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from apps.events.doors import Desk, OrganisationScopedAdmin
from apps.tracks import services


class AgendaAdmin(OrganisationScopedAdmin):
    """Every change made here reaches the pages of the agenda."""

    desk = Desk.AGENDA

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        services.hold_events([obj.event_id])
        super().save_model(request, obj, form, change)

    def after_save(self, request: HttpRequest, obj: Any, *, change: bool) -> None:
        services.agenda_edited(event_id=obj.event_id)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What cannot be put away along with it is named, and nothing is deleted."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        refusal = services.why_not_removed(objs)
        return deleted, counts, lacking, [*protected, refusal.message] if refusal else protected

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        services.remove(rows=[obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        services.remove(rows=queryset)
