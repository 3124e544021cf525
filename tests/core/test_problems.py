"""Whatever goes wrong under /api/v1/ is told as a problem (RFC 9457), also where no view was reached."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.core import schemas, throttles
from apps.core.middleware import MIB
from tests.factories.polls import PollFactory

JSON = {"content_type": "application/json"}


def told(answer):
    """The status and code of a problem that says what a problem must; "" for anything else."""
    if answer.headers["Content-Type"] != schemas.PROBLEM_TYPE:
        return answer.status_code, ""
    problem = answer.json()
    whole = problem["type"] == "about:blank" and problem["status"] == answer.status_code and problem["title"]
    return answer.status_code, problem["code"] if whole else ""


def test_unknown_call(visitor, event):
    assert told(visitor.get("/api/v1/tides/")) == (404, "not_found")
    assert told(visitor.get("/api/v1/events/freshet/tides/")) == (404, "not_found")
    assert told(visitor.get("/api/v1/events/undertow/")) == (404, "not_found")


def test_method_that_is_not_there(visitor, event):
    answer = visitor.delete("/api/v1/events/freshet/")
    assert told(answer) == (405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"]


def test_other_formats_are_not_spoken(visitor, event):
    assert told(visitor.get("/api/v1/events/", headers={"Accept": "text/html"})) == (406, "not_acceptable")
    register = reverse("api:event-register", args=["freshet"])
    assert told(visitor.post(register, "<name/>", content_type="application/xml")) == (415, "unsupported_media_type")


@pytest.mark.parametrize("body", ["{", "[" * 60_000, b"\xff\xfe", "{'a': 1}"], ids=["open", "deep", "bytes", "quotes"])
def test_broken_json(visitor, event, body):
    assert told(visitor.post(reverse("api:event-register", args=["freshet"]), body, **JSON)) == (400, "parse_error")


def test_address_and_body_without_bounds(visitor, event):
    assert told(visitor.get("/api/v1/events/?q=%00")) == (400, "address")
    register = reverse("api:event-register", args=["freshet"])
    assert told(visitor.post(register, b"", CONTENT_LENGTH=11 * MIB, content_type="application/json")) == (
        413,
        "too_much",
    )
    form = "name=" + "a" * 3 * MIB
    assert told(visitor.post(register, form, content_type="application/x-www-form-urlencoded")) == (413, "too_much")


def test_wrong_fields_are_named_by_where_they_stand(event, moderator, enter):
    wish = {"question": "", "options": ["Upper", {"xx": "?"}], "least": "x"}
    answer = enter(moderator).post(reverse("api:polls", args=["freshet"]), wish, **JSON)
    assert told(answer) == (400, "invalid")
    problem = answer.json()
    assert set(problem["errors"]) == {"question", "options.1", "least"}
    assert all(isinstance(words, list) and words for words in problem["errors"].values())
    answer = enter(moderator).post(reverse("api:polls", args=["freshet"]), [1], **JSON)
    assert told(answer) == (400, "invalid")
    whole = answer.json()
    assert set(whole["errors"]) == {"body"}


def test_too_often_says_when_to_come_back(visitor, event, monkeypatch):
    from django.core.cache import cache

    cache.clear()
    monkeypatch.setattr(throttles.VisitorRate, "rate", "1/min", raising=False)
    visitor.get("/api/v1/events/")
    answer = visitor.get("/api/v1/events/")
    assert told(answer) == (429, "throttled")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    monkeypatch.setattr(throttles.VisitorRate, "wait", lambda self: None)
    assert int(visitor.get("/api/v1/events/").headers["Retry-After"]) > 0


def test_forged_request_of_a_session(attendee):
    client = Client(enforce_csrf_checks=True)
    client.force_login(attendee, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert told(client.patch(reverse("api:me"), {"title": "x"}, **JSON)) == (403, "permission_denied")


def test_what_breaks_tells_nothing_of_why(visitor, event, monkeypatch):
    from apps.events import selectors

    def breaks(*_args):
        raise RuntimeError("the password of the database is kelpwater")

    monkeypatch.setattr(selectors, "events_found_by", breaks)
    visitor.raise_request_exception = False
    answer = visitor.get("/api/v1/events/")
    assert told(answer) == (500, "broken")
    assert b"kelpwater" not in answer.content


def test_pages_for_people_stay_pages(visitor):
    answer = visitor.get("/nowhere/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_number_beyond_what_json_carries_is_refused(event, attendee, enter):
    url = reverse("api:poll-answer", args=["freshet", PollFactory(event=event).pk])
    answer = enter(attendee).put(url, {"options": [1], "revision": 2**53}, **JSON)
    assert told(answer) == (400, "invalid")
    problem = answer.json()
    assert set(problem["errors"]) == {"revision"}
