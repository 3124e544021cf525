"""Transcripts on pages: edited without a script, watched, found to the second; for whoever may see the film."""

import pytest

from apps.media import selectors
from apps.media.models import Transcript, Watched
from tests.factories.media import EncodingFactory, TranscriptFactory, VideoFactory
from tests.factories.tracks import SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def film(event):
    encoding = EncodingFactory(organisation=event.organisation)
    film = VideoFactory(event=event, state="ready", encoding=encoding, title="A year in levels")
    SessionFactory(event=event, is_over=True, video=film)
    return film


@pytest.fixture
def words(film):
    return TranscriptFactory(asset=film, said=["Eleven mayors.", "Eleven maps.", "Two rivers <met>."])


def editor(words, tail=""):
    return f"/e/freshet/transcripts/{words.pk}/{tail}"


def form(page):
    """What a browser would send of the editor's form as it stands."""
    sent = {"line": []}
    for row in page.context["rows"]:
        pk = row.line.pk
        sent["line"].append(pk)
        sent |= {f"version-{pk}": row.line.version, f"was-{pk}": row.mark, f"text-{pk}": row.text}
        sent |= {f"speaker-{pk}": row.speaker, f"begins-{pk}": row.begins, f"ends-{pk}": row.ends}
    return sent


def texts(words):
    return list(selectors.lines_of(words).values_list("text", flat=True))


def test_vtt_is_for_whoever_may_see_the_film(client, attendee, outsider, enter, words, film):
    url = f"/e/freshet/media/{film.key}/transcripts/{words.key}.vtt"
    answer = enter(attendee).get(url)
    assert b"".join(answer).decode().endswith("00:00:04.000 --> 00:00:05.500\nTwo rivers &lt;met&gt;.\n")
    assert (client.get(url).status_code, enter(outsider).get(url).status_code) == (404, 404)


def test_vtt_of_a_draft_is_not_there(attendee, enter, words, film):
    Transcript.objects.update(state="draft")
    assert enter(attendee).get(f"/e/freshet/media/{film.key}/transcripts/{words.key}.vtt").status_code == 404


def test_whoever_may_see_the_film_saves_its_words(client, attendee, enter, words, film):
    url = f"/e/freshet/media/{film.key}/transcripts/{words.key}.vtt?save="
    saved = {form: enter(attendee).get(url + form) for form in ("vtt", "srt", "txt")}
    assert b"".join(saved["txt"]).decode() == "Eleven mayors.\nEleven maps.\nTwo rivers <met>.\n"
    assert b"".join(saved["srt"]).startswith(b"1\n00:00:00,000 --> 00:00:01,500\nEleven mayors.\n")
    assert b"X-TIMESTAMP-MAP" not in b"".join(saved["vtt"])
    assert saved["srt"].headers["Content-Disposition"] == 'attachment; filename="A year in levels (en).srt"'
    assert enter(attendee).get(url + "exe").status_code == 404
    assert client.get(url + "srt").status_code == 404


def test_words_inside_a_film_are_saved_too(attendee, enter, disk, playable, small_film, event):
    film = playable(small_film)
    SessionFactory(event=event, is_over=True, video=film)
    answer = enter(attendee).get(f"/e/freshet/media/{film.key}/captions/0.vtt?save=txt")
    assert b"".join(answer) == b"Eleven mayors.\nMaps.\n"


def test_page_of_a_film_goes_on_where_its_reader_stopped(attendee, enter, film):
    film.seconds = 600
    film.save()
    Watched.objects.create(asset=film, person=attendee, seconds=90, furthest=90, place=90)
    page = enter(attendee).get(f"/e/freshet/media/{film.key}/watch/")
    assert page.context["player"]["place"] == 90


def test_page_of_a_film_has_its_lines_without_a_script(attendee, enter, words, film):
    page = enter(attendee).get(f"/e/freshet/media/{film.key}/watch/")
    assert "Two rivers &lt;met&gt;." in page.content.decode()
    found = enter(attendee).get(f"/e/freshet/media/{film.key}/watch/?q=river").context["lines"]
    assert [line.text for line in found] == ["Two rivers <met>."]


def test_film_is_searched_in_the_words_of_its_language(attendee, enter, words, film, event):
    TranscriptFactory(asset=film, language="de", said=["Zwei Flüsse."])
    found = enter(attendee).get("/e/freshet/said/?q=river").context["results"]
    assert [(line.text, url) for line, url in found] == [
        ("Two rivers <met>.", f"/e/freshet/media/{film.key}/watch/?t=4&language=en")
    ]
    [(line, _url)] = enter(attendee).get("/e/freshet/said/?q=fluss").context["results"]
    assert line.text == "Zwei Flüsse."


def test_search_finds_only_films_that_the_reader_may_see(attendee, organiser, enter, event, words):
    hidden = VideoFactory(event=event, state="ready")
    TranscriptFactory(asset=hidden, said=["Two rivers, hidden."])
    TranscriptFactory(asset=words.asset, language="fr", state="draft", said=["Two rivers, drafted."])
    query = "/api/v1/events/freshet/said/?q=rivers"
    assert [row["text"] for row in enter(attendee).get(query).json()["results"]] == ["Two rivers <met>."]
    assert len(enter(organiser).get(query).json()["results"]) == 2


def test_editor_saves_what_was_changed_and_nothing_else(organiser, enter, words):
    client = enter(organiser)
    page = client.get(editor(words))
    sent = form(page)
    pk = sent["line"][1]
    assert client.post(editor(words), sent | {f"text-{pk}": "Twelve maps."}).status_code == 302
    assert texts(words) == ["Eleven mayors.", "Twelve maps.", "Two rivers <met>."]
    assert [line.version for line in selectors.lines_of(words)] == [1, 2, 1]


def test_editor_shows_both_texts_where_two_changed_one_line(organiser, moderator, enter, words):
    mine, yours = enter(organiser), enter(moderator)
    sent, other = form(mine.get(editor(words))), form(yours.get(editor(words)))
    pk = sent["line"][0]
    yours.post(editor(words), other | {f"text-{pk}": "Yours."})
    page = mine.post(editor(words), sent | {f"text-{pk}": "Mine.", f"text-{sent['line'][1]}": "Only mine."})
    assert page.status_code == 409
    assert (page.context["rows"][0].text, page.context["rows"][0].line.text) == ("Mine.", "Yours.")
    assert texts(words) == ["Yours.", "Only mine.", "Two rivers <met>."]
    again = mine.post(editor(words), form(page))
    assert again.status_code == 302
    assert texts(words)[0] == "Mine."


@pytest.mark.parametrize(
    ("do", "more", "after"),
    [
        ("join:{}", {}, ["Eleven mayors. Eleven maps.", "Two rivers <met>."]),
        ("remove:{}", {}, ["Eleven maps.", "Two rivers <met>."]),
        ("split:{}", {"text-{}": "Eleven |mayors."}, ["Eleven", "mayors.", "Eleven maps.", "Two rivers <met>."]),
        ("replace", {"find": "eleven", "replacement": "12"}, ["12 mayors.", "12 maps.", "Two rivers <met>."]),
        (
            "add",
            {"text": "New.", "begins": "1.9", "ends": "2"},
            ["Eleven mayors.", "New.", "Eleven maps.", "Two rivers <met>."],
        ),
    ],
)
def test_buttons_do_what_they_say(organiser, enter, words, do, more, after):
    pk = selectors.lines_of(words)[0].pk
    sent = {name.format(pk): value for name, value in more.items()}
    enter(organiser).post(editor(words, "deed/"), {"do": do.format(pk), f"version-{pk}": 1, **sent})
    assert texts(words) == after


def test_what_is_deleted_can_be_brought_back(organiser, enter, words, film):
    client = enter(organiser)
    page = client.post(editor(words, "deed/"), {"do": "delete"}, follow=True)
    assert page.context["deleted"] == words
    client.post(editor(words, "deed/"), {"do": "restore"})
    assert Transcript.objects.get().deleted_at is None


def test_file_is_brought_and_taken_away(organiser, enter, film, tmp_path):
    client = enter(organiser)
    path = tmp_path / "words.srt"
    path.write_text("1\n00:00:01,000 --> 00:00:02,000\nEleven mayors.\n")
    with path.open("rb") as file:
        client.post(f"/e/freshet/transcripts/of/{film.key}/", {"language": "en", "file": file})
    made = Transcript.objects.get()
    taken = client.get(editor(made, "file.srt"))
    assert b"".join(taken).decode() == "1\n00:00:01,000 --> 00:00:02,000\nEleven mayors.\n\n"
    assert 'filename="A year in levels (en).srt"' in taken.headers["Content-Disposition"]


def test_a_file_that_cannot_be_read_is_refused_beside_its_form(organiser, enter, film, tmp_path):
    path = tmp_path / "words.vtt"
    path.write_text("WEBVTT\n\nsoon --> later\nx\n")
    with path.open("rb") as file:
        page = enter(organiser).post(f"/e/freshet/transcripts/of/{film.key}/", {"language": "en", "file": file})
    assert page.status_code == 422
    assert "Line 3: these times cannot be read." in page.content.decode()


@pytest.mark.parametrize("tail", ["", "file.vtt"])
def test_attendees_and_other_events_do_not_edit(attendee, outsider, enter, words, tail):
    assert enter(attendee).get(editor(words, tail)).status_code == 403
    assert enter(outsider).get(editor(words, tail)).status_code in (302, 403, 404)
