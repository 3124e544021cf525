"""Every list of the API costs the same queries for one row and for many: all lists, found in the API's description."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from apps.chat import services as chats
from apps.chat.models import Message, Room
from apps.core import clock, describing
from apps.tracks.models import Session
from apps.tracks.selectors import entering
from tests.access import world
from tests.access.more import MORE
from tests.factories import media, tracks

MANY = 60
"""More than stand on one page of a list."""
ASKS = {
    "api:chat-search": {"q": world.SECRET},
    "api:chat-people": {"q": world.SECRET},
    "api:said": {"q": world.SECRET},
    "api:chat-clock": {"begin": 0, "end": 600},
    "api:questions-similar": {"q": f"{world.SECRET}, and for whom?"},
}
NO_LISTS = {
    "api:stream",
    "api:me", "api:event-detail", "api:booth", "api:asset", "api:agenda-speaker", "api:upload", "api:poll",
    "api:poll-results", "api:question", "api:questions-export", "api:questions-rules", "api:quiz", "api:chat-message",
    "api:chat-reactions", "api:agenda-seat", "api:event-announcement", "api:event-duplicate", "api:event-person",
    "api:event-registration", "api:desk-registration", "api:desk-ticket", "api:desk-code", "api:desk-ask",
    "api:desk-settings", "api:desk-state", "api:desk-track", "api:desk-room", "api:desk-speaker", "api:desk-session",
    "api:desk-import", "api:event-ticket-opens", "api:desk-opens", "api:webhook", "api:webhook-delivery",
    "api:contact-request", "api:booth-request", "api:desk-contact-request", "api:desk-tag", "api:desk-letter",
    "api:desk-mail", "api:desk-errand", "api:me-mails", "api:agenda-address", "api:event-next",
    "api:webhook-receiver",
    "api:organisation-connection", "api:organisation-itself",
    "api:desk-bank", "api:desk-bank-file", "api:desk-bank-question", "api:desk-quiz", "api:desk-poll-template",
    "api:me-second-step", "api:me-data", "api:event-take", "api:desk-role-errand", "api:desk-ban-errand",
    "api:training-attempt", "api:training-review", "api:desk-booth", "api:desk-guest-list",
    "api:desk-asset-chapters", "api:desk-asset-watched",
    "api:transcript",
    "api:desk-stage", "api:desk-green-room", "api:green-room-said", "api:desk-stream-keys",
}  # fmt: skip
"""Calls that answer one thing; what is inside it has a bound of its own."""


def reads():
    """{route: its parameters}, of every GET that the API describes."""
    found = {}
    for path, methods in describing.description()["paths"].items():
        if call := methods.get("get"):
            names = [part["name"] for part in call.get("parameters", ()) if part["in"] == "path"]
            plain = path
            for name in names:
                plain = plain.replace(f"{{{name}}}", "1")
            name = f"api:{resolve(plain).url_name}"
            found[name] = (path, names)
            ASKED[name] = {part["name"] for part in call.get("parameters", ()) if part["in"] == "query"}
    return found


ASKED = {}
READS = reads()


TABLES = {name for name in READS if name.startswith("api:desk-table-")}
"""Whole lists, in pieces as they are read; `tests.events.test_desk_tables` takes each."""


def description_of(name):
    """What a call may be asked in its address."""
    return ASKED[name]


def test_every_read_is_known_as_a_list_or_as_none():
    assert set(READS) == set(MORE) | NO_LISTS | TABLES
    assert not set(MORE) & NO_LISTS


@pytest.fixture
def place(built, db, monkeypatch):
    """What is kept for a moment is kept for as long as the looks of a busy machine take."""
    monkeypatch.setattr(entering, "KEPT_SECONDS", 600)
    cache.clear()
    yield built()
    entering.forget_gates()


@pytest.mark.parametrize("name", sorted(MORE))
def test_list_costs_the_same_for_one_row_and_for_many(name, place, enter):
    """As an organiser reads it, and as an attendee, where it is theirs to read."""
    readers, (path, parameters) = {role: enter(place.people[role]) for role in ("organiser", "attendee")}, READS[name]
    if name == "api:chat-clock":
        begins = clock.now() - timedelta(minutes=5)
        session = tracks.SessionFactory(
            event=place.event, video=media.AssetFactory(event=place.event), starts_at=begins, ends_at=clock.now()
        )
        place.things[Room] = chats.room_for(place.event, f"session/{session.pk}")
        place.things[Session] = session
    Message.objects.update(seq=F("pk") + 10**6)  # out of the way of what the room counts itself
    arguments = world.arguments(place, name, tuple(parameters))
    address = path.format(**arguments)

    MORE[name](place)
    found = {role: _look_twice(client, address, ASKS.get(name, {})) for role, client in readers.items()}
    small = {role: look for role, look in found.items() if look is not None}
    assert "organiser" in small
    for _row in range(MANY - 1):
        MORE[name](place)
    for role, (length, queries) in small.items():
        larger, queries_then = _look_twice(readers[role], address, ASKS.get(name, {}))
        assert (role, queries_then) == (role, queries)
        if name != "api:questions-similar" and role == "organiser":  # three at most
            assert larger > length


def _look_twice(client, address, asks):
    """How long the answer is and how many queries it took, once what is remembered was read; None where the reader has
    no business."""
    for _time in range(2):
        with CaptureQueriesContext(connection) as counted:
            answer = client.get(address, asks)
        if answer.status_code in (403, 404):
            return None
        assert answer.status_code == 200, answer.content[:300]
    return len(answer.content), len(counted)
