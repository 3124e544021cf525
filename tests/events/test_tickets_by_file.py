"""Tickets by file are called otherwise than every other ticket, in each language, as those that are made by hand."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from i18nfield.strings import LazyI18nString

from apps.core.errors import Refused
from apps.events import services
from apps.events.models import TicketKind
from tests.factories.events import TicketKindFactory

ROW = {"description": "", "places": None, "who_gets_in": "", "offered": True, "opens": None, "closes": None}


@pytest.fixture
def problems(event, organiser, enter):
    def of(text):
        form = {"owner": event.pk, "file": SimpleUploadedFile("rows.csv", text.encode())}
        page = enter(organiser).post(reverse("admin:events_ticketkind_file"), form)
        return page.context_data["problems"] if page.status_code == 200 else []

    return of


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name,name_de\nDay,Tag\nEvening,Presse\n", 3),
        ("name,name_de\nPresse,Abend\n", 2),
        ("name,name_de,name_ar\nDay,Tag,press\n", 2),
    ],
)
def test_name_of_another_ticket_in_any_language_is_told(event, problems, text, line):
    TicketKindFactory(event=event, name=LazyI18nString({"en": "Press", "de": "Presse"}))
    assert [number for number, _said in problems(text)] == [line]
    assert TicketKind.objects.count() == 1


def test_name_of_another_line_in_any_language_is_told(event, problems):
    assert problems("name,name_de\nDay,Tag\nTAG,Abend\n") == [(3, "“tag” stands in line 2 already")]
    assert not TicketKind.objects.exists()


def test_ticket_may_have_one_name_in_all_languages(event, problems):
    assert problems("name,name_de\nExpo,expo\n") == []
    assert TicketKind.objects.get().name.data == {"en": "Expo", "de": "expo"}


@pytest.mark.parametrize("there", [True, False])
def test_name_that_was_taken_meanwhile_is_refused(event, there):
    if there:
        TicketKindFactory(event=event, name=LazyI18nString({"en": "Press", "de": "Presse"}))
    names = [{"en": "Day", "de": "Tag"}, {"en": "Evening", "de": "Presse" if there else "day"}]
    with pytest.raises(Refused) as refused:
        services.bring_tickets(event, [(line, ROW | {"name": LazyI18nString(name)}) for line, name in enumerate(names)])
    assert refused.value.code == "ticket.taken"
    assert TicketKind.objects.count() == there
