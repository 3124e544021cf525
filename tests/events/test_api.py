"""The API of events."""

import pytest

from apps.events import services
from apps.events.models import Event, Registration
from tests.factories.events import EventFactory


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_many_events(visitor, count, django_assert_num_queries):
    for _number in range(count):
        EventFactory()
    with django_assert_num_queries(1):
        assert len(visitor.get("/api/v1/events/").json()["results"]) == count


def test_hidden_event_is_not_found(visitor, event):
    Event.objects.update(state=Event.State.DRAFT)
    assert visitor.get("/api/v1/events/").json()["results"] == []
    response = visitor.get("/api/v1/events/freshet/")
    assert (response.status_code, response.headers["Content-Type"]) == (404, "application/problem+json")


def test_event_is_described_in_the_readers_language(visitor, event):
    Event.objects.update(name={"en": "Freshet", "de": "Hochwasser"})
    found = visitor.get("/api/v1/events/freshet/", headers={"Accept-Language": "de"}).json()
    assert (found["name"], found["organisation"], found["url"]) == ("Hochwasser", "Weir Society", "/e/freshet/")


def test_registering_by_call(visitor, event):
    given = {"name": "Nadia", "email": "Nadia@Lakeside.example"}
    response = visitor.post("/api/v1/events/freshet/register/", given, content_type="application/json")
    assert (response.status_code, response.json()) == (202, {"sent_to": "nadia@lakeside.example"})
    assert Registration.objects.get().user.name == "Nadia"


def test_refusal_is_a_problem_with_a_code(visitor, event):
    Event.objects.update(state=Event.State.ENDED)
    given = {"name": "Nadia", "email": "nadia@lakeside.example"}
    response = visitor.post("/api/v1/events/freshet/register/", given, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (409, "registration.closed")


def test_announcements_are_for_those_who_take_part(event, attendee, outsider, enter):
    services.announce(event, text="Lunch is ready.", by=None)
    assert (
        enter(attendee).get("/api/v1/events/freshet/announcements/").json()["results"][0]["text"] == "Lunch is ready."
    )
    assert enter(outsider).get("/api/v1/events/freshet/announcements/").status_code == 403


def test_profile_is_changed_by_call_but_not_its_rights(attendee, enter):
    given = {"title": "Hydrologist", "email": "other@example.org", "is_staff": True}
    response = enter(attendee).patch("/api/v1/me/", given, content_type="application/json")
    attendee.refresh_from_db()
    assert response.status_code == 200
    assert (attendee.title, attendee.email == "other@example.org", attendee.is_staff) == ("Hydrologist", False, False)


def test_whole_profile_is_read_and_changed_by_call(attendee, enter):
    given = {
        "languages": ["sw"],
        "interests": ["Rivers", "rivers"],
        "links": ["https://example.org/nadia"],
        "visibility": {"bio": "staff", "title": "nobody"},
    }
    answer = enter(attendee).patch("/api/v1/me/", given, content_type="application/json")
    found = answer.json()
    assert (answer.status_code, found["languages"], found["interests"]) == (200, ["sw"], ["Rivers"])
    assert [found["visibility"][field] for field in ("bio", "title", "company", "links")] == [
        *("staff", "nobody"),
        *("everybody", "nobody"),
    ]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"links": ["http://example.org/"]}, "links"),
        ({"interests": ["x"] * 13}, "interests"),
        ({"languages": ["xx"]}, "languages"),
        ({"visibility": {"bio": "the world"}}, "visibility.bio"),
    ],
)
def test_profile_that_is_not_one_is_refused_by_call(attendee, enter, given, field):
    answer = enter(attendee).patch("/api/v1/me/", given, content_type="application/json")
    problem = answer.json()
    assert (answer.status_code, problem.get("field") or next(iter(problem["errors"]))) == (400, field)


def test_description_and_its_page_are_open(visitor):
    assert b"openapi: 3.1" in visitor.get("/api/schema/").content
    assert "/api/v1/events/{event}/register/" in visitor.get("/api/").content.decode()
