"""People and their roles at the desk."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.accounts.permissions import Reader
from apps.accounts.selectors import Profile, shown_of
from apps.core import words
from apps.core.errors import Refused
from apps.events import selectors, services
from apps.events.admin.errands import are_many, hand_over
from apps.events.admin.links import EndsLinks, JoinLinkInline
from apps.events.admin.narrowing import EVENT, AtEvent, CameIn, PlaceState, WithRole
from apps.events.doors import ComesByFile, Desk, OrganisationScopedAdmin, RefusedBeside, ShowsPeople, columns
from apps.events.doors.lists import BoundedPaginator, KeysFirst
from apps.events.forms import RoleForm, RoleLine
from apps.events.models import Ban, Errand, Event, EventRole

AT_ONCE = 500


def _shown(person: User) -> Profile:
    """The desk is the staff's: what somebody keeps to themselves is not on it."""
    return shown_of(person, to=Reader.STAFF)


@admin.register(User)
class UserAdmin(OrganisationScopedAdmin):
    """Who takes part in one's events. A profile belongs to the person: it is read here, and changed by them."""

    event_path = "registrations__event"
    writes_event = False
    desk = Desk.PEOPLE
    desk_position = 30
    icon = "person"
    when_empty = _("Everybody who registers stands here.")
    may_add = may_delete = False
    actions = ("reset_second_factor",)
    paginator: type[BoundedPaginator] = KeysFirst
    list_display = ("name", "email", "company_shown", "title_shown", "created_at")
    list_filter = (AtEvent, WithRole, PlaceState, CameIn)
    search_fields = ("name", "email", "known_company")
    table = columns(name="name", email="email", company="known_company", title="known_title", since="created_at")
    asks_first = frozenset({"reset_second_factor"})
    fields = (
        *("name", "email", "title_shown", "company_shown", "pronouns_shown", "bio_shown", "languages_shown"),
        *("interests_shown", "links_shown", "time_zone_shown", "is_active", "created_at"),
    )
    ordering = ("name", "email")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Those who came. A field that looks people up offers the others too, by their address."""
        people: QuerySet[Any] = selectors.as_told(super().get_queryset(request))
        user: Any = request.user
        if user.runs_platform:
            return people
        people = selectors.as_met(people, user)
        return people if self.is_lookup(request) else people.filter(is_unmet=False)

    def get_search_results(self, request: HttpRequest, rows: QuerySet[User], words: str) -> tuple[QuerySet[User], bool]:
        found, may_double = super().get_search_results(request, rows, words)
        user: Any = request.user
        if user.runs_platform or not words.strip():
            return found, may_double
        met = Q(pk__in=found.order_by().values("pk"), is_unmet=False)
        return rows.filter(met | Q(email__iexact=words.strip())), may_double

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """Django takes it for a path through other rows, where it is the name of a filter."""
        return lookup == EVENT or super().lookup_allowed(lookup, value, request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user: Any = request.user
        return user.is_superuser and super().has_change_permission(request, obj)

    @admin.display(description=_("job title"), ordering="known_title")
    def title_shown(self, person: User) -> str:
        return _shown(person).title

    @admin.display(description=_("company"), ordering="known_company")
    def company_shown(self, person: User) -> str:
        return _shown(person).company

    @admin.display(description=_("pronouns"))
    def pronouns_shown(self, person: User) -> str:
        return _shown(person).pronouns

    @admin.display(description=_("about you"))
    def bio_shown(self, person: User) -> str:
        return _shown(person).bio

    @admin.display(description=_("languages"))
    def languages_shown(self, person: User) -> str:
        return words.joined(_shown(person).language_names)

    @admin.display(description=_("interests"))
    def interests_shown(self, person: User) -> str:
        return words.joined(_shown(person).interests)

    @admin.display(description=_("links"))
    def links_shown(self, person: User) -> str:
        return words.joined(link.url for link in _shown(person).links)

    @admin.display(description=_("time zone"))
    def time_zone_shown(self, person: User) -> str:
        return _shown(person).time_zone

    @admin.action(description=_("Reset the second step"), permissions=["change"])
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """For superusers, who know the person: across organisations nobody else may decide it. One at a time."""
        chosen = list(queryset[:2])
        if len(chosen) != 1:
            self.message_user(request, _("Choose one person, and be sure that it is them who asks."), messages.ERROR)
        elif chosen[0].pk == request.user.pk:
            self.message_user(request, _("Your own second step is changed on its page."), messages.ERROR)
        elif accounts.reset_second_factor(chosen[0], by=f"person {request.user.pk}"):
            said = _("The second step of %(name)s is reset. They are signed out everywhere, and were told by mail.")
            self.message_user(request, said % {"name": chosen[0]})
        else:
            self.message_user(request, _("This person has no second step yet."), messages.WARNING)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [name for name in self.fields if name != "is_active"]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        services.switch_account(obj, is_active=obj.is_active)


@admin.register(EventRole)
class EventRoleAdmin(RefusedBeside, ComesByFile, EndsLinks, ShowsPeople, OrganisationScopedAdmin):
    desk = Desk.PEOPLE
    desk_position = 20
    icon = "shield_person"
    when_empty = _("Give somebody a role: moderators keep the talk kind, speakers stand on stage.")
    add_words = _("Give a role")
    may_change = False
    form = RoleForm
    line = RoleLine
    list_display = ("person", "email", "role", "event")
    list_filter = ("event", "role")
    list_select_related = ("user", "event")
    search_fields = ("user__name", "user__email")
    table = columns(event="event__slug", name="known_name", email="user__email", role="role")
    inlines = (JoinLinkInline,)
    actions = ("send_links", "revoke_links")
    asks_first = frozenset({"send_links", "revoke_links"})

    def keep_lines(self, owner: Event, rows: Any, *, by: Any) -> int:
        return services.bring_roles(owner, rows)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["event", "person", "email", "role"] if obj else ["event", "email", "name", "role"]

    def save_model(self, request: HttpRequest, obj: EventRole, form: Any, change: bool) -> None:
        user = services.find_by_address(obj.event.organisation, **form.person())
        saved = services.grant_role(obj.event, user=user, role=obj.role)
        obj.pk, obj.user = saved.pk, user

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj and obj.join_links.exists() else ()

    @admin.action(description=_("Invite and mail the link"))
    def send_links(self, request: HttpRequest, chosen: QuerySet[EventRole]) -> HttpResponse | None:
        """To speakers and exhibitors; staff sign in by themselves."""
        if are_many(chosen):
            return hand_over(request, chosen, deed=Errand.Deed.MAIL_ROLES)
        sent = refused = 0
        for role in chosen.select_related("event__organisation", "user").iterator(chunk_size=AT_ONCE):
            try:
                services.mail_role_link(role)
                sent += 1
            except Refused as why:
                refused += 1
                said = why.message
        if sent:
            text = ngettext("One link is on its way.", "%(count)s links are on their way.", sent)
            messages.success(request, text % {"count": words.Number(sent)})
        if refused:
            messages.warning(request, said)
        return None

    @admin.action(description=_("End all their links"))
    def revoke_links(self, request: HttpRequest, chosen: QuerySet[EventRole]) -> HttpResponse | None:
        if are_many(chosen):
            return hand_over(request, chosen, deed=Errand.Deed.END_ROLES)
        ended = sum(services.revoke_links(role) for role in chosen.iterator(chunk_size=AT_ONCE))
        text = ngettext("One link ended.", "%(count)s links ended.", ended)
        messages.success(request, text % {"count": words.Number(ended)})
        return None

    def delete_model(self, request: HttpRequest, obj: EventRole) -> None:
        services.revoke_role(obj.event, user=obj.user, role=obj.role)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[EventRole]) -> None:
        for role in queryset.select_related("event", "user"):
            self.delete_model(request, role)


@admin.register(Ban)
class BanAdmin(OrganisationScopedAdmin):
    """Who was put out of an event; here they are let in again."""

    desk = Desk.PEOPLE
    desk_position = 40
    icon = "person_off"
    when_empty = _("Who may not come to the event stands here, and why.")
    may_add = may_change = may_delete = False
    list_display = ("user", "event", "reason", "by", "created_at", "lifted_at")
    list_filter = ("event",)
    list_select_related = ("user", "event", "by")
    search_fields = ("user__name", "user__email", "reason")
    fields = ("event", "user", "reason", "by", "created_at", "lifted_at", "lifter")
    readonly_fields = fields
    actions = ("lift",)
    table = columns(
        event="event__slug",
        email="user__email",
        reason="reason",
        by="by__email",
        since="created_at",
        lifted="lifted_at",
    )
    asks_first = frozenset({"lift"})

    @admin.display(description=_("lifted by"))
    def lifter(self, ban: Ban) -> str:
        return str(ban.lifted_by or "")

    @admin.action(description=_("Let in again"))
    def lift(self, request: HttpRequest, queryset: QuerySet[Ban]) -> HttpResponse | None:
        by = request.user if isinstance(request.user, User) else None
        standing = queryset.filter(lifted_at=None).select_related("event", "user")
        if are_many(standing):
            return hand_over(request, standing, deed=Errand.Deed.LIFT_BANS)
        lifted = sum(services.lift_ban(ban.event, user=ban.user, by=by) for ban in standing)
        said = ngettext("%(count)s person may come in again.", "%(count)s people may come in again.", lifted)
        self.message_user(request, said % {"count": lifted})
        return None
