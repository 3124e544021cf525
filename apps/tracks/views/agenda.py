"""The agenda and my agenda: a day placed in time, sieved, starred; a repeat costs a few reads and no rendering."""

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import clock, conditional
from apps.core.access import Access
from apps.core.rows import row_number
from apps.events.doors import EventView
from apps.tracks import filters, selectors, services
from apps.tracks.models import Seat, Session
from apps.tracks.selectors import outline as reads
from apps.tracks.views.board import board
from apps.tracks.views.plan import Planner, language_name

STEP_MINUTES = 5
KEPT_SECONDS = 60 * 15
DAYS_ABOUT = timedelta(days=7)
CHIPS_MOST = 8
"""Up to so many tracks stand as chips; more get a list to search in."""


SEAT_PLACE = re.compile(r"<!--seat(\d+)-->(.*?)<!--/seat-->", re.DOTALL)
CARD_ID = re.compile(r' id="s(\d+)"')
SEAT_WORDS = {
    Seat.State.TAKEN.value: gettext_lazy("You have a seat"),
    Seat.State.WAITING.value: gettext_lazy("You wait for a seat"),
}


@dataclass(frozen=True)
class Body:
    """The part of the page that is the same for all who ask alike."""

    html: str
    day: date | None
    count: int
    rooms: int


class AgendaPage(EventView, ABC):
    """What the agenda and my agenda share: the moment, the reader's stars, the validator."""

    access = Access.PUBLIC
    live_ticket: ClassVar[bool] = False

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if len(messages.get_messages(request)):  # A word to be said once must not stay in a kept page.
            return self.page()
        tag = conditional.page_tag(request, *self.versions())
        held = conditional.not_modified(request, tag)
        if held is not None:
            return held
        response = self.page()
        response.headers["ETag"] = tag
        return response

    @abstractmethod
    def page(self) -> HttpResponse: ...

    @cached_property
    def stars(self) -> list[Session]:
        """What this person starred, in the order of time."""
        if self.person is None:
            return []
        return list(selectors.starred_sessions(self.event, self.person).prefetch_related(None))

    @cached_property
    def choices(self) -> selectors.Choices:
        return selectors.choices_of(self.event, self.person)

    @cached_property
    def shut(self) -> frozenset[int]:
        """The sessions that this reader's ticket does not open."""
        return selectors.shut_by_ticket(self.event, self.roles, self.person)

    @property
    def zone(self) -> ZoneInfo:
        shown: ZoneInfo = self.request.zones.shown  # type: ignore[attr-defined]
        return shown

    @property
    def moment(self) -> datetime:
        """Now, in steps, while the programme may run; a page drawn for it holds until the next step."""
        now = clock.now()
        return now.replace(minute=now.minute - now.minute % STEP_MINUTES, second=0, microsecond=0)

    def versions(self) -> Iterable[Any]:
        event, person = self.event, self.person
        near = event.starts_at.timestamp() - 86400 < self.moment.timestamp() < event.ends_at.timestamp() + 86400
        yield from (event.pk, event.agenda_version, event.state, event.name, event.brand_css_url, event.logo)
        yield from (event.organisation_id, event.live_epoch, sorted(self.roles))
        yield self.moment if near else self.moment < event.starts_at
        if person:
            yield from (person.pk, str(person), person.photo)
            yield selectors.star_version(self.choices)


class AgendaView(AgendaPage):
    place = "agenda"

    def page(self) -> HttpResponse:
        query = filters.read(self.request.GET)
        body = self._body(query)
        today = [star for star in self.stars if star.state == Session.State.PLANNED and self._day(star) == body.day]
        clashes = selectors.clashes_among(today)
        return self.render(
            "tracks/agenda.html",
            query=query,
            body=personal(body.html, self.stars, clashes, choices=self.choices, shut=self.shut),
            day=body.day,
            count=body.count,
            room_count=body.rooms,
            mine=sum(star.has_star for star in today),  # type: ignore[attr-defined]
            clashes=clashes,
        )

    def _day(self, star: Session) -> date:
        return selectors.programme_day(star.starts_at, ZoneInfo(self.event.time_zone))

    def _body(self, query: filters.AgendaQuery) -> Body:
        """Kept where it is large and asked for by many: whole days. Sieved ones are small and drawn each time."""
        if not query.choice.is_open or query.view == "now" or not self._is_near(query.day):
            return self._draw(query)
        parts = (
            self.event.pk, self.event.agenda_version, self.event.time_zone, self.event.default_language,
            query.day, query.view, self.zone.key, translation.get_language(), self.moment, conditional.release(),
        )  # fmt: skip
        key = f"agenda:{hashlib.sha256(repr(parts).encode()).hexdigest()}"
        body: Body | None = cache.get(key)
        if body is None:
            body = self._draw(query)
            cache.set(key, body, KEPT_SECONDS)
        return body

    def _is_near(self, day: date | None) -> bool:
        """Days far from the event are not kept: an address may name any of three million."""
        first, last = self.event.starts_at.date(), self.event.ends_at.date()
        return day is None or first - DAYS_ABOUT <= day <= last + DAYS_ABOUT

    def _draw(self, query: filters.AgendaQuery) -> Body:
        event, choice = self.event, query.choice
        whole = reads.outline(event)
        mine = frozenset(star.track_id for star in self.stars if star.track_id)
        rows = reads.chosen(whole, choice, my_tracks=mine)
        planner = Planner(event, zone=self.zone, now=self.moment, as_grid=query.view == "grid" and not choice.words)
        day = self._open_day(whole.days(rows), query)
        languages = whole.languages()
        context: dict[str, Any] = {
            "event": event,
            "query": query,
            "choice": choice,
            "days": [(at, number, query.address(day=at)) for at, number in whole.days(rows).items()],
            "day": day,
            "tracks": whole.tracks_on(day),
            "few_tracks": len(whole.tracks) <= CHIPS_MOST,
            "rooms": whole.rooms_on(day),
            "kinds": whole.kinds(),
            "languages": [(code, language_name(code)) for code in languages] if len(languages) > 1 else [],
        }
        if choice.words:
            found = reads.found(event, whole, rows, choice.words)
            days = sorted({talk.row.day for talk in found})
            context["found"] = [(at, planner.plan([talk for talk in found if talk.row.day == at])) for at in days]
            context["days"] = []
            count, rooms = len(found), len({talk.room.pk for talk in found})
        elif query.view == "now":
            context["board"] = board(event, whole, rows, planner)
            count, rooms = sum(row.starts_at <= self.moment < row.ends_at for row in rows), len(whole.rooms)
        else:
            of_day = [row for row in rows if row.day == day]
            context["plan"] = planner.plan(reads.talks(event, whole, of_day))
            count, rooms = len(of_day), len({row.room_id for row in of_day})
        context |= {"count": count, "views": [(name, query.address(view=name)) for name in ("grid", "list", "now")]}
        context |= {
            "everything": query.address(choice=reads.Choice()),
            "clear_tracks": query.address(choice=replace(choice, tracks=frozenset(), my_tracks=False)),
            "clear_rooms": query.address(choice=replace(choice, rooms=frozenset())),
        }
        html = render_to_string("tracks/body.html", context)
        return Body(html=html, day=None if choice.words else day, count=count, rooms=rooms)

    def _open_day(self, days: dict[date, int], query: filters.AgendaQuery) -> date | None:
        """The day that was asked for; else today, or the first day, among those that hold something of the choice."""
        if query.day in days and query.view != "now":
            return query.day
        holding = [day for day, number in days.items() if number] or list(days)
        today = selectors.programme_day(self.moment, ZoneInfo(self.event.time_zone))
        return today if today in holding else holding[0] if holding else None


def personal(
    html: str,
    stars: list[Session],
    clashes: list[selectors.Clash],
    *,
    choices: selectors.Choices = frozenset(),
    shut: frozenset[int] = frozenset(),
) -> str:
    """The shared body with this reader's stars and seats in it, and a lock where their ticket does not open one."""
    clashing = {session.pk for clash in clashes for session in (clash.first, clash.second)}
    for star in stars:
        marks = f' data-mine data-clash="{escape(_("Clash"))}"' if star.pk in clashing else " data-mine"
        html = html.replace(f'id="s{star.pk}"', f'id="s{star.pk}"{marks}', 1)
        if getattr(star, "has_star", True):
            html = html.replace(f'value="{star.pk}" aria-pressed="false"', f'value="{star.pk}" aria-pressed="true"', 1)
    seats = {pk: str(SEAT_WORDS[kind]) for pk, kind in choices if kind in SEAT_WORDS}

    def have(found: re.Match[str]) -> str:
        pk = int(found[1])
        if pk in shut:
            return ""
        return f'<span class="tag box">{escape(seats[pk])}</span>' if pk in seats else found[2]

    html = SEAT_PLACE.sub(have, html)
    if shut:
        lock = escape(_("Your ticket does not open it"))
        html = CARD_ID.sub(lambda card: f'{card[0]} data-lock="{lock}"' if int(card[1]) in shut else card[0], html)
    return html


class MyAgendaView(AgendaPage):
    """What this person starred, by time, and where it cannot be done all at once."""

    access = Access.ATTENDEE
    place = "agenda"

    def page(self) -> HttpResponse:
        whole = reads.outline(self.event)
        starred = {star.pk for star in self.stars}
        mine = [row for row in whole.rows if row.pk in starred]
        planner = Planner(self.event, zone=self.zone, now=self.moment, as_grid=False)
        found = reads.talks(self.event, whole, mine)
        clashes = selectors.clashes_among([star for star in self.stars if star.state == Session.State.PLANNED])
        days = sorted({row.day for row in mine})
        plans = [(day, planner.plan([talk for talk in found if talk.row.day == day])) for day in days]
        to_come = next((star for star in self.stars if star.ends_at > self.moment), None)
        registration = selectors.confirmed_registration(self.event, self.person)
        body = render_to_string("tracks/mine_list.html", {"plans": plans, "event": self.event})
        return self.render(
            "tracks/mine.html",
            body=personal(body, self.stars, clashes, choices=self.choices, shut=self.shut),
            count=len(mine),
            clashes=clashes,
            to_come=to_come,
            now=self.moment,
            registration=registration,
        )


class StarView(EventView):
    """A star put on or taken off: by a form (and back to the page), or by its script (and an answer in JSON)."""

    access = Access.ATTENDEE

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("tracks:agenda", event=self.event.slug)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        number = row_number(request.POST.get("session"))
        session = None if number is None else self.event.sessions.on_agenda().filter(pk=number).first()
        if session is None or self.person is None:
            raise Http404
        wanted = request.POST.get("on")
        is_on = bool(session.stars.filter(user=self.person).exists()) if wanted is None else wanted != "1"
        clashing = []
        if is_on:
            services.unstar_session(session=session, user=self.person)
        else:
            clashing = services.star_session(session=session, user=self.person)
        if self.wants_json:
            titles = [{"id": other.pk, "title": str(other.title)} for other in clashing]
            return JsonResponse({"starred": not is_on, "clashes": titles})
        return redirect(f"{self._back()}#s{session.pk}")

    def _back(self) -> str:
        back = self.request.POST.get("back", "")
        allowed = url_has_allowed_host_and_scheme(
            back, {self.request.get_host()}, require_https=self.request.is_secure()
        )
        return back if allowed else reverse("tracks:agenda", args=[self.event.slug])
