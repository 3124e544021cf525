"""Recordings that are cut: which segments, which words, and how long the files of what they are of stay."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from apps.core.errors import Refused
from apps.events.models import Event
from apps.media import selectors, services
from apps.media.models import Asset, Cut, Encoding, StoredFile
from apps.media.registry import store
from apps.media.selectors import hls
from apps.media.services import cutting
from tests.factories.events import EventFactory
from tests.factories.media import VersionFactory, recording
from tests.hls import validator

HOUR = datetime(2026, 5, 6, 10, tzinfo=UTC)


@pytest.fixture
def film(disk, small_film, playable):
    return playable(small_film)


def rung(asset):
    return validator.check_media(selectors.rung_playlist(asset.encoding, asset.encoding.rungs[0]["name"]))


def names(asset):
    return [one.uri.rpartition("/")[2] for one in rung(asset).segments]


def test_cut_holds_the_segments_of_its_range(film, organiser):
    part = services.cut_asset(film, begins=5.5, ends=8, title="Maps", by=organiser)

    assert (part.kind, part.state, part.title, part.uploaded_by) == ("video", "ready", "Maps", organiser)
    assert part.event == film.event
    assert names(part) == ["00001.m4s"]
    assert part.seconds == pytest.approx(4, abs=0.1)
    assert rung(part).start == {"TIME-OFFSET": "1.500", "PRECISE": "YES"}


def test_cut_ends_with_the_segment_of_its_last_second(film):
    assert names(services.cut_asset(film, begins=0, ends=8.1, title="Maps")) == ["00000.m4s", "00001.m4s", "00002.m4s"]


def test_cut_has_its_words_by_its_own_clock(film):
    part = services.cut_asset(film, begins=5.5, ends=8, title="Maps")
    again = services.cut_asset(part, begins=1, ends=3, title="Fewer")

    for asset in (part, again):
        said = selectors.caption_file(asset.encoding, 0).decode()
        assert "X-TIMESTAMP-MAP=MPEGTS:360000,LOCAL:00:00:00.000\n" in said
        assert "00:00:02.000 --> 00:00:05.000\nMaps." in said
        assert "mayors" not in said


def test_same_range_is_stored_once(film):
    first, second = (services.cut_asset(film, begins=1, ends=3, title="Mayors") for _time in range(2))

    assert (first.encoding, Cut.objects.count()) == (second.encoding, 1)


@pytest.mark.parametrize(("begins", "ends"), [(-1, 3), (3, 3), (4, 3), (2, 60)])
def test_range_outside_the_film_is_refused(film, begins, ends):
    with pytest.raises(Refused, match=r"does not hold these seconds"):
        services.cut_asset(film, begins=begins, ends=ends, title="Mayors")


def test_parts_of_an_event_have_an_end(film, monkeypatch):
    monkeypatch.setattr(cutting, "MOST_CUTS", 1)
    part = services.cut_asset(film, begins=1, ends=3, title="Mayors")
    services.trash_assets(film.event, [part.key])

    with pytest.raises(Refused, match=r"media\.too_many_cuts"):
        services.cut_asset(film, begins=4, ends=6, title="Maps")


def test_film_that_does_not_play_is_not_cut(film):
    Asset.objects.update(state=Asset.State.FAILED)
    film.refresh_from_db()

    with pytest.raises(Refused, match=r"does not play yet"):
        services.cut_asset(film, begins=1, ends=3, title="Mayors")


def test_film_stays_for_its_cuts_and_goes_with_the_last(disk, film):
    part = services.cut_asset(film, begins=1, ends=6, title="Mayors")
    again = services.cut_asset(part, begins=1, ends=3, title="Fewer")
    folders = [disk / one.encoding.folder for one in (film, part, again)]

    def left(asset):
        services.delete_asset(asset)
        services.sweep_leftovers()
        return [folder.exists() for folder in folders]

    assert left(film) == [True, True, True]
    assert left(part) == [True, False, True]  # a part of a part is one of the film
    assert left(again) == [False, False, False]
    assert not Encoding.objects.exists()


def test_cut_goes_before_its_film(disk, film):
    part = services.cut_asset(film, begins=1, ends=6, title="Mayors")
    services.delete_asset(part)
    services.sweep_leftovers()

    assert [(disk / one.encoding.folder).exists() for one in (film, part)] == [True, False]


def test_event_goes_with_films_and_cuts(film):
    services.cut_asset(film, begins=1, ends=6, title="Mayors")
    Event.objects.get(pk=film.event_id).delete()

    assert not Encoding.objects.exists()


def test_cut_has_no_file_to_be_had(film, enter, organiser):
    part = services.cut_asset(film, begins=1, ends=6, title="Mayors")

    assert enter(organiser).get(selectors.download_url(part)).status_code == 404


@pytest.fixture
def parts(film):
    return [services.cut_asset(film, begins=at, ends=at + 3, title=f"From {at}") for at in (1, 8)]


def test_each_cut_is_kept_for_all_events_by_itself(parts, event, organiser):
    kept = [services.keep_on_shelf(part, by=organiser) for part in parts]
    other = EventFactory(organisation=event.organisation)
    taken = [services.take_from_shelf(other, one, by=organiser) for one in kept]

    assert [asset.encoding for asset in taken] == [part.encoding for part in parts]
    assert services.keep_on_shelf(parts[1], by=organiser) == kept[1]


def test_cut_that_leaves_the_shelf_takes_no_file_along(disk, parts, film, organiser):
    services.take_off_shelf(services.keep_on_shelf(parts[0], by=organiser))
    services.sweep_leftovers()

    assert all((disk / asset.encoding.folder / "180p").exists() for asset in (film, *parts))


def test_cut_that_was_replaced_takes_no_file_along(disk, parts, film):
    facts = {name: getattr(parts[0], name) for name in StoredFile.FACTS}
    version = VersionFactory(asset=parts[0], kind="video", **facts)
    assert selectors.version_url(version) == ""

    services.delete_asset(parts[0])
    services.sweep_leftovers()

    assert [(disk / asset.encoding.folder).exists() for asset in (film, *parts)] == [True, False, True]


# What a live stream left --------------------------------------------------------------------------------------------
@pytest.fixture
def stream(film, tmp_path):
    """As a stage leaves it: the film's segments under another key, dated, with a break after the second."""
    made = Encoding(rungs=film.encoding.rungs)
    for name in selectors.renditions_of(film.encoding):
        segments = selectors.segments_of(film.encoding, name)
        dated = [
            hls.Segment(one.name, one.seconds, one.init, n == 2, HOUR + timedelta(seconds=n * 4 + (n > 1) * 60))
            for n, one in enumerate(segments)
        ]
        text = hls.write_media(hls.MediaList(dated, 4), lambda at: at.rpartition("/")[2])
        path = tmp_path / "index.m3u8"
        path.write_text(text)
        store().put(path, f"{made.folder}/{name}/index.m3u8", content_type="application/vnd.apple.mpegurl")
    return made


def test_stream_is_kept_once(event, stream, organiser):
    again = Encoding(key=stream.key, rungs=stream.rungs)
    asset = services.keep_stream(event, stream, title="On stage", by=organiser)

    assert services.keep_stream(event, again, title="On stage") == asset
    assert (asset.kind, asset.encoding.recipe, asset.width) == ("video", cutting.LIVE, 320)
    assert asset.seconds == pytest.approx(14, abs=0.1)


def test_recording_is_cut_to_its_session(event, stream):
    asset = services.keep_stream(event, stream, title="On stage")

    part = services.cut_asset_to(
        asset, starts_at=HOUR + timedelta(seconds=5), ends_at=HOUR + timedelta(seconds=70), title="Session"
    )

    assert names(part) == ["00001.m4s", "00002.m4s"]
    assert rung(part).start["TIME-OFFSET"] == "1.000"
    assert [one.is_cut for one in rung(part).segments] == [False, True]


def test_stream_of_which_nothing_is_left(event, disk):
    with pytest.raises(Refused, match=r"Nothing of this stream"):
        services.keep_stream(event, Encoding(rungs=[{"name": "360p", "height": 360, "width": 640}]), title="On stage")


def test_film_without_dates_is_cut_by_its_seconds(film):
    with pytest.raises(Refused, match=r"does not say when"):
        services.cut_asset_to(film, starts_at=HOUR, ends_at=HOUR + timedelta(seconds=4), title="Session")


# The call -----------------------------------------------------------------------------------------------------------
def test_organiser_cuts_by_call(disk, event, organiser, enter):
    asset = recording(event)
    client = enter(organiser)
    address = reverse("api:desk-asset-cuts", args=[event.slug, asset.key])

    answer = client.post(address, {"title": "Maps", "begins": 1, "ends": 3}, content_type="application/json")
    refused = client.post(address, {"title": "Maps", "begins": 1, "ends": 30}, content_type="application/json")

    assert (answer.status_code, answer.json()["title"], answer.json()["seconds"]) == (201, "Maps", 4.0)
    assert (refused.status_code, refused.json()["code"]) == (422, "media.range")


def test_part_of_a_part_is_a_part_of_the_film_and_no_longer_than_the_part(film):
    """However often it is cut, one step leads to the film."""
    part = services.cut_asset(film, begins=4, ends=8, title="Maps")
    again = services.cut_asset(part, begins=0, ends=part.encoding.seconds + 1, title="The same")
    deep = services.cut_asset(again, begins=1, ends=3, title="Fewer")

    assert names(again) == names(part) == ["00001.m4s"]
    assert {cut.source_id for cut in Cut.objects.all()} == {film.encoding_id}
    cut = Cut.objects.get(encoding=deep.encoding)
    assert (cut.begins, cut.ends) == (pytest.approx(5), pytest.approx(7))


def test_what_a_part_does_not_hold_is_not_cut_out_of_it(film):
    part = services.cut_asset(film, begins=4, ends=8, title="Maps")
    with pytest.raises(Refused, match=r"media\.range"):
        services.cut_asset(part, begins=part.encoding.seconds, ends=part.encoding.seconds + 1, title="After it")
