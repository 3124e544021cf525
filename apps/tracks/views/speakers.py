"""The people who speak: a list to search in, and a page for each."""

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse

from apps.core import html
from apps.core.access import Access
from apps.events.doors import EventView
from apps.events.models import Event
from apps.media.selectors import image_url
from apps.tracks import selectors
from apps.tracks.selectors import previews

ON_PAGE = 60
WORDS_MOST = 80


class SpeakersView(EventView):
    access = Access.PUBLIC
    place = "speakers"
    part = Event.Part.SPEAKERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        words = " ".join(request.GET.get("q", "")[:WORDS_MOST].replace("\x00", "").split())
        people = selectors.speakers(self.event)
        for word in words.split():
            people = people.filter(name__icontains=word)
        page = Paginator(people, ON_PAGE).get_page(request.GET.get("page"))
        show_photos(page)
        return self.render("tracks/speakers.html", people=page, words=words)


class SpeakerView(EventView):
    access = Access.PUBLIC
    place = "speakers"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        speaker = selectors.speaker_by_slug(self.event, str(kwargs["speaker"]))
        if speaker is None:
            raise Http404
        show_photos([speaker])
        sessions = list(speaker.sessions.all())
        for session in sessions:
            session.others = [other for other in session.people if other.pk != speaker.pk]  # type: ignore[attr-defined]
        return self.render(
            "tracks/speaker.html",
            speaker=speaker,
            biography=html.clean(str(speaker.biography)),
            sessions=sessions,
            preview=previews.of_speaker(self.event, speaker) if self.is_told else None,
        )


def show_photos(people: Iterable[Any]) -> None:
    """Where the `face` tag looks for the address of a picture."""
    for speaker in people:
        speaker.photo_url = image_url(speaker.photo)
