"""Making films playable: leases, retries, the same bytes once, and playlists whose addresses can be fetched."""

import re
from datetime import timedelta
from urllib.parse import urljoin

import pytest

from apps.core import clock
from apps.core.errors import Refused
from apps.media import broadcasts, registry, selectors, services
from apps.media.adapters import encode
from apps.media.adapters.ffmpeg import FfmpegError
from apps.media.models import Asset, Encoding, Leftover, TranscodeJob
from apps.media.services import leases, making
from tests.factories.tracks import SessionFactory


@pytest.fixture
def quick(monkeypatch):
    """Each beat counts, however quick the film."""
    monkeypatch.setattr(leases, "BEAT_SECONDS", 0)


def test_a_film_is_made_playable_and_every_address_can_be_fetched(anywhere, event, attendee, enter, get, clip):
    asset = services.ingest_file(event, clip, title="Eleven towns", kind="video", wait=True)
    assert (asset.state, asset.width, asset.height) == ("ready", 1280, 720)
    assert asset.seconds == pytest.approx(5, abs=0.1)
    SessionFactory(event=event, is_over=True, video=asset)
    client, master_url = enter(attendee), selectors.stream_url(asset)
    answer = client.get(master_url)
    assert answer["Content-Type"] == "application/vnd.apple.mpegurl"
    assert "private" in answer["Cache-Control"]
    master = answer.content.decode()
    assert re.findall(r"RESOLUTION=(\S+?),", master) == ["426x240", "640x360", "854x480", "1280x720"]
    rungs = [line for line in master.splitlines() if line.endswith(".m3u8")]
    assert rungs == ["240p.m3u8", "360p.m3u8", "480p.m3u8", "720p.m3u8", "sound.m3u8"]
    for rung in rungs:
        playlist = client.get(urljoin(master_url, rung)).content.decode()
        files = [line for line in playlist.splitlines() if line and not line.startswith("#")]
        files.append(re.search(r'EXT-X-MAP:URI="([^"]+)"', playlist)[1])
        assert len(files) == 3
        for url in files:
            status, body, _ = get(url)
            assert status == 200
            assert body[4:8] in (b"ftyp", b"styp", b"moof", b"sidx")
    status, body, _ = get(selectors.poster_url(asset))
    assert (status, body[:3]) == (200, b"\xff\xd8\xff")
    [words] = selectors.captions_of(asset)
    assert (words["language"], words["label"]) == ("en", "English")
    assert b"Eleven mayors" in client.get(words["url"]).content


def test_playlists_are_for_those_who_may_watch(
    disk, event, other_event, attendee, outsider, enter, visitor, small_clip
):
    asset = services.ingest_file(event, small_clip, title="Eleven towns", wait=True)
    SessionFactory(event=event, is_over=True, video=asset)
    for path in ("master.m3u8", "180p.m3u8"):
        assert enter(attendee).get(f"/e/freshet/media/{asset.key}/{path}").status_code == 200
        assert enter(outsider).get(f"/e/freshet/media/{asset.key}/{path}").status_code == 404
        assert enter(outsider).get(f"/e/undertow/media/{asset.key}/{path}").status_code == 404
        assert visitor.get(f"/e/freshet/media/{asset.key}/{path}").status_code == 404
    assert enter(attendee).get(f"/e/freshet/media/{asset.key}/1080p.m3u8").status_code == 404


def test_the_original_of_a_film_is_the_organisers(disk, event, organiser, attendee, enter, small_clip):
    asset = services.ingest_file(event, small_clip, title="Eleven towns", wait=True)
    assert enter(attendee).get(selectors.download_url(asset)).status_code == 404
    assert enter(organiser).get(selectors.download_url(asset)).status_code == 302


def test_a_job_is_told_to_workers_after_commit(disk, event, small_clip, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        asset = services.ingest_file(event, small_clip, title="Eleven towns")
    assert sent == [("media.transcode", (asset.job.pk,))]


def test_progress_is_kept_and_told(disk, event, small_clip, told, quick):
    with told.after():
        asset = services.ingest_file(event, small_clip, title="Eleven towns", wait=True)
    assert told.states[-1] == (event.pk, broadcasts.progress_topic(asset.pk))
    assert len(told.states) > 2
    progress = selectors.progress(event.pk, asset.pk)
    assert (progress["state"], progress["percent"], progress["error"]) == ("ready", 100, "")


def test_the_same_bytes_are_encoded_once(anywhere, event, small_clip, monkeypatch):
    first = services.ingest_file(event, small_clip, title="Eleven towns", wait=True)
    monkeypatch.setattr(encode, "make_ladder", None)  # must not be called
    second = services.ingest_file(event, small_clip, title="Eleven towns, again", wait=True)
    assert (second.state, second.encoding_id) == ("ready", first.encoding_id)


def test_a_ladder_stays_until_its_last_asset_goes(disk, event, small_clip):
    first = services.ingest_file(event, small_clip, title="Eleven towns", wait=True)
    second = services.ingest_file(event, small_clip, title="Eleven towns, again", wait=True)
    folder = disk / first.encoding.folder
    services.delete_asset(first)
    services.sweep_leftovers()
    assert folder.exists()
    services.delete_asset(second)
    services.sweep_leftovers()
    assert not folder.exists()
    assert not Encoding.objects.exists()


def test_another_organisations_same_bytes_are_its_own(disk, event, other_event, small_clip):
    ours = services.ingest_file(event, small_clip, title="Eleven towns", wait=True)
    theirs = services.ingest_file(other_event, small_clip, title="Eleven towns", wait=True)
    assert ours.encoding_id != theirs.encoding_id


def test_two_jobs_of_the_same_bytes_do_not_run_at_once(disk, work, event, small_clip, quick):
    one = services.ingest_file(event, small_clip, title="One").job
    two = services.ingest_file(event, small_clip, title="Two").job
    taken = leases.claim_job(one.pk)
    leases.claim_bytes(taken, making.digest_of(small_clip, lambda _done: None))
    assert not services.run_job(two.pk)
    two.refresh_from_db()
    assert (two.state, two.attempts) == ("waiting", 0)
    assert two.not_before > clock.now()


def test_a_job_is_worked_on_by_one_worker(disk, event, small_clip):
    job = services.ingest_file(event, small_clip, title="Eleven towns").job
    assert leases.claim_job(job.pk) is not None
    assert leases.claim_job(job.pk) is None


def test_a_worker_that_lost_its_lease_changes_nothing(disk, work, event, small_clip, monkeypatch, quick):
    asset = services.ingest_file(event, small_clip, title="Eleven towns")
    real = encode.make_ladder

    def stolen(*args, **named):
        TranscodeJob.objects.update(lease="another worker's")
        return real(*args, **named)

    monkeypatch.setattr(encode, "make_ladder", stolen)
    assert not services.run_job(asset.job.pk)
    asset.refresh_from_db()
    assert (asset.state, asset.encoding) == ("processing", None)
    assert not Encoding.objects.exists()


def test_a_film_that_is_cut_off_fails_with_a_sentence_and_can_be_tried_again(disk, event, clip, tmp_path, sent):
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(clip.read_bytes()[:30_000])
    asset = services.ingest_file(event, cut, title="Eleven towns", wait=True)
    assert asset.state == "failed"
    assert "Export it again" in selectors.reason(asset.error)
    assert selectors.progress(event.pk, asset.pk)["state"] == "failed"
    services.retry_transcode(asset)
    asset.refresh_from_db()
    assert (asset.state, asset.job.state, asset.job.attempts) == ("processing", "waiting", 0)
    with pytest.raises(Refused):
        services.retry_transcode(asset)


def test_a_failure_of_the_machine_is_tried_again_and_then_given_up(disk, event, small_clip, monkeypatch):
    asset = services.ingest_file(event, small_clip, title="Eleven towns")

    def full(*_args, **_named):
        raise FfmpegError("disk-full", "No space left on device")

    monkeypatch.setattr(encode, "make_ladder", full)
    for attempt in range(1, TranscodeJob.MOST_ATTEMPTS + 1):
        TranscodeJob.objects.update(not_before=clock.now())
        with pytest.raises(FfmpegError):
            services.run_job(asset.job.pk)
        asset.job.refresh_from_db()
        assert asset.job.attempts == attempt
    assert (asset.job.state, asset.job.detail) == ("failed", "disk-full\nNo space left on device")


def test_a_job_whose_workers_keep_dying_is_given_up(disk, event, small_clip):
    asset = services.ingest_file(event, small_clip, title="Eleven towns")
    TranscodeJob.objects.update(
        state="running", attempts=TranscodeJob.MOST_ATTEMPTS, leased_until=clock.now() - timedelta(seconds=1)
    )
    assert not services.run_job(asset.job.pk)
    asset.refresh_from_db()
    assert (asset.state, asset.error) == ("failed", "stopped")


def test_what_a_killed_worker_stored_is_swept(disk, work, event, small_clip, monkeypatch):
    asset = services.ingest_file(event, small_clip, title="Eleven towns")

    class Killed(BaseException):
        pass

    real = registry.store().put_tree

    def half(self, folder, name, beat):
        real(folder, name, lambda _done: None)
        raise Killed

    monkeypatch.setattr("apps.media.adapters.disk.DiskStore.put_tree", half)
    with pytest.raises(Killed):
        services.run_job(asset.job.pk)
    folder = disk / Leftover.objects.get().folder
    assert folder.exists()
    assert services.sweep_leftovers() == 0  # it may still be at work
    Leftover.objects.update(due_at=clock.now())
    services.sweep_leftovers()
    assert not folder.exists()


def test_a_film_whose_file_is_gone_says_so(disk, event, small_clip):
    asset = services.ingest_file(event, small_clip, title="Eleven towns")
    registry.store().delete_tree(asset.folder)
    services.run_job(asset.job.pk)
    asset.refresh_from_db()
    assert (asset.state, asset.error) == ("failed", "missing")


def test_time_left_is_told_from_the_pace(event, small_clip, disk):
    job = services.ingest_file(event, small_clip, title="Eleven towns").job
    job.state, job.progress, job.started_at = "running", 25, clock.now() - timedelta(seconds=30)
    assert selectors.time_left(job).total_seconds() == pytest.approx(90, abs=1)
    job.progress = 1
    assert selectors.time_left(job) is None


def test_api_lists_the_events_files_with_their_progress(disk, event, organiser, attendee, enter, small_clip):
    asset = services.ingest_file(event, small_clip, title="Eleven towns", wait=True)
    answer = enter(organiser).get("/api/v1/events/freshet/assets/").json()
    assert [(row["key"], row["progress"], row["state"]) for row in answer["results"]] == [(asset.key, 100, "ready")]
    assert enter(organiser).get(f"/api/v1/events/freshet/assets/{asset.key}/").json()["title"] == "Eleven towns"
    assert enter(attendee).get("/api/v1/events/freshet/assets/").status_code == 403


def test_player_of_a_running_session_begins_at_its_second(disk, event, small_clip):
    asset = services.ingest_file(event, small_clip, title="Eleven towns", wait=True)
    asset = Asset.objects.select_related("event", "encoding").get(pk=asset.pk)
    player = selectors.player(asset, live_from=clock.now() - timedelta(minutes=5))
    assert player["now"] - player["live_from"] == pytest.approx(300_000, abs=5000)
    assert selectors.player(asset)["live_from"] is None
    assert selectors.player(None) is None
