"""Nobody is quicker by another door: forms, the API and the socket take from the same buckets."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from apps.chat import doors, live
from apps.chat.models import Message, Word
from apps.events.models import EventRole
from apps.live import limits, store
from apps.live.registry import Rate
from tests.factories.events import EventRoleFactory

JSON = {"content_type": "application/json"}


@pytest.fixture
def api(room):
    return lambda name, *args: reverse(f"api:chat-{name}", args=[room.event.slug, room.pk, *args])


@pytest.fixture
def page(room):
    return lambda name, *args: reverse(f"chat:{name}", args=[room.event.slug, room.pk, *args])


@pytest.fixture
def used_up(room, monkeypatch):
    """All of this person's bucket of a command is taken as the socket takes it; it fills too slowly to matter here."""

    def take(command, person):
        monkeypatch.setattr(command, "rate", Rate(per_second=0.01, burst=3))
        key = store.key(f"rate:{room.event_id}:{person.pk}:{command.name}")
        words = limits.shared_words([command.rate])
        keys = [limits.NO_KEY, key] * 3
        waits, _answers = store.blocking().eval(limits.TAKE, len(keys), *keys, *words)
        assert waits == [0, 0, 0]

    return take


def test_form_that_is_too_quick_keeps_its_words(room, page, attendee, speaker, enter, used_up):
    used_up(live.Send, attendee)

    answer = enter(attendee).post(page("send"), {"text": "Not to be lost"})

    assert answer.status_code == 429
    assert "Not to be lost</textarea>" in answer.content.decode()
    assert enter(speaker).post(page("send"), {"text": "Somebody else"}).status_code == 302
    assert Message.objects.get().text == "Somebody else"


def test_api_that_is_too_quick_says_when(room, api, attendee, enter, used_up):
    used_up(live.Send, attendee)

    answer = enter(attendee).post(api("messages"), {"text": "Quick"}, **JSON)

    assert (answer.status_code, answer.json()["code"]) == (429, "rate.limited")
    assert 90 < int(answer["Retry-After"]) <= 100
    assert not Message.objects.exists()


def test_form_and_api_take_from_one_bucket(room, api, page, attendee, enter, monkeypatch):
    monkeypatch.setattr(live.Send, "rate", Rate(per_second=0.01, burst=4))
    client = enter(attendee)
    for number in range(4):
        door, more = (page("send"), {}) if number % 2 else (api("messages"), JSON)
        assert client.post(door, {"text": f"Number {number}"}, **more).status_code in (201, 302)

    assert client.post(page("send"), {"text": "One more"}).status_code == 429
    assert client.post(api("messages"), {"text": "One more"}, **JSON).status_code == 429


def test_place_that_is_full_is_full_by_every_door(room, page, attendee, enter, monkeypatch):
    monkeypatch.setattr(live.Send, "place_rate", Rate(per_second=0.01, burst=1))
    client = enter(attendee)
    assert client.post(page("send"), {"text": "One"}).status_code == 302

    answer = client.post(page("send"), {"text": "Two"})

    assert answer.status_code == 429
    assert "So many people do this here" in answer.content.decode()


@pytest.mark.parametrize(
    ("command", "door", "data"),
    [
        (live.React, "react", {"kind": "applause"}),
        (live.Mark, "mark", {"mark": "{id} heart"}),
        (live.Remove, "remove", {"message": "{id}"}),
        (live.Read, "read", {"seq": "1"}),
        (live.Edit, "edit", {"text": "Other words"}),
        (live.ReportMessage, "report", {"reason": "spam"}),
        (live.Pin, "pin", {"message": "{id}"}),
    ],
)
def test_every_form_of_a_room_is_held_to_its_rate(
    command, door, data, room, page, attendee, speaker, say, enter, used_up
):
    EventRoleFactory(event=room.event, user=attendee, role=EventRole.Role.MODERATOR)
    said = say(speaker if door == "report" else attendee)
    posted = {name: value.format(id=said.id) for name, value in data.items()}
    used_up(command, attendee)

    address = page(door, said.id) if door in ("edit", "report") else page(door)
    assert enter(attendee).post(address, posted).status_code == 429


def test_moderators_acts_are_held_to_their_rates(room, moderator, enter, used_up):
    used_up(live.SetRules, moderator)
    address = reverse("api:chat-words", args=[room.event.slug])

    answer = enter(moderator).post(address, {"language": "en", "words": ["bilge"]}, **JSON)

    assert answer.status_code == 429
    assert not Word.objects.exists()


def test_without_redis_nobody_is_held_back(room, page, attendee, enter, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert enter(attendee).post(page("send"), {"text": "Still said"}).status_code == 302


def test_files_cannot_be_brought_quickly(api, attendee, enter, monkeypatch):
    monkeypatch.setitem(doors.RATES, "chat.attach", Rate(per_second=0.01, burst=1))
    client = enter(attendee)

    answers = [client.post(api("files"), {"file": ContentFile(b"neither", "field.png")}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [422, 429]
