"""Slides: the pages of a document as pictures, drawn by a worker in a process of its own, and looked at in the page."""

import io
import re
from datetime import timedelta

import pytest
from PIL import Image

from apps.core import clock
from apps.media import registry, selectors, services
from apps.media.adapters import documents
from apps.media.models import Asset, DocumentPages, FileJob, Leftover
from apps.media.services import leases, library
from tests.factories.exhibitors import BoothDocumentFactory, BoothFactory
from tests.factories.media import AssetFactory, PagesFactory
from tests.media.test_library import PDF

pytestmark = pytest.mark.django_db


def slides(count=3, size=(800, 450)):
    pages = [Image.new("RGB", size, colour) for colour in ("red", "green", "blue")]
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=[pages[n % 3] for n in range(1, count)])
    return out.getvalue()


@pytest.fixture
def quick(monkeypatch):
    """Each beat counts, however quick the document."""
    monkeypatch.setattr(leases, "BEAT_SECONDS", 0)


def test_a_documents_pages_are_drawn_and_can_be_fetched(anywhere, event, attendee, enter, get):
    asset = services.ingest_file(event, slides(), title="Eleven towns", wait=True)

    page = enter(attendee).get(selectors.pages_url(asset)).content.decode()
    addresses = re.findall(r'<img src="([^"]+)" width="1600" height="900"', page)

    assert len(addresses) == 3
    for address, colour in zip(addresses, ((254, 0, 0), (0, 128, 0), (0, 0, 254)), strict=True):
        status, body, headers = get(address.replace("&amp;", "&"))
        assert (status, headers["Content-Type"]) == (200, "image/webp")
        drawn = Image.open(io.BytesIO(body))
        assert drawn.size == (1600, 900)
        assert drawn.getpixel((800, 450)) == pytest.approx(colour, abs=6)


def test_a_document_is_there_before_its_pages(disk, event, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        asset = services.ingest_file(event, slides(1), title="Eleven towns")

    assert (asset.state, selectors.pages_url(asset)) == ("ready", "")
    assert sent == [("media.prepare", (asset.file_job.pk,))]


def test_document_that_is_kept_before_its_pages_are_drawn_gets_them_too(disk, event, organiser, sent):
    asset = services.ingest_file(event, slides(1), title="Eleven towns")
    kept = services.keep_on_shelf(asset, by=organiser)

    services.run_file_job(asset.file_job.pk)

    asset.refresh_from_db()
    kept.refresh_from_db()
    assert kept.pages == asset.pages == DocumentPages.objects.get()


def test_pages_are_for_whom_the_document_is(event, attendee, outsider, enter, visitor):
    document = BoothDocumentFactory(
        booth=BoothFactory(event=event, is_published=True), asset=AssetFactory(event=event, pages=PagesFactory())
    )
    address = selectors.pages_url(document.asset)

    assert [client.get(address).status_code for client in (enter(attendee), enter(outsider), visitor)] == [
        200,
        404,
        404,
    ]
    booth = enter(attendee).get(document.booth.get_absolute_url()).content.decode()
    assert address in booth


def test_who_may_not_download_may_look_at_the_pages(event, attendee, enter):
    asset = AssetFactory(event=event, pages=PagesFactory(), may_download="nobody")
    client = enter(attendee)

    assert client.get(f"/e/freshet/media/{asset.key}/file").status_code == 404
    page = client.get(selectors.pages_url(asset)).content.decode()
    assert f"{asset.key}/file" not in page


def test_so_many_pages_are_drawn_and_the_rest_is_told(disk, event, monkeypatch, attendee, enter):
    monkeypatch.setattr(documents, "MOST_PAGES", 2)

    asset = services.ingest_file(event, slides(3), title="Eleven towns", wait=True)

    assert (asset.pages.count, len(asset.pages.sizes)) == (3, 2)
    assert "The first pages are shown here." in enter(attendee).get(selectors.pages_url(asset)).content.decode()


def test_a_document_that_cannot_be_drawn_stays_and_says_why(disk, event, organiser, enter):
    asset = services.ingest_file(event, PDF, title="Levels", wait=True)

    assert (asset.state, asset.file_job.state, asset.file_job.error) == ("ready", "failed", "pdf")
    page = enter(organiser).get(f"/admin/media/asset/{asset.pk}/change/").content.decode()
    assert "The pages of this PDF cannot be read." in page


@pytest.mark.parametrize("limit", ["MEMORY_BYTES", "CPU_SECONDS"])
def test_a_document_that_wants_too_much_is_ended(tmp_path, monkeypatch, limit):
    monkeypatch.setattr(documents, limit, {"MEMORY_BYTES": 96 * 1024 * 1024, "CPU_SECONDS": 0}[limit])
    source = tmp_path / "slides.pdf"
    source.write_bytes(slides(60, (3000, 3000)))

    with pytest.raises(documents.BadDocument) as bad:
        documents.draw(source, tmp_path, lambda _share: None)

    assert bad.value.reason == "pdf-heavy"


def test_a_worker_that_lost_its_lease_lists_nothing(disk, event, sent, quick, monkeypatch):
    asset = services.ingest_file(event, slides(), title="Eleven towns")

    def taken_over(*_arguments):
        FileJob.objects.update(lease="another")
        return documents.Drawn(3, [[1600, 900]] * 3)

    monkeypatch.setattr(documents, "draw", taken_over)

    assert not services.run_file_job(asset.file_job.pk)
    assert not DocumentPages.objects.exists()


def test_a_killed_workers_job_is_taken_up_again(disk, event, sent, django_capture_on_commit_callbacks):
    asset = services.ingest_file(event, slides(), title="Eleven towns")
    FileJob.objects.update(state="running", lease="dead", leased_until=clock.now() - timedelta(seconds=1), attempts=1)

    with django_capture_on_commit_callbacks(execute=True):
        assert services.requeue_file_jobs() == 1
    services.run_file_job(asset.file_job.pk)

    assert len(Asset.objects.get().pages.sizes) == 3


def test_pages_go_with_the_last_document_that_shows_them(disk, event):
    asset = services.ingest_file(event, slides(), title="Eleven towns", wait=True)
    folder = asset.pages.folder

    services.delete_asset(asset)
    services.sweep_leftovers()

    assert not DocumentPages.objects.exists()
    assert not Leftover.objects.exists()
    assert not (disk / folder).exists()


def test_a_large_picture_is_written_anew_by_a_worker(anywhere, event, sent, tmp_path):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at my house"
    Image.new("RGB", (2400, 1600), "#2c7391").save(out, "JPEG", exif=exif)
    path = tmp_path / "picture"
    path.write_bytes(out.getvalue())
    registry.store().put(path, "assets/large/original", content_type="application/octet-stream")

    asset = library.take_in(event, key="large", title="The valley", file_name="valley.jpg", by=None)
    assert (asset.state, selectors.image_url(asset)) == ("processing", "")
    services.run_file_job(asset.file_job.pk)
    asset.refresh_from_db()

    assert (asset.state, asset.width, asset.height) == ("ready", 2400, 1600)
    assert b"my house" not in registry.store().read(asset.original, 0, asset.size)
    assert not Image.open(io.BytesIO(registry.store().read(asset.original, 0, asset.size))).getexif()
