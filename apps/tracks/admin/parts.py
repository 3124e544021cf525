"""Tracks, rooms, speakers and tags at the desk."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.tracks.admin.base import AgendaAdmin
from apps.tracks.forms import COLOURS, SHAPES, RoomForm, SpeakerForm, TrackForm
from apps.tracks.models import Room, Session, Speaker, Tag, Track


class _Counted(AgendaAdmin):
    """Lists with the number of sessions on the agenda."""

    list_select_related: ClassVar[tuple[str, ...]] = ("event",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        on_agenda = ~Q(sessions__state=Session.State.WITHDRAWN)
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
    form = TrackForm
    list_display = ("name", "event", "look", "session_count", "position")
    list_filter = ("event",)
    list_editable = ("position",)
    search_fields = ("name", "slug")

    @admin.display(description=_("look"))
    def look(self, track: Track) -> str:
        return f"{dict(COLOURS).get(track.colour, '')} · {dict(SHAPES).get(track.shape, '')}"


@admin.register(Room)
class RoomAdmin(_Counted):
    desk_position = 21
    icon = "meeting_room"
    form = RoomForm
    list_display = ("name", "event", "capacity", "session_count", "position")
    list_filter = ("event",)
    list_editable = ("position",)
    search_fields = ("name", "slug")


@admin.register(Speaker)
class SpeakerAdmin(_Counted):
    desk_position = 15
    icon = "record_voice_over"
    form = SpeakerForm
    list_display = ("name", "title", "event", "session_count", "user")
    list_filter = ("event", ("user", admin.EmptyFieldListFilter))
    list_select_related = ("event", "user")
    search_fields = ("name", "title", "user__email")
    autocomplete_fields = ("user",)
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Tag)
class TagAdmin(_Counted):
    desk_position = 22
    icon = "sell"
    list_display = ("name", "event", "session_count")
    list_filter = ("event",)
    search_fields = ("name",)
