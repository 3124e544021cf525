"""Coming in by the link of a mail.

Mail scanners and previews open links: looking at the page uses nothing up and signs nobody in. A click does, on
the first device as on the second, and it says as whom.
"""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views import View

from apps.accounts.doors import limit_by_address
from apps.core import zones
from apps.core.access import Access
from apps.core.errors import Refused
from apps.events import permissions, selectors, services
from apps.events.doors.linked import enter_by, is_away
from apps.events.forms import ResendForm
from apps.events.models import Event, JoinLink

# The address is a secret: it is told to no other site, and kept by nobody.
HEADERS = {"Referrer-Policy": "same-origin", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


class Join(View):
    access: ClassVar[Access] = Access.ANYONE

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        link = selectors.join_link(token)
        if link is None or not selectors.is_valid(link):
            return self._ended(request, link)
        event, user = link.holder.event, link.holder.user
        reader: Any = request
        reader.zones = zones.settle(reader.zones, event.time_zone)
        if not permissions.finds_it_open(event, user):
            return self._early(request, event)
        if request.user.pk == user.pk and not is_away(request, event):
            services.mark_arrived(event, user=user)
            return redirect("venue:lobby", event=event.slug)
        if not permissions.can_join_by_link(user) or selectors.required_connection(user):
            return self._sign_in(link)
        return self._answer(request, "events/join.html", link=link, joining=user, event=event)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        link = selectors.join_link(token)
        try:
            limit_by_address(request, "join")
            if link is None:
                return self._ended(request, link)
            services.join_by_link(link)
        except Refused as refused:
            return self._refuse(request, link, refused)
        enter_by(request, link)
        return redirect("venue:lobby", event=link.holder.event.slug)

    def _refuse(self, request: HttpRequest, link: JoinLink | None, refused: Refused) -> HttpResponse:
        if refused.code == "link.staff" and link:
            return self._sign_in(link)
        if refused.code == "link.early" and link:
            return self._early(request, link.holder.event)
        if refused.code == "link.ended":
            return self._ended(request, link)
        return self._answer(request, "events/refused.html", status=refused.status, refused=refused)

    def _sign_in(self, link: JoinLink) -> HttpResponse:
        onward = reverse("venue:lobby", args=[link.holder.event.slug])
        return redirect(f"{reverse('accounts:signin')}?{urlencode({'next': onward})}")

    def _early(self, request: HttpRequest, event: Event) -> HttpResponse:
        """Into a draft: who holds a link may know that there will be something."""
        return self._answer(request, "events/join_early.html", event=event)

    def _ended(self, request: HttpRequest, link: JoinLink | None) -> HttpResponse:
        """Who holds a link that once worked may know its event, and ask there for another."""
        event = link.holder.event if link else None
        again = selectors.resend_path(event) if event else ""
        context: dict[str, Any] = {"event": event, "form": ResendForm(), "resend_path": again}
        return self._answer(request, "events/join_ended.html", status=410, **context)

    def _answer(self, request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        response = render(request, template, context, status=status)
        for header, value in HEADERS.items():
            response.headers[header] = value
        return response
