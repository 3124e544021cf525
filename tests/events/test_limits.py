"""How much may be kept of something is said once, in the service, whichever door it comes by."""

import csv

import pytest
from django.urls import reverse

from apps.core.errors import Refused
from apps.events import selectors, services
from apps.events.models import Announcement, InvitationCode
from apps.events.selectors import exporting
from apps.events.services import announcing, coding
from tests.factories.events import (
    AnswerFactory,
    InvitationCodeFactory,
    QuestionFactory,
    RegistrationFactory,
    TicketKindFactory,
)

JSON = "application/json"
API = "/api/v1/events/freshet/"


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


# Announcements ------------------------------------------------------------------------------------------------------
def test_control_room_says_as_much_as_other_doors(client, event):
    client.post(reverse("venue:announce", args=[event.slug]), {"text": "a" * announcing.MOST_CHARS})
    assert len(str(Announcement.objects.get().text)) == announcing.MOST_CHARS


def test_announcement_that_is_too_long_is_refused_at_each_door(client, event, organiser):
    text = "a" * (announcing.MOST_CHARS + 1)
    with pytest.raises(Refused) as refused:
        services.announce(event, text=text, by=organiser)
    assert (refused.value.code, refused.value.field) == ("announcement.too_long", "text")
    client.post(reverse("venue:announce", args=[event.slug]), {"text": text})
    desk = client.post(reverse("admin:events_announcement_add"), {"event": event.pk, "text_0": text, "audience": ""})
    assert "1000 characters" in str(desk.context["adminform"].form.errors["text"])
    assert client.post(f"{API}announcing/", {"text": text}, content_type=JSON).status_code == 400
    assert not Announcement.objects.exists()


def test_every_ticket_is_a_segment(event):
    for number in range(70):
        TicketKindFactory(event=event, position=number)
    keys = [segment.key for segment in selectors.segments_of(event)]
    assert sum(key.startswith("ticket/") for key in keys) == 70


# Codes --------------------------------------------------------------------------------------------------------------
def test_codes_of_an_event_have_an_end_at_each_door(client, event, organiser, monkeypatch):
    monkeypatch.setattr(coding, "MOST_CODES", 2)
    InvitationCodeFactory(event=event)
    InvitationCodeFactory()  # of another event
    refused = client.post(f"{API}desk/codes/", {"count": 2}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "code.too_many")
    desk = client.post(
        reverse("admin:events_invitationcode_add"), {"event": event.pk, "count": 2, "uses": 1}, follow=True
    )
    assert "An event has up to 2 codes, ended ones too." in desk.content.decode()
    row = {"code": "", "ticket": None, "uses": 1, "without_asking": True, "valid_until": None, "note": ""}
    with pytest.raises(Refused) as by_file:
        services.bring_codes(event, [(2, row), (3, row)], by=organiser)
    assert by_file.value.code == "code.too_many"
    assert InvitationCode.objects.filter(event=event).count() == 1


# The table of registrations -----------------------------------------------------------------------------------------
def test_table_of_registrations_drops_no_answer(client, event, monkeypatch):
    monkeypatch.setattr(exporting, "MOST_QUESTIONS", 1)
    place = RegistrationFactory(event=event)
    for label in ("Size?", "Diet?", "Train?"):
        AnswerFactory(registration=place, question=QuestionFactory(event=event, label=label), text=f"{label[:-1]}: yes")
    chosen = {"action": "export_csv", "_selected_action": [place.pk]}
    answer = client.post(reverse("admin:events_registration_changelist"), chosen)
    head, row = csv.reader(b"".join(answer).decode("utf-8-sig").splitlines(keepends=True))
    assert head[-2:] == ["Size?", "further answers"]
    assert row[-2:] == ["Size: yes", "Diet?: Diet: yes\nTrain?: Train: yes"]
