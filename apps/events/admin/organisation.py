"""Organisations and their members at the desk."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.core.access import MayRun
from apps.core.errors import Refused
from apps.events import permissions, selectors, services
from apps.events.doors import (
    Desk,
    OrganisationScopedAdmin,
    RefusedInForm,
    ShowsPeople,
    TellsRefusals,
    columns,
    may_found,
    owns_any,
)
from apps.events.doors.writing import changed_columns
from apps.events.forms import MembershipForm
from apps.events.models import Membership, Organisation


@admin.register(Organisation)
class OrganisationAdmin(RefusedInForm, OrganisationScopedAdmin):
    event_path = "events"
    desk = Desk.EVENTS
    desk_position = 20
    icon = "apartment"
    when_empty = _("Those who run events together stand here, by the name that people read in the foot of a page.")
    add_words = _("New organisation")
    may_delete = False
    list_display = ("name", "slug", "event_count")
    table = columns(address="slug", name="name", since="created_at")
    search_fields = ("name",)
    fields = ("name", "slug")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organisation]:
        queryset: QuerySet[Organisation] = super().get_queryset(request)
        return queryset.annotate(event_count_of=Count("events"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and may_found(request)

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        """Whoever makes one owns it."""
        if change:
            before = getattr(obj, "desk_before", None)
            services.change_organisation(obj, changed=changed_columns(obj, before=before, named=form.changed_data))
            return
        user: Any = request.user
        obj.pk = services.found_organisation(user, name=obj.name, slug=obj.slug).pk

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user: Any = request.user
        owns = obj is None or permissions.can_manage_organisation(user, obj.pk)
        return owns and super().has_change_permission(request, obj)

    @admin.display(description=_("events"), ordering="event_count_of")
    def event_count(self, organisation: Any) -> int:
        return int(organisation.event_count_of)


@admin.register(Membership)
class MembershipAdmin(TellsRefusals, ShowsPeople, OrganisationScopedAdmin):
    event_path = "organisation__events"
    organisation_path = "organisation"
    desk = Desk.EVENTS
    desk_position = 21
    icon = "badge"
    when_empty = _("Members run the events of their organisation.")
    add_words = _("Add a member")
    form = MembershipForm
    list_display = ("person", "email", "organisation", "role")
    list_filter = ("organisation", "role")
    list_select_related = ("user", "organisation")
    search_fields = ("user__name", "user__email")
    table = columns(organisation="organisation__slug", name="known_name", email="user__email", role="role")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._owns(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One by one: an organisation must keep an owner."""
        if obj is None or not self._owns(request, obj) or selectors.is_last_owner(obj.organisation, obj.user):
            return False
        return super().has_delete_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return owns_any(request) and super().has_add_permission(request, obj)

    def _owns(self, request: HttpRequest, obj: Any) -> bool:
        user: Any = request.user
        return obj is None or permissions.can_manage_organisation(user, obj.organisation_id)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["organisation", "person", "email", "role"] if obj else ["organisation", "email", "name", "role"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["organisation", "person", "email"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Members are the owner's business, so the choice is of organisations one owns."""
        user: Any = request.user
        if db_field.name == "organisation" and not user.is_superuser:
            owned = permissions.memberships_for(user, MayRun.MEMBERS).values("organisation_id")
            kwargs["queryset"] = Organisation.objects.filter(pk__in=owned)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        if change:
            if not services.change_member(obj, role=obj.role):
                messages.error(request, _("This person is no member any more: somebody removed them just now."))
            return
        services.check_members(obj.organisation)
        user = services.find_by_address(obj.organisation, **form.person())
        saved = services.add_member(obj.organisation, user=user, role=obj.role)
        obj.pk, obj.user = saved.pk, saved.user

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        try:
            services.remove_member(obj)
        except Refused as refused:
            messages.error(request, refused.message)
