"""Live streams over HTTP: their playlists, and the question of a relay whether a key may publish."""

from typing import ClassVar

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic.base import View

from apps.core.access import Access
from apps.core.errors import Refused
from apps.events.doors import EventView
from apps.media import permissions, registry, selectors, services
from apps.media.models import Stream
from apps.media.views.playing import PLAYLIST

MOST_KEY_CHARS = 200


class Master(EventView):
    """For whoever may go where the stream is shown; one that is shown nowhere is for those who run the event."""

    access = Access.PUBLIC
    live = False

    def get(self, request: HttpRequest, event: str, key: str) -> HttpResponse:
        try:
            stream = selectors.stream(self.event, key)
        except Stream.DoesNotExist as error:
            raise Http404 from error
        is_behind = self.looks_behind(stream)
        if not is_behind:
            self.check_guards(stream)
        playlist = selectors.live_master(stream, is_behind=is_behind)
        if playlist is None:
            raise Http404
        response = HttpResponse(playlist, content_type=PLAYLIST)
        patch_cache_control(response, private=True, no_cache=True)
        return response

    def looks_behind(self, stream: Stream) -> bool:
        """Whoever runs the event, and who speaks, sees what the cameras see before, and in an intermission."""
        if permissions.can_run_streams(self.roles):
            return True
        return self.person is not None and registry.may_contribute(stream, self.person.pk, self.roles)

    def check_guards(self, stream: Stream) -> None:
        if not permissions.can_watch(self.roles):
            raise Http404
        answer = registry.asked_of_stream_guards(stream, self.person.pk if self.person else None, self.roles)
        if isinstance(answer, Refused):
            raise answer
        if not answer:
            raise Http404


class Rung(View):
    """The signature in the address is the permission, as in that of a segment: nobody is asked, and nothing is read."""

    access: ClassVar[Access] = Access.ANYONE

    def get(self, request: HttpRequest, signature: str, key: str, rung: str) -> HttpResponse:
        marks = (selectors.rung_mark(key, rung, is_behind=is_behind) for is_behind in (False, True))
        opens = [selectors.is_signed(signature, mark) for mark in marks]
        if not any(opens):
            raise Http404
        try:
            playlist = selectors.live_rung(key, rung, shortened="_HLS_skip" in request.GET, is_behind=opens[1])
        except selectors.BeingMade:
            playlist = ""
        if playlist is None:
            raise Http404
        if not playlist:  # players ask again
            return HttpResponse(status=503, headers={"Retry-After": "1"})
        response = HttpResponse(playlist, content_type=PLAYLIST)
        patch_cache_control(response, public=True, max_age=1)
        return response


@method_decorator(csrf_exempt, name="dispatch")
class Authorise(View):
    """Asked by nginx, which proves itself by the shared secret (deploy/nginx): 204 lets the encoder through, 403 does
    not. The gate behind it asks again, and holds the key."""

    access: ClassVar[Access] = Access.ANYONE
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if not settings.INGEST.secret:
            raise Http404
        if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.INGEST.secret}"):
            return HttpResponse("the secret is another one\n", status=403, content_type="text/plain")
        try:
            services.check_key(request.POST.get("name", "")[:MOST_KEY_CHARS])
        except Refused as refused:
            return HttpResponse(f"{refused.code}\n", status=403, content_type="text/plain")
        return HttpResponse(status=204)
