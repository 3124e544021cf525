"""Transcripts by call: made, edited line by line, found."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.media import selectors
from tests.factories.media import TranscriptFactory, VideoFactory

pytestmark = pytest.mark.django_db
DESK = "/api/v1/events/freshet/desk/transcripts/"
READ = "/api/v1/events/freshet/transcripts/"
VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ada>Eleven mayors.\n"


@pytest.fixture
def words(event):
    return TranscriptFactory(asset=VideoFactory(event=event, state="ready"), said=["Eleven mayors.", "Eleven maps."])


@pytest.fixture
def client(moderator, enter):
    return enter(moderator)


def send(client, method, path, **body):
    return getattr(client, method)(f"{DESK}{path}", body, content_type="application/json")


def test_transcript_comes_from_a_file(client, event):
    film = VideoFactory(event=event, state="ready")
    file = SimpleUploadedFile("words.vtt", VTT)
    made = client.post(DESK, {"asset": film.key, "language": "de", "file": file})
    assert (made.status_code, made.json()["state"], made.json()["asset"]) == (201, "draft", film.key)
    [line] = client.get(f"{READ}{made.json()['id']}/lines/").json()["results"]
    assert (line["begins"], line["speaker"], line["text"]) == (1000, "Ada", "Eleven mayors.")


def test_line_is_changed_once_by_two_who_saw_the_same(client, words):
    line = selectors.lines_of(words)[0]
    first = send(client, "patch", f"{words.pk}/lines/{line.pk}/", version=1, text="Mine.")
    second = send(client, "patch", f"{words.pk}/lines/{line.pk}/", version=1, text="Yours.")
    assert (first.status_code, first.json()["version"]) == (200, 2)
    assert (second.status_code, second.json()["code"]) == (409, "transcript.line_changed")


def test_lines_are_split_and_joined(client, words):
    line = selectors.lines_of(words)[0]
    both = send(client, "post", f"{words.pk}/lines/{line.pk}/split/", version=1, at=7, moment=500).json()
    assert [(row["text"], row["begins"]) for row in both] == [("Eleven", 0), ("mayors.", 500)]
    joined = send(client, "post", f"{words.pk}/lines/{line.pk}/join/", version=2).json()
    assert (joined["text"], joined["version"]) == ("Eleven mayors.", 3)


def test_line_is_deleted_if_it_is_as_it_was_seen(client, words):
    line = selectors.lines_of(words)[0]
    assert client.delete(f"{DESK}{words.pk}/lines/{line.pk}/?version=2").status_code == 409
    assert client.delete(f"{DESK}{words.pk}/lines/{line.pk}/?version=1").status_code == 204


def test_replacing_is_shown_before_it_is_done(client, words):
    shown = send(client, "post", f"{words.pk}/replace/", find="Eleven", replacement="12", preview=True).json()
    assert (shown["count"], shown["first"][0]["after"]) == (2, "12 mayors.")
    assert selectors.lines_of(words)[0].text == "Eleven mayors."
    send(client, "post", f"{words.pk}/replace/", find="Eleven", replacement="12")
    assert selectors.lines_of(words)[0].text == "12 mayors."


def test_all_lines_are_shifted_and_speakers_named(client, words):
    assert send(client, "post", f"{words.pk}/shift/", by=1000).json() == {"count": 2}
    assert send(client, "post", f"{words.pk}/speaker/", name="", to="Ada").json() == {"count": 2}
    assert send(client, "post", f"{words.pk}/shift/", by=-5000).json()["code"] == "transcript.shift"


def test_transcript_is_published_deleted_and_restored(client, words):
    assert send(client, "patch", f"{words.pk}/", state="draft").json()["state"] == "draft"
    assert client.delete(f"{DESK}{words.pk}/").status_code == 204
    assert client.get(f"{READ}{words.pk}/").status_code == 404
    assert send(client, "post", f"{words.pk}/restore/").json()["id"] == words.pk
    assert client.get(READ).json()["results"][0]["language_name"] == "English"


def test_another_events_transcript_is_not_there(client):
    other = TranscriptFactory()
    line = selectors.lines_of(other)[0]
    assert client.get(f"{READ}{other.pk}/lines/").status_code == 404
    assert send(client, "patch", f"{other.pk}/lines/{line.pk}/", version=1, text="x").status_code == 404


def test_attendees_neither_read_drafts_nor_write(attendee, enter, words):
    client = enter(attendee)
    assert client.get(f"{READ}{words.pk}/lines/").status_code == 403
    assert send(client, "patch", f"{words.pk}/", title="x").status_code == 403
