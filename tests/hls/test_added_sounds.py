"""Films with sounds that were recorded apart hold to RFC 8216: whenever one likes, as live, in a loop, and cut."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.core import clock
from apps.media import selectors, services
from tests.hls import validator
from tests.hls.test_outputs import faults
from tests.media.conftest import make, tone

HOUR = datetime(2026, 5, 6, 10, tzinfo=UTC)


@pytest.fixture(scope="session")
def spoken(films):
    return make(films / "heard-apart.mp3", *tone(3))


@pytest.fixture
def film(event, small_film, playable, spoken):
    """Fourteen seconds with a sound of its own, and two that were added."""
    asset = playable(small_film)
    playable(spoken)  # its ladder, which the two below find
    for title, begins, role in (("Booth two", 5.0, "interpreted"), ("Described", -1.0, "description")):
        sound = services.ingest_file(event, spoken, title=title, wait=True)
        row = services.add_sound(asset, sound, language="de", role=role, title=title, begins=begins)
        assert services.run_added_sound(row.pk)
    return asset


def test_film_with_added_sounds(anywhere, film, fetch):
    url = selectors.stream_url(film)

    assert faults(url, fetch) == []
    sounds = [one for one in validator.check_master(fetch(url)).renditions if one["TYPE"] == "AUDIO"]
    assert [(one["NAME"], one.get("LANGUAGE"), one["DEFAULT"], one["URI"]) for one in sounds] == [
        ("Sound", None, "YES", "sound.m3u8"),
        *((row.title, "de", "NO", f"added-{row.pk}.m3u8") for row in film.added_sounds.all()),
    ]
    assert [one.get("CHARACTERISTICS") for one in sounds] == [None, None, "public.accessibility.describes-video"]


@pytest.mark.parametrize("seconds", [9, 3600])
def test_film_with_added_sounds_as_live(disk, film, fetch, seconds):
    with clock.at(HOUR + timedelta(seconds=seconds)):
        assert faults(selectors.simulive_url(film, HOUR), fetch) == []
        looped = selectors.simulive_url(film, HOUR, loop=True, window=timedelta(minutes=1))
        assert faults(looped, fetch) == []


def test_part_of_a_film_with_added_sounds(disk, film, fetch):
    part = services.cut_asset(film, begins=5.5, ends=13, title="Maps")
    [row] = part.added_sounds.all()
    assert services.run_added_sound(row.pk)

    assert f"added-{row.pk}" in fetch(selectors.stream_url(part)).decode()
    assert faults(selectors.stream_url(part), fetch) == []
