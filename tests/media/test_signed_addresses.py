"""A link that somebody copied: playlists ask who comes at any time, and a segment's address has run out next day."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests

from apps.core import clock
from apps.media import selectors
from apps.media.registry import WINDOW_SECONDS, store
from apps.media.selectors import simulive
from tests.factories.media import EncodingFactory, VideoFactory
from tests.factories.tracks import SessionFactory
from tests.media.test_cloudfront import INDEX, distribution, key, pem, policy_of  # noqa: F401

NOON = datetime(2026, 5, 6, 12, tzinfo=UTC)
LEAST, MOST = timedelta(seconds=WINDOW_SECONDS), timedelta(seconds=2 * WINDOW_SECONDS)
MOMENTS = [NOON + timedelta(seconds=seconds) for seconds in (0, 1, 5399, 5400, WINDOW_SECONDS - 1, WINDOW_SECONDS)]


@pytest.fixture
def film(event, small_film, playable):
    """The recording of a session that was over at noon."""
    asset = playable(small_film)
    SessionFactory(event=event, starts_at=NOON - timedelta(hours=2), video=asset)
    return asset


def addresses(client, film):
    """Of the playlists that the attendee's player loads, and of the files in them."""
    master = selectors.stream_url(film)
    lists = [master, *(urljoin(master, f"{name}.m3u8") for name in selectors.renditions_of(film.encoding))]
    texts = [client.get(url).content.decode() for url in lists[1:]]
    files = [line for text in texts for line in text.splitlines() if line and not line.startswith("#")]
    return [*lists, urljoin(master, "words/film-0.m3u8"), urljoin(master, "captions/0.vtt")], files


def test_stranger_gets_no_playlist_at_any_time(disk, film, attendee, outsider, enter, visitor):
    lists, _files = addresses(enter(attendee), film)

    assert [enter(attendee).get(url).status_code for url in lists] == [200] * len(lists)
    for stranger in (visitor, enter(outsider)):
        assert [stranger.get(url).status_code for url in lists] == [404] * len(lists)


def test_copied_segment_on_disk_is_gone_the_next_day(disk, film, attendee, enter, get):
    with clock.at(NOON):
        _lists, files = addresses(enter(attendee), film)
        assert {get(url)[0] for url in files} == {200}

    for later, status in ((LEAST, 200), (MOST + timedelta(seconds=1), 404), (timedelta(days=1), 404)):
        with clock.at(NOON + later):
            assert {get(url)[0] for url in files} == {status}


CHANGES = {
    "another file": lambda url: url.replace("00000", "00001"),
    "a later end": lambda url: url.replace("/files/", "/files/9"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_address_on_disk_opens_nothing_else(disk, film, attendee, enter, visitor, change):
    _lists, files = addresses(enter(attendee), film)
    changed = change(files[0])

    assert changed != files[0]
    assert visitor.get(changed).status_code == 404


def test_addresses_on_disk_live_six_to_twelve_hours(disk):
    for moment in MOMENTS:
        with clock.at(moment):
            until = int(store().url("assets/a/original").removeprefix("/files/").partition(".")[0])
        assert LEAST <= datetime.fromtimestamp(until, UTC) - moment <= MOST


def test_copied_segment_in_s3_runs_out_within_twelve_hours(bucket, film, attendee, enter):
    _lists, files = addresses(enter(attendee), film)

    for url in files:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        signed_at = datetime.strptime(asked["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        assert clock.now() - signed_at < timedelta(minutes=5)
        assert timedelta(seconds=int(asked["X-Amz-Expires"])) == MOST
        assert requests.get(url, timeout=10).status_code == 200
        assert requests.get(url.partition("?")[0], timeout=10).status_code in (401, 403)


def test_address_in_s3_is_one_for_all_in_a_window(bucket):
    found = set()
    for moment in MOMENTS[:-1]:
        with clock.at(moment):
            found.add(store().url("assets/a/original"))

    assert len(found) == 1


def test_copied_segment_at_cloudfront_runs_out_the_same_day(db, distribution, key, tmp_path):  # noqa: F811
    encoding = EncodingFactory(rungs=[{"name": "720p", "height": 720}])
    path = tmp_path / "index.m3u8"
    path.write_text(INDEX)
    store().put(path, f"{encoding.folder}/720p/index.m3u8", content_type="application/vnd.apple.mpegurl")

    for moment in MOMENTS:
        with clock.at(moment):
            text = selectors.rung_playlist(encoding, "720p")
        urls = [line for line in text.splitlines() if line.startswith("https:")]
        assert len(urls) == 2
        for url in urls:
            _resource, end = policy_of(url, key)
            assert LEAST <= datetime.fromtimestamp(end, UTC) - moment <= MOST


def test_what_is_not_due_is_not_signed_at_cloudfront(db, distribution, key, tmp_path):  # noqa: F811
    encoding = EncodingFactory(rungs=[{"name": "720p", "height": 720}])
    film = VideoFactory(state="ready", encoding=encoding)
    path = tmp_path / "index.m3u8"
    path.write_text(INDEX)
    store().put(path, f"{encoding.folder}/720p/index.m3u8", content_type="application/vnd.apple.mpegurl")
    plan = simulive.sign_plan(film.key, selectors.Plan(NOON))

    with clock.at(NOON + timedelta(seconds=5)):
        found = selectors.simulive_list(selectors.Address(film.key, plan, "720p"))

    lines = found.text.splitlines()
    urls = [line.partition('"')[2].rstrip('"') or line for line in lines if "https:" in line]
    plain = [url.partition("?")[0] for url in urls]
    assert [name.rpartition("/")[2] for name in plain] == ["init.mp4", "0.m4s"]
    assert [policy_of(url, key)[0] for url in urls] == plain
