"""What searches may find: the pages of events that are listed."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from apps.core.access import Access
from apps.core.doors import classified
from apps.events.models import Event
from apps.tracks.models import Session, Speaker

MOST_EVENTS, MOST_SESSIONS, MOST_SPEAKERS = 2_000, 20_000, 10_000
"""Together below the 50,000 that a sitemap may have."""
KEPT_SECONDS = 60 * 30
KEY = "sitemap"
CLOSED = ("/admin/", "/api/", "/accounts/", "/signin/", "/join/", "/devices/", "/tokens/", "/e/*/my/", "/e/*/feed/")


class _Events(Sitemap):  # type: ignore[type-arg]
    limit = MOST_EVENTS
    pages = ("venue:landing", "tracks:agenda", "tracks:speakers", "exhibitors:expo")

    def items(self) -> Any:
        listed = Event.objects.listed().order_by("-starts_at", "slug")[:MOST_EVENTS]
        return [(event, page) for event in listed for page in self.pages]

    def location(self, item: Any) -> str:
        event, page = item
        return reverse(page, args=[event.slug])

    def get_lastmod(self, item: Any) -> Any:
        return item[0].agenda_changed_at


class _Sessions(Sitemap):  # type: ignore[type-arg]
    limit = MOST_SESSIONS

    def items(self) -> Any:
        rows = Session.objects.on_agenda().filter(event__in=Event.objects.listed().order_by().values("pk"))
        chosen = rows.select_related("event").only("slug", "changed_at", "event__slug")
        return chosen.order_by("-starts_at", "pk")[:MOST_SESSIONS]

    def lastmod(self, item: Session) -> Any:
        return item.changed_at


class _Speakers(Sitemap):  # type: ignore[type-arg]
    limit = MOST_SPEAKERS

    def items(self) -> Any:
        rows = Speaker.objects.filter(event__in=Event.objects.listed().order_by().values("pk"))
        return rows.select_related("event").only("slug", "event__slug").order_by("-pk")[:MOST_SPEAKERS]


@classified(Access.ANYONE)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Made once in half an hour, whoever asks and however."""
    text = cache.get(KEY)
    if text is None:
        parts = urlsplit(settings.SITE_URL)
        site: Any = SimpleNamespace(domain=parts.netloc, name=parts.netloc)
        maps: tuple[Any, ...] = (_Events(), _Sessions(), _Speakers())
        urls = [url for one in maps for url in one.get_urls(site=site, protocol=parts.scheme)]
        text = render_to_string("sitemap.xml", {"urlset": urls})
        cache.set(KEY, text, KEPT_SECONDS)
    headers = {"Cache-Control": f"public, max-age={KEPT_SECONDS}", "X-Robots-Tag": "noindex"}
    return HttpResponse(text, content_type="application/xml", headers=headers)


@classified(Access.ANYONE)
def robots(request: HttpRequest) -> HttpResponse:
    """What is not for searches; pages of unlisted events say so themselves, and must be read to be heard."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in CLOSED),
        "",
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
    ]
    headers = {"Cache-Control": f"public, max-age={KEPT_SECONDS}"}
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8", headers=headers)
