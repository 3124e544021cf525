"""What at the desk is the business of an organisation's owners alone."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.core.access import MayRun
from apps.events import permissions, selectors


def owns_any(request: HttpRequest) -> bool:
    """Whether somebody owns an organisation at all. Several lists of the sidebar ask it for one page."""
    asked: Any = request
    user: Any = request.user
    if not hasattr(asked, "desk_owns"):
        owner = permissions.memberships_for(user, MayRun.MEMBERS)
        asked.desk_owns = user.is_superuser or owner.exists()
    return bool(asked.desk_owns)


def may_found(request: HttpRequest) -> bool:
    """Whether somebody at the desk may make an organisation (`permissions.can_found_organisation`)."""
    return bool(settings.ORGANISATIONS_OPEN) or owns_any(request)


class OwnersAlone:
    """Owners see and change what is their organisation's; of another's there is nothing."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        user: Any = request.user
        model: Any = self.model  # type: ignore[attr-defined]
        return model.objects.filter(organisation__in=selectors.owned_organisations(user))  # type: ignore[no-any-return]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._owns(request, obj) and super().has_view_permission(request, obj)  # type: ignore[misc]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._owns(request, obj) and super().has_change_permission(request, obj)  # type: ignore[misc]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._owns(request, obj) and super().has_delete_permission(request, obj)  # type: ignore[misc]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return owns_any(request) and super().has_add_permission(request, obj)  # type: ignore[misc]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        user: Any = request.user
        if db_field.name == "organisation":
            kwargs["queryset"] = selectors.owned_organisations(user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    @staticmethod
    def _owns(request: HttpRequest, obj: Any) -> bool:
        user: Any = request.user
        organisation = getattr(obj, "organisation_id", None)
        if organisation is None:  # the list, and its line in the sidebar
            return owns_any(request)
        return permissions.can_manage_organisation(user, organisation)
