"""Webhooks at the desk: where they go, what they are told, each attempt, and receivers to try them on."""

import contextlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from apps.core import clock
from apps.core.errors import Refused
from apps.core.words import Number
from apps.events.doors import Desk, OrganisationScopedAdmin, ScopedTabularInline, bulk, columns
from apps.events.models import Event, Membership
from apps.notifications import services
from apps.notifications.forms import EndpointForm, ReplayForm
from apps.notifications.models import Attempt, Delivery, Endpoint, Receiver, ReceiverCall

STATES = {"owed": "info", "done": "success", "failed": "danger"}
AT_ONCE = 500
REPLAY_FROM = timedelta(days=1)


def run_by(request: HttpRequest, prefix: str = "") -> Q:
    """The webhooks of the reader's organisations, and those of the single events that they run as a guest."""
    user: Any = request.user
    if user.is_superuser:
        return Q()
    mine = Membership.objects.filter(user=user).values("organisation_id")
    events = Event.objects.run_by(user).order_by().values("pk")
    return Q(**{f"{prefix}organisation__in": mine}) | Q(**{f"{prefix}event__in": events})


class OfOrganisation(OrganisationScopedAdmin):
    """A webhook, what it is told and where it is tried may be of all events of an organisation."""

    writes_event = False

    def in_its_zone(  # type: ignore[override]
        self, request: HttpRequest, event_id: int | None, show: Callable[[], HttpResponse]
    ) -> HttpResponse:
        if event_id is None:
            return self.in_own_zone(request, show)
        return super().in_its_zone(request, event_id, show)


@admin.register(Endpoint)
class EndpointAdmin(OfOrganisation):
    desk = Desk.EVENTS
    desk_position = 50
    icon = "webhook"
    form = EndpointForm
    when_empty = _("Here your own software is told what happens: who registers, which poll closed.")
    add_words = _("Add a webhook")
    list_display = ("name", "url", "event", "organisation", "on_label", "failing_since")
    table = columns(
        organisation="organisation__slug", event="event__slug", name="name", on="is_on", why_off="why_off",
        failing_since="failing_since", made="created_at",
    )  # fmt: skip
    list_filter = ("event", "is_on")
    list_select_related = ("event", "organisation")
    search_fields = ("name", "url")
    fields = ("event", "organisation", "name", "url", "kinds", "is_on")
    actions_detail = ("open_try",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Endpoint]:
        return Endpoint.objects.filter(run_by(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        settled = [*self.fields, "answers_for_it"] if obj else list(self.fields)
        return [*settled, "why", "failing_since"] if obj and not obj.is_on else settled

    @admin.display(description=_("who answers for it"))
    def answers_for_it(self, endpoint: Endpoint) -> str:
        """Whoever made it, led it elsewhere or switched it on since; it stands while they run what it is told of."""
        return str(endpoint.keeper or _("Nobody any more"))

    @admin.display(description=_("why it is off"))
    def why(self, endpoint: Endpoint) -> str:
        if endpoint.why_off == Endpoint.Off.LEFT:
            return str(
                _("Whoever answered for it has no role here any more. Switch it on again, and you answer for it.")
            )
        return str(endpoint.get_why_off_display())

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        settled = ["event", "organisation"] if obj else []
        return [*settled, "answers_for_it", "why", "failing_since"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "organisation" and field is not None:
            field.required, field.initial = False, None
            field.help_text = _("Needed where it is told of all events.")
        return field

    def save_model(self, request: HttpRequest, obj: Endpoint, form: Any, change: bool) -> None:
        if not change:
            obj.secret = services.new_secret()
            obj.keeper_id = request.user.pk
            obj.save()
        else:
            user: Any = request.user
            services.change_endpoint(obj, changed=set(form.changed_data) & {*self.fields}, by=user)

    def response_add(self, request: HttpRequest, obj: Endpoint, post_url_continue: str | None = None) -> HttpResponse:
        return redirect("admin:notifications_endpoint_try", obj.pk)

    @display(description=_("state"), label={"on": "success", "off": "warning"})  # type: ignore[untyped-decorator]
    def on_label(self, endpoint: Endpoint) -> tuple[str, str]:
        why = endpoint.get_why_off_display() if endpoint.why_off else _("Off")
        return ("on", str(_("On"))) if endpoint.is_on else ("off", str(why))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.try_view)
        return [path("<int:pk>/try/", view, name="notifications_endpoint_try"), *super().get_urls()]

    @action(description=_("Secret, test, send again"), url_path="to-try", icon="play_arrow")  # type: ignore[untyped-decorator]
    def open_try(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("admin:notifications_endpoint_try", object_id)

    def try_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The secret, once; a test, to the address or to a receiver of ours; what failed, again."""
        endpoint = self.get_queryset(request).filter(pk=pk).first()
        if endpoint is None or not self.has_change_permission(request, endpoint):
            raise Http404
        return self.in_its_zone(request, endpoint.event_id, lambda: self._try(request, endpoint))

    def _try(self, request: HttpRequest, endpoint: Endpoint) -> HttpResponse:
        secret, replay = "", ReplayForm(initial={"since": clock.now() - REPLAY_FROM})
        if request.method == "POST":
            try:
                secret = self._do(request, endpoint, request.POST.get("do", ""))
            except Refused as refused:
                messages.error(request, refused.message)
            if not secret:
                return redirect("admin:notifications_endpoint_try", endpoint.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": endpoint.name,
            "opts": self.opts,
            "endpoint": endpoint,
            "object": endpoint,
            "secret": secret,
            "replay": replay,
            "receivers": endpoint.receivers.filter(ends_at__gt=clock.now())[:10],
            "deliveries": endpoint.deliveries.all()[:10],
        }
        response = TemplateResponse(request, "admin/notifications/endpoint/try.html", context)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _do(self, request: HttpRequest, endpoint: Endpoint, what: str) -> str:
        """Does what a button says; the secret, where one is to be shown."""
        if what == "show":
            return services.take_secret(endpoint)
        if what == "rotate":
            return services.rotate_secret(endpoint)
        if what == "test":
            services.send_test(endpoint)
            messages.success(request, _("A test is on its way. What was answered stands among the deliveries."))
        elif what == "receiver":
            services.make_receiver(endpoint)
            messages.success(request, _("The test receiver stands for a day."))
        elif what == "to_receiver":
            chosen = endpoint.receivers.filter(
                pk=_number(request.POST.get("receiver")), ends_at__gt=clock.now()
            ).first()
            if chosen is not None:
                services.send_test(endpoint, to=chosen)
                messages.success(request, _("A test is on its way to the receiver."))
        elif what == "replay":
            self._replay(request, endpoint)
        return ""

    def _replay(self, request: HttpRequest, endpoint: Endpoint) -> None:
        form = ReplayForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Say since when: a day and a time."))
            return
        count = services.replay_failed(endpoint, since=form.cleaned_data["since"])
        text = ngettext("One is sent again.", "%(count)s are sent again.", count)
        messages.success(request, text % {"count": Number(count)})


def _number(value: str | None) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 19 else 0


class AttemptInline(ScopedTabularInline):
    model = Attempt
    may_add = may_change = may_delete = False
    fields = ("at", "status", "ms", "why_not", "excerpt")
    readonly_fields = fields
    verbose_name_plural = _("attempts")

    @admin.display(description=_("what went wrong"))
    def why_not(self, attempt: Attempt) -> str:
        return attempt.why


@admin.register(Delivery)
class DeliveryAdmin(OfOrganisation):
    event_path = "endpoint__event"
    desk = Desk.EVENTS
    desk_position = 51
    icon = "outbox"
    when_empty = _("What webhooks were told stands here for a month, and what they answered.")
    may_add = may_change = may_delete = False
    list_display = ("kind", "endpoint", "state_label", "attempts", "last_status", "created_at", "next_try")
    table = columns(
        webhook="endpoint__name", id="message_id", kind="kind", state="state", tries="attempts",
        told="created_at", due="due_at",
    )  # fmt: skip
    list_filter = ("endpoint", "state", "kind")
    list_select_related = ("endpoint",)
    search_fields = ("=message_id",)
    fields = ("endpoint", "kind", "message_id", "state", "attempts", "created_at", "due_at", "said")
    readonly_fields = fields
    inlines = (AttemptInline,)
    actions = ("send_again",)
    asks_first = frozenset({"send_again"})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        return Delivery.objects.filter(run_by(request, "endpoint__")).prefetch_related("log")

    @display(description=_("state"), ordering="state", label=STATES)  # type: ignore[untyped-decorator]
    def state_label(self, delivery: Delivery) -> tuple[str, str]:
        return delivery.state, delivery.get_state_display()

    @admin.display(description=_("last answer"))
    def last_status(self, delivery: Delivery) -> str:
        last = next(iter(delivery.log.all()), None)
        return str(last.status or last.why) if last else "–"

    @admin.display(description=_("next try"), ordering="due_at")
    def next_try(self, delivery: Delivery) -> Any:
        return delivery.due_at if delivery.state == Delivery.State.OWED else None

    @admin.display(description=_("body"))
    def said(self, delivery: Delivery) -> str:
        return as_json(delivery.body)

    @admin.action(description=_("Send again, with the same id"))
    def send_again(self, request: HttpRequest, chosen: QuerySet[Delivery]) -> None:
        count = sum(services.replay(delivery) for delivery in bulk.first(request, chosen, most=AT_ONCE))
        text = ngettext("One is sent again.", "%(count)s are sent again.", count)
        messages.success(request, text % {"count": Number(count)})


@admin.register(Receiver)
class ReceiverAdmin(OfOrganisation):
    """Reached from its webhook."""

    event_path = "endpoint__event"
    desk = None
    may_add = may_change = may_delete = False
    list_display = ("endpoint", "calls", "created_at", "ends_at")
    list_select_related = ("endpoint",)
    fields = ("endpoint", "where", "calls", "created_at", "ends_at", "arrived")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Receiver]:
        return Receiver.objects.filter(run_by(request, "endpoint__"))

    @admin.display(description=_("address"))
    def where(self, receiver: Receiver) -> str:
        return format_html('<code class="desk-code">{}{}</code>', settings.SITE_URL, receiver.path)

    @admin.display(description=_("what arrived"))
    def arrived(self, receiver: Receiver) -> str:
        calls = receiver.log.all()[:100]
        shown = (
            (call.at.isoformat(timespec="seconds"), verdict(call), headers_of(call), as_json(call.body))
            for call in calls
        )
        return format_html_join("", '<div class="desk-call"><p>{} · {}</p>{}{}</div>', shown) or "–"


def verdict(call: ReceiverCall) -> str:
    return str(_("The signature holds.") if call.holds else _("The signature does not hold."))


def headers_of(call: ReceiverCall) -> str:
    lines = "\n".join(f"{name}: {value}" for name, value in call.headers.items())
    return format_html('<pre class="desk-code">{}</pre>', lines)


def as_json(body: str) -> str:
    """Indented where it is JSON."""
    with contextlib.suppress(ValueError):
        body = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    return format_html('<pre class="desk-code">{}</pre>', body)
