"""How much room the files of an organisation take, over all its events and its shelf: what lies once counts once."""

import pytest

from apps.core.errors import Refused
from apps.media import selectors, services
from apps.media.models import Asset, KeptPicture
from tests.factories.events import EventFactory


@pytest.fixture
def bytes_of(event, organiser):
    """Makes a file of so many bytes."""

    def make(size, original, *, of=event):
        return Asset.objects.create(
            event=of, kind=Asset.Kind.DOCUMENT, title="Levels", size=size, original=f"assets/{original}/original",
            state=Asset.State.READY, uploaded_by=organiser,
        )  # fmt: skip

    return make


@pytest.fixture
def sister(event):
    """Another event of the same organisation."""
    return EventFactory(organisation=event.organisation)


def begin(event, by, size):
    return services.create_upload(event, by=by, file_name="a.mp4", size=size, fingerprint=f"a{size}")


def test_all_events_of_an_organisation_have_their_fill_together(
    disk, settings, event, sister, other_event, organiser, bytes_of
):
    settings.UPLOAD_MOST_BYTES_ORGANISATION = 1000
    bytes_of(5000, "elsewhere", of=other_event)
    bytes_of(600, "one", of=sister)
    upload = begin(event, organiser, 400)
    with pytest.raises(Refused) as refused:
        begin(event, organiser, 1)
    assert (refused.value.code, refused.value.field, refused.value.status) == ("media.organisation_full", "file", 422)
    services.abandon_upload(upload)
    assert begin(event, organiser, 400).size == 400


def test_what_lies_on_the_shelf_alone_counts(disk, settings, event, organiser, bytes_of):
    settings.UPLOAD_MOST_BYTES_ORGANISATION = 1000
    services.keep_on_shelf(bytes_of(600, "one"), by=organiser)
    Asset.every.all().delete()
    with pytest.raises(Refused, match="this organisation"):
        begin(event, organiser, 401)


def test_file_that_several_events_took_counts_once(disk, settings, event, sister, organiser, bytes_of):
    settings.UPLOAD_MOST_BYTES_ORGANISATION = 600
    kept = services.keep_on_shelf(bytes_of(600, "one"), by=organiser)
    assert services.take_from_shelf(sister, kept, by=organiser).size == 600
    assert selectors.bytes_of_organisation(event.organisation_id) == 600


def test_trash_and_kept_pictures_count(disk, event, organiser, bytes_of):
    services.trash_assets(event, [bytes_of(100, "one").key])
    facts = {"title": "Map", "original": "assets/map/picture.webp", "content_type": "image/webp", "size": 10}
    KeptPicture.objects.create(organisation=event.organisation, **facts)
    assert selectors.bytes_of_organisation(event.organisation_id) == 110


def test_organiser_sees_how_much_room_there_is_before_choosing_a_file(
    disk, settings, event, sister, organiser, enter, bytes_of
):
    settings.UPLOAD_MOST_BYTES_EVENT, settings.UPLOAD_MOST_BYTES_ORGANISATION = 10 * 1024**2, 50 * 1024**2
    bytes_of(1024**2, "one")
    bytes_of(2 * 1024**2, "two", of=sister)
    page = enter(organiser).get(f"/admin/media/asset/add/?event={event.pk}").content.decode()
    assert "1.0\xa0MB of 10.0\xa0MB" in page
    assert "3.0\xa0MB of 50.0\xa0MB" in page
