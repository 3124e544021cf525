"""Closed groups: who gets in, who sees them, who leaves."""

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.chat import doors, selectors, services
from apps.chat.models import Member, Room
from apps.chat.services import groups
from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions
from apps.live.registry import Rate
from tests.chat.asking import at, refused
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


# Over REST -------------------------------------------------------------------------------------------------------


def call(client, method, event, route, /, *args, **body):
    return getattr(client, method)(
        reverse(f"api:chat-{route}", args=[event.slug, *args]), body or None, content_type="application/json"
    )


def test_group_lives_over_rest(event, attendee, friend, speaker, enter):
    mine, theirs = enter(attendee), enter(friend)

    made = call(mine, "post", event, "groups", name="Gauge readers", people=[friend.pk])
    group = made.json()["id"]
    asked = call(theirs, "get", event, "groups").json()["groups"]
    more = call(mine, "post", event, "invite", group, people=[friend.pk, speaker.pk])
    answered = call(theirs, "post", event, "answer", group, accept=True)
    declined = call(enter(speaker), "post", event, "answer", group, accept=False)
    again = call(mine, "post", event, "invite", group, people=[speaker.pk])
    room = call(theirs, "get", event, "groups").json()["groups"][0]["room"]

    assert (made.status_code, more.json(), again.json()) == (201, {"invited": 1}, {"invited": 0})
    assert asked == [{"id": group, "name": "Gauge readers", "room": None}]
    assert (answered.status_code, declined.status_code) == (204, 204)
    assert room == made.json()["room"] == Room.objects.get(owner=f"group/{group}").pk
    members = call(mine, "get", event, "group", group).json()["members"]
    assert [(one["id"], one["joined"]) for one in members] == [(attendee.pk, True), (friend.pk, True)]
    assert call(theirs, "delete", event, "member", group, attendee.pk).json()["code"] == "chat.not_yours"
    assert call(mine, "delete", event, "member", group, friend.pk).status_code == 204
    assert call(theirs, "get", event, "group", group).json()["code"] == "chat.group_unknown"
    assert call(mine, "delete", event, "member", group, attendee.pk).status_code == 204


def test_group_of_others_does_not_exist_over_rest(event, group, attendee, friend, enter):
    client = enter(friend)

    for method, name, args, body in (
        ("get", "group", (), {}),
        ("post", "invite", (), {"people": [friend.pk]}),
        ("post", "answer", (), {"accept": True}),
        ("delete", "member", (attendee.pk,), {}),
    ):
        answer = call(client, method, event, name, group.pk, *args, **body)
        assert (answer.status_code, answer.json()["code"]) == (404, "chat.group_unknown")
    assert call(client, "post", event, "groups", name="evil.ai").json()["code"] == "chat.group_name"
    assert call(client, "post", event, "groups", name="").status_code == 400
    assert selectors.is_member(group.pk, attendee.pk)


def test_own_answer_by_leaving_is_a_no(group, attendee, friend, enter):
    services.invite(group, people=[friend.pk], by=attendee)

    call(enter(friend), "delete", group.event, "member", group.pk, friend.pk)

    assert services.invite(group, people=[friend.pk], by=attendee) == 0


@pytest.mark.parametrize("door", ["form", "API"])
@pytest.mark.parametrize("deed", ["make_group", "invite", "answer", "leave"])
def test_groups_have_rates(deed, door, group, attendee, friend, enter, monkeypatch):
    monkeypatch.setitem(doors.RATES, f"chat.{deed}", Rate(per_second=0.01, burst=1))
    event, client = group.event, enter(attendee)
    page = {
        "make_group": ("create-group", (), {"name": "More"}),
        "invite": ("invite", (group.pk,), {"people": [friend.pk]}),
        "answer": ("answer", (group.pk,), {"answer": "yes"}),
        "leave": ("leave", (group.pk,), {"person": friend.pk}),
    }[deed]
    rest = {
        "make_group": ("post", event, "groups"),
        "invite": ("post", event, "invite", group.pk),
        "answer": ("post", event, "answer", group.pk),
        "leave": ("delete", event, "member", group.pk, friend.pk),
    }[deed]
    body = {"make_group": {"name": "More"}, "invite": {"people": [friend.pk]}, "answer": {"accept": True}, "leave": {}}
    by_form = lambda: client.post(reverse(f"chat:{page[0]}", args=[event.slug, *page[1]]), page[2])  # noqa: E731
    by_call = lambda: call(client, *rest, **body[deed])  # noqa: E731
    first, second = (by_call, by_form) if door == "form" else (by_form, by_call)

    assert first().status_code < 400
    assert second().status_code == 429


def test_groups_that_are_over_do_not_count_against_their_maker(event, attendee, monkeypatch):
    monkeypatch.setattr(groups, "MOST_MADE", 2)
    first = services.create_group(event, name="One", by=attendee)
    services.create_group(event, name="Two", by=attendee)
    assert refused(services.create_group, event, name="Three", by=attendee) == "chat.too_many_groups"

    services.leave_group(first, person_id=attendee.pk, by=attendee, roles=frozenset({"attendee"}))

    assert services.create_group(event, name="Three", by=attendee).name == "Three"
