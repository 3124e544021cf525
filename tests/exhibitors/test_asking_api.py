"""What people asked booths, by call: their own, at the booth, and at the organisers' desk."""

import pytest

from apps.audit.models import Entry
from apps.core import clock
from apps.core.errors import Refused
from apps.exhibitors import services
from apps.exhibitors.models import ContactRequest
from apps.notifications.models import OwedMail
from tests.factories.exhibitors import BoothFactory, BoothStaffFactory, ContactRequestFactory

JSON = "application/json"
OWN = "/api/v1/events/freshet/contact-requests/"
BOOTH = "/api/v1/events/freshet/booths/ostra/requests/"
DESK = "/api/v1/events/freshet/desk/contact-requests/"


@pytest.fixture
def booth(event, exhibitor):
    made = BoothFactory(event=event, slug="ostra")
    BoothStaffFactory(booth=made, user=exhibitor)
    return made


@pytest.fixture
def asked(booth, attendee):
    return ContactRequestFactory(booth=booth, user=attendee, message="Which maps show 1953?")


def test_own_requests_are_listed_with_their_answers(event, booth, asked, attendee, exhibitor, enter):
    services.answer(asked, by=exhibitor, text="All of them.")
    ContactRequestFactory(booth=BoothFactory(event=event, slug="weir"), user=attendee)
    ContactRequestFactory(booth=booth)
    client = enter(attendee)

    rows = client.get(OWN).json()["results"]
    told = client.get(OWN, {"booth": "ostra", "fields": "id,answer,answered_by"}).json()["results"]

    assert {row["booth"] for row in rows} == {"ostra", "weir"}
    assert told == [{"id": asked.pk, "answer": "All of them.", "answered_by": exhibitor.name}]


def test_request_is_taken_back_while_it_waits(asked, attendee, enter):
    client = enter(attendee)
    assert client.delete(f"{OWN}{asked.pk}/").status_code == 204
    assert not ContactRequest.objects.exists()
    assert client.delete(f"{OWN}{asked.pk}/").status_code == 404


def test_request_that_was_answered_is_not_taken_back(asked, attendee, exhibitor, enter):
    services.answer(asked, by=exhibitor, text="Yes.")
    refused = enter(attendee).delete(f"{OWN}{asked.pk}/")
    assert (refused.status_code, refused.json()["code"]) == (409, "contact.handled_before")
    assert ContactRequest.objects.get().answer == "Yes."


def test_request_answered_at_the_same_moment_stays(asked, exhibitor):
    stale = ContactRequest.objects.get(pk=asked.pk)
    services.answer(asked, by=exhibitor)
    with pytest.raises(Refused):
        services.withdraw(stale)
    assert ContactRequest.objects.exists()


def test_request_of_somebody_else_is_not_there(asked, speaker, enter):
    client = enter(speaker)
    assert client.get(f"{OWN}{asked.pk}/").status_code == 404
    assert client.delete(f"{OWN}{asked.pk}/").status_code == 404


def test_page_of_the_booth_takes_a_question_back(event, booth, asked, attendee, enter):
    client, page = enter(attendee), f"/e/{event.slug}/expo/ostra/"
    assert f'name="withdraw" value="{asked.pk}"' in client.get(page).content.decode()
    other = ContactRequestFactory(booth=booth)
    assert client.post(page, {"withdraw": other.pk}).status_code == 404
    assert client.post(page, {"withdraw": "x"}).status_code == 404
    assert client.post(page, {"withdraw": asked.pk}).status_code == 302
    assert ContactRequest.objects.get() == other


def test_booth_answers_once(asked, exhibitor, enter):
    client = enter(exhibitor)
    assert [row["person"] for row in client.get(BOOTH, {"is_handled": "false"}).json()["results"]] == [asked.user_id]

    told = client.post(f"{BOOTH}{asked.pk}/answer/", {"answer": "All of them."}, content_type=JSON).json()
    again = client.post(f"{BOOTH}{asked.pk}/answer/", {"answer": "None."}, content_type=JSON)

    assert (told["answer"], told["answered_by"]) == ("All of them.", exhibitor.name)
    assert (again.status_code, again.json()["code"]) == (409, "contact.handled")
    assert OwedMail.objects.filter(to=asked.email).count() == 1
    assert client.get(BOOTH, {"is_handled": "false"}).json()["results"] == []


def test_answer_with_a_key_is_given_once(asked, exhibitor, enter):
    client, key = enter(exhibitor), {"Idempotency-Key": "one"}
    said = {"answer": "All of them."}
    answers = [client.post(f"{BOOTH}{asked.pk}/answer/", said, content_type=JSON, headers=key) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1].headers["Idempotent-Replayed"] == "true"


def test_request_is_laid_aside_and_put_back(asked, exhibitor, enter):
    client = enter(exhibitor)
    aside = client.post(f"{BOOTH}{asked.pk}/answer/", {}, content_type=JSON).json()
    back = client.delete(f"{BOOTH}{asked.pk}/answer/").json()
    assert (aside["handled_at"] is not None, back["handled_at"]) == (True, None)
    assert not OwedMail.objects.filter(to=asked.email).exists()


@pytest.mark.parametrize("who", ["attendee", "speaker", "moderator", "outsider"])
def test_booth_is_shut_to_others(asked, who, request, enter):
    client = enter(request.getfixturevalue(who))
    for answer in (client.get(BOOTH), client.post(f"{BOOTH}{asked.pk}/answer/", {}, content_type=JSON)):
        assert answer.status_code == 403
    asked.refresh_from_db()
    assert asked.handled_at is None


def test_exhibitor_answers_for_no_other_booth(event, exhibitor, asked, enter):
    foreign = ContactRequestFactory(booth=BoothFactory(event=event, slug="weir"))
    client = enter(exhibitor)
    assert client.get("/api/v1/events/freshet/booths/weir/requests/").status_code == 403
    assert client.get(f"{BOOTH}{foreign.pk}/").status_code == 404


def test_organisers_read_all_and_delete_with_a_line_in_the_log(event, asked, organiser, other_event, enter):
    foreign = ContactRequestFactory(booth__event=other_event)
    ContactRequestFactory(booth=BoothFactory(event=event), handled_at=clock.now(), company="Dry Dock", message="Hulls?")
    client = enter(organiser)

    found = [
        [row["company"] for row in client.get(DESK, wanted).json()["results"]]
        for wanted in ({}, {"is_handled": "true"}, {"booth": "ostra"}, {"q": "dry dock"}, {"q": "1953"})
    ]

    assert [len(rows) for rows in found] == [2, 1, 1, 1, 1]
    assert client.delete(f"{DESK}{foreign.pk}/").status_code == 404
    assert client.delete(f"{DESK}{asked.pk}/").status_code == 204
    entry = Entry.objects.get(kind="deleted", model="exhibitors.contactrequest")
    assert (entry.who_id, entry.event_id, entry.door) == (organiser.pk, event.pk, "api")
