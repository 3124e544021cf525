"""The organisers' desk: one admin site, in the order of the work, entered through the platform's own sign-in."""

import zoneinfo
from functools import partial, wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import auth
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.dataclasses import DropdownItem
from unfold.sites import UnfoldAdminSite

from apps.accounts.doors import lead_to_second_factor
from apps.accounts.models import User
from apps.core import zones
from apps.events import permissions, selectors, services
from apps.events.doors.acting import name_at_the_desk
from apps.events.doors.current import current_event
from apps.events.doors.desk import Desk
from apps.events.doors.of_event import rendered
from apps.events.models import Event, Organisation
from apps.events.registry import needs

SWITCHER_MOST = 12
HOME_MOST = 50
MOST_NEEDS = 30


class DeskSite(UnfoldAdminSite):  # type: ignore[misc]
    site_title = _("Plenary desk")
    site_header = "Plenary"
    index_title = _("My events")
    index_template = "admin/home.html"
    enable_nav_sidebar = True

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """At the desk times are those of the event that is being worked on."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def in_zone(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            may_enter = self.has_permission(request)
            if may_enter:
                name_at_the_desk(request.user)
            event = current_event(request) if may_enter else None
            if event is None:
                return inner(request, *args, **kwargs)
            with timezone.override(zoneinfo.ZoneInfo(event.time_zone)):
                return rendered(inner(request, *args, **kwargs))

        return in_zone

    def has_permission(self, request: HttpRequest) -> bool:
        return permissions.can_use_desk(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The desk has no sign-in of its own: rate limits and codes are those of the platform's page."""
        if request.user.is_authenticated:
            if permissions.lacks_second_factor(request.user):
                return lead_to_second_factor(request, self._onward(request))
            if not self.has_permission(request):
                raise PermissionDenied
            return redirect("admin:index")
        onward = self._onward(request)
        return redirect(f"{reverse('accounts:signin')}?{urlencode({'next': onward})}")

    def _onward(self, request: HttpRequest) -> str:
        wanted = request.GET.get("next", "")
        if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
            return wanted
        return reverse("admin:index")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "POST":
            auth.logout(request)
        return redirect("events:front")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_change_password")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Above the sidebar stands the event that is being worked on, and a menu of the others."""
        context: dict[str, Any] = super().each_context(request)
        if not self.has_permission(request):
            return context
        event = current_event(request)
        if event:
            # As the page is written: what belongs to no event is in its reader's own zone.
            zone = timezone.get_current_timezone()
            city = zones.city(zone) if isinstance(zone, zoneinfo.ZoneInfo) else str(zone)
            context["site_header"] = str(event)
            context["site_subheader"] = _("%(city)s time") % {"city": city}
        context["site_dropdown"] = [
            DropdownItem(title=str(other), link=reverse("admin:events_event_desk", args=[other.pk]), icon="event")
            for other in selectors.desk_events(request.user, limit=SWITCHER_MOST)
        ]
        return context

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        user = request.user
        waiting = []
        if isinstance(user, User):
            services.meet_at_the_desk(user)
            at_work = selectors.events_at_work(user)
            waiting = [(need, at_work.get(need.event_id or 0)) for need in needs.of(at_work, user)]
        events = selectors.home_events(user, limit=HOME_MOST + 1)
        home = {
            "events": events[:HOME_MOST],
            "has_more_events": len(events) > HOME_MOST,
            "needs": waiting[:MOST_NEEDS],
            "need_count": len(waiting),
            "more_needs": max(0, len(waiting) - MOST_NEEDS),
            "has_organisation": isinstance(user, User) and selectors.has_organisation(user),
            "may_add_organisation": self.get_model_admin(Organisation).has_add_permission(request),
            "may_add_event": self.get_model_admin(Event).has_add_permission(request),
        }
        page: HttpResponse = super().index(request, {**home, **(extra_context or {})})
        return page

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> HttpResponse:
        """Apps are our walls, not the organiser's: their lists stand in the sidebar."""
        return redirect("admin:index")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Made where a page shows it, and ours show the sidebar's lists: a sixth of a page's time."""
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    def get_urls(self) -> list[Any]:
        """Without the redirect to any object's page, which would tell of objects that are not the reader's."""
        return [route for route in super().get_urls() if getattr(route, "name", None) != "view_on_site"]

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Each admin says where it stands; lists open at the event that is being worked on."""
        event = current_event(request)
        groups: dict[Desk, list[tuple[int, dict[str, Any]]]] = {}
        for model, admin in self._registry.items():
            desk = getattr(admin, "desk", None)
            if desk is None or not admin.has_module_permission(request) or not admin.has_view_permission(request):
                continue
            link = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            path = getattr(admin, "event_path", "event")
            offered = {getattr(entry, "parameter_name", entry) for entry in admin.list_filter}
            filtered = not offered.isdisjoint({path, f"{path}__id__exact"})
            item = {
                "title": capfirst(str(model._meta.verbose_name_plural)),
                "icon": getattr(admin, "icon", "description"),
                "link": f"{link}?{path}__id__exact={event.pk}" if event and filtered else link,
                "active": request.path.startswith(link) and "/arrange/" not in request.path,
                "has_permission": True,
            }
            groups.setdefault(desk, []).append((getattr(admin, "desk_position", 50), item))
            groups[desk].extend(self._further_items(admin, event, request))
        groups.setdefault(Desk.EVENTS, []).append((0, self._home_item(request)))
        return [
            {
                "title": desk.title,
                "part": desk.part,
                "items": [item for _position, item in sorted(groups[desk], key=lambda pair: pair[0])],
            }
            for desk in sorted(groups)
        ]

    @staticmethod
    def _further_items(admin: Any, event: Event | None, request: HttpRequest) -> list[tuple[int, dict[str, Any]]]:
        """Pages of an admin that are no list, for the event that is worked on: `desk_items(event)` names them."""
        items = admin.desk_items(event) if event is not None and hasattr(admin, "desk_items") else []
        return [
            (item["position"], {**item, "active": request.path == item["link"], "has_permission": True})
            for item in items
        ]

    def _home_item(self, request: HttpRequest) -> dict[str, Any]:
        link = reverse("admin:index")
        return {
            "title": str(_("Overview")),
            "icon": "home",
            "link": link,
            "active": request.path == link,
            "has_permission": True,
        }
