"""Files changed, deleted and prepared again by call, for those who run the event."""

import pytest

from apps.media.models import Asset, TranscodeJob
from tests.factories.media import AssetFactory, TranscodeJobFactory, VideoFactory

ASSETS = "/api/v1/events/freshet/desk/assets/"


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


def test_file_gets_another_name(client, event):
    asset = AssetFactory(event=event, title="Levels", is_public=True)
    told = client.patch(f"{ASSETS}{asset.key}/", {"title": "Gauges"}, content_type="application/json").json()
    assert (told["title"], told["is_public"], told["key"]) == ("Gauges", True, asset.key)


def test_nothing_but_name_and_publicity_is_changed(client, event):
    asset = AssetFactory(event=event, original="events/1/levels.pdf")
    said = {"title": "Gauges", "original": "events/2/secret.pdf", "state": "failed", "event": 99}
    client.patch(f"{ASSETS}{asset.key}/", said, content_type="application/json")
    asset.refresh_from_db()
    assert (asset.original, asset.state, asset.event_id) == ("events/1/levels.pdf", "ready", event.pk)


def test_file_is_deleted(client, event):
    asset = AssetFactory(event=event)
    assert client.delete(f"{ASSETS}{asset.key}/").status_code == 204
    assert not Asset.objects.exists()


def test_what_failed_is_prepared_again_once(client, event):
    asset = VideoFactory(event=event, state="failed")
    TranscodeJobFactory(asset=asset, state="failed")
    first, second = (client.post(f"{ASSETS}{asset.key}/again/") for _time in range(2))
    assert (first.status_code, first.json()["state"]) == (200, "processing")
    assert (second.status_code, second.json()["code"]) == (409, "media.not-failed")
    assert TranscodeJob.objects.get().state == "waiting"


def test_what_is_prepared_is_stopped_once(client, event):
    job = TranscodeJobFactory(asset__event=event)
    first, second = (client.post(f"{ASSETS}{job.asset.key}/stop/") for _time in range(2))
    assert (first.status_code, first.json()["state"]) == (200, "failed")
    assert first.json()["reason"] == "Its preparation was stopped. Try again when you want it."
    assert (second.status_code, second.json()["code"]) == (409, "media.not-open")
    assert TranscodeJob.objects.get().state == "cancelled"


def test_file_of_another_event_is_not_there(client, event, other_event):
    asset = AssetFactory(event=other_event)
    for method, path in (("patch", ""), ("delete", ""), ("post", "again/"), ("post", "stop/")):
        assert getattr(client, method)(f"{ASSETS}{asset.key}/{path}").status_code == 404
    assert Asset.objects.exists()


def test_moderator_reads_files_and_keeps_none(moderator, event, enter):
    asset, client = AssetFactory(event=event), enter(moderator)
    assert client.get(f"/api/v1/events/freshet/assets/{asset.key}/").status_code == 200
    assert client.delete(f"{ASSETS}{asset.key}/").status_code == 403
