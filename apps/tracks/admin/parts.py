"""Tracks, rooms, speakers and tags at the desk."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.errors import Refused
from apps.core.words import Number
from apps.events.doors import ComesByFile, columns, columns_in_languages
from apps.events.models import Event
from apps.tracks import services
from apps.tracks.admin.base import AgendaAdmin
from apps.tracks.forms import (
    COLOURS,
    MOST_INVITED,
    SHAPES,
    InviteSpeakersForm,
    RoomForm,
    SpeakerForm,
    SpeakerLine,
    TrackForm,
)
from apps.tracks.models import Room, Session, Speaker, Tag, Track


class _Counted(AgendaAdmin):
    """Lists with the number of sessions on the agenda."""

    list_select_related: ClassVar[tuple[str, ...]] = ("event",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        on_agenda = ~Q(sessions__state__in=Session.OFF_AGENDA)
        found: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = found.annotate(on_agenda=Count("sessions", filter=on_agenda, distinct=True))
        return counted

    @admin.display(description=_("sessions"), ordering="on_agenda")
    def session_count(self, row: Any) -> int:
        return int(row.on_agenda)


@admin.register(Track)
class TrackAdmin(_Counted):
    desk_position = 20
    icon = "category"
    when_empty = _("Tracks give the agenda its columns, colours and shapes.")
    add_words = _("Add a track")
    form = TrackForm
    list_display = ("name", "event", "look", "session_count", "position")
    table = columns(event="event__slug", name="name", sessions="on_agenda")
    list_filter = ("event",)
    list_editable = ("position",)
    ordering = ("position", "pk")
    search_fields = ("name", "slug")

    @admin.display(description=_("look"))
    def look(self, track: Track) -> str:
        return f"{dict(COLOURS).get(track.colour, '')} · {dict(SHAPES).get(track.shape, '')}"


@admin.register(Room)
class RoomAdmin(_Counted):
    desk_position = 21
    icon = "meeting_room"
    when_empty = _("Sessions take place in rooms, which people also call stages.")
    add_words = _("Add a room")
    form = RoomForm
    list_display = ("name", "event", "capacity", "session_count", "position")
    table = columns(
        event="event__slug", name="name", description="description", places="capacity", sessions="on_agenda"
    )
    list_filter = ("event",)
    list_editable = ("position",)
    ordering = ("position", "pk")
    search_fields = ("name", "slug")


@admin.register(Speaker)
class SpeakerAdmin(ComesByFile, _Counted):
    desk_position = 15
    icon = "record_voice_over"
    when_empty = _("Whoever is on stage has a page here, with or without an account.")
    add_words = _("Add a speaker")
    form = SpeakerForm
    line = SpeakerLine
    list_display = ("name", "title", "event", "session_count", "account")
    list_filter = ("event", ("user", admin.EmptyFieldListFilter))
    list_select_related = ("event", "user")
    ordering = ("name", "pk")
    search_fields = ("name", "title", "user__email")
    table = columns_in_languages(
        "biography",
        event="event__slug", name="name", what_they_do="title", biography="biography", account="user__email",
        sessions="on_agenda",
    )  # fmt: skip
    autocomplete_fields = ("user",)
    actions = ("invite",)
    asks_itself = frozenset({"invite"})

    def keep_lines(self, owner: Event, rows: Any, *, by: Any) -> int:
        return services.bring_speakers(owner, [row for _line, row in rows])

    @admin.display(description=_("account"), ordering="user__email")
    def account(self, speaker: Speaker) -> str:
        return speaker.user.email if speaker.user else ""

    @admin.action(description=_("Invite and mail the link"))
    def invite(self, request: HttpRequest, chosen: QuerySet[Speaker]) -> HttpResponse | None:
        """Asks first, and for the addresses of those who have no account yet."""
        speakers = list(chosen.select_related("event__organisation", "user").order_by("name", "pk")[: MOST_INVITED + 1])
        if len(speakers) > MOST_INVITED:
            said = _("Up to %(most)d speakers can be invited at once. Choose fewer; nobody was invited.")
            messages.error(request, said % {"most": MOST_INVITED})
            return None
        form = InviteSpeakersForm(request.POST if "confirmed" in request.POST else None, speakers=speakers)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": _("Invite these speakers?"),
                "speakers": speakers,
                "form": form,
                "opts": self.opts,
            }
            return TemplateResponse(request, "admin/tracks/speaker/invite.html", context)
        invited = 0
        for speaker, email in form.addresses():
            try:
                services.invite_speaker(speaker, email=email)
                invited += 1
            except Refused as refused:
                messages.error(request, f"{speaker.name}: {refused.message}")
        told = ngettext(
            "One speaker is invited; the link is on its way.",
            "%(count)s speakers are invited; the links are on their way.",
            invited,
        )
        if invited:
            messages.success(request, told % {"count": Number(invited)})
        return None


@admin.register(Tag)
class TagAdmin(_Counted):
    desk_position = 22
    icon = "sell"
    when_empty = _("Tags help people to find sessions of one kind across the tracks.")
    add_words = _("Add a tag")
    list_display = ("name", "event", "session_count")
    table = columns(event="event__slug", name="name", sessions="on_agenda")
    list_filter = ("event",)
    ordering = ("name", "pk")
    search_fields = ("name",)
