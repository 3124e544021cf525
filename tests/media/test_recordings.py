"""Recordings of live streams when something goes wrong: storage away, workers killed, too many asked for."""

import contextlib
import errno
from datetime import timedelta

import pytest

from apps.core import clock
from apps.core.errors import Refused
from apps.media import services
from apps.media.models import Asset, Leftover, Recording, Segment, Stream
from apps.media.registry import store
from apps.media.services import recordings
from tests.factories.media import RecordingFactory
from tests.media.test_streams import bring, on_air, put_files, secret

pytestmark = pytest.mark.django_db


@pytest.fixture
def stream(event, disk, sent):
    """Ten seconds came in, five minutes ago."""
    made = services.create_stream(event, title="The river, live")
    publisher = services.admit(secret(made))
    on_air(publisher)
    bring(publisher, 5, begins=clock.now() - timedelta(minutes=5))
    put_files(made)
    made.refresh_from_db()
    return made


@pytest.fixture
def owed(stream):
    return services.make_recording(stream, begins=clock.now() - timedelta(minutes=6), ends=clock.now())


@pytest.fixture
def away(monkeypatch):
    """Storage, from which nothing is to be had."""

    def fail(_self, _name, _to):
        raise OSError("storage is away")

    monkeypatch.setattr(type(store()), "copy", fail)
    return monkeypatch


def attempt(recording):
    """What beat and a worker do of it now; whether anybody took it up."""
    services.requeue_recordings()
    before = Recording.objects.get(pk=recording.pk).attempts
    with contextlib.suppress(OSError):
        services.run_recording(recording.pk)
    return Recording.objects.get(pk=recording.pk).attempts > before


def test_storage_may_be_away_for_hours(owed, away):
    start = clock.now() + timedelta(seconds=20)
    with clock.at(start):
        assert attempt(owed)
        assert not attempt(owed)
    for hours in (1, 2, 4, 7):
        with clock.at(start + timedelta(hours=hours)):
            assert attempt(owed)
    away.undo()
    with clock.at(start + timedelta(hours=10)):
        assert services.run_recording(owed.pk)


def test_storage_that_stays_away_is_given_up_and_the_segments_wait_to_be_asked_for(stream, owed, away, sent):
    services.end_stream(stream)
    Recording.objects.exclude(pk=owed.pk).delete()
    Recording.objects.filter(pk=owed.pk).update(attempts=Recording.MOST_ATTEMPTS - 1)
    later = clock.now() + timedelta(hours=30)
    with clock.at(later):
        assert attempt(owed)
        assert not attempt(owed)
        owed.refresh_from_db()
        assert owed.state == "failed"
        services.look_after_streams()
        assert Segment.objects.exists()

        away.undo()
        again = services.make_recording(stream, begins=owed.begins, ends=owed.ends)

        assert (again, again.state, again.attempts) == (owed, "owed", 0)
        assert services.run_recording(owed.pk)
    with clock.at(clock.now() + timedelta(days=8)):
        services.look_after_streams()
        assert not Segment.objects.exists()


def test_recording_that_kills_its_worker_is_given_up(owed):
    gone = clock.now() - timedelta(minutes=1)
    Recording.objects.filter(pk=owed.pk).update(attempts=Recording.MOST_ATTEMPTS, leased_until=gone)
    with clock.at(clock.now() + timedelta(seconds=20)):
        assert not services.run_recording(owed.pk)
    owed.refresh_from_db()
    assert (owed.state, owed.asset) == ("failed", None)


@pytest.fixture
def full(stream, monkeypatch):
    """A stream of which as many recordings were asked for as can be."""
    monkeypatch.setattr(recordings, "MOST_RECORDINGS", 2)
    return [RecordingFactory(stream=stream), RecordingFactory(stream=stream)]


def test_only_so_many_parts_are_asked_for(stream, full):
    with pytest.raises(Refused, match=r"stream\.recordings"):
        services.make_recording(stream, begins=stream.started_at, ends=clock.now())
    known = full[0]
    assert services.make_recording(stream, begins=known.begins, ends=known.ends) == known


def test_stream_with_many_recordings_ends_and_is_recorded(stream, full):
    services.end_stream(stream)

    assert stream.recordings.count() == 3


def test_stream_that_cannot_be_ended_holds_up_no_other(stream, event, monkeypatch):
    other = services.create_stream(event, title="The weir, live")
    Stream.objects.filter(pk=other.pk).update(state="live", last_segment_at=clock.now() - timedelta(days=1))
    whole = recordings.owe_recording

    def fails_of_one(given, **times):
        if given == stream:
            raise RuntimeError("it cannot be recorded")
        return whole(given, **times)

    monkeypatch.setattr(recordings, "owe_recording", fails_of_one)
    with clock.at(clock.now() + timedelta(hours=3)):
        services.look_after_streams()

    assert dict(Stream.objects.values_list("title", "state")) == {"The river, live": "live", "The weir, live": "ended"}


def test_stream_that_was_opened_and_got_no_picture_is_not_recorded_twice(stream):
    services.end_stream(stream)
    services.open_stream(stream)
    services.end_stream(stream)

    assert Recording.objects.count() == 1


def test_what_comes_after_the_segments_went_is_not_swept_with_them(stream, disk):
    stream.records = False
    stream.save()
    services.end_stream(stream)
    with clock.at(clock.now() + timedelta(hours=25)):
        services.look_after_streams()
        services.open_stream(stream)
        publisher = services.admit(secret(stream))
        on_air(publisher)
        take = bring(publisher, 1)
        put_files(stream)

        services.sweep_leftovers()

    assert [path.name for path in (disk / stream.folder).iterdir()] == [take.folder.rpartition("/")[2]]
    assert not Leftover.objects.exists()
    assert not Asset.objects.exists()


def test_recording_that_is_too_large_for_this_machines_disk_plays_all_the_same(owed, monkeypatch):
    """It is tried again before, in case there is room soon."""

    def full(*_given):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(recordings, "_fetch_takes", full)
    for hours in range(1, recordings.DISK_ATTEMPTS + 1):
        with clock.at(clock.now() + timedelta(hours=hours)):
            attempt(owed)
    owed.refresh_from_db()
    assert (owed.state, owed.asset.state, owed.asset.has_file) == ("done", "ready", False)
