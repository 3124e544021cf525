"""Live streams at their doors: who gets a playlist, and the organisers' page of keys."""

import pytest
from django.urls import reverse

from apps.core import clock
from apps.media import selectors, services
from apps.media.models import Stream
from tests.factories.media import StreamFactory
from tests.factories.tracks import SessionFactory

RUNGS = [{"name": "360p", "width": 640, "height": 360, "fps": 25.0, "kbps": 800, "codecs": "avc1.4d401f,mp4a.40.2"}]

pytestmark = pytest.mark.django_db


@pytest.fixture
def stream(event, disk):
    """A segment of it lies there."""
    made = services.create_stream(event, title="The river, live")
    publisher = services.admit(selectors.secret_of(made.keys.get(input="primary")))
    services.renew(publisher, health={"kbps": 900, "fps": 25.0}, comes=True, steady=1)
    take = services.begin_take(publisher, rungs=RUNGS, began_at=clock.now())
    services.add_segment(publisher, take, file=0, at=clock.now(), seconds=2.0, sizes={"360p": 9})
    made.refresh_from_db()
    return made


@pytest.fixture
def asks(enter):
    def status(person, stream):
        return enter(person).get(reverse("media:live", args=[stream.event.slug, stream.key])).status_code

    return status


def test_stream_of_a_session_is_for_whoever_may_go_in(event, stream, attendee, moderator, outsider, visitor, asks):
    assert (asks(attendee, stream), asks(moderator, stream)) == (404, 200)
    SessionFactory(event=event, stream=stream)
    assert (asks(attendee, stream), asks(outsider, stream)) == (200, 404)
    assert visitor.get(reverse("media:live", args=[event.slug, stream.key])).status_code == 404


def test_stream_of_a_session_with_seats_is_for_those_who_have_one(event, stream, attendee, organiser, asks):
    SessionFactory(event=event, stream=stream, sign_up=True)
    assert (asks(attendee, stream), asks(organiser, stream)) == (403, 200)


def test_stream_of_another_event_is_not_there(stream, organiser, enter):
    elsewhere = StreamFactory()
    address = reverse("media:live", args=[stream.event.slug, elsewhere.key])
    assert enter(organiser).get(address).status_code == 404


def test_a_rung_is_given_to_whoever_has_its_address(event, stream, attendee, enter, visitor, get):
    SessionFactory(event=event, stream=stream)
    master = enter(attendee).get(selectors.live(stream)["url"]).content.decode()
    address = master.splitlines()[-1]
    answer = visitor.get(address)
    assert answer.status_code == 200 and "#EXTINF:2.000000" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "public, max-age=1"
    assert visitor.get(address.replace("360p", "720p")).status_code == 404
    assert visitor.get(address.replace(stream.key, StreamFactory().key)).status_code == 404
    signature = address.split("/")[2]
    later = str(int(signature.partition(".")[0]) + 1)
    assert visitor.get(address.replace(signature, f"{later}.{signature.partition('.')[2]}")).status_code == 404


# The desk -------------------------------------------------------------------------------------------------------------
@pytest.fixture
def page(stream):
    return reverse("admin:media_stream_keys", args=[stream.pk])


def test_the_desk_shows_keys_and_encoders(stream, page, organiser, enter):
    text = enter(organiser).get(page).content.decode()
    for key in selectors.keys_in_use(stream):
        assert selectors.secret_of(key) in text
    assert "900" in text and "rtmp://" in text


def test_a_key_is_made_anew_at_the_desk(stream, page, organiser, enter):
    before = [key.pk for key in selectors.keys_in_use(stream)]
    client = enter(organiser)
    client.post(page, {"do": "rotate", "input": "primary"})
    client.post(page, {"do": "revoke", "input": "backup"})
    after = selectors.keys_in_use(stream)
    assert [key.input for key in after] == ["primary"] and after[0].pk not in before


def test_a_stream_is_made_and_ended_at_the_desk(event, organiser, enter, sent):
    client = enter(organiser)
    answer = client.post(
        reverse("admin:media_stream_add"),
        {"event": event.pk, "title": "Great hall", "dvr_seconds": 600, "records": "on"},
    )
    made = Stream.objects.get(title="Great hall")
    assert answer.status_code == 302 and len(selectors.keys_in_use(made)) == 2
    client.post(reverse("admin:media_stream_keys", args=[made.pk]), {"do": "end"})
    made.refresh_from_db()
    assert made.state == "ended"


def test_keys_are_had_by_call_and_kept_by_nobody(event, stream, organiser, moderator, enter):
    address, client = reverse("api:desk-stream-keys", args=[event.slug, stream.key]), enter(organiser)
    found = client.get(address)
    assert [key["secret"] for key in found.json()] == [
        selectors.secret_of(key) for key in selectors.keys_in_use(stream)
    ]
    assert found.headers["Cache-Control"] == "no-store"
    asked = {"content_type": "application/json", "headers": {"Idempotency-Key": "new-key"}}
    made = [client.post(address, {"input": "backup"}, **asked).json()["secret"] for _time in range(2)]
    assert client.get(address).json()[1]["secret"] == made[1] != made[0]
    told = client.get(reverse("api:stream", args=[event.slug, stream.key])).json()
    assert [one["input"] for one in told["health"]["inputs"]] == ["primary", "backup"]
    assert enter(moderator).get(address).status_code == 403


def test_keys_of_other_events_are_not_shown(page, other_organiser, enter):
    assert enter(other_organiser).get(page).status_code == 404
