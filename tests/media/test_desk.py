"""Files at the organisers' desk: what is listed, who may, and trying again."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.media import services
from apps.media.models import Asset
from tests.factories.media import AssetFactory, TranscodeJobFactory, VideoFactory
from tests.factories.tracks import SessionFactory

LIST = "/admin/media/asset/"


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


def test_list_shows_the_organisations_files_with_their_progress(disk, event, other_event, client):
    job = TranscodeJobFactory(asset__event=event, state="running", progress=40)
    AssetFactory(event=other_event, title="Not ours")
    page = client.get(LIST).content.decode()
    assert job.asset.title in page
    assert 'value="40"' in page
    assert "Not ours" not in page


def test_list_needs_the_same_queries_for_one_and_three(disk, event, client):
    counts = []
    for more in (1, 2):
        for _ in range(more):
            TranscodeJobFactory(asset__event=event)
        client.get(LIST)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_another_organisations_file_is_not_found(disk, other_event, client):
    asset = VideoFactory(event=other_event, state=Asset.State.FAILED)
    assert client.get(f"{LIST}{asset.pk}/change/").status_code in (302, 404)
    assert client.post(f"{LIST}{asset.pk}/retry/").status_code == 404


def test_upload_page_is_for_the_organisers_events(disk, event, other_event, client):
    page = client.get(f"{LIST}add/").content.decode()
    assert "/api/v1/events/freshet/uploads/" in page
    assert "undertow" not in client.get(f"{LIST}add/?event={other_event.pk}").content.decode()


def test_a_failed_film_says_why_and_is_tried_again(disk, event, client, sent, django_capture_on_commit_callbacks):
    job = TranscodeJobFactory(
        asset__event=event, asset__state="failed", asset__error="cut-off", state="failed", attempts=4
    )
    page = client.get(f"{LIST}{job.asset.pk}/change/").content.decode()
    assert "The film stops before its end" in page
    assert "Try again" in page
    assert client.get(f"{LIST}{job.asset.pk}/retry/").status_code == 405
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{LIST}{job.asset.pk}/retry/")
    assert sent == [("media.transcode", (job.pk,))]


def test_a_film_in_preparation_is_stopped_from_its_page(disk, event, other_event, client):
    job = TranscodeJobFactory(asset__event=event, state="running", progress=40, lease="somebody's")
    page = client.get(f"{LIST}{job.asset.pk}/change/").content.decode()
    assert f"{LIST}{job.asset.pk}/cancel/" in page
    assert f"{LIST}{job.asset.pk}/retry/" not in page
    assert client.get(f"{LIST}{job.asset.pk}/cancel/").status_code == 405
    client.post(f"{LIST}{job.asset.pk}/cancel/")
    job.refresh_from_db()
    assert (job.state, job.lease) == ("cancelled", "")
    assert "Its preparation was stopped" in client.get(f"{LIST}{job.asset.pk}/change/").content.decode()
    theirs = TranscodeJobFactory(asset__event=other_event)
    assert client.post(f"{LIST}{theirs.asset.pk}/cancel/").status_code == 404


def test_a_file_tells_where_it_is_shown(disk, event, client):
    asset = services.ingest_file(event, b"%PDF-1.7\nlevels\n%%EOF\n", title="Levels")
    assert "Nowhere yet" in client.get(f"{LIST}{asset.pk}/change/").content.decode()
    Asset.objects.filter(pk=asset.pk).update(kind="video")
    SessionFactory(event=event, title="Eleven towns", video=asset)
    assert "Session: Eleven towns" in client.get(f"{LIST}{asset.pk}/change/").content.decode()
