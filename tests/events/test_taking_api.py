"""One's link once more, and a place that is passed on, over REST."""

import pytest

from apps.events import selectors, services
from apps.events.models import Event, Registration
from apps.notifications.models import OwedMail
from tests.factories.events import QuestionFactory
from tests.factories.notifications import letters

JSON = "application/json"
BASE = "/api/v1/events/freshet/register"
State = Registration.State


def told(answer):
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def mine(event, attendee):
    return Registration.objects.get(event=event, user=attendee)


@pytest.fixture
def offered(mine):
    services.offer_place(mine, email="ben@example.org", name="Ben")
    mine.refresh_from_db()
    return f"{BASE}/take/{selectors.offer_token(mine)}/"


# The link once more -------------------------------------------------------------------------------------------------
def test_link_is_mailed_again_and_nobody_learns_who_comes(visitor, attendee, event):
    answers = [visitor.post(f"{BASE}/link/", {"email": to}, JSON) for to in (attendee.email, "ada@example.org")]
    assert [(answer.status_code, {*answer.json()}) for answer in answers] == [(202, {"sent_to"})] * 2
    assert [mail.to for mail in OwedMail.objects.order_by("pk")] == [attendee.email, "ada@example.org"]


def test_link_of_a_private_event_is_mailed_to_who_knows_of_it(visitor, attendee, event):
    Event.objects.update(visibility=Event.Visibility.PRIVATE)
    event.refresh_from_db()
    known = selectors.resend_path(event).partition("?")[2]
    assert visitor.post(f"{BASE}/link/", {"email": attendee.email}, JSON).status_code == 404
    assert visitor.post(f"{BASE}/link/?{known}", {"email": attendee.email}, JSON).status_code == 202


def test_links_are_asked_for_so_often_a_minute(visitor, event):
    answers = [visitor.post(f"{BASE}/link/", {"email": "ada@example.org"}, JSON) for _time in range(61)]
    assert (answers[59].status_code, told(answers[60])) == (202, (429, "too_many"))


# Taking -------------------------------------------------------------------------------------------------------------
def test_offered_place_is_looked_at_and_taken(visitor, event, mine, offered):
    QuestionFactory(event=event, label="What do you eat?", required=True)
    [question] = event.registration_questions.all()
    shown = visitor.get(offered).json()
    assert (shown["offered_to"], [one["field"] for one in shown["asked"]]) == ("ben@example.org", [question.field])
    assert told(visitor.post(offered, {"name": "Ben"}, JSON)) == (409, "registration.answer")
    answer = visitor.post(offered, {"name": "Ben", "answers": {question.field: "Soup"}}, JSON)
    assert (answer.status_code, answer.json()) == (201, {"state": "confirmed", "sent_to": "ben@example.org"})
    taken = Registration.objects.get(event=event, user__email="ben@example.org")
    mine.refresh_from_db()
    assert (taken.state, mine.state) == (State.CONFIRMED, State.CANCELLED)
    assert letters(to="ben@example.org")


def test_place_is_taken_once(visitor, offered):
    assert visitor.post(offered, {"name": "Ben"}, JSON).status_code == 201
    assert told(visitor.post(offered, {"name": "Ben"}, JSON)) == (410, "transfer.over")
    assert told(visitor.get(offered)) == (410, "transfer.over")


def test_offer_is_of_its_own_event(visitor, other_event, offered):
    elsewhere = offered.replace("freshet", "undertow")
    assert (visitor.get(elsewhere).status_code, visitor.post(elsewhere, {"name": "Ben"}, JSON).status_code) == (
        404,
        404,
    )


def test_offer_opens_a_private_event_and_nothing_else_of_it(visitor, event, offered):
    Event.objects.update(visibility=Event.Visibility.PRIVATE)
    assert visitor.get(f"{BASE}/take/not-signed/").status_code == 404
    assert visitor.get("/api/v1/events/freshet/").status_code == 404
    assert visitor.post(offered, {"name": "Ben"}, JSON).status_code == 201


def test_place_that_may_not_be_passed_on_any_more_is_not_taken(visitor, mine, offered):
    Event.objects.update(passes_on=False)
    assert told(visitor.post(offered, {"name": "Ben"}, JSON)) == (409, "transfer.closed")
    mine.refresh_from_db()
    assert mine.state == State.CONFIRMED
