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
from apps.core.templatetags.qr import QR_KINDS, qr_file
from apps.events import permissions, selectors, services
from apps.events.admin.beginning import KindStep
from apps.events.admin.duplicating import DuplicateView
from apps.events.admin.look import LookViews
from apps.events.doors import Desk, OrganisationScopedAdmin, RefusedInForm, columns, previewing
from apps.events.doors.current import work_on
from apps.events.doors.of_event import rendered
from apps.events.doors.writing import changed_columns
from apps.events.forms import EventForm
from apps.events.models import Event, Membership
from apps.events.registry import numbers, publish_checks, tasks
from apps.events.registry.work import Part
from apps.events.selectors import embeds, previews, sources
from apps.events.services.lifecycle import STAGES

MOST_ADDRESS = 400


class Step(NamedTuple):
    """A step of an event's life that the organiser confirms."""

    run: Callable[[Event], None]
    states: tuple[str, ...]
    title: Any
    what_happens: Any
    done: Any


STEPS = {
    "publish": Step(
        *STAGES["publish"],
        _("Publish"),
        _("The event’s pages are shown to those who may look, and registration opens."),
        _("The event is published. People can register now."),
    ),
    "open": Step(
        *STAGES["open"],
        _("Open the doors"),
        _("The event is shown as live. Do this when you begin."),
        _("The event is live."),
    ),
    "end": Step(
        *STAGES["end"],
        _("End the event"),
        _("Registration closes. Recordings and conversations stay readable for those who took part."),
        _("The event has ended."),
    ),
    "archive": Step(
        *STAGES["archive"],
        _("Archive"),
        _("Only its own people still see the event, and nobody can write in it any more. It leaves the public list."),
        _("The event is archived."),
    ),
    "restore": Step(
        *STAGES["restore"],
        _("Take out of the archive"),
        _("People of the event can write in it again, and anybody sees it as an event that has ended."),
        _("The event is out of the archive."),
    ),
    "unpublish": Step(
        *STAGES["unpublish"],
        _("Take back to draft"),
        _("The event’s pages disappear for everybody but its staff. Possible while nobody has registered."),
        _("The event is a draft again."),
    ),
}


PARTS = {
    Part.SET_UP: _("Set up"),
    Part.AGENDA: _("Agenda"),
    Part.PEOPLE: _("People"),
    Part.CONTENT: _("Content"),
    Part.LIVE: _("Live"),
    Part.AFTER: _("After"),
}
PLACES = (
    ("venue:landing", _("The event’s page")),
    ("events:register", _("Registration")),
    ("venue:lobby", _("Lobby")),
    ("tracks:agenda", _("Agenda")),
    ("venue:control", _("Control room")),
)


def steps_of(event: Event) -> list[tuple[str, Step]]:
    return [(name, step) for name, step in STEPS.items() if event.state in step.states]


def _parts(event: Event, groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each part of the work with what is done and to do in it, and its lists."""
    found = tasks.of(event)
    return [
        {
            "name": part.name.lower(),
            "title": title,
            "tasks": found[part],
            "done": sum(task.is_done for task in found[part]),
            "items": [item for group in groups if group.get("part") is part for item in group["items"]],
        }
        for part, title in PARTS.items()
    ]


def typed_in(request: HttpRequest, otherwise: str) -> zoneinfo.ZoneInfo:
    """The zone in which a form's times are meant: the one that is chosen in the same form."""
    chosen = request.POST.get("time_zone", "")
    return zoneinfo.ZoneInfo(chosen if chosen in zoneinfo.available_timezones() else otherwise)


@admin.register(Event)
class EventAdmin(KindStep, DuplicateView, LookViews, RefusedInForm, OrganisationScopedAdmin):
    event_path = "pk"
    desk = Desk.EVENTS
    desk_position = 10
    icon = "event"
    form = EventForm
    when_empty = _("An event needs a name and dates; you can change everything until you publish it.")
    add_words = _("New event")
    list_display = ("title", "state_label", "starts_at", "registered", "came", "organisation")
    table = columns(
        address="slug", name="name", organisation="organisation__name", kind="kind", state="state",
        begins="starts_at", ends="ends_at", zone="time_zone", registered="registered_count",
        came_in="came_count",
    )  # fmt: skip
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
                    "passes_on",
                )
            },
        ),
        (_("On other websites"), {"fields": ("embed_origins",)}),
        (_("How it looks"), {"fields": ("brand", "accent", "logo")}),  # last: its preview follows
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

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """Somebody may publish it at this moment."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect("admin:events_event_desk", object_id)

    def delete_model(self, request: HttpRequest, obj: Event) -> None:
        services.delete_event(obj)

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

    def save_model(self, request: HttpRequest, obj: Event, form: Any, change: bool) -> None:
        """A new event begins as its kind has it."""
        if change:
            before = getattr(obj, "desk_before", None)
            services.save_event(obj, changed=changed_columns(obj, before=before, named=form.changed_data))
            return
        services.add_event(obj)
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
            path("<int:pk>/share/", view(self.share_view), name="events_event_share"),
            path("<int:pk>/code/", view(self.code_view), name="events_event_code"),
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

    def event_id_of_form(self, request: HttpRequest, object_id: str | None) -> int | None:
        """Here the form itself says in which zone its times are."""
        return None

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

    def share_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Its address, links that are counted, codes for cameras, and what to put on other websites."""
        event = self._mine(request, pk)
        work_on(request, event)
        label = sources.label(request.GET.get("ref", ""))
        page = previews.absolute(event.get_absolute_url())
        context = {
            **self.admin_site.each_context(request),
            "title": _("Share: %(event)s") % {"event": event},
            "event": event,
            "label": label,
            "is_told": previews.is_open(event),
            "address": f"{page}?ref={label}" if label else page,
            "register": previews.absolute(reverse("events:register", args=[event.slug])),
            "sources": sources.counted(event.registrations.standing()),
            "origins": embeds.origins(event),
            "shows_agenda": bool(embeds.agenda_origins(event)),
            "agenda_snippet": embeds.snippet(event, f"{page}embed/agenda/"),
            "form_snippet": embeds.snippet(
                event, previews.absolute(reverse("events:embed_register", args=[event.slug])) + "?ref=website"
            ),
        }
        return TemplateResponse(request, "admin/events/event/share.html", context)

    def code_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """An address of the event as a code for cameras, to print: SVG, or PNG."""
        event = self._mine(request, pk)
        form = "png" if request.GET.get("form") == "png" else "svg"
        wanted = request.GET.get("to", "")
        if not wanted.startswith(event.get_absolute_url()) or len(wanted) > MOST_ADDRESS:
            wanted = event.get_absolute_url()
        label = sources.label(request.GET.get("ref", ""))
        address = previews.absolute(wanted.partition("?")[0]) + (f"?ref={label}" if label else "")
        answer = HttpResponse(qr_file(address, form=form), content_type=QR_KINDS[form])
        answer.headers["Content-Disposition"] = f'attachment; filename="{event.slug}.{form}"'
        return answer

    def desk_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One event's numbers, what is missing, and the next step."""
        event = self._mine(request, pk)
        work_on(request, event)
        base = self.admin_site.each_context(request)
        context = {
            **base,
            "title": str(event),
            "event": event,
            "numbers": numbers.of(event),
            "warnings": publish_checks.of(event) if event.state == Event.State.DRAFT else [],
            "steps": steps_of(event),
            "may_duplicate": self.has_add_permission(request),
            "parts": _parts(event, base["sidebar_navigation"]),
            "addresses": [
                (title, request.build_absolute_uri(reverse(name, args=[event.slug]))) for name, title in PLACES
            ],
            "previews": previewing.offered(event),
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
        work_on(request, event)
        desk = reverse("admin:events_event_desk", args=[pk])
        if request.method == "POST":
            try:
                services.step_event(event, name)
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
