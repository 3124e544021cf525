"""What the desk's lists of the agenda have in common."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from apps.events.doors import Desk, OrganisationScopedAdmin, RefusedBeside
from apps.tracks import services


class AgendaAdmin(RefusedBeside, OrganisationScopedAdmin):
    """Every change made here reaches the pages of the agenda; a change writes what was changed, and nothing over what
    others do meanwhile."""

    desk = Desk.AGENDA

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        services.keep_part(obj, changed=form.changed_data if change else None)

    def after_save(self, request: HttpRequest, obj: Any, *, change: bool) -> None:
        services.agenda_edited(event_id=obj.event_id)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What cannot be put away along with it is named, and nothing is deleted."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        refusal = services.why_not_removed(objs)
        return deleted, counts, lacking, [*protected, refusal.message] if refusal else protected

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        services.remove_part(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        services.remove(rows=queryset)
