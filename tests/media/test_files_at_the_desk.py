"""The desk's pages of files: what stands above the list and the form, parts that are cut out, and what is begun."""

import pytest
from django.urls import reverse

from apps.media import selectors
from apps.media.admin.folder_bar import folder_bar
from apps.media.models import Asset
from tests.factories.media import (
    AssetFactory,
    FolderFactory,
    LineFactory,
    StreamFactory,
    StreamKeyFactory,
    TranscriptFactory,
    UploadFactory,
    VideoFactory,
    recording,
)
from tests.factories.tracks import SessionFactory

LIST = "/admin/media/asset/"


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


@pytest.fixture
def asked(organiser, rf):
    def bar(**query):
        request = rf.get(LIST, query)
        request.user = organiser
        return folder_bar(request)

    return bar


def test_bar_counts_files_of_the_folders_inside(event, asked):
    top = FolderFactory(event=event, name="Slides")
    inside = FolderFactory(event=event, name="Day one", parent=top)
    for folder in (top, inside, None):
        AssetFactory(event=event, library_folder=folder)
    AssetFactory(event=event, library_folder=inside, deleted_at="2026-05-01T10:00Z")

    at_top, deeper = asked(event__id__exact=event.pk), asked(library_folder__id__exact=inside.pk)

    assert [(step["name"], step["files"]) for step in at_top["inside"]] == [("Slides", 2)]
    assert [step["name"] for step in deeper["way"]] == ["Slides", "Day one"]
    assert deeper["inside"] == []


def test_bar_shows_nothing_of_other_events(event, other_event, asked):
    theirs = FolderFactory(event=other_event, name="Not ours")

    assert asked(library_folder__id__exact=theirs.pk) is None
    assert asked(event__id__exact=other_event.pk) is None
    assert asked() is None


def test_room_counts_the_trash_and_what_is_on_its_way(event, organiser, asked):
    AssetFactory(event=event, size=100)
    AssetFactory(event=event, size=20, deleted_at="2026-05-01T10:00Z")
    UploadFactory(event=event, by=organiser, size=3)

    room = asked(event__id__exact=event.pk)["room"]

    assert (room["event_taken"], room["trash"]) == (123, 20)


def test_a_part_is_cut_out_at_the_desk(disk, event, client):
    film = recording(event)

    answer = client.post(f"{LIST}{film.pk}/cut/", {"title": "The end", "begins": "0:04", "ends": "0:08"})

    made = Asset.objects.get(title="The end")
    assert answer.headers["Location"] == reverse("admin:media_asset_change", args=[made.pk])
    assert (made.state, made.seconds) == ("ready", 4.0)


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        ("soon", "0:08", "Write a moment like 12:30"),
        ("0:06", "0:02", "The end comes after the beginning."),
        ("0:02", "9:00", "The recording does not hold these seconds."),
    ],
)
def test_a_range_that_cannot_be_is_told_beside_its_field(disk, event, client, begins, ends, said):
    film = recording(event)

    page = client.post(f"{LIST}{film.pk}/cut/", {"title": "The end", "begins": begins, "ends": ends})

    assert said in page.content.decode() and Asset.objects.count() == 1


def test_another_organisations_film_is_not_cut(disk, other_event, client):
    assert client.get(f"{LIST}{recording(other_event).pk}/cut/").status_code == 404


def test_what_does_not_play_is_not_cut(event, client):
    assert client.get(f"{LIST}{VideoFactory(event=event).pk}/cut/").status_code == 404


def test_upload_page_tells_what_was_begun(disk, event, organiser, attendee, client):
    UploadFactory(event=event, by=organiser, file_name="rehearsal.mov")
    UploadFactory(event=event, by=attendee, file_name="somebody-elses.mov")
    UploadFactory(event=event, by=organiser, file_name="whole.mov", state="done")

    page = client.get(f"{LIST}add/", {"event": event.pk}).content.decode()

    assert [name in page for name in ("rehearsal.mov", "somebody-elses.mov", "whole.mov")] == [True, False, False]


def test_what_is_written_live_is_listed_under_its_session(event, moderator, enter):
    session = SessionFactory(event=event, title="Eleven towns")
    words = TranscriptFactory(event=event, asset=None, stage_key=f"session/{session.pk}", said=[])
    LineFactory(transcript=words)

    page = enter(moderator).get(reverse("media:transcripts", args=[event.slug])).content.decode()

    assert "Eleven towns" in page and reverse("media:transcript", args=[event.slug, words.pk]) in page


def test_a_stream_leads_to_the_control_page_of_its_session(event, client):
    stream = StreamFactory(event=event)
    session = SessionFactory(event=event, title="Eleven towns", stream=stream)
    key = StreamKeyFactory(stream=stream)

    page = client.get(reverse("admin:media_stream_keys", args=[stream.pk])).content.decode()

    assert reverse("tracks:stage", args=[event.slug, session.slug]) in page
    assert selectors.secret_of(key) in page


def test_how_far_viewers_may_go_back_is_kept_as_it_was_set_over_rest(event, client):
    stream = StreamFactory(event=event, dvr_seconds=1234)
    address = reverse("admin:media_stream_change", args=[stream.pk])

    assert "1234 seconds" in client.get(address).content.decode()
    client.post(address, {"title": "Great hall", "dvr_seconds": "1234", "records": "on", "choice": "auto"})

    stream.refresh_from_db()
    assert (stream.title, stream.dvr_seconds) == ("Great hall", 1234)
