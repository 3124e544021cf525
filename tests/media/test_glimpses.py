"""Small pictures of who is in a green room: taken out of what ffmpeg writes, kept for seconds, and shown to who may."""

import io

import pytest
from django.core.cache import cache
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from apps.core.errors import Refused
from apps.media import selectors as media
from apps.media.adapters.ingest import glimpses as made
from apps.media.selectors.glimpses import picture_key
from apps.media.services import contributing
from apps.media.services import glimpses as services
from apps.tracks.services import set_stage
from tests.factories.events import EventRoleFactory
from tests.factories.media import ContributionFactory, StreamFactory, glimpse
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory


@given(st.lists(st.binary(max_size=60).filter(lambda body: b"\xff" not in body), max_size=5), st.integers(1, 50))
def test_pictures_are_found_however_the_pipe_is_cut(bodies, step):
    sent = [made.BEGIN + body + made.END for body in bodies]
    wire, found = b"".join(sent), made.Pictures()
    taken = [one for at in range(0, len(wire), step) for one in found.feed(wire[at : at + step])]
    assert taken == sent


def test_what_is_too_large_or_begins_otherwise_is_left_out():
    found = made.Pictures()
    large = made.BEGIN + b"0" * made.MOST_PICTURE_BYTES + made.END
    assert found.feed(large + b"GIF89a" + made.END + glimpse()) == [glimpse()]
    assert found.feed(b"0" * 2 * made.MOST_PICTURE_BYTES) == []
    assert found._begun == b""


@pytest.mark.parametrize(
    ("line", "level"),
    [
        (b"lavfi.astats.Overall.RMS_level=-24.128945", 60),
        (b"lavfi.astats.Overall.RMS_level=0.0", 100),
        (b"lavfi.astats.Overall.RMS_level=-90.3", 0),
        (b"lavfi.astats.Overall.RMS_level=-inf", None),
        (b"frame:0    pts:1024    pts_time:0.0213333", None),
    ],
)
def test_how_loud_it_is_is_told_from_0_to_100(line, level):
    assert made.loudness(line) == level


@pytest.mark.parametrize(
    "data",
    [b"", b"<html>", glimpse((1280, 720)), glimpse(form="PNG"), glimpse() + b"0" * services.MOST_BYTES],
    ids=["nothing", "a page", "another size", "another form", "too many bytes"],
)
def test_what_is_no_small_jpeg_is_refused(data):
    with pytest.raises(Refused, match=r"glimpse\.invalid"):
        services.check_glimpse(data)


# Kept and shown -----------------------------------------------------------------------------------------------------
@pytest.fixture
def session(event):
    made = SessionFactory(event=event, slug="floods")
    set_stage(made, {"source": "stream"})
    made.refresh_from_db()
    return made


@pytest.fixture
def place(session, monkeypatch):
    """Somebody who is there; ten seconds pass quickly on a busy machine."""
    monkeypatch.setattr(services, "KEPT_SECONDS", 600)
    return ContributionFactory(stream=session.stream)


def who(place, **changes):
    facts = {"contribution_id": place.pk, "stream_id": place.stream_id, "event_id": place.stream.event_id}
    return contributing.Contributor(**{**facts, "lease": place.lease, **changes})


def told(place):
    return media.glimpses(place.stream.event_id, place.stream_id)["glimpses"]


def address(session, place):
    return reverse("tracks:glimpse", args=[session.event.slug, session.slug, place.pk])


def test_the_newest_one_is_shown_with_how_loud_they_are(db, place):
    services.show(who(place), picture=glimpse(), loudness=40)
    [seen] = told(place)
    assert (seen["id"], seen["loudness"]) == (place.pk, 40)
    assert media.glimpse(place.stream, place.pk) == glimpse()


def test_an_older_connection_shows_nothing(db, place):
    services.show(who(place, lease="before"), picture=glimpse(), loudness=40)
    assert told(place) == []


def test_it_is_gone_for_everybody_when_they_go(db, place, django_capture_on_commit_callbacks):
    services.show(who(place), picture=glimpse(), loudness=40)
    with django_capture_on_commit_callbacks(execute=True):
        contributing.leave(who(place))
    assert told(place) == []
    assert media.glimpse(place.stream, place.pk) is None
    assert cache.get(picture_key(place.lease)) is None


def test_it_is_gone_when_no_more_pictures_come_in(db, place, django_capture_on_commit_callbacks):
    contributing.renew(who(place), health={}, comes=True, steady=1)
    services.show(who(place), picture=glimpse(), loudness=40)
    with django_capture_on_commit_callbacks(execute=True):
        contributing.renew(who(place), health={}, comes=False, steady=0)
    assert told(place) == []


def test_it_does_not_last(db, place, monkeypatch):
    monkeypatch.setattr(services, "KEPT_SECONDS", 0)
    services.show(who(place), picture=glimpse(), loudness=40)
    assert told(place) == []


def test_who_runs_the_stage_sees_it_and_nobody_keeps_it(db, session, place, enter, moderator):
    services.show(who(place), picture=glimpse(), loudness=40)
    answer = enter(moderator).get(address(session, place))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["Cache-Control"] == "private, no-store"
    assert Image.open(io.BytesIO(answer.content)).size == (320, 180)


def test_speakers_and_the_audience_do_not_see_it(db, session, place, enter, attendee):
    services.show(who(place), picture=glimpse(), loudness=40)
    speaker = EventRoleFactory(event=session.event).user
    SessionSpeakerFactory(session=session, speaker__user=speaker)
    for stranger in (speaker, attendee):
        assert enter(stranger).get(address(session, place)).status_code == 403


def test_a_contributor_of_another_stream_is_not_there(db, session, event, enter, moderator):
    other = ContributionFactory(stream=StreamFactory(event=event))
    services.show(who(other), picture=glimpse(), loudness=40)
    assert enter(moderator).get(address(session, other)).status_code == 404


def test_the_control_page_shows_who_waits(db, session, place, enter, moderator):
    services.show(who(place), picture=glimpse(), loudness=40)
    page = enter(moderator).get(reverse("tracks:stage", args=[session.event.slug, session.slug])).content.decode()
    assert f'src="{address(session, place)}?n={told(place)[0]["picture"]}"' in page
    assert '<meter min="0" max="100" value="40">' in page
