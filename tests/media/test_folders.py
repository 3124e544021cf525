"""Folders, tags and search: how an event's files are kept in order and found again."""

import pytest

from apps.core.errors import Refused
from apps.media import selectors, services
from apps.media.models import Asset, Folder
from tests.factories.media import AssetFactory, FolderFactory
from tests.factories.tracks import SessionFactory, SpeakerFactory

pytestmark = pytest.mark.django_db


def refused(deed, *arguments, **more):
    with pytest.raises(Refused) as why:
        deed(*arguments, **more)
    return why.value.code


def deep(event, levels):
    folder = None
    for level in range(levels):
        folder = services.make_folder(event, name=f"Level {level}", parent=folder)
    return folder


def test_folders_lie_five_deep_and_no_deeper(event):
    deepest = deep(event, 5)

    assert refused(services.make_folder, event, name="One more", parent=deepest) == "media.folder_deep"
    assert selectors.path_of(selectors.folders(event).get(pk=deepest.pk)) == (
        "Level 0 / Level 1 / Level 2 / Level 3 / Level 4"
    )


def test_what_lies_in_a_folder_counts_when_it_is_moved(event):
    deep(event, 3)
    top = Folder.objects.get(name="Level 0")
    other = services.make_folder(event, name="A")
    inner = services.make_folder(event, name="B", parent=other)
    third = services.make_folder(event, name="C", parent=inner)

    assert refused(services.change_folder, top, name="Level 0", parent=third) == "media.folder_deep"
    services.change_folder(top, name="Level 0", parent=inner)
    assert top.parent == inner


@pytest.mark.parametrize("into", ["itself", "its own"])
def test_a_folder_cannot_lie_in_itself(event, into):
    top = services.make_folder(event, name="Slides")
    inner = services.make_folder(event, name="Day one", parent=top)

    place = top if into == "itself" else inner
    assert refused(services.change_folder, top, name="Slides", parent=place) == "media.folder_in_itself"


@pytest.mark.parametrize("is_on_top", [True, False])
def test_a_name_is_there_once_in_its_place(event, other_event, is_on_top):
    place = None if is_on_top else services.make_folder(event, name="Day one")
    services.make_folder(event, name="Slides", parent=place)

    assert refused(services.make_folder, event, name=" Slides ", parent=place) == "media.folder_taken"
    services.make_folder(event, name="Slides", parent=services.make_folder(event, name="Day two"))
    services.make_folder(other_event, name="Slides")


def test_a_folder_of_another_event_is_no_place(event, other_event):
    theirs = services.make_folder(other_event, name="Theirs")
    asset = AssetFactory(event=event)

    assert refused(services.make_folder, event, name="Ours", parent=theirs) == "media.folder_gone"
    assert refused(services.move_assets, event, [asset.key], folder=theirs) == "media.folder_gone"


def test_a_folder_goes_when_it_is_empty(event):
    folder = services.make_folder(event, name="Slides")
    asset = AssetFactory(event=event, library_folder=folder)

    assert refused(services.remove_folder, folder) == "media.folder_full"
    services.trash_assets(event, [asset.key])
    services.remove_folder(folder)
    services.restore_assets(event, [asset.key])

    assert Asset.objects.get().library_folder is None


def test_tags_are_tidied_and_bounded(event):
    asset = AssetFactory(event=event)

    services.add_tags(event, [asset.key], ["  Water ", "water", "RIVER  mouth"])
    asset.refresh_from_db()
    assert asset.tags == ["river mouth", "water"]
    many = [f"tag {number}" for number in range(19)]
    assert refused(services.add_tags, event, [asset.key], many) == "media.too_many_tags"
    assert refused(services.add_tags, event, [asset.key], ["a" * 41]) == "media.tag"
    services.remove_tags(event, [asset.key], ["WATER", "never had"])
    asset.refresh_from_db()
    assert asset.tags == ["river mouth"]


def test_tags_of_another_events_files_stay(event, other_event):
    theirs = AssetFactory(event=other_event)

    assert services.add_tags(event, [theirs.key], ["water"]) == 0
    theirs.refresh_from_db()
    assert theirs.tags == []


@pytest.mark.parametrize(
    ("words", "found"),
    [("levels", {"Levels"}), ("gauge.pdf", {"Gauges"}), ("delta", {"Levels"}), ("flood", {"Gauges"}),
     ("gauge flood", {"Gauges"}), ("levels flood", set()), ("", {"Levels", "Gauges"}), ("100%", set())],
)  # fmt: skip
def test_every_word_is_found_in_title_file_tag_or_folder(event, words, found):
    folder = FolderFactory(event=event, name="Delta")
    AssetFactory(event=event, title="Levels", library_folder=folder)
    AssetFactory(event=event, title="Gauges", file_name="gauge.pdf", tags=["flood"])

    assert {asset.title for asset in selectors.found(event.assets.all(), words)} == found


def test_usage_is_counted_by_kind_in_the_same_queries(event, django_assert_max_num_queries):
    film, picture, unused = (AssetFactory(event=event, kind=kind) for kind in ("video", "image", "image"))
    for _number in range(3):
        SessionFactory(event=event, is_over=True, video=film)
    SpeakerFactory(event=event, photo=picture)
    rooms = len(selectors.files._shown_by())

    with django_assert_max_num_queries(rooms):
        counts = selectors.usage_counts([film, picture, unused])

    assert counts == {film.pk: {"session": 3}, picture.pk: {"speaker": 1}, unused.pk: {}}
