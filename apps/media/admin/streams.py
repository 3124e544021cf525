"""Live streams at the organisers' desk: made, changed, and a page each with keys to copy and how the encoders do."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget

from apps.core import importmap
from apps.core.errors import Refused
from apps.events.doors import Desk, OrganisationScopedAdmin, RefusedBeside, columns
from apps.media import broadcasts, selectors, services
from apps.media.admin.files import BUTTON
from apps.media.models import Input, Stream
from apps.media.registry import must_not_be_recorded, places_of

WINDOWS = [
    (60, _("1 minute")), (300, _("5 minutes")), (600, _("10 minutes")), (900, _("15 minutes")), (1800, _("30 minutes")),
    (3600, _("1 hour")), (7200, _("2 hours")), (14400, _("4 hours")),
]  # fmt: skip
"""How far viewers may go back, in seconds."""
STATES = {"idle": "info", "live": "success", "ended": "warning"}
SAID = {
    "rotate": _("There is a new key. Whoever sent with the old one is cut off."),
    "revoke": _("The key is revoked. Whoever sent with it is cut off."),
    "end": _("The stream has ended."),
    "open": _("The stream is open again."),
    "choose": _("The input is chosen."),
}


class StreamForm(forms.ModelForm):  # type: ignore[type-arg]
    """How far viewers may go back is chosen, and not written in seconds."""

    dvr_seconds = forms.TypedChoiceField(
        label=_("how far viewers may go back"), coerce=int, choices=WINDOWS, widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.instance.dvr_seconds
        field: Any = self.fields.get("dvr_seconds")
        if field is not None and kept not in dict(WINDOWS):  # it was set over REST
            words = ngettext("%(count)s second", "%(count)s seconds", kept) % {"count": kept}
            field.choices = sorted([*WINDOWS, (kept, words)])


@admin.register(Stream)
class StreamAdmin(RefusedBeside, OrganisationScopedAdmin):
    desk = Desk.LIVE
    desk_position = 5
    icon = "sensors"
    when_empty = _("Make a stream for each stage that goes live, and give its key to whoever runs the encoder.")
    add_words = _("Add a live stream")
    form = StreamForm
    list_display = ("title", "event", "state_label", "air_input", "started_at", "ended_at", "keys")
    table = columns(
        event="event__slug", title="title", state="state", on_air="air_input", input="choice", window="dvr_seconds",
        recorded="records", began="started_at", ended="ended_at",
    )  # fmt: skip
    list_filter = ("event", "state")
    list_select_related = ("event",)
    search_fields = ("title",)
    fields = ("event", "title", "dvr_seconds", "records", "choice")
    actions_detail = ("open_keys",)

    class Media:
        js = (
            importmap.Tag(),
            Script("events/desk-copy.js", type="module"),
            Script("media/stream-health.js", type="module"),
        )

    @display(description=_("state"), ordering="state", label=STATES)  # type: ignore[untyped-decorator]
    def state_label(self, stream: Stream) -> tuple[str, str]:
        return stream.state, stream.get_state_display()

    @display(description=_("keys and health"))  # type: ignore[untyped-decorator]
    def keys(self, stream: Stream) -> SafeString:
        address = reverse("admin:media_stream_keys", args=[stream.pk])
        words = _("Keys and encoders")
        return format_html(
            '<a class="{}" href="{}">{}<span class="desk-unseen">: {}</span></a>', BUTTON, address, words, stream
        )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(self.fields) if obj else [name for name in self.fields if name != "choice"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["event"] if obj else []

    def save_model(self, request: HttpRequest, obj: Stream, form: Any, change: bool) -> None:
        if change:
            services.change_stream(obj, changed=set(form.changed_data) & {*self.fields})
            return
        made = services.create_stream(obj.event, title=obj.title, dvr_seconds=obj.dvr_seconds, records=obj.records)
        obj.pk, obj.key = made.pk, made.key
        obj._state.adding = False

    def response_add(self, request: HttpRequest, obj: Stream, post_url_continue: str | None = None) -> HttpResponse:
        return redirect("admin:media_stream_keys", obj.pk)

    # Keys and health ----------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.keys_view)
        return [path("<int:pk>/keys/", view, name="media_stream_keys"), *super().get_urls()]

    @action(description=_("Keys and encoders"), url_path="to-keys", icon="key")  # type: ignore[untyped-decorator]
    def open_keys(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("admin:media_stream_keys", object_id)

    def keys_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        stream = self.get_queryset(request).filter(pk=pk).select_related("event").first()
        if stream is None or not self.has_change_permission(request, stream):
            raise Http404
        return self.in_its_zone(request, stream.event_id, lambda: self._keys(request, stream))

    def _keys(self, request: HttpRequest, stream: Stream) -> HttpResponse:
        if request.method == "POST":
            try:
                self._do(stream, request.POST.get("do", ""), request.POST.get("input", ""))
            except Refused as refused:
                messages.error(request, refused.message)
            else:
                messages.success(request, SAID[request.POST["do"]])
            return redirect("admin:media_stream_keys", stream.pk)
        keys = selectors.keys_in_use(stream)
        health = broadcasts.health(stream, keys)
        said = {one["input"]: one for one in health["inputs"]}
        context = {
            **self.admin_site.each_context(request),
            "title": stream.title,
            "opts": self.opts,
            "media": self.media,
            "object": stream,
            "stream": stream,
            "server": selectors.ingest_url(),
            "inputs": [
                (name, label, next((selectors.secret_of(key) for key in keys if key.input == name), ""), said.get(name))
                for name, label in Input.choices
            ],
            "choices": Stream.Choice.choices,
            "places": places_of(stream),
            "must_not_be_recorded": must_not_be_recorded(stream),
            "recordings": stream.recordings.select_related("asset").order_by("-pk")[:10],
            "address": reverse("api:stream", args=[stream.event.slug, stream.key]),
        }
        response = TemplateResponse(request, "admin/media/stream.html", context)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _do(self, stream: Stream, what: str, which: str) -> None:
        """Does what a button says; raises Http404 for what none says."""
        if what in ("rotate", "revoke") and which in Input.values:
            (services.rotate_key if what == "rotate" else services.revoke_key)(stream, which=which)
        elif what == "choose" and which in Stream.Choice.values:
            stream.choice = which
            services.change_stream(stream, changed={"choice"})
        elif what in ("end", "open"):
            (services.end_stream if what == "end" else services.open_stream)(stream)
        else:
            raise Http404
