"""Mutes and bans, and removing everything of a person."""

from datetime import timedelta

import pytest

from apps.chat import broadcasts, selectors, services
from apps.chat.models import Act, Message, Sanction
from apps.core import clock
from apps.events import permissions
from apps.events.models import Ban
from tests.chat.asking import at, refused, report
from tests.factories.chat import SanctionFactory
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


@pytest.mark.parametrize("kind", ["mute", "ban"])
def test_who_is_barred_reaches_nobody_by_a_group(kind, by, event, attendee, speaker):
    group = services.create_group(event, name="Gauge readers", by=attendee)
    services.bar(by, person_id=attendee.pk, kind=kind)
    code = {"mute": "chat.muted", "ban": "chat.banned"}[kind]

    assert refused(services.create_group, event, name="More of this", by=attendee) == code
    assert refused(services.invite, group, people=[speaker.pk], by=attendee) == code
    assert selectors.invitations(event, speaker) == []
    services.lift(by, person_id=attendee.pk, kind=kind)
    assert services.invite(group, people=[speaker.pk], by=attendee) == 1


def test_who_moderates_by_now_makes_groups_whatever_stood(by, event, attendee, moderator):
    SanctionFactory(event=event, user=moderator, kind="ban")

    assert services.create_group(event, name="Gauge readers", by=moderator).made_by == moderator


def test_reports_of_the_banned_do_not_count_and_those_of_the_muted_do(
    by, room, rules, actor, attendee, speaker, exhibitor, say
):
    rules(hide_after=1)
    said = say(exhibitor, "Our boats are dry")
    services.ban_from_chat(by, person_id=attendee.pk)
    services.mute(by, person_id=speaker.pk, minutes=None)

    assert refused(report, actor(attendee), said, room) == "chat.banned"
    assert Message.objects.get().removed == ""
    assert report(actor(speaker), said, room).by == speaker
    assert Message.objects.get().removed == "reports"


def test_who_is_banned_notes_no_reading(by, room, attendee, speaker, moderator, say):
    say(speaker)
    services.ban_from_chat(by, person_id=attendee.pk)
    SanctionFactory(event=room.event, user=moderator, kind="ban")
    read = [
        services.HasRead(room.event_id, room.pk, person.pk, permissions.roles_of(person, room.event), 1)
        for person in (attendee, moderator)
    ]

    banned, heard = services.mark_read(read)

    assert (banned.code, heard) == ("chat.banned", None)
    assert selectors.read_to(room, attendee.pk) == 0
