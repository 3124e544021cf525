"""Transcripts come in, are published, thrown away and brought back."""

from datetime import timedelta

import pytest

from apps.core import clock
from apps.core.errors import Refused
from apps.events.registry.copying import Copy
from apps.media import registry, selectors, services
from apps.media.models import Transcript
from apps.media.services import transcripts
from tests.factories.events import EventFactory
from tests.factories.media import AssetFactory, EncodingFactory, TranscriptFactory, VideoFactory

pytestmark = pytest.mark.django_db
VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ada>Eleven mayors.\n\n00:03.000 --> 00:04.000\nEleven maps.\n"


@pytest.fixture
def film(event):
    return VideoFactory(event=event, state="ready", encoding=EncodingFactory(organisation=event.organisation))


def texts(transcript):
    return list(selectors.lines_of(transcript).values_list("speaker", "text"))


def code(act):
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code


def test_upload_makes_a_draft(film):
    made = services.upload_transcript(film, VTT, language="de")
    assert (made.state, made.origin, made.language) == ("draft", "file", "de")
    assert texts(made) == [("Ada", "Eleven mayors."), ("", "Eleven maps.")]


def test_a_language_is_there_once_unless_it_shall_be_replaced(film):
    first = services.upload_transcript(film, VTT, language="de")
    assert code(lambda: services.upload_transcript(film, VTT, language="DE")) == "transcript.exists"
    again = services.upload_transcript(film, VTT.replace(b"mayors", b"majors"), language="de", replaces=True)
    assert again.pk == first.pk
    assert texts(again)[0] == ("Ada", "Eleven majors.")


def test_what_is_no_language_is_refused(film):
    assert code(lambda: services.create_transcript(film, language="qq")) == "transcript.language"
    assert services.create_transcript(film, language="pt_BR").language == "pt-br"


def test_documents_have_no_transcript(event):
    assert code(lambda: services.create_transcript(AssetFactory(event=event), language="en")) == "transcript.no_film"


def test_nothing_is_published_empty(film):
    made = services.create_transcript(film, language="en")
    assert code(lambda: services.change_transcript(made, state="published")) == "transcript.empty"


def test_published_ones_are_the_captions_of_the_player(film):
    made = services.upload_transcript(film, VTT, language="de")
    assert selectors.captions_of(film) == []
    services.change_transcript(made, state="published")
    url = f"/e/freshet/media/{film.key}/transcripts/{made.key}.vtt"
    assert selectors.captions_of(film) == [{"url": url, "language": "de", "label": "Deutsch"}]
    assert registry.subtitles(film) == [("de", "Deutsch", url)]


def test_published_one_takes_the_place_of_the_text_inside_the_film(film):
    film.encoding.captions = [
        {"language": "en", "file": "captions-0.vtt"},
        {"language": "de", "file": "captions-1.vtt"},
    ]
    TranscriptFactory(asset=film, language="de")
    assert [(row["language"], "transcripts" in row["url"]) for row in selectors.captions_of(film)] == [
        ("de", True),
        ("en", False),
    ]


def test_text_inside_the_film_is_taken_over(film, disk):
    film.encoding.captions = [{"language": "en", "file": "captions-0.vtt"}]
    film.encoding.save()
    path = disk / film.encoding.folder / "captions-0.vtt"
    path.parent.mkdir(parents=True)
    path.write_bytes(VTT)
    made = services.take_over_captions(film, number=0)
    assert (made.language, made.origin, texts(made)[0]) == ("en", "film", ("Ada", "Eleven mayors."))
    assert code(lambda: services.take_over_captions(film, number=1)) == "transcript.no_captions"


def test_deleted_one_is_gone_and_comes_back(film):
    made = services.upload_transcript(film, VTT, language="de")
    services.delete_transcript(made)
    assert not selectors.transcripts(film.event).exists()
    assert code(lambda: services.change_transcript(made, title="x")) == "transcript.gone"
    services.restore_transcript(made)
    assert texts(selectors.transcripts(film.event).get()) == [("Ada", "Eleven mayors."), ("", "Eleven maps.")]


def test_deleted_one_does_not_come_back_beside_another(film):
    made = services.upload_transcript(film, VTT, language="de")
    services.delete_transcript(made)
    services.create_transcript(film, language="de")
    assert code(lambda: services.restore_transcript(made)) == "transcript.exists"


def test_deleted_ones_are_swept_after_a_week(film):
    TranscriptFactory(asset=film, language="de", deleted_at=clock.now() - timedelta(days=6))
    TranscriptFactory(asset=film, language="fr", deleted_at=clock.now() - timedelta(days=8))
    assert services.sweep_transcripts() == 1
    assert Transcript.objects.get().language == "de"


def test_transcripts_go_along_with_a_film_into_a_copy_of_the_event(film, organiser):
    TranscriptFactory(asset=film, said=["Eleven mayors.", "Eleven maps."])
    copy = Copy(source=film.event, days=0, parts=["files"], by=organiser)
    copy.event = EventFactory(organisation=film.event.organisation)
    services.copy_files(copy)
    made = Transcript.objects.get(event=copy.event)
    assert (made.asset.title, made.state, made.asset == film) == (film.title, "published", False)
    assert texts(made) == [("", "Eleven mayors."), ("", "Eleven maps.")]
    assert selectors.said_in(made, "map")


def test_a_film_has_so_many_languages_and_no_more(film, monkeypatch):
    monkeypatch.setattr(transcripts, "MOST_OF_ASSET", 1)
    services.create_transcript(film, language="en")
    assert code(lambda: services.create_transcript(film, language="de")) == "transcript.too_many"
