"""The library at the organisers' desk: bulk actions with their way back, folders, the trash, versions and the shelf."""

import pytest

from apps.core import clock
from apps.media import services
from apps.media.models import Asset, Folder, ShelfFile
from tests.factories.events import EventFactory
from tests.factories.media import AssetFactory, FolderFactory, ShelfFileFactory, VersionFactory
from tests.factories.tracks import SessionFactory
from tests.media.test_library import PDF

pytestmark = pytest.mark.django_db
LIST = "/admin/media/asset/"


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


@pytest.fixture
def act(client):
    def post(action, rows, **more):
        body = {"action": action, "_selected_action": [row.pk for row in rows], **more}
        return client.post(LIST, body, follow=True).content.decode()

    return post


def test_files_are_moved_into_a_folder(event, act):
    folder, files = FolderFactory(event=event, name="Slides"), [AssetFactory(event=event) for _number in range(2)]

    page = act("move_to_folder", files)
    assert "Slides" in page
    assert not folder.assets.exists()
    page = act("move_to_folder", files, confirmed="1", folder=folder.pk)

    assert "2 files were changed." in page
    assert folder.assets.count() == 2


def test_files_are_not_moved_into_another_events_folder(event, other_event, act):
    folder, asset = FolderFactory(event=other_event), AssetFactory(event=event)

    act("move_to_folder", [asset], confirmed="1", folder=folder.pk)

    assert not folder.assets.exists()


def test_files_of_two_events_are_not_sorted_at_once(event, act):
    other = EventFactory(organisation=event.organisation)
    files = [AssetFactory(event=event), AssetFactory(event=other)]

    assert "Choose files of one event" in act("add_tags", files, confirmed="1", tags="water")
    assert not Asset.objects.exclude(tags=[]).exists()


def test_tags_are_added_and_removed(event, act):
    files = [AssetFactory(event=event), AssetFactory(event=event, tags=["river"])]

    act("add_tags", files, confirmed="1", tags="Water, flood")
    act("remove_tags", files, confirmed="1", tags="river")

    assert list(Asset.objects.values_list("tags", flat=True)) == [["flood", "water"]] * 2


def test_a_tag_too_many_is_told_and_nothing_is_changed(event, act):
    asset = AssetFactory(event=event, tags=[f"tag {number}" for number in range(20)])

    assert "A file has at most 20 tags." in act("add_tags", [asset], confirmed="1", tags="one more")
    asset.refresh_from_db()
    assert len(asset.tags) == 20


def test_who_may_download_is_said_for_many(event, act):
    files = [AssetFactory(event=event) for _number in range(2)]

    act("set_download", files, confirmed="1", may_download="nobody")

    assert set(Asset.objects.values_list("may_download", flat=True)) == {"nobody"}


def test_what_is_thrown_away_can_be_undone_right_after(event, act):
    files = [AssetFactory(event=event, title=f"Levels {number}") for number in range(2)]

    page = act("to_trash", files)
    assert "2 files are in the trash. They are kept there for 30 days." in page
    assert "What you just did to these rows can be taken back." in page
    assert not Asset.objects.exists()

    page = act("restore", files, confirmed="1")
    assert "2 files are back." in page
    assert Asset.objects.count() == 2


def test_another_organisations_trash_is_not_restored(other_event, act):
    theirs = AssetFactory(event=other_event, deleted_at=clock.now())

    act("restore", [theirs], confirmed="1")

    assert not Asset.objects.exists()


def test_trash_lists_its_own_and_gives_back_or_deletes(event, other_event, client):
    mine, gone = (AssetFactory(event=event, title=title, deleted_at=clock.now()) for title in ("Levels", "Old maps"))
    theirs = AssetFactory(event=other_event, title="Not ours", deleted_at=clock.now())

    page = client.get(f"{LIST}trash/").content.decode()
    assert ("Levels" in page, "Old maps" in page, "Not ours" in page) == (True, True, False)
    for asset, deed, status in ((mine, "restore", 302), (gone, "delete", 302), (theirs, "restore", 404)):
        assert client.post(f"{LIST}trash/{asset.pk}/{deed}/").status_code == status

    assert [asset.title for asset in Asset.objects.all()] == ["Levels"]
    assert set(Asset.every.values_list("title", flat=True)) == {"Levels", "Not ours"}


def test_a_thrown_file_has_no_page_and_its_list_no_row(event, client):
    asset = AssetFactory(event=event, title="Levels")
    client.post(f"{LIST}{asset.pk}/throw/")

    assert client.get(f"{LIST}{asset.pk}/change/").status_code == 404
    assert "Levels" not in client.get(LIST).content.decode().partition("result_list")[2]


def test_list_says_where_files_are_shown_and_is_searched(event, client):
    film = AssetFactory(event=event, kind="video", title="Eleven towns", tags=["water"])
    AssetFactory(event=event, title="Gauges", library_folder=FolderFactory(event=event, name="Delta"))
    for _number in range(3):
        SessionFactory(event=event, video=film)

    assert "3 × session" in client.get(LIST).content.decode()
    for words, found in (("water", "Eleven towns"), ("delta", "Gauges")):
        page = client.get(LIST, {"q": words}).content.decode()
        assert [title in page for title in ("Eleven towns", "Gauges")] == [found == "Eleven towns", found == "Gauges"]
    page = client.get(LIST, {"tag": "water"}).content.decode()
    assert ("Eleven towns" in page, "Gauges" in page) == (True, False)


def test_form_keeps_folder_tags_and_who_may_download(event, client):
    asset, folder = AssetFactory(event=event), FolderFactory(event=event)
    said = {"title": "Levels", "library_folder": folder.pk, "tags": "Water,  river", "may_download": "attending"}

    client.post(f"{LIST}{asset.pk}/change/", said)

    asset.refresh_from_db()
    assert (asset.library_folder, asset.tags, asset.may_download) == (folder, ["river", "water"], "attending")


def test_folders_are_made_moved_and_taken_away(event, client):
    address = "/admin/media/folder/"
    client.post(f"{address}add/", {"event": event.pk, "name": "Slides"})
    top = Folder.objects.get()
    page = client.post(f"{address}add/", {"event": event.pk, "name": "Slides"}).content.decode()
    assert "There is a folder of this name in that place." in page

    client.post(f"{address}add/", {"event": event.pk, "name": "Day one", "parent": top.pk})
    page = client.post(f"{address}{top.pk}/delete/", {"post": "yes"}, follow=True).content.decode()
    assert "Something lies in this folder." in page
    client.post(f"{address}{Folder.objects.get(parent=top).pk}/delete/", {"post": "yes"})
    assert Folder.objects.get() == top


def test_versions_are_listed_and_put_back(event, organiser, client):
    asset = AssetFactory(event=event, original="assets/now/original", file_name="now.pdf")
    version = VersionFactory(asset=asset, file_name="before.pdf", brought_by=organiser)

    page = client.get(f"{LIST}{asset.pk}/versions/").content.decode()
    assert "before.pdf" in page
    assert f'data-replaces="{asset.key}"' in page
    client.post(f"{LIST}{asset.pk}/versions/{version.pk}/")

    asset.refresh_from_db()
    assert (asset.original, asset.versions.get().original) == (version.original, "assets/now/original")


def test_a_file_is_kept_for_all_events_and_taken_into_another(event, client):
    asset = AssetFactory(event=event, title="House rules")
    client.post(f"{LIST}{asset.pk}/keep/")
    kept = ShelfFile.objects.get()
    other = EventFactory(organisation=event.organisation)
    session = client.session
    session["desk_event"] = other.pk
    session.save()

    client.post(f"/admin/media/shelffile/{kept.pk}/take/")

    taken = other.assets.get()
    assert (taken.title, taken.original) == ("House rules", asset.original)


def test_another_organisations_shelf_is_not_there(event, other_event, client):
    theirs = ShelfFileFactory(organisation=other_event.organisation)

    assert "House rules" not in client.get("/admin/media/shelffile/").content.decode()
    assert client.post(f"/admin/media/shelffile/{theirs.pk}/take/").status_code == 404


def test_nothing_is_changed_in_an_archived_event(event, client):
    asset = AssetFactory(event=event)
    event.state = "archived"
    event.save()

    client.post(f"{LIST}{asset.pk}/throw/")
    client.post(f"{LIST}{asset.pk}/keep/")

    assert (Asset.objects.count(), ShelfFile.objects.count()) == (1, 0)


def test_kept_file_outlives_its_event(disk, event, organiser):
    asset = services.ingest_file(event, PDF, title="House rules")
    other = EventFactory(organisation=event.organisation)
    kept = services.keep_on_shelf(asset, by=organiser)
    assert services.keep_on_shelf(asset, by=organiser) == kept

    event.delete()
    services.sweep_leftovers()
    taken = services.take_from_shelf(other, kept, by=organiser)

    assert (disk / taken.original).exists()
    services.take_off_shelf(kept)
    services.delete_asset(taken)
    services.sweep_leftovers()
    assert not (disk / taken.original).exists()
