"""The pages that say no: each says what happened and what to do."""

import pytest
from django.test import Client


def test_what_does_not_exist_offers_the_way_on(db, visitor):
    response = visitor.get("/e/nothing/lobby/")
    assert response.status_code == 404
    assert "/signin/?next=/e/nothing/lobby/" in response.content.decode()


def test_closed_door_says_for_whom_one_is_taken(event, attendee, enter):
    response = enter(attendee).get("/admin/", follow=True)
    assert response.status_code == 403
    assert "Nadia Okello" in response.content.decode()


def test_form_without_its_token_is_told_kindly(event):
    response = Client(enforce_csrf_checks=True).post("/e/freshet/register/", {"name": "Nadia"})
    assert response.status_code == 403
    assert "Nothing was sent" in response.content.decode()


@pytest.fixture
def breaking(monkeypatch):
    def fail(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("apps.events.selectors.events_listed", fail)


def test_fault_of_ours_shows_a_page_that_needs_nothing(db, breaking):
    client = Client(raise_request_exception=False)
    response = client.get("/")
    assert response.status_code == 500
    assert "our fault" in response.content.decode()


def test_too_many_requests_are_slowed_down(event, visitor, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "register": "1/m/ip"}
    given = {"name": "Nadia", "email": "nadia@lakeside.example"}
    visitor.post("/e/freshet/register/", given)
    response = visitor.post("/e/freshet/register/", given)
    assert response.status_code == 429
    assert "wait a minute" in response.content.decode()


def test_an_address_of_forms_shows_a_page_to_who_looks_at_it(event, organiser, enter):
    response = enter(organiser).get("/e/freshet/control/announce/")
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    assert "nothing to look at here" in response.content.decode()


@pytest.mark.parametrize(
    ("came_from", "onward"),
    [
        ("http://testserver/e/freshet/control/?x=1", "/e/freshet/control/%3Fx%3D1"),
        ("https://elsewhere.example/trap", "/e/freshet/"),
        ("", "/e/freshet/"),
    ],
)
def test_signing_in_after_a_form_leads_back_to_its_page(event, visitor, came_from, onward):
    response = visitor.post("/e/freshet/control/announce/", {"text": "Hello"}, headers={"referer": came_from})
    assert response.headers["Location"].endswith(f"?next={onward.replace('/', '%2F')}")


def test_what_is_not_understood_is_told_without_anything_else_working(event, organiser, enter):
    response = enter(organiser).get("/admin/chat/message/?event__id__exact=1")
    assert response.status_code == 400
    assert "Nothing was changed" in response.content.decode()
