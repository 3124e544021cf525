"""The trash: what is thrown away is shown nowhere, comes back as it was, and goes for good after thirty days."""

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.core import clock
from apps.core.errors import Refused
from apps.exhibitors import selectors as exhibitors
from apps.media import registry, selectors, services
from apps.media.models import Asset
from apps.media.services.trash import KEPT_FOR
from tests.factories.exhibitors import BoothDocumentFactory, BoothFactory
from tests.factories.media import AssetFactory, EncodingFactory, VideoFactory
from tests.factories.tracks import SessionFactory, SpeakerFactory
from tests.media.test_library import PDF, jpeg

pytestmark = pytest.mark.django_db


def long_ago(asset):
    Asset.every.filter(pk=asset.pk).update(deleted_at=clock.now() - KEPT_FOR - timedelta(hours=1))


def test_what_showed_a_film_goes_on_without_and_shows_it_again(event):
    encoding = EncodingFactory(organisation=event.organisation)
    film = VideoFactory(event=event, state="ready", encoding=encoding)
    session = SessionFactory(event=event, is_over=True, video=film)
    assert selectors.player(session.video) is not None

    services.trash_assets(event, [film.key])
    session.refresh_from_db()
    assert selectors.player(session.video) is None
    assert not event.assets.exists()

    services.restore_assets(event, [film.key])
    session.refresh_from_db()
    assert selectors.player(session.video) is not None


def test_a_thrown_picture_has_no_address(disk, event):
    picture = services.ingest_file(event, jpeg(), title="The weir")
    speaker = SpeakerFactory(event=event, photo=picture)
    assert selectors.image_url(speaker.photo)

    services.trash_assets(event, [picture.key])
    speaker.refresh_from_db()

    assert selectors.image_url(speaker.photo) == ""


def test_a_thrown_document_is_not_handed_out(event, organiser, attendee, enter):
    document = BoothDocumentFactory(booth=BoothFactory(event=event, is_published=True))
    address = reverse("media:download", args=[event.slug, document.asset.key])
    assert enter(attendee).get(address).status_code == 302

    services.trash_assets(event, [document.asset.key])

    assert {enter(person).get(address).status_code for person in (attendee, organiser)} == {404}
    booth = exhibitors.booth_by_slug(event, document.booth.slug)
    assert exhibitors.documents(booth, frozenset({"attendee"})) == []


def test_another_events_files_are_not_thrown_away(event, other_event):
    theirs = AssetFactory(event=other_event)

    assert services.trash_assets(event, [theirs.key]) == 0
    assert Asset.objects.get() == theirs


def test_the_sweep_deletes_for_good_after_thirty_days(anywhere, event):
    old, young = (services.ingest_file(event, PDF, title=title) for title in ("Old", "Young"))
    services.trash_assets(event, [old.key, young.key])
    assert services.empty_trash() == 0
    long_ago(old)

    assert services.empty_trash() == 1
    services.sweep_leftovers()

    assert [asset.title for asset in selectors.trash(event)] == ["Young"]
    assert registry.store().size(young.original) == len(PDF)
    with pytest.raises(registry.Missing):
        registry.store().size(old.original)


def test_deleted_for_good_is_only_what_lies_in_the_trash(event):
    kept, thrown = AssetFactory(event=event), AssetFactory(event=event)
    services.trash_assets(event, [thrown.key])

    assert services.delete_trashed(event, [kept.key, thrown.key]) == 1
    assert Asset.every.get() == kept


def test_the_trash_counts_and_the_refusal_says_so(disk, settings, event, organiser):
    settings.UPLOAD_MOST_BYTES_EVENT = 1000
    asset = AssetFactory(event=event, size=900)
    services.trash_assets(event, [asset.key])

    with pytest.raises(Refused) as refused:
        services.create_upload(event, by=organiser, file_name="a.pdf", size=200, fingerprint="a")

    assert refused.value.code == "media.event_full"
    assert "lie in the trash" in str(refused.value.message)
    services.delete_trashed(event, [asset.key])
    services.create_upload(event, by=organiser, file_name="a.pdf", size=200, fingerprint="a")


def test_a_thrown_file_goes_with_its_event(disk, event):
    asset = services.ingest_file(event, PDF, title="Levels")
    services.trash_assets(event, [asset.key])

    event.delete()
    services.sweep_leftovers()

    assert not (disk / "assets" / asset.key).exists()
