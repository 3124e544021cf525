"""Other bytes for a file that is there: its address stays, the earlier ones are kept, and a film plays on meanwhile."""

import pytest
from django.urls import reverse

from apps.core.errors import Refused
from apps.core.ids import new_token
from apps.media import registry, selectors, services
from apps.media.models import Asset, AssetVersion, Encoding, TranscodeJob
from apps.media.services import library
from tests.factories.media import AssetFactory
from tests.factories.tracks import SessionFactory
from tests.media.conftest import FAST, make, picture
from tests.media.test_library import PDF, jpeg

pytestmark = pytest.mark.django_db
NEWER = PDF.replace(b"levels", b"gauges")


@pytest.fixture
def replace(tmp_path):
    def take_in(asset, data, by, *, name="newer.pdf"):
        """As an upload does once all of it lies in storage."""
        key, path = new_token(), tmp_path / "newer"
        path.write_bytes(data)
        registry.store().put(path, f"assets/{key}/original", content_type="application/octet-stream")
        library.take_in(asset.event, key=key, title="New", file_name=name, by=by, replaces=asset)
        asset.refresh_from_db()

    return take_in


def test_a_document_keeps_its_address_and_its_earlier_bytes(disk, event, organiser, attendee, enter, get, replace):
    asset = services.ingest_file(event, PDF, title="Agreement", by=organiser)
    address = reverse("media:download", args=[event.slug, asset.key])

    replace(asset, NEWER, organiser)

    assert (asset.title, asset.file_name, asset.state) == ("Agreement", "newer.pdf", "ready")
    assert get(enter(attendee).get(address)["Location"])[1] == NEWER
    [earlier] = selectors.versions(asset)
    assert (earlier["brought_by"], earlier["replaced_by"]) == (str(organiser), str(organiser))
    assert get(earlier["url"])[1] == PDF
    assert event.assets.count() == 1


def test_an_earlier_version_comes_back_and_the_later_one_is_kept(disk, event, organiser, replace):
    asset = services.ingest_file(event, PDF, title="Agreement", by=organiser)
    replace(asset, NEWER, organiser)

    services.restore_version(asset.versions.get(), by=organiser)
    services.sweep_leftovers()
    asset.refresh_from_db()

    store = registry.store()
    assert store.read(asset.original, 0, 100) == PDF
    assert store.read(asset.versions.get().original, 0, 100) == NEWER


def test_ten_earlier_versions_are_kept(disk, event, organiser, replace):
    asset = services.ingest_file(event, jpeg((8, 8)), title="Sign", by=organiser)
    first = asset.original
    for _number in range(11):
        replace(asset, jpeg((8, 8)), organiser, name="sign.jpg")
    services.sweep_leftovers()

    assert asset.versions.count() == 10
    with pytest.raises(registry.Missing):
        registry.store().size(first)
    assert all(registry.store().size(version.original) for version in asset.versions.all())


def test_a_film_takes_no_pictures_place(disk, event, organiser, replace):
    asset = services.ingest_file(event, jpeg(), title="Sign")

    with pytest.raises(Refused) as refused:
        replace(asset, PDF, organiser)

    assert refused.value.code == "media.other_kind"
    assert Asset.every.get() == asset


def test_the_old_ladder_plays_until_the_new_one_is_ready(
    disk, event, organiser, films, small_clip, playable, sent, replace
):
    asset = playable(small_clip)
    SessionFactory(event=event, is_over=True, video=asset)
    before = asset.encoding
    newer = make(films / "newer.mp4", *picture("426x240", "10", 2), *FAST)

    replace(asset, newer.read_bytes(), organiser)
    assert (asset.encoding, asset.state) == (before, "ready")
    assert selectors.row(selectors.replacement(asset))["words"] == "Waiting for its turn"

    services.run_job(TranscodeJob.objects.exclude(asset=asset).get().pk)
    asset.refresh_from_db()

    assert asset.encoding != before
    assert asset.seconds == pytest.approx(2, abs=0.2)
    assert selectors.replacement(asset) is None
    assert asset.versions.get().encoding == before


def test_a_new_film_that_fails_leaves_the_old_one(disk, event, organiser, small_clip, playable, sent, replace):
    asset = playable(small_clip)
    broken = small_clip.read_bytes()[:400] + bytes(2000)

    replace(asset, broken, organiser)
    services.run_job(TranscodeJob.objects.exclude(asset=asset).get().pk)
    asset.refresh_from_db()

    assert (asset.state, asset.versions.count()) == ("ready", 0)
    assert selectors.replacement(asset).state == "failed"
    services.discard_replacement(asset)
    assert selectors.replacement(asset) is None
    assert Asset.every.get() == asset


def test_files_of_earlier_versions_go_with_the_asset(disk, event, organiser, small_clip, playable, films, replace):
    asset = playable(small_clip)
    newer = make(films / "newest.mp4", *picture("426x240", "10", 1), *FAST)
    replace(asset, newer.read_bytes(), organiser)
    services.run_job(TranscodeJob.objects.exclude(asset=asset).get().pk)
    assert Encoding.objects.count() == 2

    services.delete_asset(asset)
    services.sweep_leftovers()

    assert (AssetVersion.objects.count(), Encoding.objects.count()) == (0, 0)
    assert [path for path in disk.rglob("*") if path.is_file()] == []


def test_earlier_versions_count(disk, settings, event, organiser, replace):
    asset = services.ingest_file(event, PDF, title="Agreement")
    replace(asset, NEWER, organiser)
    settings.UPLOAD_MOST_BYTES_EVENT = 3 * len(PDF) - 1

    with pytest.raises(Refused) as refused:
        services.create_upload(event, by=organiser, file_name="a.pdf", size=len(PDF), fingerprint="a")

    assert refused.value.code == "media.event_full"


def test_only_organisers_replace(disk, event, speaker, organiser, enter):
    asset = AssetFactory(event=event, uploaded_by=speaker)
    body = {"file_name": "a.pdf", "size": 10, "fingerprint": "a", "replaces": asset.key}

    answers = [
        enter(person).post("/api/v1/events/freshet/uploads/", body, content_type="application/json").status_code
        for person in (speaker, organiser)
    ]

    assert answers == [403, 201]
