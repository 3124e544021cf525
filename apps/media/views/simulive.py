"""A recording that plays as live: playlists that the clock cuts, by an address that carries its hour."""

import math
from collections.abc import Iterable

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse

from apps.core import clock
from apps.media import permissions, selectors
from apps.media.adapters import words as files
from apps.media.models import Asset, Encoding, Line
from apps.media.views.playing import PLAYLIST, AssetPage, kept

MOST_KEPT_SECONDS = 1
"""A reader who keeps it longer falls behind the others."""


class _Live(AssetPage):
    def film(self, key: str) -> tuple[Asset, Encoding]:
        found = self.asset(key)
        if found.encoding is None:
            raise Http404
        return found, found.encoding

    def plan(self, film: Asset, signed: str) -> selectors.Plan:
        """While the film is held back, that of a stage on which it plays: whoever kept the hour that it had before an
        intermission, or before the session was moved, would be ahead of the others."""
        try:
            plan = selectors.read_plan(film.key, signed)
        except signing.BadSignature as error:
            raise Http404 from error
        if not selectors.is_on_stage(film, plan) and not permissions.can_manage(self.roles):
            raise Http404
        return plan


class Master(_Live):
    def get(self, request: HttpRequest, event: str, key: str, plan: str) -> HttpResponse:
        film, encoding = self.film(key)
        self.plan(film, plan)
        playlist = selectors.simulive_master(film, encoding)
        return kept(HttpResponse(playlist, content_type=PLAYLIST), selectors.PLAYLIST_SECONDS)


class _Moment(_Live):
    """Nothing before its hour; while its first segment is on stage it says when to ask again, which players do."""

    def told(self, found: tuple[str, float] | None, plan: selectors.Plan) -> HttpResponse:
        if found is None or clock.now() < plan.begins:
            raise Http404
        text, next_in = found
        if not text:
            return HttpResponse(status=503, headers={"Retry-After": str(math.ceil(next_in))})
        is_over = text.endswith("#EXT-X-ENDLIST\n")
        seconds = selectors.PLAYLIST_SECONDS if is_over else min(MOST_KEPT_SECONDS, int(next_in))
        return kept(HttpResponse(text, content_type=PLAYLIST), seconds)

    @property
    def skips(self) -> bool:
        return self.request.GET.get("_HLS_skip") == "YES"


class Rung(_Moment):
    def get(self, request: HttpRequest, event: str, key: str, plan: str, rung: str) -> HttpResponse:
        film, encoding = self.film(key)
        hour = self.plan(film, plan)
        return self.told(selectors.simulive_playlist(encoding, rung, hour, skips=self.skips), hour)


class Words(_Moment):
    def get(self, request: HttpRequest, event: str, key: str, plan: str, words: str) -> HttpResponse:
        film, encoding = self.film(key)
        hour = self.plan(film, plan)
        return self.told(selectors.simulive_words(film, encoding, words, hour, skips=self.skips), hour)


def _webvtt(lines: Iterable[Line]) -> str:
    return "".join(files.write(lines, "vtt"))


class Piece(_Live):
    """What is said in one segment."""

    def get(self, request: HttpRequest, event: str, key: str, plan: str, words: str, at: int) -> HttpResponse:
        film, encoding = self.film(key)
        hour = self.plan(film, plan)
        text = selectors.simulive_piece(film, encoding, words, hour, at, write=_webvtt)
        if text is None:
            raise Http404
        return kept(HttpResponse(text, content_type="text/vtt; charset=utf-8"), selectors.PLAYLIST_SECONDS)
