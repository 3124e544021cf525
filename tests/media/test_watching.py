"""Watch time: beats cost no query, nobody claims more time than passed, and rounds write what was told."""

from datetime import timedelta

import pytest
from django.db import DataError, OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.core import clock
from apps.live import store
from apps.media import selectors, services
from apps.media.adapters import beats
from apps.media.models import Asset, Watched, WatchedMinute
from apps.media.services.watching import Said
from tests.factories.accounts import UserFactory
from tests.factories.media import VideoFactory

HOUR = 3600.0


@pytest.fixture(autouse=True)
def calm():
    """Nothing of other tests waits."""
    for key in store.blocking().scan_iter(store.key("watched:*")):
        store.blocking().delete(key)


@pytest.fixture
def film(event):
    return VideoFactory(event=event, state=Asset.State.READY, seconds=HOUR)


@pytest.fixture
def later():
    """So many seconds pass for who has watched."""

    def pass_by(film, person, seconds):
        key = store.key(f"watched:{film.pk}/{person.pk // beats.TOGETHER}")
        who = str(person.pk % beats.TOGETHER)
        at, rest = store.text(store.blocking().hget(key, who)).split(" ", 1)
        store.blocking().hset(key, who, f"{float(at) - seconds} {rest}")

    return pass_by


def said(film, person, *spans, place=None):
    mark = selectors.watch_mark(film)
    return Said(film.event_id, person.pk, mark, spans, spans[-1][1] if place is None else place)


def row(film, person):
    services.write_watched()
    return Watched.objects.get(asset=film, person=person)


def test_beat_is_written_by_the_next_round(film, attendee):
    assert services.note_beats([said(film, attendee, (100, 120))]) == [None]
    assert not Watched.objects.exists()
    found = row(film, attendee)
    assert (found.seconds, found.furthest, found.place) == (20, 120, 120)
    assert {one.minute: one.seconds for one in WatchedMinute.objects.all()} == {1: 20}
    assert abs(found.updated_at - clock.now()) < timedelta(seconds=30)


def test_no_more_counts_than_the_time_that_has_passed(film, attendee, later):
    """A first beat of an hour, ten more at the same moment, and one after a minute."""
    services.note_beats([said(film, attendee, (0, HOUR))] * 10)
    assert row(film, attendee).seconds <= beats.FIRST_SECONDS + 1
    later(film, attendee, 60)
    services.note_beats([said(film, attendee, (0, HOUR))])
    assert row(film, attendee).seconds == pytest.approx(beats.FIRST_SECONDS + 60, abs=2)
    shown = sum(one.seconds for one in WatchedMinute.objects.all())
    assert shown <= beats.FASTEST * (beats.FIRST_SECONDS + 62)


def test_film_at_double_speed_counts_once_on_the_clock_and_whole_in_the_curve(film, attendee, later):
    services.note_beats([said(film, attendee, (0, 10))])
    later(film, attendee, 30)
    services.note_beats([said(film, attendee, (10, 70))])
    found = row(film, attendee)
    assert (found.seconds, found.furthest) == (pytest.approx(40, abs=1), pytest.approx(70, abs=1))
    assert sum(one.seconds for one in WatchedMinute.objects.all()) == pytest.approx(70, abs=1)


def test_beats_of_many_cost_no_query_and_their_round_one_statement_a_thousand(film, event):
    people = UserFactory.create_batch(150)
    with CaptureQueriesContext(
        connection,
    ) as noted:
        services.note_beats([said(film, person, (60, 80)) for person in people])
    assert len(noted) == 0
    with CaptureQueriesContext(connection) as written:
        assert services.write_watched() == 151
    assert len([one for one in written.captured_queries if "INSERT" in one["sql"]]) == 2
    assert Watched.objects.filter(seconds=20).count() == 150
    assert WatchedMinute.objects.get(minute=1).seconds == 150 * 20
    assert services.write_watched() == 0


def test_rounds_add_up_and_the_last_place_counts(film, attendee, later):
    services.note_beats([said(film, attendee, (100, 120))])
    row(film, attendee)
    later(film, attendee, 60)
    services.note_beats([said(film, attendee, (120, 150), (40, 50), place=50)])
    found = row(film, attendee)
    assert (found.seconds, found.furthest, found.place) == (60, 150, 50)


def test_mark_of_another_event_and_a_forged_one_are_refused(film, other_event, attendee):
    forged = Said(film.event_id, attendee.pk, "1.2.3.4:abc", [(0, 10)], 10)
    elsewhere = Said(other_event.pk, attendee.pk, selectors.watch_mark(film), [(0, 10)], 10)
    unknown = Said(film.event_id, None, selectors.watch_mark(film), [(0, 10)], 10)
    answers = services.note_beats([forged, elsewhere, unknown, said(film, attendee, (0, 10))])
    assert [getattr(answer, "code", None) for answer in answers] == ["media.none"] * 3 + [None]
    services.write_watched()
    assert Watched.objects.count() == 1


def test_mark_runs_out(film, monkeypatch):
    mark = selectors.watch_mark(film)
    assert selectors.marked_film(mark).asset_id == film.pk
    moment = clock.now() + timedelta(hours=25)
    monkeypatch.setattr(clock, "now", lambda: moment)
    assert selectors.marked_film(mark) is None


def test_who_is_gone_meanwhile_costs_the_others_nothing(film, attendee, event):
    gone, person = VideoFactory(event=event, seconds=HOUR), UserFactory()
    services.note_beats([said(gone, attendee, (0, 10)), said(film, person, (0, 10)), said(film, attendee, (0, 10))])
    gone.delete()
    person.delete()
    services.write_watched()
    assert [(one.asset_id, one.person_id) for one in Watched.objects.all()] == [(film.pk, attendee.pk)]


def test_without_redis_nothing_fails(film, attendee, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert services.note_beats([said(film, attendee, (0, 10))]) == [None]
    assert services.write_watched() == 0


def test_report_says_how_many_how_much_and_which_minutes(film, attendee, organiser, enter):
    Watched.objects.create(asset=film, person=attendee, seconds=HOUR * 3)
    Watched.objects.create(asset=film, person=organiser, seconds=HOUR / 2)
    for minute, seconds in ((0, 120), (2, 30)):
        WatchedMinute.objects.create(asset=film, minute=minute, seconds=seconds)
    address = reverse("api:desk-asset-watched", args=[film.event.slug, film.key])
    assert enter(organiser).get(address).json() == {
        "people": 2, "seconds": HOUR * 1.75, "share": 0.75, "minutes": [2.0, 0.0, 0.5]
    }  # fmt: skip
    page = enter(organiser).get(reverse("admin:media_asset_change", args=[film.pk])).content.decode()
    assert "Watched by 2 people, 75 % of it on average." in page
    assert page.count("<rect") >= 3


def test_attendee_reads_no_report(film, attendee, enter):
    address = reverse("api:desk-asset-watched", args=[film.event.slug, film.key])
    assert enter(attendee).get(address).status_code == 403


@pytest.mark.parametrize(("place", "goes_on"), [(5, 0), (754, 754), (HOUR - 5, 0)])
def test_who_stopped_near_an_end_begins_anew(film, attendee, place, goes_on):
    Watched.objects.create(asset=film, person=attendee, place=place)
    assert selectors.place_of(film, attendee).second == goes_on
    assert selectors.place_of(film, None).second == 0


def test_storyboard_has_its_sprites_signed(disk, recorded, attendee, enter):
    encoding = recorded.video.encoding
    folder = disk / encoding.folder
    folder.mkdir(parents=True)
    (folder / "storyboard.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:05.000\nsprite-0.jpg#xywh=0,0,160,90\n")
    encoding.storyboard = f"{encoding.folder}/storyboard.vtt"
    encoding.save()
    address = reverse("media:storyboard", args=[recorded.event.slug, recorded.video.key])
    assert selectors.player(recorded.video)["storyboard"] == address
    line = enter(attendee).get(address).content.decode().splitlines()[3]
    assert line.startswith("/files/")
    assert line.endswith("/sprite-0.jpg#xywh=0,0,160,90")


def test_film_without_a_storyboard_has_no_address_of_one(recorded, attendee, enter):
    assert selectors.player(recorded.video)["storyboard"] == ""
    address = reverse("media:storyboard", args=[recorded.event.slug, recorded.video.key])
    assert enter(attendee).get(address).status_code == 404


def test_what_could_not_be_written_waits_for_the_database(film, attendee, later, monkeypatch):
    """It goes away after what waits was taken; meanwhile the person goes on watching."""
    services.note_beats([said(film, attendee, (100, 120))])

    def go_away(_taken):
        raise OperationalError("the database is away")

    with monkeypatch.context() as away:
        away.setattr("apps.media.services.watching._write", go_away)
        with pytest.raises(OperationalError):
            services.write_watched()
    assert not Watched.objects.exists()
    later(film, attendee, 30)
    services.note_beats([said(film, attendee, (120, 130))])
    found = row(film, attendee)
    assert (found.seconds, found.furthest, found.place) == (30, 130, 130)
    assert {one.minute: one.seconds for one in WatchedMinute.objects.all()} == {1: 20, 2: 10}


def test_what_the_database_does_not_take_is_not_tried_for_ever(film, attendee, monkeypatch):
    services.note_beats([said(film, attendee, (100, 120))])

    def refuse(_taken):
        raise DataError("out of range")

    with monkeypatch.context() as refused:
        refused.setattr("apps.media.services.watching._write", refuse)
        assert services.write_watched() == 2
    assert services.write_watched() == 0
