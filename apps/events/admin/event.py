"""An event at the desk: its settings, its numbers, and the steps of its life."""

import zoneinfo
from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from apps.core.errors import Refused
from apps.events import permissions, selectors, services
from apps.events.admin.beginning import KindStep
from apps.events.admin.duplicating import DuplicateView
from apps.events.admin.look import LookViews
from apps.events.doors import Desk, OrganisationScopedAdmin
from apps.events.doors.current import work_on
from apps.events.forms import EventForm
from apps.events.models import Event, Membership
from apps.events.registry import numbers, publish_checks


class Step(NamedTuple):
    """A step of an event's life that the organiser confirms."""

    run: Callable[[Event], None]
    title: Any
    what_happens: Any
    states: tuple[str, ...]
    done: Any


STEPS = {
    "publish": Step(
        services.publish_event,
        _("Publish"),
        _("The event’s pages are shown to those who may look, and registration opens."),
        (Event.State.DRAFT,),
        _("The event is published. People can register now."),
    ),
    "open": Step(
        services.open_event,
        _("Open the doors"),
        _("The event is shown as live. Do this when you begin."),
        (Event.State.PUBLISHED, Event.State.ENDED),
        _("The event is live."),
    ),
    "end": Step(
        services.end_event,
        _("End the event"),
        _("Registration closes. Recordings and conversations stay readable for those who took part."),
        (Event.State.PUBLISHED, Event.State.LIVE),
        _("The event has ended."),
    ),
    "archive": Step(
        services.archive_event,
        _("Archive"),
        _("Only its own people still see the event, and nobody can write in it any more. It leaves the public list."),
        (Event.State.ENDED,),
        _("The event is archived."),
    ),
    "restore": Step(
        services.restore_event,
        _("Take out of the archive"),
        _("People of the event can write in it again, and anybody sees it as an event that has ended."),
        (Event.State.ARCHIVED,),
        _("The event is out of the archive."),
    ),
    "unpublish": Step(
        services.unpublish_event,
        _("Take back to draft"),
        _("The event’s pages disappear for everybody but its staff. Possible while nobody has registered."),
        (Event.State.PUBLISHED,),
        _("The event is a draft again."),
    ),
}


def steps_of(event: Event) -> list[tuple[str, Step]]:
    return [(name, step) for name, step in STEPS.items() if event.state in step.states]


def typed_in(request: HttpRequest, otherwise: str) -> zoneinfo.ZoneInfo:
    """The zone in which a form's times are meant: the one that is chosen in the same form."""
    chosen = request.POST.get("time_zone", "")
    return zoneinfo.ZoneInfo(chosen if chosen in zoneinfo.available_timezones() else otherwise)


def rendered(response: HttpResponse) -> HttpResponse:
    """A page that is written now, while the zone is the right one."""
    return response.render() if isinstance(response, TemplateResponse) else response


@admin.register(Event)
class EventAdmin(KindStep, DuplicateView, LookViews, OrganisationScopedAdmin):
    event_path = "pk"
    desk = Desk.EVENTS
    desk_position = 10
    icon = "event"
    form = EventForm
    when_empty = _("An event needs a name and dates; you can change everything until you publish it.")
    add_words = _("New event")
    list_display = ("title", "state_label", "starts_at", "registered", "came", "organisation")
    list_filter = ("state", "organisation", "kind")
    list_select_related = ("organisation",)
    search_fields = ("name", "slug")
    readonly_fields = ("state",)
    actions_detail = ("open_desk",)
    fieldsets = (
        (None, {"fields": ("organisation", "name", "slug", "tagline", "description", "kind", "left_out")}),
        (_("When and where"), {"fields": ("time_zone", "starts_at", "ends_at", "place")}),
        (_("In which languages"), {"fields": ("default_language", "languages")}),
        (_("Who comes"), {"fields": ("state", "visibility", "capacity", "waiting_list")}),
        (
            _("Registration"),
            {
                "fields": (
                    "admission",
                    "registration_opens_at",
                    "registration_closes_at",
                    "allowed_domains",
                    "refused_domains",
                )
            },
        ),
        (_("How it looks"), {"fields": ("brand", "accent", "logo")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        return selectors.with_counts(super().get_queryset(request))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        member = request.user.is_superuser or Membership.objects.filter(user=request.user.pk).exists()
        return super().has_add_permission(request, obj) and member

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Drafts only, one by one: what people have registered for is archived instead."""
        is_draft = obj is not None and obj.state == Event.State.DRAFT
        return is_draft and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Whoever runs an event as a guest must not be able to take it to an organisation of their own."""
        user: Any = request.user
        settled = [] if obj is None or user.is_superuser else ["organisation"]
        return [*super().get_readonly_fields(request, obj), *settled]

    def get_changeform_initial_data(self, request: Any) -> dict[str, Any]:
        """Most events are in the zone of those who make them."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        if request.zones.own:
            initial.setdefault("time_zone", request.zones.own.key)
        return self.beginning_of(str(initial.get("kind", ""))) | initial

    def after_save(self, request: HttpRequest, obj: Event, *, change: bool) -> None:
        """More places go to who waits; a new event begins as its kind has it."""
        if change:
            services.move_up(obj)
        else:
            services.set_up_event(obj)

    @display(description=_("event"), ordering="name")  # type: ignore[untyped-decorator]
    def title(self, event: Event) -> str:
        return str(event)

    @display(  # type: ignore[untyped-decorator]
        description=_("state"),
        ordering="state",
        label={"draft": "warning", "published": "info", "live": "success", "ended": "primary"},
    )
    def state_label(self, event: Event) -> tuple[str, str]:
        return event.state, event.get_state_display()

    @admin.display(description=_("registered"), ordering="registered_count")
    def registered(self, event: Any) -> int:
        return int(event.registered_count)

    @admin.display(description=_("came in"), ordering="came_count")
    def came(self, event: Any) -> int:
        return int(event.came_count)

    @action(description=_("Numbers and next steps"), url_path="to-desk", icon="dashboard")  # type: ignore[untyped-decorator]
    def open_desk(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("admin:events_event_desk", object_id)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/desk/", view(self.desk_view), name="events_event_desk"),
            path("<int:pk>/duplicate/", view(self.duplicate_view), name="events_event_duplicate"),
            path("<int:pk>/step/<slug:name>/", view(self.step_view), name="events_event_step"),
            *self.look_urls(),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """What pages make of the colours is said before any script runs."""
        bound = context["adminform"].form
        if "brand" in bound.fields:
            colours = [selectors.read_colour(str(bound[name].value() or ""), "#000000") for name in ("brand", "accent")]
            context["remarks"] = selectors.look_of(*colours)["remarks"]
        return super().render_change_form(request, context, *args, **kwargs)

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        event = self.get_object(request, object_id)
        if event is None:
            return super().change_view(request, object_id, form_url, extra_context)
        work_on(request, event)
        with timezone.override(typed_in(request, event.time_zone)):
            return rendered(super().change_view(request, object_id, form_url, extra_context))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:
        """First of which kind it is; then its form, not in the zone of the event that was worked on before."""
        if request.method == "GET" and not request.GET and self.has_add_permission(request):
            return self.kinds_view(request)
        with timezone.override(typed_in(request, settings.TIME_ZONE)):
            return rendered(super().add_view(request, form_url, extra_context))

    def response_add(self, request: HttpRequest, obj: Event, post_url_continue: str | None = None) -> HttpResponse:
        """A new event's desk says what comes next."""
        work_on(request, obj)
        if {"_continue", "_addanother", "_popup"} & set(request.POST):
            answer: HttpResponse = super().response_add(request, obj, post_url_continue)
            return answer
        messages.success(request, _("The event is made. It is a draft: nobody else sees it until you publish it."))
        return redirect("admin:events_event_desk", obj.pk)

    def _mine(self, request: HttpRequest, pk: int) -> Event:
        event: Event | None = self.get_queryset(request).filter(pk=pk).first()
        if event is None or not permissions.can_use_desk(request.user):
            raise Http404
        return event

    def desk_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One event's numbers, what is missing, and the next step."""
        event = self._mine(request, pk)
        work_on(request, event)
        context = {
            **self.admin_site.each_context(request),
            "title": str(event),
            "event": event,
            "numbers": numbers.of(event),
            "warnings": publish_checks.of(event) if event.state == Event.State.DRAFT else [],
            "steps": steps_of(event),
            "may_duplicate": self.has_add_permission(request),
            "announcements": selectors.announcements(event, limit=3),
        }
        # Only now is it the event that is worked on: until here the zone was that of the one before.
        with timezone.override(zoneinfo.ZoneInfo(event.time_zone)):
            return rendered(TemplateResponse(request, "admin/events/event/desk.html", context))

    def step_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Says what a step changes, and takes it when that is confirmed."""
        event = self._mine(request, pk)
        step = STEPS.get(name)
        if step is None:
            raise Http404
        desk = reverse("admin:events_event_desk", args=[pk])
        if request.method == "POST":
            try:
                step.run(event)
                self.log_change(request, event, str(step.title))
                messages.success(request, step.done)
            except Refused as refused:
                messages.error(request, refused.message)
            return redirect(desk)
        context = {
            **self.admin_site.each_context(request),
            "title": format_html("{}: {}", step.title, event),
            "event": event,
            "step": step,
            "possible": event.state in step.states,
            "warnings": publish_checks.of(event) if name == "publish" else [],
            "back": desk,
        }
        return TemplateResponse(request, "admin/events/event/step.html", context)
