"""Closed groups: who gets in, who sees them, who leaves."""

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.chat import selectors, services
from apps.chat.models import Member, Room
from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions
from tests.chat.asking import at
from tests.factories.chat import WordFactory
from tests.factories.events import RegistrationFactory


@pytest.fixture
def group(event, attendee):
    return services.create_group(event, name="  Gauge   readers ", by=attendee)


@pytest.fixture
def group_room(group):
    return Room.objects.get(owner=f"group/{group.pk}")


@pytest.fixture
def friend(event):
    return RegistrationFactory(event=event, user__name="Piet Vermeer").user


def may_read(room, person):
    try:
        roles = permissions.roles_of(person, room.event)
        selectors.get_room(room.event_id, room.pk, user_id=person.pk, roles=roles)
    except Refused:
        return False
    return True


def test_maker_is_in_others_are_not(group, group_room, attendee, friend, moderator):
    assert group.name == "Gauge readers"
    assert may_read(group_room, attendee)
    assert not may_read(group_room, friend)
    assert may_read(group_room, moderator)


def test_invited_person_comes_in_by_their_own_yes(group, group_room, attendee, friend, say, told):
    with told.after():
        assert services.invite(group, people=[friend.pk, friend.pk], by=attendee) == 1

    assert told.states == [(group.event_id, f"person/{friend.pk}/mentions")]
    assert not may_read(group_room, friend)
    assert say(friend, room=group_room).code == "chat.unknown"
    assert [row.group for row in selectors.invitations(group.event, friend)] == [group]

    services.answer_invitation(group, user=friend, accept=True)

    assert say(friend, room=group_room).text
    assert selectors.invitations(group.event, friend) == []


def test_who_declines_stays_out(group, group_room, attendee, friend):
    services.invite(group, people=[friend.pk], by=attendee)
    services.answer_invitation(group, user=friend, accept=False)

    with pytest.raises(Refused, match=r"chat\.group_unknown"):
        services.answer_invitation(group, user=friend, accept=True)
    assert not may_read(group_room, friend)


def test_who_declined_is_not_asked_without_end(group, attendee, friend, monkeypatch):
    ask = lambda: services.invite(group, people=[friend.pk], by=attendee)  # noqa: E731
    start = clock.now()
    assert ask() == 1
    services.answer_invitation(group, user=friend, accept=False)

    assert ask() == 0
    at(monkeypatch, start + timedelta(hours=25))
    assert ask() == 1
    services.answer_invitation(group, user=friend, accept=False)
    at(monkeypatch, start + timedelta(days=90))
    assert ask() == 0


def test_who_left_is_asked_again(group, attendee, friend):
    services.invite(group, people=[friend.pk], by=attendee)
    services.answer_invitation(group, user=friend, accept=True)
    services.leave_group(group, person_id=friend.pk, by=friend, roles=frozenset({"attendee"}))

    assert services.invite(group, people=[friend.pk], by=attendee) == 1


@pytest.mark.parametrize(("name", "code"), [("Friends of B1lge", "chat.word"), ("Win at evil.ai", "chat.group_name")])
def test_name_of_a_group_is_judged(event, attendee, name, code):
    WordFactory(event=event, text="bilge", action="hold")

    with pytest.raises(Refused, match=code.replace(".", r"\.")):
        services.create_group(event, name=name, by=attendee)


def test_only_people_of_the_event_are_invited(group, attendee, outsider):
    assert services.invite(group, people=[outsider.pk, 10**9], by=attendee) == 0
    assert Member.objects.count() == 1


def test_only_members_invite(group, friend, speaker):
    with pytest.raises(Refused, match=r"chat\.group_unknown"):
        services.invite(group, people=[speaker.pk], by=friend)


def test_group_has_a_bound(group, attendee, event, monkeypatch):
    from apps.chat.services import groups

    monkeypatch.setattr(groups, "MOST_MEMBERS", 3)
    people = [RegistrationFactory(event=event, user__name=f"Person {n}").user.pk for n in range(3)]

    with pytest.raises(Refused, match=r"chat\.group_full"):
        services.invite(group, people=people, by=attendee)


def test_who_is_put_out_reads_no_more_at_once(group, group_room, attendee, friend, monkeypatch):
    from apps.live import publish

    asked, revoked = [], []
    monkeypatch.setattr(publish, "ask_again", lambda event_id, places: asked.extend(places))
    monkeypatch.setattr(publish, "revoke", lambda event_id, user_id: revoked.append(user_id))
    services.invite(group, people=[friend.pk], by=attendee)
    services.answer_invitation(group, user=friend, accept=True)

    with pytest.raises(Refused, match=r"chat\.not_yours"):
        services.leave_group(group, person_id=attendee.pk, by=friend, roles=frozenset({"attendee"}))
    services.leave_group(group, person_id=friend.pk, by=attendee, roles=frozenset({"attendee"}))

    assert not may_read(group_room, friend)
    assert asked == [f"chat/{group_room.pk}", f"reactions/{group_room.pk}"]
    assert revoked == [], "nobody else comes back for it"


def test_last_one_out_closes_the_room(group, group_room, attendee):
    services.leave_group(group, person_id=attendee.pk, by=attendee, roles=frozenset({"attendee"}))

    group_room.refresh_from_db()
    assert not group_room.is_open
    assert not Member.objects.exists()


def test_only_members_are_named_in_a_group(group, group_room, attendee, friend, say):
    assert say(attendee, "Hello @Piet Vermeer", room=group_room).mentions == []

    services.invite(group, people=[friend.pk], by=attendee)
    services.answer_invitation(group, user=friend, accept=True)

    assert [named.name for named in say(attendee, "Hello @Piet Vermeer", room=group_room).mentions] == ["Piet Vermeer"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_group_needs_a_name(event, attendee, name):
    with pytest.raises(Refused, match=r"chat\.group_name"):
        services.create_group(event, name=name, by=attendee)


def test_list_shows_groups_and_what_is_new(event, group, group_room, attendee, friend, say):
    services.invite(group, people=[friend.pk], by=attendee)
    services.answer_invitation(group, user=friend, accept=True)
    say(friend, "Is anybody here?", room=group_room)

    places = selectors.places(event, attendee, permissions.roles_of(attendee, event))

    place = places[0]

    assert (place.title, place.unread, place.last_by, place.last_text) == (
        "Gauge readers",
        1,
        "Piet Vermeer",
        "Is anybody here?",
    )
    stranger = RegistrationFactory(event=event).user
    assert [place.title for place in selectors.places(event, stranger, frozenset({"attendee"}))] == ["Lobby"]


def test_desk_shows_the_groups_of_ones_own_events(group, organiser, other_organiser, enter):
    address = reverse("admin:chat_group_changelist")

    assert "Gauge readers" in enter(organiser).get(address + "?q=gauge").content.decode()
    assert "Gauge readers" not in enter(other_organiser).get(address).content.decode()


def test_page_of_a_group_lets_the_invited_answer(group, attendee, friend, enter):
    services.invite(group, people=[friend.pk], by=attendee)
    page = reverse("chat:group", args=[group.event.slug, group.pk])
    answer = reverse("chat:answer", args=[group.event.slug, group.pk])

    assert answer in enter(friend).get(page).content.decode()
    assert answer not in enter(attendee).get(page).content.decode()
