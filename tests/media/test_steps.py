"""A worker that is killed loses the step that it was at, and nothing of those before; what is stopped ends at once."""

import multiprocessing
import os
import re
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections

from apps.core import clock
from apps.core.errors import Refused
from apps.media import selectors, services
from apps.media.adapters import disk as disk_store
from apps.media.adapters import encode, ladder, sound, workplace
from apps.media.models import Asset, Encoding, Leftover, TranscodeJob

PATIENCE = 180

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asset(disk, work, event, talk, sent):
    return services.ingest_file(event, talk, title="Eleven towns")


@pytest.fixture
def done(monkeypatch):
    """The names of the steps that this process makes from now on."""
    made = []

    def noted(owner, name, step):
        real = getattr(owner, name)

        def call(*args, **named):
            made.append(step)
            return real(*args, **named)

        monkeypatch.setattr(owner, name, call)

    noted(sound, "measure", "measure")
    noted(encode, "make_ladder", "ladder")
    noted(encode, "write_poster", "extras")
    noted(Encoding, "save", "list")
    return made


@pytest.fixture
def in_worker():
    """Runs a function in a process of its own, as a worker's."""
    context, running = multiprocessing.get_context("fork"), []

    def start(call, *args):
        connections.close_all()
        process = context.Process(target=_without_our_connections, args=(call, *args))
        process.start()
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.join()


def _without_our_connections(call, *args):
    connections.close_all()
    call(*args)


def wait_for(fact):
    until = time.monotonic() + PATIENCE
    while not fact():
        assert time.monotonic() < until
        time.sleep(0.02)


def kill(process):
    os.kill(process.pid, signal.SIGKILL)
    process.join()


def let_lease_end():
    TranscodeJob.objects.update(leased_until=clock.now() - timedelta(seconds=1))


def ffmpegs(folder):
    """Programs that work below the folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cwd"):
        try:
            found += [path.parent.name] if path.readlink().is_relative_to(folder) else []
        except OSError:
            continue
    return found


def stop_at_measure(job_id, mark):
    stop_in(sound, "measure", job_id, mark)


def stop_at_ladder(job_id, mark):
    stop_in(encode, "make_ladder", job_id, mark)


def stop_at_extras(job_id, mark):
    stop_in(encode, "write_poster", job_id, mark)


def stop_in(owner, name, job_id, mark):
    """Do the whole step, and be killed before it is said to be done."""
    real = getattr(owner, name)

    def slow(source, path, output, *args, **named):
        real(source, path, output, *args, **named)
        (output / "half.txt").write_text("of a step that nobody finished")
        mark.touch()
        signal.pause()

    setattr(owner, name, slow)
    services.run_job(job_id)


def stop_at_store(job_id, mark):
    """Be killed with half of the files in storage."""
    real = disk_store._move
    moved = []

    def move(*args):
        moved.append(real(*args))
        if len(moved) == 3:
            mark.touch()
            signal.pause()

    disk_store._move = move
    services.run_job(job_id)


@pytest.mark.parametrize(
    ("until", "left"),
    [
        (stop_at_measure, ["measure", "ladder", "extras", "list"]),
        (stop_at_ladder, ["ladder", "extras", "list"]),
        (stop_at_extras, ["extras", "list"]),
        (stop_at_store, ["list"]),
    ],
)
def test_a_killed_workers_steps_are_not_made_again(asset, work, tmp_path, in_worker, sent, done, until, left):
    worker = in_worker(until, asset.job.pk, tmp_path / "mark")
    wait_for((tmp_path / "mark").exists)
    kill(worker)
    asset.refresh_from_db()
    assert (asset.state, asset.job.state) == ("processing", "running")
    assert not Encoding.objects.exists()
    sent.clear()
    assert services.requeue_jobs() == 0  # its lease still holds
    let_lease_end()
    assert services.requeue_jobs() == 1
    assert sent == [("media.transcode", (asset.job.pk,))]

    assert services.run_job(asset.job.pk)

    assert done == left
    asset.refresh_from_db()
    assert (asset.state, asset.job.state, asset.job.attempts, asset.job.step) == ("ready", "done", 2, "store")
    assert_whole(asset.encoding)
    assert not list(work.iterdir())
    assert not Leftover.objects.exists()


def assert_whole(encoding):
    """Everything that the row and its playlists name lies there, and nothing of a half step."""
    folder = Path(disk_store.DiskStore().root) / encoding.folder
    named = {encoding.poster, encoding.storyboard, encoding.waveform}
    for rendition in [*encoding.rungs, *encoding.sounds]:
        index = folder / rendition["name"] / "index.m3u8"
        files = re.findall(r'^[^#\n]+|(?<=URI=")[^"]+', index.read_text(), re.M)
        assert all((index.parent / name).stat().st_size for name in files)
    assert all((folder.parents[1] / name).is_file() for name in named)
    assert not list(folder.rglob("half.txt"))


def work_slowly(job_id):
    """The ladder takes as long as the film."""
    real = ladder.arguments

    def arguments(*args, **named):
        return ["-re", *real(*args, **named)]

    ladder.arguments = arguments
    services.run_job(job_id)


@pytest.fixture
def at_work(asset, work, in_worker):
    """A worker whose ffmpeg has begun to write the ladder."""
    worker = in_worker(work_slowly, asset.job.pk)
    wait_for(lambda: list(work.glob("*/ladder/*/*.mp4")))
    return worker


def test_ffmpeg_ends_with_its_worker_and_half_a_ladder_is_dropped(asset, work, at_work, done):
    assert ffmpegs(work)
    kill(at_work)
    wait_for(lambda: not ffmpegs(work))
    let_lease_end()
    assert services.run_job(asset.job.pk)
    assert done == ["ladder", "extras", "list"]
    asset.refresh_from_db()
    assert asset.seconds == pytest.approx(5, abs=0.1)


def test_what_is_stopped_ends_at_once_and_can_be_tried_again(asset, work, at_work, event, sent):
    services.cancel_transcode(asset)
    begun = time.monotonic()
    wait_for(lambda: not ffmpegs(work))
    assert time.monotonic() - begun < 2  # half a second, and what a busy machine takes
    at_work.join(PATIENCE)
    assert not list(work.iterdir())
    asset.refresh_from_db()
    assert (asset.state, asset.error, asset.job.state) == ("failed", "cancelled", "cancelled")
    assert selectors.reason(asset.error) == "Its preparation was stopped. Try again when you want it."
    assert not Encoding.objects.exists()
    with pytest.raises(Refused) as refused:
        services.cancel_transcode(asset)
    assert refused.value.code == "media.not-open"

    services.retry_transcode(asset)
    assert services.run_job(asset.job.pk)


def test_what_waits_is_stopped_before_it_begins(asset):
    services.cancel_transcode(asset)
    assert services.requeue_jobs() == 0
    assert not services.run_job(asset.job.pk)


def test_a_machine_that_failed_goes_on_where_it_was(asset, monkeypatch, done):
    real = disk_store.DiskStore.put_tree

    def away(*_args):
        raise OSError("storage is away")

    monkeypatch.setattr(disk_store.DiskStore, "put_tree", away)
    with pytest.raises(OSError, match="storage is away"):
        services.run_job(asset.job.pk)
    monkeypatch.setattr(disk_store.DiskStore, "put_tree", real)
    TranscodeJob.objects.update(not_before=clock.now())
    assert services.run_job(asset.job.pk)
    assert done == ["measure", "ladder", "extras", "list"]


def test_what_was_swept_meanwhile_is_made_anew(asset, monkeypatch, done):
    real = disk_store.DiskStore.put_tree

    def half(self, folder, name, beat):
        real(self, folder, name, beat)
        raise OSError("storage is away")

    monkeypatch.setattr(disk_store.DiskStore, "put_tree", half)
    with pytest.raises(OSError, match="storage is away"):
        services.run_job(asset.job.pk)
    monkeypatch.setattr(disk_store.DiskStore, "put_tree", real)
    Leftover.objects.update(due_at=clock.now())
    services.sweep_leftovers()
    TranscodeJob.objects.update(not_before=clock.now())
    with pytest.raises(RuntimeError, match="begins anew"):
        services.run_job(asset.job.pk)
    TranscodeJob.objects.update(not_before=clock.now())
    assert services.run_job(asset.job.pk)
    assert done.count("ladder") == 2
    assert_whole(Asset.objects.get(pk=asset.pk).encoding)


def test_a_folder_is_one_processs_alone(asset, in_worker, done):
    with workplace.hold(asset.key):
        assert not services.run_job(asset.job.pk)
    asset.job.refresh_from_db()
    assert (asset.job.state, asset.job.attempts, done) == ("waiting", 0, [])


def test_what_nobody_came_back_for_is_removed(work):
    for key, age in (("old", workplace.FORGOTTEN_SECONDS + 60), ("new", 60)):
        with workplace.hold(key) as place:
            place.finish("fetch", {})
        os.utime(place.path, (time.time() - age,) * 2)
    workplace.forget_old()
    assert [path.name for path in work.iterdir()] == ["plenary-job-new"]
