"""What plays: playlists with signed addresses, and captions."""

from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header

from apps.core.access import Access
from apps.core.errors import Refused
from apps.events.doors import EventView
from apps.media import permissions, registry, selectors
from apps.media.adapters import cues, webvtt
from apps.media.adapters import words as files
from apps.media.models import Asset, Encoding

PLAYLIST = "application/vnd.apple.mpegurl"


class AssetPage(EventView):
    """An asset that the reader may see; everything else is a 404, as if it were not there."""

    access = Access.PUBLIC
    live = False

    def asset(self, key: str) -> Asset:
        try:
            found = selectors.asset(self.event, key)
        except Asset.DoesNotExist as error:
            raise Http404 from error
        if not permissions.can_see(found, self.roles):
            raise Http404
        if not found.is_public:
            self.check_guards(found, self.person.pk if self.person else None)
        return found

    def check_guards(self, asset: Asset, user_id: int | None) -> None:
        answer = registry.asked_of_guards(asset, user_id, self.roles)
        if isinstance(answer, Refused):
            raise answer
        if not answer:
            is_left = selectors.is_left(asset)
            if not permissions.can_have_unshown(asset, user_id, self.roles, is_left=is_left):
                raise Http404

    def encoding(self, key: str) -> Encoding:
        encoding = self.asset(key).encoding
        if encoding is None:
            raise Http404
        return encoding


class Film(AssetPage):
    """What of an asset plays whenever the reader likes; while it plays as live only those who look after files may, or
    write down what is said in it."""

    def asset(self, key: str) -> Asset:
        found = super().asset(key)
        if registry.is_held_back(found) and not permissions.can_play_ahead(self.roles):
            raise Http404
        return found


def kept(response: HttpResponse, seconds: int) -> HttpResponse:
    patch_cache_control(response, private=True, max_age=seconds)
    return response


def kept_file(lines: Iterable[cues.Said], form: str, *, name: str) -> StreamingHttpResponse:
    """Words as a file that the browser saves; raises `Http404` for a form that there is not."""
    if form not in files.TYPES:
        raise Http404
    response = StreamingHttpResponse(files.write(lines, form), content_type=files.TYPES[form])
    saved = content_disposition_header(True, selectors.saved_as(name, form))
    response.headers["Content-Disposition"] = saved or "attachment"
    response.headers["Cache-Control"] = "no-store"
    return response


class Master(Film):
    def get(self, request: HttpRequest, event: str, key: str) -> HttpResponse:
        asset = self.asset(key)
        if asset.encoding is None:
            raise Http404
        playlist = selectors.master_playlist(asset, asset.encoding)
        return kept(HttpResponse(playlist, content_type=PLAYLIST), selectors.PLAYLIST_SECONDS)


class Rung(Film):
    def get(self, request: HttpRequest, event: str, key: str, rung: str) -> HttpResponse:
        playlist = selectors.playlist_of(self.asset(key), rung)
        if playlist is None:
            raise Http404
        return kept(HttpResponse(playlist, content_type=PLAYLIST), selectors.PLAYLIST_SECONDS)


class Words(Film):
    """The media playlist of words, as HLS wants it of subtitles."""

    def get(self, request: HttpRequest, event: str, key: str, words: str) -> HttpResponse:
        playlist = selectors.words_playlist(self.asset(key), words)
        if playlist is None:
            raise Http404
        return kept(HttpResponse(playlist, content_type=PLAYLIST), selectors.PLAYLIST_SECONDS)


class Captions(Film):
    """A text that came inside the film; with `?save=srt` as a file to keep."""

    def get(self, request: HttpRequest, event: str, key: str, number: int) -> HttpResponseBase:
        asset = self.asset(key)
        words = selectors.caption_file(asset.encoding, number) if asset.encoding else None
        if words is None:
            raise Http404
        if form := request.GET.get("save", ""):
            return kept_file(webvtt.read(words), form, name=asset.title)
        text = selectors.mapped(words.decode("utf-8", "replace"))
        return kept(HttpResponse(text, content_type="text/vtt; charset=utf-8"), selectors.PLAYLIST_SECONDS)


class Storyboard(Film):
    """Small pictures of the film by their seconds, as WebVTT that names parts of sprites."""

    def get(self, request: HttpRequest, event: str, key: str) -> HttpResponse:
        words = selectors.storyboard_file(self.encoding(key))
        if words is None:
            raise Http404
        return kept(HttpResponse(words, content_type="text/vtt; charset=utf-8"), selectors.PLAYLIST_SECONDS)
