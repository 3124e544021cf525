"""Mutes and bans, and removing everything of a person."""

from datetime import timedelta

import pytest

from apps.chat import broadcasts, selectors, services
from apps.chat.models import Act, Message, Sanction
from apps.core import clock
from apps.events import permissions
from apps.events.models import Ban
from tests.chat.asking import at, refused
from tests.factories.tracks import SessionFactory


def test_mute_ends_by_itself(by, attendee, say, monkeypatch):
    start = clock.now()
    at(monkeypatch, start)
    services.mute(by, person_id=attendee.pk, minutes=5)

    answer = say(attendee)

    assert (answer.code, answer.retry_after) == ("chat.muted", 300)
    at(monkeypatch, start + timedelta(minutes=5))
    assert say(attendee).seq


def test_a_new_mute_replaces_the_old(by, attendee):
    services.mute(by, person_id=attendee.pk, minutes=5)
    services.mute(by, person_id=attendee.pk, minutes=None)

    assert Sanction.objects.standing().get().until is None
    assert Act.objects.filter(kind="mute").count() == 2


def test_ban_from_the_chat_closes_rooms_and_sockets(by, room, attendee, say, monkeypatch):
    revoked = []
    monkeypatch.setattr("apps.live.publish.revoke", lambda event_id, user_id: revoked.append((event_id, user_id)))

    services.ban_from_chat(by, person_id=attendee.pk)

    assert revoked == [(room.event_id, attendee.pk)]
    assert say(attendee).code == "chat.banned"
    roles = frozenset({"attendee"})
    assert refused(selectors.get_room, room.event_id, room.pk, user_id=attendee.pk, roles=roles) == "chat.banned"


def test_ban_from_the_event_takes_every_role(by, event, attendee, speaker):
    services.expel(by, person_id=speaker.pk, reason="Threats")

    assert permissions.roles_of(speaker, event) == frozenset()
    assert permissions.roles_of(attendee, event) == frozenset({"attendee"})
    assert Ban.objects.get().reason == "Threats"
    services.lift(by, person_id=speaker.pk, kind="expel")
    assert permissions.roles_of(speaker, event) == frozenset({"speaker"})


@pytest.mark.parametrize("target", ["moderator", "organiser"])
def test_staff_and_oneself_cannot_be_silenced(by, request, target):
    person = request.getfixturevalue(target)

    for act in (services.mute, services.ban_from_chat, services.expel, services.purge):
        extra = {"minutes": 5} if act is services.mute else {}
        assert refused(act, by, person_id=person.pk, **extra) == "chat.person_staff"
    assert not Sanction.objects.exists()
    assert not Ban.objects.exists()


def test_people_of_other_events_do_not_exist(by, outsider):
    assert refused(services.mute, by, person_id=outsider.pk, minutes=5) == "chat.person_unknown"


def test_everything_of_a_person_goes_in_one_word(by, room, event, attendee, speaker, say, told):
    elsewhere = services.room_for(event, f"session/{SessionFactory(event=event).pk}")
    for place in (room, room, elsewhere):
        say(attendee, "Buy my boat", room=place)
    say(speaker, "Stays")

    with told.after():
        services.purge(by, person_id=attendee.pk)

    for place in (room, elsewhere):
        assert told.entries(broadcasts.topic(place.pk)) == [
            {"type": "purged", "author": attendee.pk, "by": "moderator"}
        ]
    assert set(Message.objects.filter(author=attendee).values_list("removed", flat=True)) == {"moderator"}
    assert Message.objects.get(author=speaker).removed == ""
