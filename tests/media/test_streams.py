"""Live streams by their services: keys, who is on air, what is listed, and what remains."""

import shutil
import subprocess
from datetime import timedelta

import pytest
from django.core.cache import cache

from apps.core import clock
from apps.core.errors import Refused
from apps.media import selectors, services
from apps.media.adapters import ffmpeg, probe
from apps.media.adapters.ingest import ladder
from apps.media.models import Asset, Leftover, Recording, Segment, Stream, StreamKey
from apps.media.registry import Missing, store
from apps.media.services.publishing import STEADY_SECONDS
from tests.factories.media import StreamFactory
from tests.media.conftest import FAST, make, picture, tone

RUNGS = [{"name": "360p", "width": 640, "height": 360, "fps": 25.0, "kbps": 800, "codecs": "avc1.4d401f,mp4a.40.2"}]

pytestmark = pytest.mark.django_db


@pytest.fixture
def stream(event, sent):
    return services.create_stream(event, title="The river, live")


def secret(stream, which="primary"):
    return selectors.secret_of(stream.keys.get(input=which, revoked_at=None))


def on_air(publisher, *, comes=True, steady=0.0):
    return services.renew(publisher, health={"kbps": 900}, comes=comes, steady=steady)


def bring(publisher, count, *, seconds=2.0, begins=None, put=False):
    """A take of so many segments."""
    begins = begins or clock.now()
    take = services.begin_take(publisher, rungs=RUNGS, began_at=begins)
    for n in range(count):
        at = begins + timedelta(seconds=n * seconds)
        assert services.add_segment(publisher, take, file=n, at=at, seconds=seconds, sizes={"360p": 1000})
    return take


# Keys -----------------------------------------------------------------------------------------------------------------
def test_a_stream_has_a_key_for_each_input(stream):
    assert [key.input for key in selectors.keys_in_use(stream)] == ["primary", "backup"]
    assert secret(stream) != secret(stream, "backup")
    assert secret(stream) not in str(StreamKey.objects.values())


def test_only_a_key_lets_in(stream):
    for wrong in ("", "x", secret(stream)[:-1] + "!", stream.key):
        with pytest.raises(Refused, match=r"stream\.key"):
            services.admit(wrong)


def test_one_encoder_publishes_with_a_key(stream):
    services.admit(secret(stream))
    with pytest.raises(Refused, match=r"stream\.busy"):
        services.admit(secret(stream))
    assert services.admit(secret(stream, "backup")).input == "backup"


def test_who_was_killed_is_followed_when_the_lease_is_out(stream):
    first = services.admit(secret(stream))
    with clock.at(clock.now() + timedelta(seconds=6)):
        services.admit(secret(stream))
        with pytest.raises(services.Cut):
            on_air(first)


def test_a_revoked_key_cuts_off_whoever_uses_it(stream):
    publisher, plain = services.admit(secret(stream)), secret(stream)
    assert on_air(publisher)
    services.revoke_key(stream, which="primary")
    with pytest.raises(services.Cut):
        on_air(publisher)
    with pytest.raises(Refused):
        services.admit(plain)
    assert selectors.health(stream.event_id, stream.pk)["on_air"] == ""


def test_a_new_key_takes_the_place_of_the_old_one(stream):
    old = secret(stream)
    services.rotate_key(stream, which="primary")
    assert secret(stream) != old
    assert len(selectors.keys_in_use(stream)) == 2
    with pytest.raises(Refused):
        services.admit(old)


# On air --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def both(stream):
    return services.admit(secret(stream)), services.admit(secret(stream, "backup"))


def test_the_backup_takes_over_when_the_primary_stops(both):
    primary, backup = both
    assert on_air(primary) and not on_air(backup)
    assert not on_air(primary, comes=False)
    assert on_air(backup)


def test_the_backup_takes_over_from_who_was_killed(both):
    primary, backup = both
    assert on_air(primary)
    with clock.at(clock.now() + timedelta(seconds=1)):
        assert not on_air(backup)
    with clock.at(clock.now() + timedelta(seconds=2.5)):
        assert on_air(backup)


def test_the_primary_comes_back_once_it_is_steady(both):
    primary, backup = both
    assert on_air(backup)
    assert not on_air(primary, steady=STEADY_SECONDS - 1)
    assert on_air(primary, steady=STEADY_SECONDS)
    assert not on_air(backup, steady=60)


def test_an_operators_word_moves_it_at_once(stream, both):
    primary, backup = both
    assert on_air(primary)
    stream.choice = "backup"
    services.change_stream(stream, changed={"choice"})
    assert on_air(backup)
    assert not on_air(primary, steady=60)
    # Of the wanted one nothing comes: the other takes over all the same.
    on_air(backup, comes=False)
    assert on_air(primary)


def test_late_segments_of_who_lost_the_air_are_left_out(stream, both):
    primary, backup = both
    on_air(primary)
    late = bring(primary, 1)
    on_air(primary, comes=False)
    on_air(backup)
    bring(backup, 1)
    assert not services.add_segment(primary, late, file=1, at=clock.now(), seconds=2, sizes={})
    assert list(Segment.objects.order_by("number").values_list("stretch", flat=True)) == [0, 1]


def test_who_is_not_on_air_begins_no_take(both):
    on_air(both[0])
    assert services.begin_take(both[1], rungs=RUNGS, began_at=clock.now()) is None


# What viewers are given -----------------------------------------------------------------------------------------------
@pytest.fixture
def playing(stream, disk):
    publisher = services.admit(secret(stream))
    on_air(publisher)
    return publisher


def text(stream, *, shortened=False):
    return selectors.live_rung(stream.key, "360p", shortened=shortened, is_behind=True)


def test_there_is_nothing_before_the_first_segment(stream):
    assert selectors.live_master(stream) is None
    assert selectors.live(stream) == {"url": "", "state": "idle", "started_at": None, "dvr_seconds": 1800}


def test_a_playlist_grows_with_each_segment(stream, playing, django_capture_on_commit_callbacks):
    take = bring(playing, 2)
    before = text(stream)
    assert before.count("#EXTINF:2.000000") == 2 and "#EXT-X-MEDIA-SEQUENCE:0\n" in before
    with django_capture_on_commit_callbacks(execute=True):
        services.add_segment(playing, take, file=2, at=clock.now(), seconds=2.0, sizes={})
    after = text(stream)
    assert after.startswith(before[:-1]) and after.count("#EXTINF") == 3
    stream.refresh_from_db()
    assert stream.state == "live"
    assert "RESOLUTION=640x360" in selectors.live_master(stream)


def test_what_is_older_than_the_window_goes(stream, playing):
    Stream.objects.filter(pk=stream.pk).update(dvr_seconds=60)
    bring(playing, 40)
    assert "#EXT-X-MEDIA-SEQUENCE:10\n" in text(stream)
    assert text(stream).count("#EXTINF") == 30


def test_a_playlist_that_nobody_asked_for_has_no_gap(stream, playing):
    Stream.objects.filter(pk=stream.pk).update(dvr_seconds=60)
    take = bring(playing, 10)
    text(stream)
    cache.delete(f"media.live.mark.{stream.key}")
    later = clock.now() + timedelta(minutes=5)
    for n in range(10, 50):
        at = later + timedelta(seconds=2 * n)
        services.add_segment(playing, take, file=n, at=at, seconds=2.0, sizes={})
    assert "#EXT-X-MEDIA-SEQUENCE:20\n" in text(stream)
    assert "/00019.m4s" not in text(stream)


def test_a_player_may_leave_out_what_it_has(stream, playing):
    bring(playing, 20)
    short = text(stream, shortened=True)
    assert "#EXT-X-SKIP:SKIPPED-SEGMENTS=14\n" in short
    assert text(stream).endswith(short.partition("SKIPPED-SEGMENTS=14\n")[2].partition("\n")[2])


def test_a_break_is_told(stream, playing):
    bring(playing, 2)
    bring(playing, 2)
    assert text(stream).count("#EXT-X-DISCONTINUITY\n") == 1
    assert text(stream).count("#EXT-X-MAP") == 2


def test_another_request_costs_no_query(stream, playing, django_assert_num_queries):
    bring(playing, 5)
    first = text(stream)
    with django_assert_num_queries(0):
        assert text(stream) == first


def test_the_end_is_told(stream, playing, django_capture_on_commit_callbacks):
    bring(playing, 1)
    text(stream)
    with django_capture_on_commit_callbacks(execute=True):
        services.end_stream(stream)
    assert text(stream).endswith("#EXT-X-ENDLIST\n")
    with pytest.raises(services.Cut):
        on_air(playing)
    with pytest.raises(Refused, match=r"stream\.ended"):
        services.admit(secret(stream))


# What remains ---------------------------------------------------------------------------------------------------------
def put_files(stream):
    """What lies in storage for its segments."""
    for take in stream.takes.all():
        folder = f"{stream.folder}/{take.key}/360p"
        names = ["init.mp4", *(segment.name for segment in take.segments.all())]
        for name in names:
            path = store().root / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(f"{take.pk} {name}".encode())


def test_a_stream_that_ends_becomes_a_film(stream, playing, sent, django_capture_on_commit_callbacks):
    bring(playing, 3)
    bring(playing, 2, begins=clock.now() + timedelta(seconds=20))
    put_files(stream)
    with django_capture_on_commit_callbacks(execute=True), clock.at(clock.now() + timedelta(seconds=30)):
        services.end_stream(stream)
        recording = Recording.objects.get()
    assert ("media.record", (recording.pk,)) in sent
    assert services.run_recording(recording.pk)
    asset = Asset.objects.get()
    assert (asset.state, asset.seconds, asset.title) == ("ready", 10.0, stream.title)
    assert asset.encoding.rungs[0]["average"] == 4000
    playlist = selectors.rung_playlist(asset.encoding, "360p")
    assert playlist.count("#EXTINF") == 5 and playlist.count("#EXT-X-MAP") == 2
    assert playlist.count("#EXT-X-DISCONTINUITY\n") == 1 and playlist.endswith("#EXT-X-ENDLIST\n")
    assert store().read(f"{asset.encoding.folder}/360p/000004.m4s", 0, 100).endswith(b"00001.m4s")
    assert not Leftover.objects.exists()
    # Doing it again changes nothing.
    assert not services.run_recording(recording.pk)


def test_a_part_can_be_cut_out(stream, playing):
    begins = clock.now() - timedelta(minutes=5)
    bring(playing, 10, begins=begins)
    put_files(stream)
    cut = services.make_recording(stream, begins=begins + timedelta(seconds=5), ends=begins + timedelta(seconds=11))
    assert services.make_recording(stream, begins=cut.begins, ends=cut.ends) == cut
    assert services.run_recording(cut.pk)
    assert Asset.objects.get().seconds == 8.0  # from within the third segment to within the sixth


def test_recordings_of_a_stream_have_an_end_and_its_own_end_is_not_refused(stream, playing, monkeypatch):
    monkeypatch.setattr("apps.media.services.recordings.MOST_RECORDINGS", 1)
    bring(playing, 2)
    stream.refresh_from_db()
    ends = clock.now()
    first = services.make_recording(stream, begins=ends - timedelta(seconds=9), ends=ends)
    assert services.make_recording(stream, begins=first.begins, ends=first.ends) == first
    with pytest.raises(Refused, match=r"stream\.recordings"):
        services.make_recording(stream, begins=ends - timedelta(seconds=8), ends=ends)
    services.end_stream(stream)
    assert stream.recordings.count() == 2


def test_what_is_cut_waits_until_it_is_all_there(stream, playing):
    bring(playing, 1)
    owed = services.make_recording(stream, begins=clock.now(), ends=clock.now() + timedelta(seconds=1))
    assert not services.run_recording(owed.pk)
    owed.refresh_from_db()
    assert owed.state == "owed"


def test_a_worker_that_was_killed_is_followed(stream, playing):
    begins = clock.now() - timedelta(minutes=5)
    bring(playing, 2, begins=begins)
    put_files(stream)
    owed = services.make_recording(stream, begins=begins, ends=begins + timedelta(seconds=4))
    Recording.objects.filter(pk=owed.pk).update(leased_until=clock.now() + timedelta(minutes=1), attempts=1)
    assert not services.run_recording(owed.pk)
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert services.run_recording(owed.pk)


def test_segments_go_a_day_after_the_end(stream, playing):
    bring(playing, 2)
    stream.refresh_from_db()
    stream.records = False
    stream.save()
    services.end_stream(stream)
    takes = list(stream.takes.select_related("stream"))
    services.look_after_streams()
    assert Segment.objects.exists()
    with clock.at(clock.now() + timedelta(hours=25)):
        services.look_after_streams()
    assert not Segment.objects.exists()
    assert [one.folder for one in Leftover.objects.all()] == [take.folder for take in takes]


def test_what_nobody_ends_is_ended(stream, playing):
    bring(playing, 2)
    with clock.at(clock.now() + timedelta(hours=3)):
        services.look_after_streams()
    stream.refresh_from_db()
    assert stream.state == "ended"
    assert selectors.health(stream.event_id, stream.pk)["inputs"][0]["is_here"] is False
    services.open_stream(stream)
    services.admit(secret(stream))


def test_what_is_on_air_while_no_segment_can_be_stored_is_not_ended(stream, playing):
    """Storage is away for hours; the encoder stays."""
    bring(playing, 2)
    with clock.at(clock.now() + timedelta(hours=3)):
        StreamKey.objects.filter(pk=playing.key_id).update(leased_until=clock.now() + timedelta(seconds=5))
        assert on_air(playing)
        services.look_after_streams()
        assert Stream.objects.get(pk=stream.pk).state == "live"


def test_files_of_a_deleted_stream_are_owed_a_sweep():
    stream = StreamFactory()
    services.delete_stream(stream)
    assert Leftover.objects.get().folder == stream.folder


def test_the_takes_of_a_recording_are_joined_to_one_file(stream, playing, tmp_path):
    for n, seconds in enumerate((4, 2)):
        source = make(tmp_path / f"{n}.flv", *picture("640x360", "10", seconds), *tone(seconds), *FAST)
        made = tmp_path / f"made-{n}"
        made.mkdir()
        command = [ffmpeg.binary(), "-loglevel", "error", *ladder.arguments(RUNGS, has_sound=True)]
        with source.open("rb") as film:
            subprocess.run(command, stdin=film, cwd=made, check=True, timeout=60)
        bring(playing, seconds // 2, begins=clock.now() - timedelta(minutes=2 - n))
        folder = store().root / stream.folder / stream.takes.order_by("-pk")[0].key
        shutil.copytree(made, folder)
    owed = services.make_recording(
        stream, begins=clock.now() - timedelta(minutes=3), ends=clock.now() - timedelta(seconds=30)
    )
    assert services.run_recording(owed.pk)
    asset = Asset.objects.get()
    assert (asset.original, asset.content_type) == (f"assets/{asset.key}/original", "video/mp4")
    assert probe.inspect(store().root / asset.original, demuxer="mov").duration == pytest.approx(6, abs=0.3)
    assert store().size(asset.encoding.poster) > 500
    assert selectors.storyboard_file(asset.encoding).count("storyboard-1.jpg") in (6, 7)  # one a second
    assert not Leftover.objects.exists()


def test_a_file_is_copied_where_it_lies(anywhere, tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"the river")
    store().put(path, "live/a", content_type="video/mp4")
    store().copy("live/a", "encodings/b/c")
    store().delete("live/a")
    assert store().read("encodings/b/c", 0, 20) == b"the river"
    with pytest.raises(Missing):
        store().copy("live/a", "encodings/b/d")
