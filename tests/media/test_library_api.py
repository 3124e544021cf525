"""The library over REST: folders, tags and search, the trash, versions, and the organisation's shelf."""

import pytest

from apps.core import clock
from apps.media.models import Asset
from tests.factories.media import AssetFactory, FolderFactory, ShelfFileFactory, VersionFactory
from tests.factories.tracks import SessionFactory

pytestmark = pytest.mark.django_db
HERE = "/api/v1/events/freshet/"
DESK = f"{HERE}desk/"
JSON = {"content_type": "application/json"}


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


def titles(answer):
    return {row["title"] for row in answer.json()["results"]}


def test_folders_are_made_moved_named_and_deleted(event, client):
    top = client.post(f"{DESK}folders/", {"name": "Slides"}, **JSON).json()
    inner = client.post(f"{DESK}folders/", {"name": "Day one", "parent": top["id"]}, **JSON).json()
    assert inner == {"id": inner["id"], "name": "Day one", "parent": top["id"]}

    told = client.patch(f"{DESK}folders/{inner['id']}/", {"name": "Day 1"}, **JSON).json()
    assert (told["name"], told["parent"]) == ("Day 1", top["id"])
    told = client.patch(f"{DESK}folders/{top['id']}/", {"parent": inner["id"]}, **JSON)
    assert (told.status_code, told.json()["code"]) == (409, "media.folder_in_itself")
    told = client.delete(f"{DESK}folders/{top['id']}/")
    assert (told.status_code, told.json()["code"]) == (409, "media.folder_full")
    assert client.delete(f"{DESK}folders/{inner['id']}/").status_code == 204
    assert [row["name"] for row in client.get(f"{DESK}folders/").json()["results"]] == ["Slides"]


def test_a_folder_of_another_event_is_not_there(event, other_event, client):
    theirs, asset = FolderFactory(event=other_event), AssetFactory(event=event)

    assert client.patch(f"{DESK}folders/{theirs.pk}/", {"name": "Mine"}, **JSON).status_code == 404
    assert client.post(f"{DESK}folders/", {"name": "Mine", "parent": theirs.pk}, **JSON).status_code == 400
    assert client.patch(f"{DESK}assets/{asset.key}/", {"folder": theirs.pk}, **JSON).status_code == 400
    begun = {"file_name": "a.pdf", "size": 10, "fingerprint": "a", "folder": theirs.pk}
    assert client.post(f"{HERE}uploads/", begun, **JSON).status_code == 400


def test_a_file_is_sorted_and_found(event, client):
    folder, asset = FolderFactory(event=event, name="Delta"), AssetFactory(event=event, title="Levels")
    AssetFactory(event=event, title="Gauges")

    said = {"folder": folder.pk, "tags": ["Water", "water"], "may_download": "attending"}
    told = client.patch(f"{DESK}assets/{asset.key}/", said, **JSON).json()

    assert (told["folder"], told["tags"], told["may_download"]) == (folder.pk, ["water"], "attending")
    for asked, found in (
        ({"folder": folder.pk}, {"Levels"}),
        ({"folder": 0}, {"Gauges"}),
        ({"tag": "WATER"}, {"Levels"}),
        ({"search": "delta"}, {"Levels"}),
        ({"search": "gau"}, {"Gauges"}),
        ({"search": "nothing"}, set()),
        ({}, {"Levels", "Gauges"}),
    ):
        assert titles(client.get(f"{HERE}assets/", asked)) == found


def test_too_many_tags_are_refused(event, client):
    asset = AssetFactory(event=event)

    told = client.patch(f"{DESK}assets/{asset.key}/", {"tags": [f"tag {n}" for n in range(21)]}, **JSON)

    assert told.status_code == 400
    assert Asset.objects.get().tags == []


def test_a_deleted_file_lies_in_the_trash_and_comes_back(event, client):
    asset = AssetFactory(event=event, title="Levels")
    client.delete(f"{DESK}assets/{asset.key}/")
    assert client.get(f"{HERE}assets/{asset.key}/").status_code == 404
    assert titles(client.get(f"{DESK}trash/")) == {"Levels"}

    told = client.post(f"{DESK}trash/{asset.key}/")

    assert (told.status_code, told.json()["key"]) == (200, asset.key)
    assert client.get(f"{HERE}assets/{asset.key}/").status_code == 200
    assert client.post(f"{DESK}trash/{asset.key}/").status_code == 404


def test_only_what_lies_in_the_trash_is_deleted_for_good(event, other_event, client):
    kept = AssetFactory(event=event)
    thrown, theirs = (AssetFactory(event=of, deleted_at=clock.now()) for of in (event, other_event))

    answers = [client.delete(f"{DESK}trash/{asset.key}/").status_code for asset in (kept, thrown, theirs)]

    assert answers == [404, 204, 404]
    assert set(Asset.every.all()) == {kept, theirs}


def test_usage_is_told(event, client):
    asset = AssetFactory(event=event, kind="video")
    SessionFactory(event=event, title="Eleven towns", video=asset)

    assert client.get(f"{DESK}assets/{asset.key}/uses/").json() == [{"kind": "Session", "title": "Eleven towns"}]


def test_versions_are_told_and_put_back(disk, event, organiser, client):
    asset = AssetFactory(event=event, original="assets/now/original")
    version = VersionFactory(asset=asset, file_name="before.pdf", brought_by=organiser)
    other = VersionFactory(asset=AssetFactory(event=event))

    [told] = client.get(f"{DESK}assets/{asset.key}/versions/").json()
    assert (told["file_name"], told["brought_by"]) == ("before.pdf", str(organiser))
    assert client.post(f"{DESK}assets/{asset.key}/versions/{other.pk}/").status_code == 404
    assert client.post(f"{DESK}assets/{asset.key}/versions/{version.pk}/").status_code == 200

    asset.refresh_from_db()
    assert asset.original == version.original


def test_a_failed_replacement_is_put_away(event, client):
    asset = AssetFactory(event=event)
    AssetFactory(event=event, replaces=asset, state="failed")

    assert client.delete(f"{DESK}assets/{asset.key}/replacement/").status_code == 204
    assert Asset.every.get() == asset


def test_a_file_goes_onto_the_shelf_and_into_an_event(event, client):
    asset = AssetFactory(event=event, title="House rules")
    shelf = f"/api/v1/organisations/{event.organisation.slug}/shelf/"
    kept = client.post(f"{DESK}assets/{asset.key}/keep/").json()
    assert titles(client.get(shelf)) == {"House rules"}

    Asset.objects.all().delete()
    taken = client.post(f"{DESK}shelf/", {"key": kept["key"]}, **JSON)

    assert (taken.status_code, taken.json()["title"]) == (201, "House rules")
    assert client.patch(f"{shelf}{kept['key']}/", {"title": "Rules"}, **JSON).json()["title"] == "Rules"
    assert client.delete(f"{shelf}{kept['key']}/").status_code == 204
    assert Asset.objects.get().title == "House rules"


def test_the_shelf_of_another_organisation_is_not_there(event, other_event, client):
    theirs = ShelfFileFactory(organisation=other_event.organisation)

    assert client.post(f"{DESK}shelf/", {"key": theirs.key}, **JSON).status_code == 404
    assert client.get(f"/api/v1/organisations/{other_event.organisation.slug}/shelf/").status_code == 404


def test_what_is_taken_counts(event, client, settings):
    kept = ShelfFileFactory(organisation=event.organisation, size=700)
    settings.UPLOAD_MOST_BYTES_EVENT = 600

    told = client.post(f"{DESK}shelf/", {"key": kept.key}, **JSON)

    assert (told.status_code, told.json()["code"]) == (422, "media.event_full")


@pytest.mark.parametrize(
    ("kind", "may", "who"),
    [
        ("document", "", {"organiser", "attendee", "visitor"}),
        ("video", "", {"organiser"}),
        ("document", "nobody", {"organiser"}),
        ("video", "attending", {"organiser", "attendee"}),
        ("video", "everybody", {"organiser", "attendee", "visitor"}),
    ],
)
def test_a_file_is_downloaded_by_whom_it_says(event, organiser, attendee, enter, visitor, kind, may, who):
    asset = AssetFactory(event=event, kind=kind, may_download=may, is_public=True)
    clients = {"organiser": enter(organiser), "attendee": enter(attendee), "visitor": visitor}

    address = f"/e/freshet/media/{asset.key}/file"

    assert {name for name, asks in clients.items() if asks.get(address).status_code == 302} == who


def test_who_may_download_must_still_be_let_in(event, attendee, enter, visitor):
    asset = AssetFactory(event=event, kind="video", may_download="everybody")  # and nothing shows it

    assert {asks.get(f"/e/freshet/media/{asset.key}/file").status_code for asks in (enter(attendee), visitor)} == {404}
