"""Chapters: read from WebVTT and from lines, written anew as a whole, at the desk and over REST."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from apps.core.errors import Refused
from apps.media import selectors, services
from apps.media.adapters import chapters
from apps.media.adapters.chapters import Found
from apps.media.models import Asset, Chapter
from tests.factories.media import AssetFactory, VideoFactory

WEBVTT = """WEBVTT - chapters

NOTE made by hand

1
00:00.000 --> 12:30.000
Good <b>morning</b>

two
00:12:30.500 --> 01:00:00.000 align:start
Rivers &amp;
weirs
"""


@pytest.fixture
def film(event):
    return VideoFactory(event=event, state=Asset.State.READY, seconds=3600.0)


def refusal(film, wanted):
    with pytest.raises(Refused) as refused:
        services.set_chapters(film, wanted)
    return refused.value.code


def test_webvtt_is_read_with_its_tags_and_settings_left_out():
    assert chapters.read(WEBVTT) == [Found(0, "Good morning"), Found(750.5, "Rivers & weirs")]


def test_lines_begin_with_a_time():
    text = "0:00 Good morning\n\n12:30 – What the gauges say\n1:02:03.25 - 4 questions\n"
    assert chapters.read(text) == [
        Found(0, "Good morning"),
        Found(750, "What the gauges say"),
        Found(3723.25, "4 questions"),
    ]


@pytest.mark.parametrize(("text", "line"), [("Hello", 1), ("0:00 One\n12:61 Two", 2), ("WEBVTT\n\nx --> y\nOne", 3)])
def test_what_is_no_chapter_is_named_by_its_line(text, line):
    with pytest.raises(Refused) as refused:
        services.read_chapters(text)
    assert refused.value.code == "chapters.unread"
    assert f"Line {line} " in str(refused.value.message)


@given(st.lists(st.tuples(st.integers(0, 10**8), st.text("abcä ö12", min_size=1)), max_size=20))
def test_what_is_written_is_read_as_it_was(rows):
    wanted = [Found(at / 1000, f"x{' '.join(title.split())}") for at, title in rows]
    assert chapters.read(chapters.written(wanted)) == wanted


def test_chapters_are_replaced_as_a_whole_and_those_that_stay_keep_their_row(film):
    services.set_chapters(film, [Found(0, "One"), Found(60, "Two")])
    kept = film.chapters.get(title="Two").pk
    services.set_chapters(film, [Found(90, "Three"), Found(60, "Two")])
    assert [(one.begins, one.title) for one in film.chapters.all()] == [(60, "Two"), (90, "Three")]
    assert film.chapters.get(title="Two").pk == kept
    assert [part["time"] for part in selectors.chapters_of(film)] == ["1:00", "1:30"]


def test_what_is_no_order_is_refused_and_nothing_changes(film):
    services.set_chapters(film, [Found(0, "One")])
    assert refusal(film, [Found(5, "Two"), Found(5, "Three")]) == "chapters.twice"
    assert refusal(film, [Found(3600, "After the end")]) == "chapters.beyond"
    assert refusal(film, [Found(5, " ")]) == "chapters.title"
    assert refusal(film, [Found(n, "x") for n in range(Chapter.MOST + 1)]) == "chapters.too_many"
    assert refusal(AssetFactory(event=film.event), [Found(5, "Two")]) == "chapters.no_film"
    assert [one.title for one in film.chapters.all()] == ["One"]


def test_organiser_writes_chapters_over_rest(film, organiser, enter):
    address = reverse("api:desk-asset-chapters", args=[film.event.slug, film.key])
    client = enter(organiser)
    wanted = {"chapters": [{"begins": 0, "title": "One"}, {"begins": 60.5, "title": "Two"}]}
    assert client.put(address, wanted, content_type="application/json").json() == wanted
    assert client.get(address).json() == wanted
    imported = client.put(address, {"text": WEBVTT}, content_type="application/json").json()
    assert [one["title"] for one in imported["chapters"]] == ["Good morning", "Rivers & weirs"]
    refused = client.put(address, {"text": "Hello"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (409, "chapters.unread", "text")


def test_attendee_does_not_write_chapters(film, attendee, enter):
    address = reverse("api:desk-asset-chapters", args=[film.event.slug, film.key])
    assert enter(attendee).put(address, {"chapters": []}, content_type="application/json").status_code == 403


def test_desk_takes_a_pasted_file_and_shows_what_is_wrong_beside_it(film, organiser, enter):
    client, address = enter(organiser), reverse("admin:media_asset_change", args=[film.pk])
    assert "chapters_text" in client.get(address).content.decode()
    client.post(address, {"title": film.title, "chapters_text": WEBVTT})
    assert film.chapters.count() == 2
    assert "12:30.5 Rivers &amp; weirs" in client.get(address).content.decode()
    wrong = client.post(address, {"title": "Another", "chapters_text": "Hello"})
    assert "Line 1 is no chapter" in wrong.content.decode()
    film.refresh_from_db()
    assert (film.title, film.chapters.count()) == ("A year in levels", 2)


def test_document_has_no_chapters_at_the_desk(event, organiser, enter):
    document = AssetFactory(event=event)
    client, address = enter(organiser), reverse("admin:media_asset_change", args=[document.pk])
    assert "chapters_text" not in client.get(address).content.decode()
    client.post(address, {"title": "Tables"})
    document.refresh_from_db()
    assert document.title == "Tables"
