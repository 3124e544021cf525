"""Pages that are made once for all visitors of a moment: whose they are, how old they get, what stays each one's."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.core import kept
from apps.events.models import Registration

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
PAGES = ["/e/freshet/", "/e/freshet/register/"]


@pytest.fixture(autouse=True)
def keeping(settings):
    settings.PAGE_KEPT_MS = 60_000
    kept._pages.clear()
    yield
    kept._pages.clear()


def text(answer):
    return answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_next_visitor_gets_the_same_page_with_a_token_of_their_own(event, path):
    first, second = Client(), Client()
    made = first.get(path)
    with CaptureQueriesContext(connection) as queries:
        given = second.get(path)
    one, other = TOKEN.search(text(made))[1], TOKEN.search(text(given))[1]
    assert (given.status_code, len(queries)) == (200, 0)
    assert text(made).replace(one, "") == text(given).replace(other, "")
    assert one != other
    assert first.cookies["csrftoken"].value != second.cookies["csrftoken"].value
    assert kept.PLACE not in text(made) + text(given)
    assert given.headers["Cache-Control"] == made.headers["Cache-Control"]
    assert "Cookie" in given.headers["Vary"]


def test_form_of_a_page_that_was_kept_is_taken(event):
    Client().get(PAGES[1])
    visitor = Client(enforce_csrf_checks=True)
    token = TOKEN.search(text(visitor.get(PAGES[1])))[1]
    said = {"name": "Nadia", "email": "nadia@example.org"}
    forged = visitor.post(PAGES[1], said | {"csrfmiddlewaretoken": "a" * 64})
    sent = visitor.post(PAGES[1], said | {"csrfmiddlewaretoken": token})
    assert (forged.status_code, sent.status_code) == (403, 302)
    assert Registration.objects.get().user.email == "nadia@example.org"


@pytest.mark.parametrize("path", PAGES)
def test_who_is_signed_in_neither_gets_it_nor_leaves_theirs(event, organiser, enter, path):
    person = enter(organiser)
    assert str(organiser) in text(person.get(path)) or organiser.email in text(person.get(path))
    assert not kept._pages
    visitors = text(Client().get(path))
    assert organiser.email not in visitors
    assert len(kept._pages) == 1
    assert text(person.get(path)) != visitors


def test_language_colours_zone_and_address_are_told_apart(event):
    seen = {text(Client().get(PAGES[1], headers={"Accept-Language": "de"}))}
    for cookies in ({}, {"theme": "dark"}, {"tz": "Asia/Tokyo"}):
        visitor = Client()
        visitor.cookies.load(cookies)
        seen.add(text(visitor.get(PAGES[1])))
    with_code = text(Client().get(PAGES[1] + "?ref=poster"))
    assert len(seen) == len(kept._pages) - 1 == 4
    assert 'value="poster"' in with_code
    assert not any('value="poster"' in page for page in seen)


def test_page_is_made_anew_after_its_time(event, monkeypatch):
    Client().get(PAGES[0])
    type(event).objects.filter(pk=event.pk).update(tagline="Where the water goes now")
    assert "Where the water goes now" not in text(Client().get(PAGES[0]))
    now = kept.time.monotonic()
    monkeypatch.setattr(kept.time, "monotonic", lambda: now + 61)
    assert "Where the water goes now" in text(Client().get(PAGES[0]))


def test_page_that_is_not_there_is_not_kept(event):
    type(event).objects.filter(pk=event.pk).update(state="draft")
    assert Client().get(PAGES[0]).status_code == 404
    type(event).objects.filter(pk=event.pk).update(state="published")
    assert Client().get(PAGES[0]).status_code == 200


def test_whoever_asks_for_a_thousand_addresses_fills_no_memory(event, monkeypatch):
    monkeypatch.setattr(kept, "MOST_PAGES", 3)
    for number in range(6):
        Client().get(f"{PAGES[0]}?n={number}")
    Client().get(f"{PAGES[0]}?n={'7' * kept.MOST_CHARS}")
    assert len(kept._pages) == 3


def test_zero_keeps_nothing(event, settings):
    settings.PAGE_KEPT_MS = 0
    Client().get(PAGES[0])
    assert not kept._pages


def test_page_is_made_by_one_while_the_others_wait(rf, monkeypatch):
    begun, others_wait, made = threading.Event(), threading.Event(), []

    class Form(kept.KeptForVisitors):
        def get(self, request):
            made.append(request)
            begun.set()
            assert others_wait.wait(60)
            return HttpResponse("a form")

    class Waited(threading.Event):
        def wait(self, timeout=None):
            others_wait.set()
            return super().wait(timeout)

    def ask():
        request = rf.get("/e/freshet/register/")
        request.LANGUAGE_CODE, request.theme, request.zones = "en", "", ()
        return Form.as_view()(request).content

    monkeypatch.setattr(kept, "threading", SimpleNamespace(Event=Waited))
    monkeypatch.setattr(kept, "PATIENCE", 10)
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(ask)
        assert begun.wait(60)
        rest = [pool.submit(ask) for _ in range(2)]
        answers = [first.result(10), *(one.result(10) for one in rest)]

    assert answers == [b"a form"] * 3
    assert len(made) == 1
    assert not kept._making


def test_page_that_could_not_be_made_is_made_by_the_next(rf):
    class Form(kept.KeptForVisitors):
        def get(self, request):
            raise PermissionDenied

    request = rf.get("/e/freshet/register/")
    request.LANGUAGE_CODE, request.theme, request.zones = "en", "", ()
    for _ in range(2):
        with pytest.raises(PermissionDenied):
            Form.as_view()(request)
    assert not kept._making
