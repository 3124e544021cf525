"""Who is told when what stands on a topic of their own changes by somebody else's deed."""

import pytest
from django.urls import reverse

from apps.chat import broadcasts, selectors, services
from apps.chat.models import Message, Room
from apps.core import clock
from tests.chat.asking import edit, report
from tests.factories.chat import MessageFactory
from tests.factories.events import RegistrationFactory


@pytest.fixture
def unshown(room, attendee, say):
    """Stored, and above the room's rate: only its author sees it."""

    def make(person, text="Unheard", **changes):
        said = say(person, text, **changes)
        Message.objects.filter(pk=said.id).update(seq=None)
        return said

    return make


@pytest.mark.parametrize("deed", ["remove", "purge", "put back", "take back", "edit"])
def test_whoever_is_named_hears_that_the_words_changed(deed, by, room, attendee, speaker, say, told):
    said = say(attendee, f"Hello @{speaker.name}")
    deeds = {
        "remove": lambda: services.remove_messages(by, messages=[said.id]),
        "purge": lambda: services.purge(by, person_id=attendee.pk),
        "take back": lambda: services.remove_message(
            event_id=room.event_id,
            room_id=room.pk,
            message_id=said.id,
            user_id=attendee.pk,
            roles=frozenset({"attendee"}),
        ),
        "edit": lambda: edit(room, said, attendee, "Hello nobody"),
    }
    if deed == "put back":
        act = deeds["purge"]()
        deeds[deed] = lambda: services.undo(by, act_id=act.pk)
    before = selectors.mentions(room.event_id, speaker.pk)

    with told.after():
        deeds[deed]()

    assert selectors.mentions(room.event_id, speaker.pk) != before
    assert (room.event_id, broadcasts.mentions_topic(speaker.pk)) in told.states


def test_author_hears_that_a_message_is_gone_which_nobody_else_saw(by, room, attendee, speaker, unshown, told):
    said = [unshown(attendee), unshown(speaker)]
    with told.after():
        act = services.remove_messages(by, messages=[one.id for one in said])
    own = {(room.event_id, broadcasts.own_topic(person.pk)) for person in (attendee, speaker)}
    assert own <= set(told.states)
    told.states.clear()

    with told.after():
        services.undo(by, act_id=act.pk)

    assert own <= set(told.states)
    assert [row.message.id for row in selectors.own(room.event_id, attendee.pk).messages] == [said[0].id]


def test_author_hears_that_what_their_unshown_message_replies_to_is_gone(
    by, room, attendee, speaker, say, unshown, told
):
    quoted = say(speaker, "Quoted")
    unshown(attendee, reply_to=quoted.id)

    with told.after():
        services.remove_messages(by, messages=[quoted.id])

    assert selectors.own(room.event_id, attendee.pk).messages[0].message.reply.text == ""
    assert (room.event_id, broadcasts.own_topic(attendee.pk)) in told.states


def test_purged_messages_leave_a_trace_and_lose_it_when_they_are_put_back(
    by, room, attendee, speaker, moderator, say, told
):
    earlier = say(speaker, "Stays")
    edit(room, earlier, speaker, "Still stays")
    said = [say(attendee, "Buy my boat"), say(attendee, "Buy it now")]
    trace = (room.event_id, broadcasts.trace_topic(room.pk))
    with told.after():
        act = services.purge(by, person_id=attendee.pk)

    found = selectors.traces(room.event_id, room.pk)
    assert [(one.id, one.was, one.by, one.removed) for one in found[:2]] == [
        (said[1].id, ["Buy it now"], str(moderator), "moderator"),
        (said[0].id, ["Buy my boat"], str(moderator), "moderator"),
    ]
    assert [one.id for one in found[2:]] == [earlier.id]
    assert selectors.trace_of(Message.objects.get(pk=said[0].id)) == found[1]
    assert trace in told.states
    told.states.clear()

    with told.after():
        services.undo(by, act_id=act.pk)

    assert [one.id for one in selectors.traces(room.event_id, room.pk)] == [earlier.id]
    assert trace in told.states


def test_what_reports_hid_and_a_moderator_removed_is_said_so(by, room, rules, actor, attendee, speaker, say, told):
    rules(hide_after=1)
    said = say(speaker, "Buy my boat")
    report(actor(attendee), said, room)

    with told.after():
        services.handle_reports(by, messages=[said.id], remove=True)

    assert told.entries(broadcasts.topic(room.pk)) == [{"type": "removed", "id": said.id, "by": "moderator"}]
    assert selectors.room_snapshot(room).messages[0].removed == "moderator"


def test_what_an_author_took_back_while_it_waited_is_no_selection_of_the_room(room, rules, attendee, say):
    rules(holds="all")
    held = say(attendee)
    services.remove_message(
        event_id=room.event_id, room_id=room.pk, message_id=held.id, user_id=attendee.pk, roles=frozenset({"attendee"})
    )

    assert selectors.pace(room.event_id, room.pk).sampled_at is None


@pytest.mark.parametrize("accept", [True, False])
def test_answered_invitation_waits_no_longer(event, attendee, accept, told):
    friend = RegistrationFactory(event=event).user
    group = services.create_group(event, name="Gauge readers", by=attendee, invited=[friend.pk])

    with told.after():
        services.answer_invitation(group, user=friend, accept=accept)
        services.answer_invitation(group, user=friend, accept=accept)

    assert told.states == [(event.pk, broadcasts.mentions_topic(friend.pk))]
    assert selectors.mentions(event.pk, friend.pk).invited == 0


def test_invitations_to_a_group_that_everybody_left_are_gone(event, attendee, told):
    friend = RegistrationFactory(event=event).user
    group = services.create_group(event, name="Gauge readers", by=attendee, invited=[friend.pk])

    with told.after():
        services.leave_group(group, person_id=attendee.pk, by=attendee, roles=frozenset({"attendee"}))

    assert (event.pk, broadcasts.mentions_topic(friend.pk)) in told.states
    assert selectors.mentions(event.pk, friend.pk).invited == 0


def test_who_is_banned_reads_nowhere_that_they_are_named(by, room, attendee, speaker, say, told):
    say(speaker, f"Hello @{attendee.name}")

    with told.after():
        services.ban_from_chat(by, person_id=attendee.pk)

    assert selectors.mentions(room.event_id, attendee.pk).newest == []
    assert (room.event_id, broadcasts.mentions_topic(attendee.pk)) in told.states
    services.lift(by, person_id=attendee.pk, kind="ban")
    assert selectors.mentions(room.event_id, attendee.pk).count == 1


def test_who_is_banned_reads_the_newest_words_at_no_door(by, room, event, attendee, speaker, moderator, say, enter):
    group = services.create_group(event, name="Gauge readers", by=attendee)
    said = say(speaker, "The secret stands at 2.10 m.")
    say(attendee, "A secret of the group", room=Room.objects.get(owner=f"group/{group.pk}"))
    MessageFactory(room=room, author=speaker, seq=said.seq + 1, text="A secret that is new", created_at=clock.now())
    rows = reverse("api:chat-places", args=[event.slug])
    rest = reverse("api:chat-room", args=[event.slug, room.pk])
    doors = [
        reverse("chat:places", args=[event.slug]),
        rows,
        reverse("chat:room", args=[event.slug, room.pk]),
        reverse("chat:search", args=[event.slug, room.pk]) + "?q=stands",
        *(rest + end for end in ("", "messages/", f"messages/{said.id}/", "search/?q=secret")),
        reverse("venue:lobby", args=[event.slug]),
    ]
    client = enter(attendee)
    before = [client.get(door).content.decode() for door in doors]

    services.ban_from_chat(by, person_id=attendee.pk)

    after = [client.get(door).content.decode() for door in doors]
    assert [door for door, page in zip(doors, before, strict=True) if "secret" not in page] == [rows]
    assert [door for door, page in zip(doors, after, strict=True) if "secret" in page] == []
    assert client.get(rows).json()["results"] == []
    assert len(selectors.places(event, moderator, frozenset({"moderator"}))) == 1
