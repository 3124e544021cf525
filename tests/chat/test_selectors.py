"""Snapshots, history and replay agree with each other."""

import copy
import json
import random
from contextlib import suppress

import pytest

from apps.chat import selectors, services
from apps.core.errors import Refused
from apps.events import permissions
from apps.live import wire
from tests.factories.chat import MessageFactory


def plain(value):
    return json.loads(wire.encode(value))


def everything(snapshot):
    return [*snapshot["messages"], *([snapshot["pinned"]] if snapshot["pinned"] else [])]


def apply_change(snapshot, entry):
    if entry["type"] == "edited":
        for message in everything(snapshot):
            if message["id"] == entry["id"]:
                message |= {"text": entry["text"], "edited": entry["at"]}
            if message["reply"] and message["reply"]["id"] == entry["id"]:
                message["reply"]["text"] = entry["text"][:90]
    else:
        snapshot["pinned"] = copy.deepcopy(entry["message"])


def apply(snapshot, entry):
    """What a page does with an entry of the log."""
    if entry["type"] in ("edited", "pinned"):
        apply_change(snapshot, entry)
    elif entry["type"] == "message":
        snapshot["messages"].append(entry)
    elif entry["type"] == "removed":
        for message in everything(snapshot):
            if message["id"] == entry["id"]:
                message |= {"removed": entry["by"], "text": ""}
                message.pop("edited", None)
            if message["reply"] and message["reply"]["id"] == entry["id"]:
                message["reply"]["text"] = ""
    else:
        snapshot["rules"] = entry


def test_newest_messages_are_shown_oldest_first(room):
    for number in range(1, 61):
        MessageFactory(room=room, seq=number, text=str(number))
    MessageFactory(room=room, seq=None, text="above the rate")

    # The head says what counts; rows that a factory made took no number.
    page = selectors.page_of(room, limit=50)

    assert [message.text for message in page.messages] == [str(number) for number in range(11, 61)]
    assert (page.earlier, page.later) == (True, False)
    older = selectors.page_of(room, before=11)
    assert [message.seq for message in older.messages] == list(range(1, 11))
    assert (older.earlier, older.later) == (False, True)


def test_snapshot_takes_as_many_queries_for_one_message_as_for_fifty(room, attendee, say, django_assert_num_queries):
    say(attendee)
    with django_assert_num_queries(2):
        assert len(selectors.room_snapshot(room).messages) == 1
    room.display_rate = 100
    room.save()
    for _ in range(20):
        say(attendee)

    with django_assert_num_queries(2):
        assert len(selectors.room_snapshot(room).messages) == 21


@pytest.mark.parametrize("seed", range(6))
def test_snapshot_before_and_what_was_told_give_the_fresh_snapshot(room, attendee, speaker, moderator, say, told, seed):
    dice = random.Random(seed)
    room.display_rate = 3
    room.save()
    people = [attendee, speaker, moderator]
    for _ in range(5):
        say(dice.choice(people))
    before = plain(selectors.room_snapshot(room, limit=1000))
    known = [message["id"] for message in before["messages"]]

    with told.after():
        for _ in range(25):
            person = dice.choice(people)
            if dice.random() < 0.6:
                reply_to = dice.choice([None, *known])
                answer = say(person, f"number {dice.random()}", reply_to=reply_to)
                if not isinstance(answer, Refused) and answer.seq:
                    known.append(answer.id)
            elif dice.random() < 0.3:
                wish = services.Actor(room.event_id, person.pk, permissions.roles_of(person, room.event))
                with suppress(Refused):
                    services.edit_message(
                        wish, room_id=room.pk, message_id=dice.choice(known), text=f"changed {dice.random()}"
                    )
            elif dice.random() < 0.3:
                wish = services.Actor(room.event_id, moderator.pk, permissions.roles_of(moderator, room.event))
                with suppress(Refused):
                    services.pin_message(wish, room_id=room.pk, message_id=dice.choice(known))
            elif dice.random() < 0.8:
                roles = permissions.roles_of(moderator, room.event)
                services.remove_message(
                    event_id=room.event_id,
                    room_id=room.pk,
                    message_id=dice.choice(known),
                    user_id=moderator.pk,
                    roles=roles,
                )
            else:
                services.set_rules(room, is_open=dice.random() < 0.7, slow_seconds=0, user_id=moderator.pk)
    for entry in told.entries(f"chat/{room.pk}"):
        apply(before, entry)

    room.refresh_from_db()
    fresh = plain(selectors.room_snapshot(room, limit=1000))
    numbers = [seq for _event, _topic, seq, _payload in told.logs]
    assert before["messages"] == fresh["messages"]
    assert before["rules"] == fresh["rules"]
    assert before["pinned"] == fresh["pinned"]
    assert numbers == list(range(before["seq"] + 1, fresh["seq"] + 1))


def test_replay_brings_what_was_told(room, attendee, moderator, say, told):
    say(attendee, "before")
    with told.after():
        say(attendee, "one")
        say(moderator, "two")
        services.set_rules(room, is_open=True, slow_seconds=5, user_id=moderator.pk)

    replayed = selectors.replay(room.event_id, room.pk, after=1, limit=100)

    assert [(seq, plain(entry)) for seq, entry in replayed] == [
        (seq, payload) for _event, _topic, seq, payload in told.logs
    ]
    assert [seq for seq, _entry in selectors.replay(room.event_id, room.pk, after=1, limit=2)] == [2, 3]


def test_replay_does_not_bring_back_what_was_removed(room, attendee, say):
    said = say(attendee, "a secret")
    services.remove_message(
        event_id=room.event_id,
        room_id=room.pk,
        message_id=said.id,
        user_id=attendee.pk,
        roles=frozenset({"attendee"}),
    )

    replayed = [plain(entry) for _seq, entry in selectors.replay(room.event_id, room.pk, after=0, limit=10)]

    assert [entry["type"] for entry in replayed] == ["message", "removed"]
    assert "a secret" not in json.dumps(replayed)


def test_numbers_of_the_desk(event, room, attendee, speaker, say):
    say(attendee)
    say(attendee)
    say(speaker)

    assert [number.value for number in selectors.own_numbers(event)] == [3, 2]


def test_revision_of_a_log_is_its_newest_entry_that_alters_what_was_said(room, attendee, say):
    first, second = say(attendee), say(attendee, "A second thing.")
    before = selectors.newest_alteration(room.event_id, room.pk)

    services.remove_message(
        event_id=room.event_id, room_id=room.pk, message_id=first.id, user_id=attendee.pk, roles=frozenset({"attendee"})
    )
    after = selectors.newest_alteration(room.event_id, room.pk)
    say(attendee, "A third thing.")

    assert (before, after) == (0, second.seq + 1)
    assert selectors.newest_alteration(room.event_id, room.pk) == after
    assert selectors.newest_alteration(room.event_id + 1, room.pk) == 0
