"""Everything that was said, and the conversations of an event, over REST for moderators: to the end."""

import pytest
from django.urls import reverse

from apps.chat import services
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
