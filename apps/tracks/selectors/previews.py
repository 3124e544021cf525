"""What others show of sessions and speakers where somebody links to them."""

from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.urls import reverse
from django.utils import translation

from apps.core.cards import Card, joined
from apps.events.models import Event
from apps.events.selectors import pictures, previews
from apps.events.selectors.previews import Preview, absolute, opening, shortened
from apps.media.selectors import image_url
from apps.tracks.models import Session, Speaker

MOST_SESSIONS = 50
MOST_SPEAKERS = 12
KEPT_SECONDS = 60 * 15


def event_parts(event: Event) -> list[dict[str, Any]]:
    """The first sessions of the programme, as parts of the event; made once for each version of the agenda."""
    key = f"preview:{event.pk}:{event.agenda_version}:{translation.get_language()}"
    parts: list[dict[str, Any]] | None = cache.get(key)
    if parts is None:
        rows = event.sessions.planned().light().prefetch_related("session_speakers__speaker")[:MOST_SESSIONS]
        parts = [session_data(event, row) for row in rows]
        cache.set(key, parts, KEPT_SECONDS)
    return parts


def session_data(event: Event, session: Session) -> dict[str, Any]:
    """Of schema.org: an event with those who speak. The session's speakers should be prefetched."""
    url = absolute(session.get_absolute_url()) if session.event_id == event.pk else ""
    data = previews.happening(event, session, name=session.title, url=url, is_cancelled=session.is_cancelled)
    data["location"] = {"@type": "VirtualLocation", "url": url}
    if session.language:
        data["inLanguage"] = session.language
    if people := session.people[:MOST_SPEAKERS]:
        data["performer"] = [{"@type": "Person", "name": speaker.name} for speaker in people]
    return data


def session_card(event: Event, session: Session) -> Card:
    """Its title under the event's name, with who speaks and when."""
    local = session.starts_at.astimezone(ZoneInfo(event.time_zone))
    people = ", ".join(speaker.name for speaker in session.people[:2])
    below = joined([people, f"{pictures.day(event, local)}, {local:%H:%M}"])
    title, above = pictures.words(event, session.title), pictures.words(event, event.name)
    return pictures.card(event, title=title, above=above, below=below)


def of_session(event: Event, session: Session) -> Preview:
    description = opening(session.abstract) or shortened(session.subtitle) or previews.described(event)
    data = session_data(event, session) | {"description": description, "superEvent": previews.event_data(event)}
    data["organizer"] = previews.organizer(event)
    card = reverse("tracks:card", args=[event.slug, session.slug, session_card(event, session).digest])
    data["image"] = [absolute(card)]
    title = shortened(session.title, previews.MOST_TITLE)
    return Preview(title, description, session.get_absolute_url(), card, data=data)


def of_speaker(event: Event, speaker: Speaker) -> Preview:
    description = opening(speaker.biography) or shortened(speaker.title) or previews.described(event)
    data: dict[str, Any] = {"@type": "Person", "name": speaker.name, "url": absolute(speaker.get_absolute_url())}
    if speaker.title:
        data["jobTitle"] = speaker.title
    if photo := image_url(speaker.photo):
        data["image"] = photo if photo.startswith("http") else absolute(photo)
    data["performerIn"] = previews.event_data(event)
    return Preview(
        speaker.name, description, speaker.get_absolute_url(), previews.card_path(event), kind="profile", data=data
    )
