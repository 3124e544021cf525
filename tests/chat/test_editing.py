"""Changing one’s own words, and pinning a message."""

from datetime import timedelta

from apps.chat import selectors, services
from apps.chat.models import Message, Wording
from apps.core import clock
from apps.events import permissions
from tests.chat.asking import actor, edit, refused_with
from tests.factories.tracks import SessionFactory


def test_author_changes_their_words_and_everybody_is_told(room, attendee, say, told):
    said = say(attendee, "The gage stands high")

    with told.after():
        edited = edit(room, said, attendee, " The gauge stands high ")

    assert edited.text == "The gauge stands high"
    [entry] = told.entries(f"chat/{room.pk}")
    assert (entry["type"], entry["id"], entry["text"]) == ("edited", said.id, "The gauge stands high")
    assert selectors.room_snapshot(room).messages[0].edited is not None
    assert Wording.objects.get().text == "The gage stands high"


def test_same_words_are_no_change(room, attendee, say, told):
    said = say(attendee, "As it was")

    with told.after():
        edit(room, said, attendee, "As it was")

    assert told.logs == []
    assert not Wording.objects.exists()


def test_nobody_changes_the_words_of_others(room, attendee, moderator, say):
    said = say(attendee, "Mine")

    with refused_with("chat.not_yours"):
        edit(room, said, moderator, "Not yours")

    assert Message.objects.get().text == "Mine"


def test_words_can_be_changed_for_a_quarter_of_an_hour(room, attendee, say, monkeypatch):
    said = say(attendee, "Early")
    start = clock.now()
    monkeypatch.setattr(clock, "now", lambda: start + services.EDIT_FOR - timedelta(seconds=5))
    edit(room, said, attendee, "In time")
    monkeypatch.setattr(clock, "now", lambda: start + services.EDIT_FOR + timedelta(seconds=5))

    with refused_with("chat.too_late"):
        edit(room, said, attendee, "Too late")

    assert Message.objects.get().text == "In time"


def test_removed_message_is_not_changed(room, attendee, say):
    said = say(attendee, "Gone")
    roles = frozenset({"attendee"})
    services.remove_message(
        event_id=room.event_id, room_id=room.pk, message_id=said.id, user_id=attendee.pk, roles=roles
    )

    with refused_with("chat.message_gone"):
        edit(room, said, attendee, "Back again")

    assert Message.objects.get().removed


def test_rules_of_the_room_hold_for_changes_too(room, attendee, say):
    said = say(attendee, "No address")
    room.links_allowed = False
    room.save()

    with refused_with("chat.no_links"):
        edit(room, said, attendee, "See https://example.org/")

    assert Message.objects.get().text == "No address"


def test_traces_say_what_was_there_before(room, attendee, moderator, say):
    said = say(attendee, "First words")
    edit(room, said, attendee, "Second words")
    services.remove_message(
        event_id=room.event_id,
        room_id=room.pk,
        message_id=said.id,
        user_id=moderator.pk,
        roles=permissions.roles_of(moderator, room.event),
    )

    [trace] = selectors.traces(room.event_id, room.pk)

    assert (trace.id, trace.was, trace.by, trace.removed) == (
        said.id,
        ["First words", "Second words"],
        str(moderator),
        "moderator",
    )


def test_moderator_pins_and_takes_down(room, attendee, moderator, say, told):
    said = say(attendee, "The slides are on page 9")
    who = actor(moderator, room.event)

    with told.after():
        services.pin_message(who, room_id=room.pk, message_id=said.id)
    room.refresh_from_db()

    assert told.entries(f"chat/{room.pk}")[0]["message"]["id"] == said.id
    assert selectors.room_snapshot(room).pinned.text == "The slides are on page 9"
    services.pin_message(who, room_id=room.pk, message_id=said.id)
    room.refresh_from_db()
    assert selectors.room_snapshot(room).pinned is None


def test_attendee_does_not_pin(room, attendee, say):
    said = say(attendee)

    with refused_with("chat.not_moderator"):
        services.pin_message(actor(attendee, room.event), room_id=room.pk, message_id=said.id)

    room.refresh_from_db()
    assert room.pinned_id is None


def test_message_of_another_room_is_not_pinned(event, room, attendee, moderator, say):
    elsewhere = say(attendee, room=services.room_for(event, f"session/{SessionFactory(event=event).pk}"))

    with refused_with("chat.message_unknown"):
        services.pin_message(actor(moderator, event), room_id=room.pk, message_id=elsewhere.id)

    room.refresh_from_db()
    assert room.pinned_id is None
