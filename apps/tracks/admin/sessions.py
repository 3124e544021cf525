"""Sessions at the desk: the programme as a list, and everything about one session on a page."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms.formsets import INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from apps.core import clock, zones
from apps.core.words import Number
from apps.events.doors import ScopedInline, ScopedTabularInline
from apps.tracks import selectors, services
from apps.tracks.admin.arranging import Arranging
from apps.tracks.admin.base import AgendaAdmin
from apps.tracks.forms import SessionForm
from apps.tracks.models import Attendance, Session, SessionLink, SessionSpeaker, Stage, Star

FORMS = ("svg", "png")


class SpeakersOfSession(BaseInlineFormSet):  # type: ignore[type-arg]
    """Whatever was offered: who speaks in a session is a speaker of its event."""

    def clean(self) -> None:
        super().clean()
        event_id = self.instance.event_id
        for form in self.forms:
            speaker = form.cleaned_data.get("speaker") if form.is_valid() else None
            if event_id and speaker and speaker.event_id != event_id:
                form.add_error("speaker", _("This is a speaker of another event."))


class SpeakerInline(ScopedTabularInline):
    model = SessionSpeaker
    formset = SpeakersOfSession
    max_num = services.MOST_PEOPLE
    autocomplete_fields = ("speaker",)
    ordering_field = "position"
    hide_ordering_field = True
    tab = True

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, validate_max=True, **kwargs)


class LinkInline(ScopedTabularInline):
    model = SessionLink
    fields = ("kind", "content", "title", "url", "position")
    ordering_field = "position"
    hide_ordering_field = True
    tab = True


class StageOfSession(BaseInlineFormSet):  # type: ignore[type-arg]
    """A page that was made before there were stages brings none: then it stays as it is."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        counts = [self.add_prefix(name) for name in (TOTAL_FORM_COUNT, INITIAL_FORM_COUNT)]
        if self.is_bound and self.data.keys().isdisjoint(counts):
            self.data = {**self.data, **dict.fromkeys(counts, 0)}


class StageInline(ScopedInline):
    """What the stage shows and says. It is moved on its control page."""

    model = Stage
    formset = StageOfSession
    fields = (
        *(("source", "external_url"), ("is_simulive", "loops"), "lobby_minutes", "lobby_film", "intermission_asset"),
        *("scheduled_words", "lobby_words", "intermission_words", "ended_words", "publish"),
    )
    tab = True
    can_delete = False


def _count(model: Any, condition: Q | None = None) -> Coalesce:
    """How many rows of another table point to the session, without joining the one to the other."""
    rows = model.objects.filter(condition or Q(), session=OuterRef("pk")).order_by().values("session")
    return Coalesce(Subquery(rows.annotate(number=Count("pk")).values("number"), output_field=IntegerField()), 0)


@admin.register(Session)
class SessionAdmin(Arranging, AgendaAdmin):
    desk_position = 10
    icon = "event_note"
    when_empty = _("Add the first session, or bring the whole programme under Schedule imports.")
    add_words = _("Add a session")
    form = SessionForm
    list_display = ("title", "when", "room", "track", "kind", "shown_state", "starred", "came")
    list_filter = ("event", "state", "track", "room", "kind", "language")
    list_select_related = ("event", "room", "track")
    search_fields = ("title", "slug", "speakers__name", "tags__name")
    date_hierarchy = "starts_at"
    ordering = ("starts_at", "room__position")
    autocomplete_fields = ("track", "room", "tags")
    readonly_fields = ("attendance", "origin", "seats_taken", "share", "stage_page")
    inlines = (SpeakerInline, LinkInline, StageInline)
    actions_list = ("arrange",)
    actions = ("cancel", "restore")
    table = staticmethod(services.session_rows)
    asks_first = frozenset({"cancel"})
    taken_back_by: ClassVar[dict[str, tuple[str, Q]]] = {
        "cancel": ("restore", Q(state=Session.State.PLANNED)),
        "restore": ("cancel", Q(state=Session.State.CANCELLED)),
    }
    fieldsets = (
        (
            None,
            {"fields": ("event", "title", "slug", "subtitle", "starts_at", "ends_at", ("room", "track"), "state")},
        ),
        (
            _("Sign-up"),
            {"fields": ("sign_up", "capacity", "sign_up_opens_at", "sign_up_closes_at", "seats_taken")},
        ),
        (_("What it is about"), {"fields": ("abstract", "description", ("kind", "language"), "tags")}),
        (
            _("On stage"),
            {
                "fields": (
                    ("video", "stream"),
                    "stage_page",
                    "recording_offset",
                    "do_not_record",
                    "recording_license",
                    "attendance",
                ),
            },
        ),
        (_("Elsewhere"), {"fields": ("url", "feedback_url", "origin", "share"), "classes": ("collapse",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        found: QuerySet[Session] = super().get_queryset(request)
        took_part = Q(seconds__gt=0) | Q(here_since__isnull=False)
        return found.annotate(star_count=_count(Star), came_count=_count(Attendance, took_part))

    @admin.display(description=_("when"), ordering="starts_at")
    def when(self, session: Session) -> SafeString:
        """In the event's zone, which is named: organisers plan in it wherever they sit."""
        zone = zones.find(session.event.time_zone)
        start, end = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
        day, times = date_format(start, "D j M"), f"{date_format(start, 'H:i')}–{date_format(end, 'H:i')}"
        return (
            format_html("{}<br>{}, {}", day, times, zones.city(zone)) if zone else format_html("{}<br>{}", day, times)
        )

    @display(  # type: ignore[untyped-decorator]
        description=_("state"),
        ordering="state",
        label={
            Session.State.CANCELLED.label: "danger",
            Session.State.WITHDRAWN.label: "warning",
            Session.State.UNPLACED.label: "info",
        },
    )
    def shown_state(self, session: Session) -> str:
        return session.get_state_display()

    @admin.display(description=_("stars"), ordering="star_count")
    def starred(self, session: Any) -> int:
        return int(session.star_count)

    @admin.display(description=_("came"), ordering="came_count")
    def came(self, session: Any) -> int:
        return int(session.came_count)

    @admin.display(description=_("attendance"))
    def attendance(self, session: Session) -> str:
        if session.pk is None:
            return "–"
        numbers = selectors.attendance_of(session)
        return _("%(came)d came, %(here)d are here now; they stayed %(minutes)d minutes on average") % {
            **numbers,
            "minutes": round(numbers["mean_seconds"] / 60),
        }

    @admin.display(description=_("signed up"))
    def seats_taken(self, session: Session) -> str | SafeString:
        if session.pk is None or not session.sign_up:
            return "–"
        found = selectors.sign_up(session, None)
        address = reverse("admin:tracks_seat_changelist") + f"?session__id__exact={session.pk}"
        taken, waiting = selectors.seats_taken(session), found.waiting if found else 0
        words = _("%(taken)s have a seat, %(waiting)s wait") % {"taken": Number(taken), "waiting": Number(waiting)}
        return format_html('<a href="{}">{}</a>', address, words)

    @admin.display(description=_("control page of the stage"))
    def stage_page(self, session: Session) -> SafeString | str:
        if session.pk is None or session.state in Session.OFF_AGENDA:
            return "–"
        address = reverse("tracks:stage", args=[session.event.slug, session.slug])
        words = Stage.of(session).state_at(clock.now()).label
        return format_html('<a class="underline" href="{}">{}</a>', address, words)

    @admin.display(description=_("code for cameras"))
    def share(self, session: Session) -> SafeString | str:
        if session.pk is None:
            return "–"
        code = reverse("admin:events_event_code", args=[session.event_id])
        forms = ((code, urlencode({"to": session.get_absolute_url(), "form": form}), form.upper()) for form in FORMS)
        return format_html_join(" ", '<a class="underline" href="{}?{}">{}</a>', forms)

    @admin.display(description=_("where it comes from"))
    def origin(self, session: Session) -> str:
        if not session.imported:
            return str(_("Made here"))
        return str(_("Imported. What you change here is kept when the schedule is imported again."))

    @admin.action(description=_("Cancel these sessions"))
    def cancel(self, request: HttpRequest, chosen: QuerySet[Session]) -> None:
        number = services.cancel_sessions(sessions=chosen)
        text = ngettext("%(count)s session is cancelled.", "%(count)s sessions are cancelled.", number)
        self.message_user(request, text % {"count": Number(number)}, messages.SUCCESS)

    @admin.action(description=_("Bring these sessions back into the programme"))
    def restore(self, request: HttpRequest, chosen: QuerySet[Session]) -> None:
        number = services.restore_sessions(sessions=chosen)
        text = ngettext("%(count)s session is back.", "%(count)s sessions are back.", number)
        self.message_user(request, text % {"count": Number(number)}, messages.SUCCESS)

    def save_model(self, request: HttpRequest, obj: Session, form: Any, change: bool) -> None:
        services.keep_session(obj, changed=form.changed_fields if change else None)

    def after_save(self, request: HttpRequest, obj: Session, *, change: bool) -> None:
        services.give_stream(obj)
        services.agenda_edited(event_id=obj.event_id, session_ids=[obj.pk])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Only what decides who may go in calls people back from where they are."""
        session = form.instance
        before = services.speaking([session.pk]) if change else frozenset()
        super().save_related(request, form, formsets, change)
        if change:
            services.speaking_changed(session.event_id, [session.pk], before=before)
            services.gate_changed(session, form.changed_data)
