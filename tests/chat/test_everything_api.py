"""Everything that was said, and the conversations of an event, over REST for moderators: to the end."""

import json

import pytest
from django.db import connection
from django.urls import reverse

from apps.chat import selectors, services
from apps.chat.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.chat import MessageFactory, ReadingFactory
from tests.factories.tracks import SessionFactory


@pytest.fixture
def read(event, moderator, enter):
    client = enter(moderator)
    return lambda name, **asks: client.get(reverse(f"api:chat-{name}", args=[event.slug]), asks)


def texts(answer):
    return [row["text"] for row in answer.json()["results"]]


def test_everything_is_read_to_the_end_shown_or_not(read, room, moderator, enter):
    for place in range(5):
        MessageFactory(room=room, text=f"{place}", seq=place + 1 if place else None, held="" if place else "waiting")
    MessageFactory(text="Elsewhere")

    found, page = [], read("everything", limit=2, fields="text").json()
    while True:
        found += page["results"]
        if page["next"] is None:
            break
        page = enter(moderator).get(page["next"]).json()

    assert found == [{"text": str(place)} for place in (4, 3, 2, 1, 0)]


def test_everything_is_narrowed(read, room):
    author = UserFactory()
    MessageFactory(room=room, author=author, text="By them", seq=1)
    MessageFactory(room=room, text="Held", seq=None, held="waiting")
    MessageFactory(room=room, text="Gone", seq=2, removed="moderator")

    assert texts(read("everything", person=author.pk)) == ["By them"]
    assert texts(read("everything", state="waiting")) == ["Held"]
    assert texts(read("everything", state="removed")) == texts(read("everything", text="gon")) == ["Gone"]
    assert texts(read("everything", room=room.pk + 1000)) == []
    assert read("everything", state="nonsense").status_code == 400


def test_rooms_are_told_with_their_rules_and_what_waits_there(read, room, event):
    room.slow_seconds = 30
    room.save()
    MessageFactory(room=room, seq=None, held="waiting")
    MessageFactory()

    [told] = read("rooms").json()["results"]

    assert [told[name] for name in ("room", "waiting", "slow", "open")] == [room.pk, 1, 30, True]
    assert read("rooms", waiting="false").json()["results"] == []
    assert [row["room"] for row in read("rooms", waiting="true").json()["results"]] == [room.pk]


def test_rules_that_are_set_are_read_back(read, room, event, moderator, enter):
    MessageFactory(room=room, seq=None, held="waiting")
    wished = {"slow": 30, "hosts": True, "newcomer_minutes": 15, "hide_after": 4, "display_rate": 3}
    door = reverse("api:chat-rules", args=[event.slug, room.pk])

    answer = enter(moderator).put(door, wished, content_type="application/json").json()

    assert {name: answer[name] for name in wished} == wished
    assert answer["waiting"] == 1
    assert read("rooms").json()["results"] == [answer]


def rows_of(plan, table):
    """How many rows of a table were looked at."""
    own = 0
    if plan.get("Relation Name") == table:
        own = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    return own + sum(rows_of(part, table) for part in plan.get("Plans", ()))


@pytest.mark.parametrize("waits", [None, True, False])
def test_what_waits_in_rooms_is_counted_without_reading_all_that_was_said(event, room, waits):
    Message.objects.bulk_create(Message(room=room, seq=place + 1, text="x") for place in range(3000))
    MessageFactory(room=room, seq=None, held="waiting")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE chat_message")

    [told] = json.loads(selectors.rooms_of(event.pk, waits=waits).explain(format="json", analyze=True))

    assert rows_of(told["Plan"], "chat_message") < 10
    assert [row.waits for row in selectors.rooms_of(event.pk, waits=waits)] == ([] if waits is False else [1])


def test_rooms_where_something_waits_come_first_and_silent_ones_last(event, room):
    busy, silent = (services.room_for(event, f"session/{SessionFactory(event=event).pk}") for _ in range(2))
    MessageFactory(room=room, seq=1)
    MessageFactory(room=busy, seq=None, held="waiting")

    assert [(one.pk, waits) for one, _title, waits in selectors.busy_rooms(event.pk)] == [
        (busy.pk, 1), (room.pk, 0), (silent.pk, 0)
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["everything", "rooms"])
def test_they_are_for_moderators_alone(name, event, attendee, speaker, enter):
    for person in (attendee, speaker):
        assert enter(person).get(reverse(f"api:chat-{name}", args=[event.slug])).status_code == 403


def test_own_conversations_are_read_to_the_end_the_liveliest_first(event, room, session, attendee, enter, say):
    """Also those beyond the sixty that the page lists."""
    rooms = [services.room_for(event, f"session/{SessionFactory(event=event).pk}") for _ in range(62)]
    for one in rooms:
        ReadingFactory(room=one, user=attendee)
    say(attendee, "First of all", room=rooms[40])
    client, found = enter(attendee), []
    onward = reverse("api:chat-places", args=[event.slug]) + "?limit=20&fields=room"
    while onward:
        page = client.get(onward).json()
        found += [row["room"] for row in page["results"]]
        onward = page["next"]

    assert found[0] == rooms[40].pk
    assert sorted(found) == sorted([room.pk, *(one.pk for one in rooms)])
