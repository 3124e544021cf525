"""Live streams and what is left of them hold to RFC 8216: while they run, at their end, cut off, and as recordings."""

import re
from datetime import timedelta

import pytest

from apps.core import clock
from apps.media import selectors, services
from apps.media.models import Asset, Stream
from apps.media.models.streams import LEAST_DVR
from tests.hls import validator
from tests.media import streamed

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session")
def pushed(tmp_path_factory):
    return streamed.render(tmp_path_factory.mktemp("pushed"))


@pytest.fixture
def stream(event, sent):
    return services.create_stream(event, title="The river, live")


@pytest.fixture
def push(stream, pushed, django_capture_on_commit_callbacks):
    """An encoder that comes, for eleven seconds; gives the moment at which it went."""
    key = selectors.secret_of(stream.keys.get(input="primary"))

    def bring(begins):
        publisher = services.admit(key)
        services.renew(publisher, health={"kbps": 900}, comes=True, steady=0.0)
        with django_capture_on_commit_callbacks(execute=True):
            ends = streamed.bring(publisher, pushed, begins=begins)
        services.leave(publisher)
        stream.refresh_from_db()
        return ends

    return bring


@pytest.fixture
def fetch(event, enter, organiser, get):
    client = enter(organiser)

    def read(url):
        if url.startswith(f"/e/{event.slug}/"):
            return client.get(url).content
        status, body, _headers = get(url)
        return body if status == 200 else None

    return read


def faults(url, fetch):
    return [str(fault) for fault in validator.check_stream(url, fetch)]


def test_stream_that_runs_and_one_that_has_ended(anywhere, stream, push, fetch, django_capture_on_commit_callbacks):
    push(clock.now() - timedelta(seconds=15))
    url = selectors.live(stream)["url"]

    assert faults(url, fetch) == []
    with django_capture_on_commit_callbacks(execute=True):
        services.end_stream(stream)
    assert faults(url, fetch) == []
    rung = validator.check_master(fetch(url)).variants[0]["URI"]
    assert validator.check_media(fetch(rung)).is_ended


def test_stream_whose_encoder_came_back_goes_on(disk, stream, push, fetch):
    ends = push(clock.now() - timedelta(seconds=40))
    url = selectors.live(stream)["url"]
    rung = validator.check_master(fetch(url)).variants[0]["URI"]
    before = fetch(rung)
    push(ends + timedelta(seconds=9))

    assert [str(fault) for fault in validator.check_reload(before, fetch(rung))] == []
    assert faults(url, fetch) == []
    assert "#EXT-X-DISCONTINUITY\n" in fetch(rung).decode()


def test_stream_that_one_may_wind_back_only_so_far(disk, stream, push, fetch):
    Stream.objects.filter(pk=stream.pk).update(dvr_seconds=LEAST_DVR)
    ends = clock.now() - timedelta(seconds=2 * LEAST_DVR)
    for _ in range(7):
        ends = push(ends)
    url = selectors.live(stream)["url"]

    assert faults(url, fetch) == []
    rung = fetch(fetch(url).decode().split()[-1]).decode()
    assert int(re.search(r"MEDIA-SEQUENCE:(\d+)", rung)[1]) > 0


def test_recording_of_a_stream_and_a_part_of_it(anywhere, stream, push, fetch):
    begins = clock.now() - timedelta(minutes=5)
    ends = push(begins)
    ends = push(ends + timedelta(seconds=9))
    owed = services.make_recording(stream, begins=begins, ends=ends)
    assert services.run_recording(owed.pk)
    film = Asset.objects.get()
    part = services.cut_asset(film, begins=5, ends=9, title="Maps")

    for asset in (film, part):
        assert faults(selectors.stream_url(asset), fetch) == []
