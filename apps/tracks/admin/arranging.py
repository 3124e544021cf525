"""The agenda arranged by hand at the desk: a day's sheet, and each move on it as one small write."""

import zoneinfo
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action

from apps.core import conditional, zones
from apps.core.errors import Refused
from apps.core.problems import problem
from apps.core.templatetags.ui import moment, track_class
from apps.core.words import Number
from apps.events.doors.current import current_event_id, work_on
from apps.events.models import Event
from apps.tracks import selectors, services
from apps.tracks.forms import ArrangeForm
from apps.tracks.models import Session
from apps.tracks.selectors import Spot

SHORT_MINUTES = 20
CARD = (
    '<a class="ar-card {classes}" id="c{card.pk}" href="?day={day}&amp;session={card.pk}#ar-place" draggable="false"'
    ' style="--r: {card.row}; --n: {card.rows}; --l: {card.lane}; --w: {card.lanes}" {kind}="{card.pk}"'
    ' data-spot="{spot}" data-people="{card.people_ids}" data-title="{title}"><b>{title}</b> <span class="at">'
    "<time data-start>{starts}</time>–<time data-end>{ends}</time></span>"
    '<span class="ar-long">{long}</span>{cancelled}{since} <em class="ar-mark"{hidden}>{clash}</em>{names}{hold}</a>\n'
)
HOLD = '<i class="ar-grip" data-grip aria-hidden="true"></i><i class="ar-edge" data-edge aria-hidden="true"></i>'


class Arranging:
    """For the admin of sessions: the page, and what it posts. Forms come back to it; its script gets JSON."""

    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.arrange_view)
        own: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [path("arrange/<int:event_id>/", view, name="tracks_session_arrange"), *own]

    def desk_items(self, event: Event) -> list[dict[str, Any]]:
        """Stands in the sidebar before the list of sessions."""
        link = reverse("admin:tracks_session_arrange", args=[event.pk])
        return [{"title": str(_("Arrange the agenda")), "icon": "calendar_view_week", "link": link, "position": 5}]

    @action(description=_("Arrange by hand"), url_path="by-hand", icon="calendar_view_week")  # type: ignore[untyped-decorator]
    def arrange(self, request: HttpRequest) -> HttpResponse:
        event_id = current_event_id(request)
        return redirect("admin:tracks_session_arrange", event_id) if event_id else redirect("admin:index")

    def arrange_view(self, request: HttpRequest, event_id: int) -> HttpResponse:
        """In the event's own time, whichever event was worked on before."""
        event = Event.objects.run_by(request.user).filter(pk=event_id).first() if event_id < 2**63 else None
        if event is None:
            raise Http404
        work_on(request, event)
        with timezone.override(zoneinfo.ZoneInfo(event.time_zone)):
            answer = self._act(request, event) if request.method == "POST" else self._show(request, event)
            return answer.render() if isinstance(answer, TemplateResponse) else answer

    def _show(self, request: HttpRequest, event: Event) -> HttpResponse:
        day = _day(request.GET.get("day", ""))
        if "part" in request.GET and day and conditional.not_modified(request, tag := _tag(event, day)) is not None:
            return HttpResponse(status=304, headers={"ETag": tag})
        found = selectors.arrangement(event, day)
        tag = _tag(event, found.day)
        if "part" in request.GET:
            return HttpResponse(_sheet(event, found), headers={"ETag": tag})
        asked = request.GET.get("session", "")
        cards = [card for column in found.columns for card in column.cards] + found.waiting
        context = {
            **self.admin_site.each_context(request),
            "title": _("Arrange the agenda"),
            "event": event,
            "city": zones.city(zoneinfo.ZoneInfo(event.time_zone)),
            "found": found,
            "sheet": _sheet(event, found),
            "tag": tag,
            "chosen": next((card for card in cards if str(card.pk) == asked), None),
            "is_new": "new" in request.GET,
            "opens_at": found.begins_at + timedelta(hours=1),
        }
        return TemplateResponse(request, "admin/tracks/arrange.html", context)

    def _act(self, request: HttpRequest, event: Event) -> HttpResponse:
        wants_json = request.headers.get("Accept", "").startswith("application/json")
        form = ArrangeForm(request.POST)
        day = _day(request.GET.get("day", ""))
        try:
            if not form.is_valid():
                name, errors = next(iter(form.errors.items()))
                raise Refused("form.invalid", str(errors[0]), status=400, field=name)
            session_id, spot, was = _moved(event, form.cleaned_data)
        except Refused as refused:
            if wants_json:
                return problem(refused.code, str(refused.message), status=refused.status, field=refused.field)
            messages.error(request, str(refused.message))
            return redirect(request.get_full_path())
        event.refresh_from_db(fields=["agenda_version"])
        found = selectors.arrangement(event, day)
        said = _said(event, found, session_id, spot)
        if not wants_json:
            messages.success(request, said)
            return redirect(f"{request.path}?day={found.day.isoformat()}")
        return JsonResponse(
            {
                "said": said,
                "session": session_id,
                "seen": spot.written(),
                "was": was.written(),
                "sheet": _sheet(event, found),
                "tag": _tag(event, found.day),
            }
        )


def _moved(event: Event, asked: dict[str, Any]) -> tuple[int, Spot, Spot]:
    """Does what was asked; the session, where it stands now, and where it stood."""
    deed, seen, to = asked["do"], asked["seen"], asked["to"]
    if deed == "add":
        length = timedelta(minutes=asked["minutes"])
        made = services.add_session(
            event, title=asked["title"], room_id=asked["room"], starts_at=asked["starts"],
            ends_at=asked["starts"] + length,
        )  # fmt: skip
        spot = Spot(made.room_id, made.starts_at, made.ends_at, made.state)
        return made.pk, spot, spot._replace(state=Session.State.UNPLACED.value)
    if deed == "unplace" or (deed == "move" and to.state == Session.State.UNPLACED):
        spot = services.unplace_session(event, session_id=asked["session"], seen=seen, to=to)
        return asked["session"], spot, seen
    if deed == "place":
        length = timedelta(minutes=asked["minutes"])
        to = Spot(asked["room"], asked["starts"], asked["starts"] + length, seen.state)
    spot = services.place_session(
        event, session_id=asked["session"], seen=seen, room_id=to.room_id, starts_at=to.starts_at, ends_at=to.ends_at
    )
    return asked["session"], spot, seen


def _said(event: Event, found: selectors.Arrangement, session_id: int, spot: Spot) -> str:
    """What was done, and what it clashes with."""
    title = event.sessions.only("title").get(pk=session_id).title
    if spot.state == Session.State.UNPLACED:
        return str(_("“%(title)s” waits for another place.") % {"title": title})
    words = _("“%(title)s” is in %(room)s on %(day)s, from %(start)s to %(end)s.") % {
        "title": title,
        "room": next((column.room for column in found.columns if column.room.pk == spot.room_id), ""),
        "day": moment(spot.starts_at, "day"),
        "start": moment(spot.starts_at),
        "end": moment(spot.ends_at),
    }
    return " ".join([words, *map(str, selectors.clashes_of(found, session_id)[:3])])


def _sheet(event: Event, found: selectors.Arrangement) -> str:
    day = found.day.isoformat()
    draw = _Drawing(day, zoneinfo.ZoneInfo(event.time_zone))
    context = {
        "event": event,
        "found": found,
        "columns": [(column.room, draw.all(column.cards)) for column in found.columns],
        "waiting": [draw.one(card) for card in found.waiting],
    }
    return render_to_string("admin/tracks/arrange_sheet.html", context)


class _Drawing:
    """Cards as HTML. Formatted rather than rendered: a day has hundreds, and each move draws them anew."""

    def __init__(self, day: str, zone: zoneinfo.ZoneInfo) -> None:
        self.day, self.zone = day, zone
        self.lengths: dict[int, str] = {}
        self.cancelled = f" <em>{escape(_('Cancelled'))}</em>"
        self.clash = str(escape(_("Clash")))

    def all(self, cards: list[selectors.Card]) -> SafeString:
        return mark_safe("".join(self.one(card) for card in cards))

    def one(self, card: selectors.Card) -> SafeString:
        is_own = card.is_own
        marks = (
            ("off", card.is_cancelled), ("clash", card.clashes), ("short", card.minutes <= SHORT_MINUTES),
            ("since", not is_own),
        )  # fmt: skip
        return mark_safe(
            CARD.format(
                card=card,
                classes=" ".join([track_class(card.track), *(name for name, holds in marks if holds)]),
                day=self.day if is_own else selectors.programme_day(card.starts_at, self.zone).isoformat(),
                kind="data-card" if is_own else "data-since",
                hold=HOLD if is_own else "",
                since="" if is_own else self._since(card),
                spot=card.spot.written(),
                title=escape(card.title),
                starts=f"{card.starts_at.astimezone(self.zone):%H:%M}",
                ends=f"{card.ends_at.astimezone(self.zone):%H:%M}",
                long=self._long(card.minutes),
                cancelled=self.cancelled if card.is_cancelled else "",
                hidden="" if card.clashes else " hidden",
                clash=self.clash,
                names=f" <small>{escape(', '.join(card.names))}</small>" if card.names else "",
            )
        )

    def _since(self, card: selectors.Card) -> str:
        words = _("Since %(day)s") % {"day": moment(card.starts_at, "day")}
        return f' <small class="ar-since">{escape(words)}</small>'

    def _long(self, minutes: int) -> str:
        if minutes not in self.lengths:
            said = ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": Number(minutes)}
            self.lengths[minutes] = escape(said)
        return self.lengths[minutes]


def _tag(event: Event, day: date) -> str:
    """Of the sheet alone: the page, a move's answer and whoever asks for what is new name it alike."""
    return conditional.part_tag("arrange", event.pk, event.time_zone, event.agenda_version, day.isoformat())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
