"""Downloads of the agenda: the whole as XML, JSON and iCalendar, and a person's own behind a secret address."""

from typing import Any, ClassVar

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from apps.core.access import Access
from apps.core.conditional import not_modified, stamp
from apps.events import permissions
from apps.events.doors import EventView
from apps.events.models import Event
from apps.tracks import selectors, services

KEPT_SECONDS = 60 * 60
PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}


class ScheduleDownload(EventView):
    """`/e/<event>/schedule.<form>`: who may see the event may have its agenda."""

    access: ClassVar[Access] = Access.PUBLIC

    def get(self, request: HttpRequest, form: services.Format, **kwargs: Any) -> HttpResponseBase:
        event = self.event
        tag = f'"{event.pk}-{event.agenda_version}-{form}"'
        changed_at = event.agenda_changed_at
        response = not_modified(request, tag, changed_at) or _answer(event, form, _whole(event, form))
        stamp(response, tag, changed_at)
        is_open = self.is_open
        if is_open:
            # Other people's programs read it from their own pages, and ask by its tag whether it changed.
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = "ETag"
        # Django writes what is false as a word of its own, so each case says only what it is.
        rules = {"public": True, "max_age": 60} if is_open else {"private": True, "max_age": 0}
        patch_cache_control(response, **rules)
        return response

    @property
    def is_open(self) -> bool:
        """Whether anybody may have it; only then may pages of other sites read it in somebody's browser."""
        return permissions.can_see(self.event, permissions.NOBODY)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """What a browser asks before it lets such a page send a header of its own."""
        response = HttpResponse(status=204, headers={"Allow": "GET, HEAD, OPTIONS"})
        if self.is_open:
            for name, value in PREFLIGHT.items():
                response.headers[name] = value
        return response


class PersonalDownload(View):
    """`/e/<event>/my/<token>/agenda.<form>`: the token is the key, since calendar programs cannot sign in.

    Its tag alone says whether it changed: no date is kept of a star that was taken away.
    """

    access: ClassVar[Access] = Access.ANYONE

    def get(self, request: HttpRequest, event: str, token: str, form: services.Format) -> HttpResponseBase:
        registration = selectors.registration_by_token(event, token)
        if registration is None:
            raise Http404
        event_row = registration.event
        starred = selectors.chosen_ids(event_row, registration.user)
        tag = f'"{event_row.pk}-{event_row.agenda_version}-{form}-{selectors.star_version(starred)}"'
        response = not_modified(request, tag)
        if response is None:
            response = _answer(event_row, form, services.export(event_row, form=form, only=starred))
        response.headers["ETag"] = tag
        patch_cache_control(response, private=True, max_age=0)
        response.headers["X-Robots-Tag"] = "noindex"
        return response


class RenewAddress(EventView):
    """Gives the personal agenda a new secret address."""

    access: ClassVar[Access] = Access.ATTENDEE

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        registration = selectors.confirmed_registration(self.event, self.person)
        if registration is None:
            raise Http404
        services.renew_agenda_address(registration=registration)
        self.say(_("Your agenda has a new address; the old one no longer works. Add it to your calendar again."))
        return redirect("tracks:mine", event=self.event.slug)


def _whole(event: Event, form: services.Format) -> bytes:
    """The whole schedule, written once for each version of the agenda."""
    key = f"schedule:{event.pk}:{event.agenda_version}:{form}"
    content = cache.get(key)
    if content is None:
        content = services.export(event, form=form)
        cache.set(key, content, KEPT_SECONDS)
    return bytes(content)


def _answer(event: Event, form: services.Format, content: bytes) -> HttpResponse:
    content_type, _write = services.FORMATS[form]
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'inline; filename="{event.slug}.{form}"'
    return response
