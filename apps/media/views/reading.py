"""Transcripts for those who watch: the captions of a player, a film with what is said in it, and where it was said."""

from itertools import chain
from typing import ClassVar

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.cache import patch_cache_control

from apps.core.access import Access
from apps.events.doors import EventView
from apps.events.doors.paced import Paced
from apps.live.registry import Rate
from apps.media import selectors
from apps.media.adapters import words as files
from apps.media.models import Asset, Transcript
from apps.media.views.playing import Film, kept_file

SEARCH_PACE = Rate(per_second=1, burst=15)
"""Of each film in which something was said it is asked whether the reader may see it."""
KEPT_SECONDS = 60
"""What an editor mends is seen soon."""


class TranscriptFile(Film):
    """A published transcript as WebVTT, for whoever may see the film; with `?save=srt` as a file to keep."""

    def get(self, request: HttpRequest, event: str, key: str, words: str) -> StreamingHttpResponse:
        asset = self.asset(key)
        row = selectors.published(asset).filter(key=words).first()
        if row is None:
            raise Http404
        lines = selectors.lines_of(row).iterator(chunk_size=1000)
        if form := request.GET.get("save", ""):
            return kept_file(lines, form, name=f"{asset.title} ({row.language})")
        pieces = files.write(lines, "vtt")
        head = selectors.mapped(next(pieces))
        response = StreamingHttpResponse(chain([head], pieces), content_type=files.TYPES["vtt"])
        patch_cache_control(response, private=True, max_age=KEPT_SECONDS)
        return response


class Watch(Film):
    """A film beside what is said in it; a link to a second leads here (`?t=`). Without a script the lines stand in
    pages, and each leads to its second."""

    def get(self, request: HttpRequest, event: str, key: str) -> HttpResponse:
        asset = self.asset(key)
        asset.event = self.event
        player = selectors.player(asset, person=self.person)
        if player is None:
            raise Http404
        row = self.chosen(asset)
        query = " ".join(request.GET.get("q", "").split())
        lines = []
        page = None
        if row is not None and query:
            lines = selectors.said_in(row, query)
        elif row is not None:
            page = Paginator(selectors.lines_of(row), selectors.A_PAGE).get_page(request.GET.get("page"))
            lines = list(page.object_list)
        return self.render(
            "media/watch.html", asset=asset, player=player, transcript=row, lines=lines, page=page, query=query
        )

    def chosen(self, asset: Asset) -> Transcript | None:
        """In the language that was asked for, else the reader's, else the first."""
        rows = list(selectors.published(asset))
        asked = [self.request.GET.get("language", ""), getattr(self.request, "LANGUAGE_CODE", "")]
        return next((row for code in asked for row in rows if row.language == code), rows[0] if rows else None)


class Said(Paced, EventView):
    """Where something was said in the event's films, to the second."""

    access = Access.ATTENDEE
    place = "agenda"
    live: ClassVar[bool] = False

    def get(self, request: HttpRequest, event: str) -> HttpResponse:
        query = request.GET.get("q", "")[: selectors.MOST_QUERY]
        if query:
            self.spend_at(SEARCH_PACE, "said")
        user_id = self.person.pk if self.person else None
        found = selectors.said(self.event, query, user_id=user_id, roles=self.roles)
        results = [(line, selectors.moment_url(line)) for line in found]
        return self.render("media/said.html", query=query, results=results, most=selectors.MOST_FOUND)
