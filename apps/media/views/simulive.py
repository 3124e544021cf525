"""A recording that plays as live: playlists that the clock cuts, by an address that carries its hour."""

import math
from collections.abc import Iterable
from typing import ClassVar

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.generic.base import View

from apps.core import clock
from apps.core.access import Access
from apps.media import selectors
from apps.media.adapters import words as files
from apps.media.models import Line
from apps.media.views.playing import PLAYLIST, AssetPage, kept

MOST_KEPT_SECONDS = 1
"""A reader who keeps it longer falls behind the others."""


class Master(AssetPage):
    def get(self, request: HttpRequest, event: str, key: str, plan: str) -> HttpResponse:
        film = self.asset(key)
        try:
            found = selectors.read_plan(key, plan)
        except signing.BadSignature as error:
            raise Http404 from error
        if film.encoding is None or not selectors.is_on_stage(film, found):
            raise Http404
        playlist = selectors.simulive_master(film, film.encoding, plan)
        return kept(HttpResponse(playlist, content_type=PLAYLIST), selectors.PLAYLIST_SECONDS)


class _Signed(View):
    """The signature in the address is the permission, as in that of a segment: nobody is asked, and nothing is read."""

    access: ClassVar[Access] = Access.ANYONE

    def address(self, signature: str, key: str, plan: str, name: str) -> selectors.Address:
        found = selectors.Address(key, plan, name)
        if not selectors.is_signed(signature, found.mark):
            raise Http404
        return found


def _later(seconds: float) -> HttpResponse:
    return HttpResponse(status=503, headers={"Retry-After": str(math.ceil(seconds))})


def _for_all(response: HttpResponse, seconds: int) -> HttpResponse:
    patch_cache_control(response, public=True, max_age=seconds)
    return response


class List(_Signed):
    """Nothing before its hour; while its first segment is on stage it says when to ask again, which players do."""

    def get(self, request: HttpRequest, signature: str, key: str, plan: str, name: str) -> HttpResponse:
        address, now = self.address(signature, key, plan, name), clock.now().timestamp()
        try:
            found = selectors.simulive_list(address, skips=request.GET.get("_HLS_skip") == "YES")
        except selectors.BeingMade:
            return _later(1)
        if found.text is None or now < found.begins:
            raise Http404
        if not found.text:
            return _later(max(1.0, found.until - now))
        is_over = math.isinf(found.until)
        seconds = selectors.PLAYLIST_SECONDS if is_over else max(0, min(MOST_KEPT_SECONDS, int(found.until - now)))
        return _for_all(HttpResponse(found.text, content_type=PLAYLIST), seconds)


def _webvtt(lines: Iterable[Line]) -> str:
    return "".join(files.write(lines, "vtt"))


class Piece(_Signed):
    """What is said in one segment."""

    def get(self, request: HttpRequest, signature: str, key: str, plan: str, words: str, at: int) -> HttpResponse:
        address = self.address(signature, key, plan, f"words/{words}")
        try:
            text = selectors.simulive_piece(address, at, write=_webvtt)
        except selectors.BeingMade:
            return _later(1)
        if text is None:
            raise Http404
        return _for_all(HttpResponse(text, content_type="text/vtt; charset=utf-8"), selectors.PIECE_SECONDS)
