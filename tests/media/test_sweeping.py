"""What is left in storage is swept, whatever of it cannot be; and a round goes on past a step that fails."""

from datetime import timedelta

import pytest

from apps.core import clock
from apps.media import registry, services, tasks
from apps.media.models import Leftover
from apps.media.registry import store
from tests.factories.media import AssetFactory, VersionFactory

pytestmark = pytest.mark.django_db


def owed(*folders):
    return Leftover.objects.bulk_create([Leftover(folder=folder) for folder in folders])


def put(tmp_path, name):
    path = tmp_path / "file"
    path.write_bytes(b"levels")
    store().put(path, name, content_type="application/pdf")


def test_all_of_storage_is_no_folder_that_can_be_swept(anywhere, tmp_path):
    put(tmp_path, "assets/one/original")
    owed("")

    services.sweep_leftovers()

    with pytest.raises(registry.Missing):
        store().delete_tree("")
    assert store().size("assets/one/original") == 6
    assert not Leftover.objects.exists()


def test_row_without_a_file_owes_nothing():
    VersionFactory(asset=AssetFactory(), original="").delete()
    VersionFactory(asset=AssetFactory(), original="encodings/one/360p/index.m3u8").delete()

    assert not Leftover.objects.exists()


def test_folder_that_cannot_be_swept_holds_up_no_other(disk, tmp_path, monkeypatch):
    put(tmp_path, "assets/two/original")
    owed("assets/one", "assets/two")
    store_of_it, whole = type(store()), type(store()).delete_tree

    def fails_once(self, folder):
        if folder == "assets/one":
            raise PermissionError(folder)
        whole(self, folder)

    monkeypatch.setattr(store_of_it, "delete_tree", fails_once)
    assert services.sweep_leftovers() == 1
    assert not (disk / "assets/two").exists()
    assert services.sweep_leftovers() == 0

    monkeypatch.undo()
    with clock.at(clock.now() + timedelta(hours=2)):
        assert services.sweep_leftovers() == 1


@pytest.mark.parametrize(
    ("round_of", "first", "last"),
    [
        (tasks.round_of_media, "look_after_streams", "requeue_recordings"),
        (tasks.write_watched, "write_watched", "requeue_file_jobs"),
        (tasks.sweep, "empty_trash", "sweep_word_jobs"),
    ],
)
def test_step_of_a_round_that_fails_holds_up_no_other(round_of, first, last, monkeypatch):
    done = []

    def fail():
        raise RuntimeError(first)

    monkeypatch.setattr(services, first, fail)
    monkeypatch.setattr(services, last, lambda: done.append(last))

    with pytest.raises(ExceptionGroup) as caught:
        round_of()

    assert (done, [str(one) for one in caught.value.exceptions]) == ([last], [first])
