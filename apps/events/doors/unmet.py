"""Lists of people at the desk: whoever has not come yet is shown as they were typed in, whatever their account says."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.events import selectors
from apps.events.doors.lists import BoundedPaginator, KeysFirst


class ShowsPeople:
    """For admins whose rows have a `user`: `organisation_path` leads to the organisation that asks.

    What an account says is neither shown nor searched nor sorted by before its person came.
    """

    organisation_path: ClassVar[str] = "event__organisation"
    paginator: type[BoundedPaginator] = KeysFirst

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        return selectors.as_known(rows, self.organisation_path)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Who looks for a name needs no days beside it, and to know them costs as much as to find the name."""
        changelist = super().get_changelist_instance(request)  # type: ignore[misc]
        if changelist.query:
            changelist.date_hierarchy = None
        return changelist

    def get_search_results(self, request: HttpRequest, rows: QuerySet[Any], words: str) -> tuple[QuerySet[Any], bool]:
        found, may_double = super().get_search_results(request, rows, words)  # type: ignore[misc]
        if not words.strip():
            return found, may_double
        typed = Q(known_name__icontains=words) | Q(user__email__iexact=words.strip())
        return rows.filter(Q(pk__in=found.order_by().values("pk"), is_unmet=False) | typed), may_double

    @admin.display(description=_("name"), ordering="known_name")
    def person(self, row: Any) -> str:
        return str(row.known_name or row.user.email)

    @admin.display(description=_("e-mail"), ordering="user__email")
    def email(self, row: Any) -> str:
        return str(row.user.email)
