"""Announcements at the desk: said now or at their time, to everybody or to some; and what was said to whom."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from apps.core.errors import Refused
from apps.core.words import Number
from apps.events import selectors, services
from apps.events.doors import Desk, OrganisationScopedAdmin, RefusedBeside, bulk, columns
from apps.events.forms import AnnouncementDeskForm
from apps.events.models import Announcement, Event

LABELS = {"scheduled": "info", "said": "success", "missed": "danger", "cancelled": "warning"}
TOLD = ("event", "text", "to_whom", "state", "due_at", "created_at", "on_screen", "by_mail", "reached", "mailed", "by")
MOST_OFFERED = 5


@admin.register(Announcement)
class AnnouncementAdmin(RefusedBeside, OrganisationScopedAdmin):
    desk = Desk.LIVE
    desk_position = 10
    icon = "campaign"
    when_empty = _("What you announce stands in the lobby, and is read out to those who use a screen reader.")
    add_words = _("Announce something")
    form = AnnouncementDeskForm
    actions = ("call_off",)
    asks_first = frozenset({"call_off"})
    list_display = ("words", "event", "to_whom", "state_label", "moment", "reached", "mailed", "by")
    list_filter = ("event", "state")
    search_fields = ("text",)
    list_select_related = ("event", "by")
    ordering = ("-created_at", "-pk")
    fields: ClassVar[Any] = ("event", "text", "audience", "where", "due_at")
    table = columns(
        event="event__slug", state="state", said="created_at", due="due_at", to="audience", reached="reached",
        mailed="mailed", by="by__name", text="text",
    )  # fmt: skip

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was said is said; what is still to come can be changed."""
        return super().has_change_permission(request, obj) and (obj is None or obj.is_scheduled)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj is None or obj.is_scheduled else TOLD

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fixed = [] if obj is None or obj.is_scheduled else list(TOLD)
        return [*super().get_readonly_fields(request, obj), *fixed]

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        made = super().get_form(request, obj, change=change, **kwargs)
        made.events = [obj.event] if obj else self._events(request)
        return made

    def _events(self, request: Any) -> list[Event]:
        """The one that the organiser works on; where it is not known, the newest."""
        own = Event.objects.run_by(request.user)
        if request.desk_event_id is not None:
            return list(own.filter(pk=request.desk_event_id))
        return list(own.order_by("-starts_at")[:MOST_OFFERED])

    @admin.display(description=_("text"))
    def words(self, announcement: Announcement) -> str:
        return str(announcement)

    @admin.display(description=_("to whom"))
    def to_whom(self, announcement: Announcement) -> str:
        return str(selectors.NAMES.get(announcement.audience, announcement.audience_name or announcement.audience))

    @display(description=_("state"), ordering="state", label=LABELS)  # type: ignore[untyped-decorator]
    def state_label(self, announcement: Announcement) -> tuple[str, str]:
        return announcement.state, announcement.get_state_display()

    @admin.display(description=_("when"), ordering="created_at")
    def moment(self, announcement: Announcement) -> Any:
        was_said = announcement.state == Announcement.State.SAID
        return announcement.created_at if was_said else announcement.due_at

    def save_model(self, request: HttpRequest, obj: Announcement, form: Any, change: bool) -> None:
        user: Any = request.user
        wish = {"text": obj.text, "audience": obj.audience, **form.ways}
        try:
            if change:
                moved = {"due_at": obj.due_at} if "due_at" in form.changed_data else {}
                services.change_announcement(obj, **wish, **moved)
                return
            if obj.due_at:
                made = services.schedule_announcement(obj.event, by=user, due_at=obj.due_at, **wish)
            else:
                made = services.announce(obj.event, by=user, **wish)
        except Refused as refused:
            if not change:
                raise
            # said meanwhile
            self.message_user(request, str(refused.message), messages.ERROR)
            return
        obj.pk, obj.seq = made.pk, made.seq

    def delete_model(self, request: HttpRequest, obj: Announcement) -> None:
        services.withdraw_announcement(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Announcement]) -> None:
        for announcement in queryset:
            services.withdraw_announcement(announcement)

    @admin.action(description=_("Call off what is still to be said"), permissions=["change"])
    def call_off(self, request: HttpRequest, queryset: QuerySet[Announcement]) -> None:
        count = 0
        for announcement in bulk.first(request, queryset.scheduled()):  # type: ignore[attr-defined]
            try:
                services.call_off_announcement(announcement)
                count += 1
            except Refused as refused:
                self.message_user(request, str(refused.message), messages.ERROR)
        said = ngettext("One announcement is called off.", "%(count)s announcements are called off.", count)
        self.message_user(request, said % {"count": Number(count)})
