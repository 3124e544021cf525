"""What earlier recipes made goes on playing: its one sound moves from among the rungs to the sounds."""

from importlib import import_module

import pytest
from django.apps import apps

from apps.media import selectors
from tests.factories.media import EncodingFactory, VideoFactory

PICTURE = {"name": "360p", "width": 640, "height": 360, "fps": 25, "codecs": "avc1.4d401e", "peak": 900, "average": 700}
SOUND = {"name": "sound", "width": 0, "height": 0, "fps": 0, "codecs": "mp4a.40.2", "peak": 130, "average": 128}

migration = import_module("apps.media.migrations.0005_ladder")


@pytest.mark.parametrize("pictures", [[PICTURE], []])
def test_sound_moves_from_among_the_rungs(db, pictures):
    encoding = EncodingFactory(rungs=[*pictures, SOUND])
    migration.tell_sound_from_pictures(apps, None)
    encoding.refresh_from_db()
    assert encoding.rungs == pictures
    assert encoding.sounds == [
        {
            "name": "sound", "language": "", "title": "", "role": "main", "codecs": "mp4a.40.2", "peak": 130,
            "average": 128, "channels": 2,
        }
    ]  # fmt: skip
    assert "sound.m3u8" in selectors.master_playlist(VideoFactory(encoding=encoding), encoding)


def test_the_way_back_gives_the_former_code_what_it_knows(db):
    encoding = EncodingFactory(rungs=[PICTURE, SOUND])
    migration.tell_sound_from_pictures(apps, None)
    migration.put_sound_among_pictures(apps, None)
    encoding.refresh_from_db()
    assert encoding.rungs == [PICTURE, SOUND]


def test_a_film_without_sound_stays_as_it_is(db):
    encoding = EncodingFactory(rungs=[PICTURE])
    migration.tell_sound_from_pictures(apps, None)
    encoding.refresh_from_db()
    assert (encoding.rungs, encoding.sounds) == ([PICTURE], [])
