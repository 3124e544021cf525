"""The base of every page of an event: finds the event, decides who may come in, and renders refusals."""

from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.generic.base import ContextMixin, View

from apps.accounts.doors import WHY_A_SECOND_STEP, lead_to_second_factor
from apps.accounts.models import User
from apps.core import zones
from apps.core.access import Access
from apps.core.errors import Refused
from apps.core.problems import problem
from apps.events import permissions, selectors, services, states
from apps.events.doors import linked
from apps.events.doors.acting import name_staff, record_export
from apps.events.doors.previewing import SAFE, Preview, closed, look_only, preview_of
from apps.events.models import Event
from apps.events.selectors import previews, sources
from apps.live import excepted, tickets

ARRIVED = "arrived_at"
MOST_NOTED = 20


@dataclass(frozen=True, slots=True)
class LiveMeta:
    """What `<meta name="plenary-live">` tells the page's script."""

    socket: str
    ticket: str
    ticket_url: str
    feed: str


def live_meta(event: Event, user: User | None, roles: frozenset[str], *, with_ticket: bool = True) -> LiveMeta:
    """For somebody who may see the event. Without a ticket the page holds nothing personal, and its script asks.
    Who only previews has no number."""
    audience = set(roles)
    is_preview = user is not None and not user.pk
    if user is not None and user.pk in excepted.anywhere(event.pk, event.live_epoch):
        audience.add(tickets.APART)
    feed = tickets.issue_audience(event_id=event.pk, roles=audience, epoch=event.live_epoch)
    ticket = ""
    if with_ticket:
        ticket = tickets.issue(
            event_id=event.pk,
            user_id=user.pk or None if user else None,
            name=str(user or ""),
            roles=roles | {tickets.PREVIEW} if is_preview else roles,
            epoch=event.live_epoch,
        )
    return LiveMeta(
        socket=f"/ws/{event.slug}/",
        ticket=ticket,
        ticket_url=reverse("events:ticket", args=[event.slug]),
        feed=f"/e/{event.slug}/feed/{feed}/",
    )


class EventView(ContextMixin, View):
    """Routes name the event as `<slug:event>`. A subclass says `access` and `place`, and uses `self.event`,
    `self.roles` and `self.person` (None for a visitor). Combine it, first, with Django's generic views."""

    access: ClassVar[Access]
    place: ClassVar[str] = ""
    """Which of the event's places is current in the bar: lobby, agenda, speakers, expo, me."""
    part: ClassVar[str] = ""
    """A value of `Event.Part`: the page is not there where the event goes without it."""
    by_secret: ClassVar[bool] = False
    """Whether the address itself is the permission: it stood in a mail, and opens also what is not public."""
    live: ClassVar[bool] = True
    """Whether the page may open a socket."""
    live_ticket: ClassVar[bool] = True
    """False for pages that answer 304: a ticket inside would make every answer another one."""
    reads_primary: ClassVar[bool] = False
    """Whether a replica that is a moment behind would not do, where there is one (`core.router`)."""
    is_previewed: ClassVar[bool] = True
    """False where an organiser is themselves also while they look as somebody else: where they end it."""

    event: Event
    roles: frozenset[str]
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        event = self.find_event(kwargs["event"])
        reader: Any = request
        reader.user = linked.who_is_in(request, event)
        self.event, self.roles = event, permissions.roles_of(reader.user, event)
        preview = preview_of(request, event, self.roles) if self.is_previewed else None
        if preview is not None:
            return self.show_as(preview, *args, **kwargs)
        reader.zones = zones.settle(reader.zones, event.time_zone)
        by_address = False
        if not self.by_secret and not permissions.can_see(event, self.roles):
            if permissions.awaits_second_factor(self.access, event, request.user):
                return self.ask_for_second_factor()
            may_open = self.access is Access.PUBLIC and permissions.is_private_alone(event)
            by_address = may_open and self.opens_by_address()
            if not by_address:
                raise Http404
        request.zones = zones.settle(request.zones, event.time_zone)  # type: ignore[attr-defined]
        if not by_address and not permissions.has_access(self.access, event, self.roles, request.user):
            if permissions.awaits_second_factor(self.access, event, request.user):
                return self.ask_for_second_factor()
            return self.turn_away()
        name_staff(request.user, self.roles)
        if self.access is Access.ATTENDEE:
            self.note_arrival()
        try:
            self.check_state()
            response = super().dispatch(request, *args, **kwargs)
        except Refused as refused:
            return self.refuse(refused)
        if self.access is not Access.PUBLIC:
            record_export(response, self.event, words=str(_("Took a table away")))
        return response

    def find_event(self, slug: str) -> Event:
        event = selectors.event_by_slug(slug)
        if event is None or (self.part and not event.has(self.part)):
            raise Http404
        return event

    def opens_by_address(self) -> bool:
        """Whether somebody for whom the event is not there gets in all the same, by what the address or a cookie of
        its own holds. A public page of a private event may say so."""
        return False

    def check_state(self) -> None:
        """What was archived is only read."""
        if self.request.method not in SAFE:
            states.check_writable(self.event.state)

    def show_as(self, preview: Preview, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The page as somebody in this role would see it, once the event is published; the log knows who looks."""
        request: Any = self.request
        name_staff(request.user, self.roles)
        request.preview, request.user, self.roles = preview, preview.user, preview.roles
        request.zones = zones.settle(request.zones, self.event.time_zone)
        if self.event.state == Event.State.DRAFT:
            self.event.state = Event.State.PUBLISHED
        if request.method not in SAFE:
            return self.refuse_plainly(look_only())
        if not permissions.has_access(self.access, self.event, self.roles, request.user):
            return self.refuse_plainly(closed())
        try:
            response = super().dispatch(request, *args, **kwargs)
        except Refused as refused:
            response = self.refuse(refused)
        if self.access is not Access.PUBLIC:
            record_export(response, self.event, words=str(_("Took a table away")))
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers["Cache-Control"] = "no-store"
        return response

    @cached_property
    def person(self) -> User | None:
        user = self.request.user
        return user if isinstance(user, User) else None

    @property
    def is_told(self) -> bool:
        """Whether the page says what others may show of it: to strangers, of an event that is listed."""
        return self.access is Access.PUBLIC and not self.roles and previews.is_open(self.event)

    def note_arrival(self) -> None:
        """By whatever way somebody with a place or role comes in the first time, they came in. Asked once a session."""
        noted = self.request.session.get(ARRIVED, [])
        if self.roles and self.person and self.event.pk not in noted:
            services.mark_arrived(self.event, user=self.person)
            self.request.session[ARRIVED] = [*noted[-MOST_NOTED:], self.event.pk]

    @property
    def wants_json(self) -> bool:
        return self.request.headers.get("Accept", "").startswith("application/json")

    def turn_away(self) -> HttpResponse:
        """To sign in, to register, or, where neither would help, a plain no."""
        signed_in = self.request.user.is_authenticated
        if self.wants_json:
            return problem("not_allowed", str(_("You may not do this.")), status=403 if signed_in else 401)
        if not signed_in:
            if linked.is_away(self.request, self.event):
                messages.info(self.request, _("You came in by the link of another event. Sign in to take part here."))
            return redirect(f"{reverse('accounts:signin')}?{urlencode({'next': self.come_back_to()})}")
        if self.access is Access.ATTENDEE:
            return redirect("events:register", event=self.event.slug)
        raise PermissionDenied

    def ask_for_second_factor(self) -> HttpResponse:
        """The staff's rights rest until they have one; afterwards they come back here."""
        if self.wants_json:
            return problem("second_factor.missing", str(WHY_A_SECOND_STEP), status=403)
        return lead_to_second_factor(self.request, self.come_back_to())

    def come_back_to(self) -> str:
        """After signing in: this page, or the one whose form was sent, as what only takes forms shows nothing."""
        if self.request.method in {"GET", "HEAD"}:
            return self.request.get_full_path()
        came_from = self.request.headers.get("Referer", "")
        if url_has_allowed_host_and_scheme(came_from, {self.request.get_host()}):
            return urlsplit(came_from)._replace(scheme="", netloc="", fragment="").geturl()
        return self.event.get_absolute_url()

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Where a form was sent, somebody may come back to look: a blank page would help nobody."""
        blank = super().http_method_not_allowed(request, *args, **kwargs)
        if request.method != "GET" or self.wants_json:
            return blank
        shown = self.refuse(
            Refused("nothing_here", _("There is nothing to look at here: this address takes forms."), status=405)
        )
        shown.headers["Allow"] = blank.headers["Allow"]
        return shown

    def refuse(self, refused: Refused) -> HttpResponse:
        """What a form post or a script reads when a service said no; views with a form show it there instead."""
        if self.wants_json:
            return problem(
                refused.code,
                str(refused.message),
                status=refused.status,
                retry_after=refused.retry_after,
                field=refused.field,
            )
        context = self.get_context_data(refused=refused)
        return render(self.request, "events/refused.html", context, status=refused.status)

    def refuse_plainly(self, refused: Refused) -> HttpResponse:
        """Before the view looked anything up: nothing of what its own page shows is asked for."""
        if self.wants_json:
            return problem(refused.code, str(refused.message), status=refused.status)
        context = self._own_context() | {"view": self, "refused": refused}
        return render(self.request, "events/refused.html", context, status=refused.status)

    def say(self, text: Any) -> None:
        messages.success(self.request, text)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | self._own_context()
        context.setdefault("preview", previews.of_page(self.event, path=self.request.path) if self.is_told else None)
        return context

    @property
    def is_shared(self) -> bool:
        """Whether anybody may be told of the page: strangers see the event."""
        return permissions.can_see(self.event, permissions.NOBODY)

    def _own_context(self) -> dict[str, Any]:
        context: dict[str, Any] = {
            "event": self.event, "roles": self.roles, "person": self.person, "place": self.place,
            "share_url": previews.absolute(self.request.path) if self.is_shared else "",
            "ref": sources.label(self.request.GET.get("ref", "")),
        }  # fmt: skip
        context["is_outside"] = is_outside = not permissions.can_see(self.event, self.roles)
        if is_outside and permissions.is_private_alone(self.event):
            context["look_key"] = selectors.look_key(self.event)
        if self.live and not self.event.is_read_only and not is_outside:
            context["live"] = live_meta(self.event, self.person, self.roles, with_ticket=self.live_ticket)
        return context

    def render(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        return render(self.request, template, self.get_context_data(**context), status=status)
