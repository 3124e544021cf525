"""Looking for texts in several languages, and sorting by them: their words, not how they are kept."""

import pytest
from django.urls import reverse
from i18nfield.strings import LazyI18nString

from apps.core import said
from apps.events.models import TicketKind
from apps.exhibitors import selectors as expo
from tests.factories.events import EventFactory, TicketKindFactory
from tests.factories.exhibitors import BoothFactory
from tests.factories.tracks import SessionFactory, TrackFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(organiser, enter):
    return enter(organiser)


def found(desk, name, event, words, **more):
    page = desk.get(reverse(f"admin:{name}_changelist"), {"q": words, **more})
    assert page.status_code == 200
    return [str(row) for row in page.context["cl"].result_list]


@pytest.mark.parametrize(
    "words", ["Ökologie", "ökologie", "ÖKOLOGIE", "بيئة", "Nachhaltig ökologie", "“gut”"], ids=lambda words: words
)
def test_ticket_is_found_by_its_words_in_any_language(desk, event, words):
    TicketKindFactory(event=event, name={"de": "Nachhaltig: Ökologie, “gut”", "ar": "بيئة", "en": "Ecology"})
    TicketKindFactory(event=event, name={"de": "Anderes", "en": "Other"})

    assert found(desk, "events_ticketkind", event, words) == ["Ecology"]


def test_codes_of_languages_find_nothing(desk, event):
    TicketKindFactory(event=event, name={"de": "Saal", "ar": "قاعة"})

    assert found(desk, "events_ticketkind", event, "de") == []
    assert found(desk, "events_ticketkind", event, "u0642") == []


def test_session_is_found_once_by_its_words(desk, event):
    SessionFactory(event=event, title=LazyI18nString({"en": "Water", "de": "Überschwemmung"}))

    assert found(desk, "tracks_session", event, "überSCHWEMMUNG") == ["Water"]


@pytest.mark.parametrize("written", ["Größe", "{Größe", '{"de": "Größe', '"Größe"'])
def test_text_that_is_not_in_languages_is_found_as_it_stands(event, written):
    ticket = TicketKindFactory(event=event)
    TicketKind.objects.filter(pk=ticket.pk).update(name=LazyI18nString(written))

    assert list(TicketKind.objects.filter(name__icontains="größe")) == [ticket]


def test_booth_is_found_by_words_beyond_ascii(event):
    booth = BoothFactory(event=event, name="Dyke & Sons", tagline={"de": "Für Flüsse", "en": "For rivers"})

    assert list(expo.booths(event, search="flüsse")) == [booth]
    assert list(expo.booths(event, search="de")) == []


def test_list_is_sorted_by_what_the_reader_is_shown(desk, event):
    for name in ({"ar": "أ", "en": "water"}, {"en": "Air"}, {"de": "Beben"}, {"ar": "ب", "en": "Zenith"}):
        TrackFactory(event=event, name=name)
    number = next(
        place
        for place, name in enumerate(desk.get(reverse("admin:tracks_track_changelist")).context["cl"].list_display)
        if name == "name"
    )

    assert found(desk, "tracks_track", event, "", o=str(number)) == ["Air", "Beben", "water", "Zenith"]
    assert found(desk, "tracks_track", event, "", o=f"-{number}") == ["Zenith", "water", "Beben", "Air"]


@pytest.mark.parametrize("tongue", ["en", "de", "de-at", "ar", "fr"])
def test_text_said_by_the_database_is_the_one_on_the_page(event, tongue):
    names = [{"de": "Saal", "en": "Hall"}, {"de-at": "Hörsaal", "ar": "قاعة"}, {"pt": "Sala", "es": ""}, {}, "Plain"]
    for name in names:
        TicketKindFactory(event=event, name=name)

    rows = TicketKind.objects.filter(event=event).annotate(
        shown=said.SaidIn("name", said.Value(tongue), said.Value("en"))
    )

    assert [row.shown for row in rows] == [row.name.localize(tongue) for row in rows]


def test_names_of_other_events_are_not_found(desk, event):
    TicketKindFactory(event=EventFactory(slug="elsewhere"), name={"de": "Ökologie"})

    assert found(desk, "events_ticketkind", event, "ökologie") == []
