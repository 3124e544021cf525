"""Every HLS output of the platform holds to RFC 8216: films of several kinds, what plays as live, and recordings."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from apps.core import clock
from apps.media import registry, selectors, services
from apps.media.selectors import hls
from tests.factories.media import PICTURE
from tests.hls import validator
from tests.media.conftest import FAST, make, picture, tone

HOUR = datetime(2026, 5, 6, 10, tzinfo=UTC)
KINDS = {
    "portrait.mp4": (*picture("180x320", "12.5", 6), *tone(6), *FAST),
    "silent.mp4": (*picture("320x180", "30000/1001", 5), *FAST),
    "slow.mp4": (*picture("320x180", "3", 9), *tone(9), *FAST),
    "short.mp4": (*picture("320x180", "25", 1), *tone(1), *FAST),
    "sound-outlasts.mp4": (*picture("320x180", "10", 5), *tone(9), *FAST),
    "talk.mp3": (*tone(9),),
    "two-sounds.mp4": (
        *picture("320x180", "10", 9), *tone(9), *tone(9), "-map", "0:v", "-map", "1:a", "-map", "2:a", *FAST,
        *("-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu"),
    ),
}  # fmt: skip


@pytest.fixture(scope="session")
def kinds(films):
    """A function that makes one of them, once."""

    def made(name):
        path = films / f"kind-{name}"
        return path if path.exists() else make(path, *KINDS[name])

    return made


def faults(url, fetch):
    return [str(fault) for fault in validator.check_stream(url, fetch)]


def test_film_with_rungs_sound_and_words(anywhere, clip, playable, fetch):
    asset = playable(clip)
    url = selectors.stream_url(asset)

    assert faults(url, fetch) == []
    master = validator.check_master(fetch(url))
    pictures = [one for one in master.variants if "RESOLUTION" in one]
    assert len(pictures) == len(asset.encoding.rungs)
    assert [one["URI"] for one in master.variants if "RESOLUTION" not in one] == [
        f"{asset.encoding.sounds[0]['name']}.m3u8"
    ]
    assert [(one["LANGUAGE"], one["NAME"]) for one in master.renditions if one["TYPE"] == "SUBTITLES"] == [
        ("en", "English")
    ]


@pytest.mark.parametrize("name", KINDS)
def test_film_of_each_kind(disk, event, kinds, fetch, name):
    asset = services.ingest_file(event, kinds(name), title="Eleven towns", wait=True)
    assert asset.state == "ready"

    assert faults(selectors.stream_url(asset), fetch) == []


def test_sound_alone_plays_by_itself(disk, small_film, playable, fetch):
    asset = playable(small_film)

    assert faults(selectors.sound_url(asset), fetch) == []
    assert len(validator.check_media(fetch(selectors.sound_url(asset))).segments) == 4


@pytest.mark.parametrize("seconds", [9, 13, 3600])
def test_what_plays_as_live(anywhere, small_film, playable, fetch, seconds):
    asset = playable(small_film)

    with clock.at(HOUR + timedelta(seconds=seconds)):
        assert faults(selectors.simulive_url(asset, HOUR), fetch) == []


@pytest.mark.parametrize("seconds", [15, 33, 90, 3600])
def test_what_plays_as_live_in_a_loop(disk, small_film, playable, fetch, seconds):
    asset = playable(small_film)
    url = selectors.simulive_url(
        asset, HOUR, loop=True, until=HOUR + timedelta(minutes=10), window=timedelta(minutes=1)
    )

    with clock.at(HOUR + timedelta(seconds=seconds)):
        assert faults(url, fetch) == []


def test_loads_of_what_plays_as_live_go_on(disk, small_film, playable, fetch):
    asset = playable(small_film)
    until = HOUR + timedelta(minutes=2)
    url = selectors.simulive_url(asset, HOUR, loop=True, until=until, window=timedelta(minutes=1))
    rung = validator.check_master(fetch(url)).variants[0]["URI"]
    loads = []
    for seconds in range(5, 140, 3):
        with clock.at(HOUR + timedelta(seconds=seconds)):
            loads.append(fetch(rung))

    for before, after in pairwise(loads):
        assert [str(fault) for fault in validator.check_reload(before, after)] == []
    assert validator.check_media(loads[-1]).is_ended


def test_recordings_that_were_cut(anywhere, small_film, playable, fetch):
    film = playable(small_film)
    part = services.cut_asset(film, begins=5.5, ends=13, title="Maps")
    part_of_part = services.cut_asset(part, begins=4, ends=6, title="Fewer maps")

    for asset in (part, part_of_part):
        assert faults(selectors.stream_url(asset), fetch) == []
        with clock.at(HOUR + timedelta(hours=1)):
            assert faults(selectors.simulive_url(asset, HOUR), fetch) == []


SOUND = {"codecs": "mp4a.40.2", "peak": 130_000, "average": 128_000, "channels": 2, "language": "en", "title": ""}
SOUNDS = [
    {**SOUND, "name": "sound", "role": "main", "title": 'The "stage"'},
    {**SOUND, "name": "sound-2", "role": "description", "title": "Described"},
    {**SOUND, "name": "sound-3", "role": "interpreted", "language": "de", "title": "Deutsch"},
    {**SOUND, "name": "sound-4", "role": "interpreted", "language": "de", "title": "Deutsch"},
]


@pytest.mark.parametrize("rungs", [[PICTURE], []])
def test_master_of_several_sounds(rungs):
    found = validator.check_master(hls.write_master(hls.Master(rungs, SOUNDS)))

    assert found.faults == []
    assert [
        (one["NAME"], one["DEFAULT"], one["AUTOSELECT"], one.get("CHARACTERISTICS")) for one in found.renditions
    ] == [
        ("The stage", "YES", "YES", None),
        ("Described", "NO", "YES", "public.accessibility.describes-video"),
        ("Deutsch", "NO", "YES", None),
        ("Deutsch 2", "NO", "NO", None),
    ]
    assert ["URI" in one for one in found.renditions] == [bool(rungs), True, True, True]
    assert [one["BANDWIDTH"] for one in found.variants] == ["930000", "130000"][-len(found.variants) :]


def test_words_that_other_rooms_publish_stand_in_the_master(disk, event, small_clip, playable, fetch, monkeypatch):
    asset = playable(small_clip)
    address = f"/e/{event.slug}/transcripts/7.vtt"
    monkeypatch.setattr(registry, "_subtitles", [lambda of: [("ar", "العربية", address)] if of == asset else []])

    [words] = validator.check_master(fetch(selectors.stream_url(asset))).renditions

    assert (words["TYPE"], words["LANGUAGE"], words["NAME"], words["FORCED"]) == ("SUBTITLES", "ar", "العربية", "NO")
    [segment] = validator.check_media(fetch(words["URI"])).segments
    assert (segment.uri, segment.seconds) == (address, asset.encoding.seconds)
