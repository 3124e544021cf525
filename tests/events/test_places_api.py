"""Getting a place by call: what there is, what is asked, one's own place."""

import pytest

from apps.events.models import Event, Registration
from tests.factories.events import (
    BanFactory,
    InvitationCodeFactory,
    QuestionFactory,
    RegistrationFactory,
    TicketKindFactory,
)

JSON = "application/json"
BASE = "/api/v1/events/freshet"
OWN = f"{BASE}/registration/"


def test_tickets_say_what_they_open_and_whether_they_are_full(visitor, event):
    day = TicketKindFactory(event=event, name="Day", capacity=1, opens_expo=False)
    TicketKindFactory(event=event, name="Gone", is_offered=False)
    RegistrationFactory(event=event, ticket=day)
    found = visitor.get(f"{BASE}/tickets/").json()
    assert (found["takes_registrations"], found["way_in"], found["is_full"]) == (True, "open", False)
    [ticket] = found["tickets"]
    assert (ticket["id"], ticket["name"], ticket["left"], ticket["is_full"]) == (day.pk, "Day", 0, True)
    assert (ticket["opens_programme"], ticket["opens_expo"]) == (True, False)


def test_questions_say_how_they_are_answered(visitor, event):
    asked = QuestionFactory(event=event, label="What do you eat?", kind="choice", choices=["Ice"], required=True)
    QuestionFactory(event=event, is_asked=False)
    [found] = visitor.get(f"{BASE}/registration-questions/").json()
    assert (found["field"], found["label"], found["required"]) == (f"q{asked.pk}", "What do you eat?", True)
    assert found["choices"] == [{"id": asked.choices.get().pk, "label": "Ice"}]


@pytest.mark.parametrize("path", ["/tickets/", "/registration-questions/"])
def test_way_in_of_a_hidden_event_is_not_found(visitor, event, path):
    event.visibility = "private"
    event.save()
    assert visitor.get(f"{BASE}{path}").status_code == 404


def test_ticket_that_is_none_of_these_has_one_status(event, nobody, enter):
    TicketKindFactory.create_batch(2, event=event)
    refused = enter(nobody).post(OWN, {"ticket": TicketKindFactory().pk}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (400, "registration.ticket")


def test_person_registers_answers_and_gives_the_place_back(event, nobody, enter):
    asked = QuestionFactory(event=event, required=True)
    client = enter(nobody)
    assert client.get(OWN).status_code == 404
    refused = client.post(OWN, {}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (
        *(409, "registration.answer"),
        asked.field,
    )
    made = client.post(OWN, {"answers": {asked.field: "Rice"}}, content_type=JSON)
    assert (made.status_code, made.json()["state"], made.json()["answers"]) == (201, "confirmed", {asked.field: "Rice"})
    again = client.patch(OWN, {"answers": {asked.field: "Bread"}}, content_type=JSON)
    assert (again.status_code, again.json()["answers"]) == (200, {asked.field: "Bread"})
    assert client.patch(OWN, {"answers": {asked.field: None}}, content_type=JSON).status_code == 409
    assert client.delete(OWN).status_code == 204
    assert client.get(OWN).json()["state"] == "cancelled"


@pytest.mark.parametrize("path", [OWN, "/e/freshet/register/"])
def test_registering_oneself_again_and_again_is_slowed(event, nobody, enter, settings, path):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"register": "1/m/ip"}
    client = enter(nobody)
    codes = [client.post(path, {}, **({"content_type": JSON} if path == OWN else {})).status_code for _ in range(2)]
    assert codes[0] in (201, 302)
    assert codes[1] == 429


def test_answers_that_are_not_named_stay(event, nobody, enter):
    one, two = QuestionFactory(event=event), QuestionFactory(event=event, kind="several", choices=["Ice", "Rain"])
    picked = [str(choice.pk) for choice in two.choices.all()]
    client = enter(nobody)
    client.post(OWN, {"answers": {one.field: "Rice", two.field: picked}}, content_type=JSON)
    found = client.patch(OWN, {"answers": {one.field: "Bread"}}, content_type=JSON).json()
    assert found["answers"] == {one.field: "Bread", two.field: picked}


def test_who_waits_is_told_the_place_in_the_row(event, nobody, enter):
    event.capacity = 1
    event.save()
    RegistrationFactory(event=event)
    made = enter(nobody).post(OWN, {}, content_type=JSON).json()
    assert (made["state"], made["number"]) == ("waiting", 1)


def test_own_place_is_of_somebody(visitor, event):
    assert visitor.get(OWN).status_code == 401


def test_place_is_offered_and_the_offer_taken_back(event, attendee, enter):
    client, path = enter(attendee), f"{OWN}offer/"
    given = {"name": "Ada", "email": "Ada@Example.org"}
    answer = client.put(path, given, content_type=JSON)
    assert (answer.status_code, answer.json()["offered_to"]) == (200, "ada@example.org")
    assert client.put(path, given, content_type=JSON).json()["code"] == "transfer.too_soon"
    assert client.delete(path).status_code == 204
    assert Registration.objects.get(user=attendee).offered_to == ""


def test_only_who_has_a_place_may_offer_it(event, outsider, enter):
    answer = enter(outsider).put(f"{OWN}offer/", {"name": "Ada", "email": "a@x.test"}, content_type=JSON)
    assert answer.status_code == 403


def test_who_was_put_out_changes_no_answer(event, attendee, enter):
    BanFactory(event=event, user=attendee)
    assert enter(attendee).patch(OWN, {"answers": {}}, content_type=JSON).status_code == 404


def test_who_registers_another_is_kept(event, nobody, enter):
    for email in ("ada@lakeside.example", nobody.email):
        given = {"email": email, "name": "Ada"}
        assert enter(nobody).post(f"{BASE}/register/", given, content_type=JSON).status_code == 202
    by = dict(Registration.objects.values_list("user__email", "by__email"))
    assert by == {"ada@lakeside.example": nobody.email, nobody.email: None}


@pytest.mark.parametrize("path", ["register/", "registration/"])
def test_code_may_stand_in_the_address_of_a_public_event_too(event, nobody, enter, path):
    client = enter(nobody)
    Event.objects.filter(pk=event.pk).update(admission=Event.Admission.CODE)
    code = InvitationCodeFactory(event=event, code="HERON-7")
    given = {"email": "ada@lakeside.example", "name": "Ada"} if path == "register/" else {}

    refused = client.post(f"{BASE}/{path}", given, content_type=JSON)
    made = client.post(f"{BASE}/{path}?code=heron-7", given, content_type=JSON)

    assert (refused.json()["code"], made.status_code // 100) == ("registration.code_needed", 2)
    assert Registration.objects.get().code == code
