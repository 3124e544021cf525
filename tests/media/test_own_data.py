"""What media tells people of themselves, and what becomes of it when they close their account."""

import pytest

from apps.accounts import services as accounts
from apps.core import clock
from apps.media import services
from apps.media.models import Asset, Leftover, Watched
from apps.media.selectors import told
from apps.media.services import replacing
from tests.factories.accounts import UserFactory
from tests.factories.events import EventRoleFactory
from tests.factories.media import AssetFactory, UploadFactory, VersionFactory, WatchedFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def speaker(event):
    return EventRoleFactory(event=event, role="speaker", user__name="Oduya Barasa").user


def test_files_that_somebody_brought_are_told_wherever_they_are_now(event, speaker, organiser):
    now = clock.now()
    AssetFactory(event=event, title="Slides", file_name="slides.pdf", uploaded_by=speaker)
    AssetFactory(event=event, title="Thrown away", uploaded_by=speaker, deleted_at=now)
    AssetFactory(event=event, title="Another's, renewed", uploaded_by=organiser, brought_by=speaker, brought_at=now)
    AssetFactory(event=event, title="Not theirs", uploaded_by=organiser)

    found = list(told.files_of(speaker))

    assert [row["title"] for row in found] == ["Another's, renewed", "Thrown away", "Slides"]
    assert [row["thrown_away"] for row in found] == [None, now, None]
    assert (found[-1]["event"], found[-1]["name"], found[-1]["bytes"]) == (event.slug, "slides.pdf", 1000)


def test_what_a_file_was_before_is_told_to_who_brought_that(event, speaker, organiser):
    asset = AssetFactory(event=event, title="Slides", uploaded_by=speaker)
    VersionFactory(asset=asset, file_name="first.pdf", brought_by=speaker, replaced_by=organiser)
    VersionFactory(asset=asset, file_name="second.pdf", brought_by=organiser, replaced_by=speaker)
    assert [row["name"] for row in told.earlier_files_of(speaker)] == ["first.pdf"]


def test_files_stay_without_a_name_and_what_was_watched_goes(event, speaker):
    asset = AssetFactory(event=event, uploaded_by=speaker)
    VersionFactory(asset=asset, brought_by=speaker)
    WatchedFactory(person=speaker)

    accounts.delete_account(speaker)

    asset.refresh_from_db()
    assert (asset.uploaded_by, asset.versions.get().brought_by) == (None, None)
    assert not Watched.objects.exists()


def test_what_was_on_its_way_is_swept(event, speaker, settings, tmp_path):
    settings.AWS_STORAGE_BUCKET_NAME, settings.MEDIA_ROOT = "", tmp_path
    open_one = UploadFactory(event=event, by=speaker)
    UploadFactory(event=event, by=speaker, state="done")
    part = tmp_path / f"assets/{open_one.key}/original.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half of it")

    accounts.delete_account(speaker)

    assert list(Leftover.objects.values_list("folder", flat=True)) == [f"assets/{open_one.key}"]
    services.sweep_leftovers()
    assert not part.exists()


def test_version_of_somebody_who_left_is_not_said_to_be_of_who_was_before_them(event, organiser):
    asset = AssetFactory(event=event, uploaded_by=organiser, brought_by=None, brought_at=clock.now())
    new = AssetFactory(event=event, replaces=asset, uploaded_by=UserFactory())

    replacing.settle(new.pk)

    assert Asset.objects.get(pk=asset.pk).versions.get().brought_by is None
