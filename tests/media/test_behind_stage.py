"""What cameras see when the stage is not live: whoever kept the address of a playlist from before does not see it."""

from datetime import timedelta
from itertools import count

import pytest
from django.urls import reverse

from apps.core import clock
from apps.media import selectors as media_selectors
from apps.media import services as media
from apps.media.models import Stream
from apps.media.selectors import live_playlists
from apps.tracks import services
from apps.tracks.models import Session
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory

RUNGS = [{"name": "360p", "width": 640, "height": 360, "fps": 25.0, "kbps": 800, "codecs": "avc1.4d401f,mp4a.40.2"}]

pytestmark = pytest.mark.django_db


@pytest.fixture
def began():
    return clock.now() - timedelta(minutes=10)


@pytest.fixture
def stream(event, speaker, disk, monkeypatch):
    monkeypatch.setattr(live_playlists, "ASKED_SECONDS", 0)
    session = SessionFactory(event=event)
    SessionSpeakerFactory(session=session, speaker__user=speaker)
    services.set_stage(session, {"source": "stream"})
    return Stream.objects.get()


@pytest.fixture
def camera(stream, began):
    """Brings a segment of that second."""
    publisher = media.admit(media_selectors.secret_of(stream.keys.get(input="primary")))
    media.renew(publisher, health={}, comes=True, steady=1)
    take, files = media.begin_take(publisher, rungs=RUNGS, began_at=began), count()

    def bring(second):
        at = began + timedelta(seconds=second)
        media.add_segment(publisher, take, file=next(files), at=at, seconds=2.0, sizes={})
        live_playlists.note_mark(Stream.objects.get())

    return bring


@pytest.fixture
def press(stream, began):
    def pressed(wish, second):
        with clock.at(began + timedelta(seconds=second)):
            services.press(Session.objects.get(), wish)

    return pressed


@pytest.fixture
def rung_of(event, stream, enter):
    def address(person):
        return enter(person).get(reverse("media:live", args=[event.slug, stream.key])).content.decode().split()[-1]

    return address


@pytest.fixture
def listed(visitor):
    """How many segments, or the status."""

    def found(address):
        answer = visitor.get(address)
        return answer.content.decode().count("#EXTINF") if answer.status_code == 200 else answer.status_code

    return found


def test_playlist_of_the_stage_has_nothing_from_behind_it(camera, press, rung_of, listed, attendee, speaker):
    press("lobby", 0)
    camera(1)
    behind = rung_of(speaker)
    press("live", 3)
    before = rung_of(attendee)
    found = [(listed(before), listed(behind))]
    camera(4)
    found.append((listed(before), listed(behind)))
    press("intermission", 6)
    camera(7)
    found.append((listed(before), listed(behind)))
    press("live", 9)
    camera(10)
    found.append((listed(before), listed(behind)))
    press("ended", 12)
    found.append((listed(before), listed(behind)))

    assert found == [(503, 1), (1, 2), (404, 3), (1, 4), (404, 4)]


def test_address_is_not_made_into_that_of_behind_the_stage(camera, press, rung_of, listed, attendee):
    camera(1)
    press("live", 3)
    address = rung_of(attendee)
    signature = address.split("/")[2]

    assert listed(address.replace(signature, f"b{signature}")) == 404
