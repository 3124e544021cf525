"""Every list of the API has an end: those that are cut take no more than their most, whatever is asked; the others are
short by nature, and named here."""

import pytest
from django.core.cache import cache
from rest_framework.throttling import SimpleRateThrottle

from apps.chat.models import Message
from apps.questions.models import Question
from tests.access import world
from tests.access.test_list_costs import ASKS, MORE, READS, description_of

SHORT = {
    "api:said": "fifty lines",
    "api:me-devices": "as many as one may be signed in on",
    "api:me-tokens": "as many as one may have",
    "api:me-invitations": "the newest fifty",
    "api:event-segments": "as many as kinds of tickets, and the event's own",
    "api:event-tickets": "kinds of tickets, bounded by a rule",
    "api:event-asked": "questions of a form, bounded by a rule",
    "api:quiz-game-questions": "as many as a game may ask",
    "api:questions-similar": "three",
    "api:questions": "goes by pages of its own",
    "api:poll-words": "goes by pages of its own",
    "api:chat-groups": "as many as somebody may be in",
    "api:chat-group": "as many as a group may hold",
    "api:chat-people": "those whose names begin so, a few",
    "api:chat-room": "the newest of a room",
    "api:chat-waiting": "the first of a queue",
    "api:chat-reports": "the first of a queue",
    "api:chat-barred": "the newest two hundred",
    "api:chat-search": "the newest that are found",
    "api:questions-clock": "the most wanted three hundred",
    "api:polls-clock": "fifty",
    "api:chat-clock": "so many minutes of a film",
    "api:desk-asset-sounds": "eight of a film",
    "api:desk-asset-uses": "the first five hundred",
    "api:desk-asset-versions": "as many as are kept",
    "api:agenda-session": "one session, with what hangs on it",
}
"""Lists that know no `limit`, and why none is needed."""
CUT = {name for name in MORE if "limit" in description_of(name)}
PAGED = {name for name in CUT if "cursor" in description_of(name)}
SPARSE = {name for name in PAGED if "fields" in description_of(name)}


@pytest.fixture
def place(built, db, monkeypatch):
    cache.clear()
    monkeypatch.setattr(SimpleRateThrottle, "allow_request", lambda *_: True)
    place = built()
    Message.objects.update(seq=10**6)
    assert Question.objects.exists()
    return place


def address_of(place, name):
    path, parameters = READS[name]
    return path.format(**world.arguments(place, name, tuple(parameters)))


def test_every_list_is_cut_or_short_by_nature():
    assert set(MORE) - CUT == set(SHORT)


@pytest.mark.parametrize("name", sorted(PAGED))
def test_page_is_as_long_as_is_asked_and_no_longer_than_the_most(name, place, enter):
    client, address = enter(place.people["organiser"]), address_of(place, name)
    for _row in range(3):
        MORE[name](place)
    asks = ASKS.get(name, {})

    one = client.get(address, {**asks, "limit": 1}).json()
    assert (len(one["results"]), one["next"] is not None) == (1, True)
    assert client.get(one["next"]).json()["results"] != one["results"]
    for limit in ("0", "-1", "x", "9" * 40, "201"):
        found = client.get(address, {**asks, "limit": limit})
        assert found.status_code in (200, 400)
        assert len(found.json().get("results", ())) <= 200


@pytest.mark.parametrize("name", sorted(CUT - PAGED))
def test_list_that_goes_by_numbers_takes_no_more_than_its_most(name, place, enter):
    client, address = enter(place.people["organiser"]), address_of(place, name)
    for limit in ("0", "-1", "x", "9" * 40, "501"):
        assert client.get(address, {**ASKS.get(name, {}), "limit": limit}).status_code in (200, 400)


@pytest.mark.parametrize("name", sorted(SPARSE))
def test_fields_are_chosen_by_name_and_unknown_ones_refused(name, place, enter):
    client, address = enter(place.people["organiser"]), address_of(place, name)
    MORE[name](place)
    row = client.get(address).json()["results"][0]
    [field, *_others] = row
    assert {*client.get(address, {"fields": field}).json()["results"][0]} == {field}
    refused = client.get(address, {"fields": f"{field},password"})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["fields"])
