"""What others show of a page where somebody links to it: Open Graph for people, schema.org for searches.

Only of events that are listed, and only to strangers: an unlisted event tells nothing to those who index.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from apps.core import clock, html
from apps.events.models import Event
from apps.events.selectors import pictures

MOST_DESCRIBED = 200
MOST_TITLE = 110
SCHEMA = "https://schema.org"
LOCALES = {"en": "en_GB", "de": "de_DE", "ar": "ar_AR"}
# What ends a script or begins a comment in HTML, written so that JSON still reads it.
_UNSAFE = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"})


class Timed(Protocol):
    starts_at: Any
    ends_at: Any


@dataclass(frozen=True, slots=True)
class Preview:
    title: str
    description: str
    path: str
    card: str = ""
    """Where its picture is, 1200 × 630."""
    kind: str = "website"
    data: dict[str, Any] = field(default_factory=dict)
    """Of schema.org, without its context."""

    @property
    def url(self) -> str:
        return absolute(self.path)

    @property
    def picture(self) -> str:
        return absolute(self.card) if self.card else ""

    @property
    def alternates(self) -> list[tuple[str, str]]:
        """The page in each language, and the one that takes the reader's own."""
        return [("x-default", self.url), *((code, f"{self.url}?lang={code}") for code, _name in settings.LANGUAGES)]

    @property
    def locales(self) -> list[tuple[str, bool]]:
        """As Open Graph calls languages, and whether the page is in it; its own first."""
        here = translation.get_language() or settings.LANGUAGE_CODE
        codes = sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != here)
        return [(LOCALES.get(code, code), code == here) for code in codes]

    @property
    def written(self) -> SafeString:
        """The data as the words of a script that no browser runs."""
        text = json.dumps({"@context": SCHEMA, **self.data}, ensure_ascii=False)
        return mark_safe(text.translate(_UNSAFE))


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def is_open(event: Event) -> bool:
    """Whether anybody may be told of it; in step with `Event.objects.listed`."""
    states = (Event.State.PUBLISHED, Event.State.LIVE, Event.State.ENDED)
    return event.visibility == Event.Visibility.PUBLIC and event.state in states


def shortened(text: object, most: int = MOST_DESCRIBED) -> str:
    """One line of a plain text."""
    return Truncator(" ".join(str(text or "").split())).chars(most)


def opening(text: object) -> str:
    """One line of a text with markup."""
    return shortened(html.to_text(str(text or "")))


def of_page(event: Event, *, path: str) -> Preview:
    """Any page of the event that has nothing of its own to say."""
    return Preview(shortened(event.name, MOST_TITLE), described(event), path, card_path(event))


def card_path(event: Event) -> str:
    return reverse("events:card", args=[event.slug, pictures.event_card(event).digest])


def described(event: Event) -> str:
    return shortened(str(event.tagline) or event.description)


def of_event(event: Event, *, is_full: bool, sessions: Iterable[dict[str, Any]] = ()) -> Preview:
    """The event's own page. `sessions` are what it is made of, as `session_data` of the agenda says it."""
    data = event_data(event) | {"description": described(event)}
    if event.takes_registrations:
        data["offers"] = _offer(event, is_full=is_full)
    if event.capacity:
        data["maximumVirtualAttendeeCapacity"] = event.capacity
    card = card_path(event)
    data["image"] = [absolute(card)]
    if parts := list(sessions):
        data["subEvent"] = parts
    return Preview(shortened(event.name, MOST_TITLE), described(event), event.get_absolute_url(), card, data=data)


def event_data(event: Event) -> dict[str, Any]:
    """Of schema.org: an event online, or online and at a place."""
    url = absolute(event.get_absolute_url())
    place = [{"@type": "Place", "name": event.place, "address": event.place}] if event.place else []
    return {
        **happening(event, event, name=event.name, url=url, is_mixed=bool(event.place)),
        "location": [{"@type": "VirtualLocation", "url": url}, *place],
        "organizer": organizer(event),
    }


def happening(
    event: Event, at: Timed, *, name: object, url: str, is_mixed: bool = False, is_cancelled: bool = False
) -> dict[str, Any]:
    """Of schema.org, what an event and its sessions alike say. `is_mixed`: one may also come to a place."""
    zone = ZoneInfo(event.time_zone)
    status = "EventCancelled" if is_cancelled else "EventScheduled"
    mode = "MixedEventAttendanceMode" if is_mixed else "OnlineEventAttendanceMode"
    return {
        "@type": "Event",
        "name": str(name),
        "url": url,
        "startDate": at.starts_at.astimezone(zone).isoformat(timespec="seconds"),
        "endDate": at.ends_at.astimezone(zone).isoformat(timespec="seconds"),
        "eventStatus": f"{SCHEMA}/{status}",
        "eventAttendanceMode": f"{SCHEMA}/{mode}",
    }


def organizer(event: Event) -> dict[str, str]:
    return {"@type": "Organization", "name": event.organisation.name}


def _offer(event: Event, *, is_full: bool) -> dict[str, Any]:
    opens, closes = event.registration_opens_at or event.published_at, event.registration_closes_at or event.ends_at
    stock = "SoldOut" if is_full else "InStock"
    return {
        "@type": "Offer",
        "url": absolute(reverse("events:register", args=[event.slug])),
        "availability": f"{SCHEMA}/{stock}",
        "validFrom": (opens or clock.now()).isoformat(timespec="seconds"),
        "validThrough": closes.isoformat(timespec="seconds"),
    }
