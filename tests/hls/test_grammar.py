"""The validator sees each rule of a playlist's text broken, and finds nothing in good ones."""

import pytest

from tests.hls import validator
from tests.hls.broken import LIVE, MASTER, MASTERS, MEDIA, MEDIAS, RELOADS


def rules(faults):
    return {fault.rule for fault in faults}


def test_good_playlists_have_no_fault():
    assert [check.faults for check in (validator.check_media(MEDIA), validator.check_master(MASTER))] == [[], []]


@pytest.mark.parametrize(("rule", "old", "new"), MEDIAS)
def test_broken_media_playlist(rule, old, new):
    assert old in MEDIA

    assert rules(validator.check_media(MEDIA.replace(old, new, 1)).faults) == {rule}


@pytest.mark.parametrize(("rule", "old", "new"), MASTERS)
def test_broken_master_playlist(rule, old, new):
    assert old in MASTER

    assert rules(validator.check_master(MASTER.replace(old, new, 1)).faults) == {rule}


def test_bytes_that_are_no_text():
    assert rules(validator.check_media(MEDIA.encode() + b"#\xff\xfe\n").faults) == {"utf8"}


def test_live_list_goes_on():
    after = LIVE.replace("SEQUENCE:7", "SEQUENCE:8").replace(
        "#EXT-X-PROGRAM-DATE-TIME:2026-05-06T10:00:00.000Z\n#EXTINF:4.000,\n7.m4s\n", ""
    )

    assert validator.check_reload(LIVE, after + "#EXTINF:4.000,\n12.m4s\n") == []


@pytest.mark.parametrize(("rule", "before", "after"), RELOADS)
def test_broken_reload(rule, before, after):
    assert rule in rules(validator.check_reload(before, after))
