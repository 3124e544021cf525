"""The rules of saying something, taking it back, moderating and reacting."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from apps.chat import broadcasts, selectors, services
from apps.chat.models import Change, Message
from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions
from tests.factories.chat import MessageFactory
from tests.factories.events import EventRoleFactory, RegistrationFactory
from tests.factories.exhibitors import BoothStaffFactory
from tests.factories.tracks import SessionFactory


def code(answer):
    assert isinstance(answer, Refused), answer
    return answer.code


def test_room_of_a_place_is_made_once(event):
    assert services.room_for(event, "lobby") == services.room_for(event, "lobby")


def test_room_of_a_place_that_no_app_owns_is_refused(event):
    with pytest.raises(ValueError, match="garage"):
        services.room_for(event, "garage/1")


def test_message_is_stored_numbered_and_told(room, attendee, say, told):
    with told.after():
        answer = say(attendee, "  Hello from the weir.\r\nIt rains. ")

    stored = Message.objects.get()
    assert (stored.seq, stored.text, stored.author) == (1, "Hello from the weir.\nIt rains.", attendee)
    assert (answer.id, answer.seq) == (stored.pk, 1)
    [entry] = told.entries(f"chat/{room.pk}")
    assert entry["text"] == "Hello from the weir.\nIt rains."
    assert entry["author"] == {"id": attendee.pk, "name": "Nadia Okello", "photo": ""}


def test_many_are_said_in_few_queries(room, saying, event, django_assert_max_num_queries):
    people = [RegistrationFactory(event=event).user for _ in range(20)]
    room.display_rate = 100
    room.save()
    wishes = [saying(person, f"{place}") for place, person in enumerate(people)]

    with django_assert_max_num_queries(10):
        answers = services.send_messages(wishes)

    assert [answer.seq for answer in answers] == list(range(1, 21))


def test_retry_with_the_same_command_is_answered_not_repeated(attendee, say):
    first = say(attendee, "Once", command_id="c1")
    again = say(attendee, "Once", command_id="c1")

    assert first == again
    assert Message.objects.count() == 1


def test_same_command_twice_in_one_batch_is_one_message(attendee, saying):
    wish = saying(attendee, "Once", command_id="c1")

    assert len({answer.id for answer in services.send_messages([wish, wish])}) == 1
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_same_command_at_two_processes_at_once_is_one_message(saying, attendee):
    wish = saying(attendee, "Once", command_id="c1")
    together = threading.Barrier(2)
    answers = []

    def send():
        try:
            together.wait(60)
            answers.extend(services.send_messages([wish]))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({answer.id for answer in answers}) == 1
    assert Message.objects.count() == 1


def test_commands_of_two_people_may_have_the_same_id(attendee, speaker, say):
    assert say(attendee, command_id="c1").id != say(speaker, command_id="c1").id


@pytest.mark.parametrize(
    ("text", "expected"),
    [("   ", "chat.empty"), ("\x00\u202e", "chat.empty"), ("x" * 2001, "chat.too_long")],
)
def test_text_that_is_none_is_refused(attendee, say, text, expected):
    assert code(say(attendee, text)) == expected
    assert Message.objects.count() == 0


def test_one_refusal_does_not_stop_the_others(attendee, speaker, saying):
    answers = services.send_messages([saying(attendee, " "), saying(speaker, "Good")])

    assert code(answers[0]) == "chat.empty"
    assert answers[1].text == "Good"


def test_room_of_another_event_does_not_exist(other_event, attendee, saying):
    elsewhere = services.room_for(other_event, "lobby")
    MessageFactory(room=elsewhere)

    answer = services.send_messages([saying(attendee, room_id=elsewhere.pk)])[0]

    assert code(answer) == "chat.unknown"


def test_outsider_cannot_say_anything(outsider, say):
    assert code(say(outsider)) == "chat.unknown"


def test_guard_of_the_owner_decides_who_writes(read_only_room, attendee, say):
    assert code(say(attendee, room=read_only_room)) == "chat.read_only"


def test_moderator_writes_wherever_a_room_is(read_only_room, moderator, say):
    assert say(moderator, room=read_only_room).seq == 1


def test_closed_room_takes_nothing_but_from_moderators(room, attendee, moderator, say):
    services.set_rules(room, is_open=False, slow_seconds=0, user_id=moderator.pk)

    assert code(say(attendee)) == "chat.closed"
    assert say(moderator).text


def test_slow_mode_says_when_to_try_again(room, attendee, speaker, say, monkeypatch):
    services.set_rules(room, is_open=True, slow_seconds=30, user_id=None)
    start = clock.now()
    monkeypatch.setattr(clock, "now", lambda: start)
    say(attendee, "One")
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(seconds=10))

    refused = say(attendee, "Two")

    assert code(refused) == "chat.slow"
    assert refused.retry_after == 20
    assert say(speaker, "Mine is the first").seq == 3
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(seconds=30))
    assert say(attendee, "Two").seq == 4


def test_slow_mode_counts_within_one_batch(room, attendee, saying):
    services.set_rules(room, is_open=True, slow_seconds=30, user_id=None)

    answers = services.send_messages([saying(attendee, "One"), saying(attendee, "Two")])

    assert answers[0].seq == 2  # after the entry of the rules
    assert code(answers[1]) == "chat.slow"


def test_above_the_display_rate_all_is_stored_and_a_sample_shown(room, event, saying, moderator):
    room.display_rate = 4
    room.save()
    people = [RegistrationFactory(event=event).user for _ in range(10)]

    answers = services.send_messages([*(saying(person) for person in people), saying(moderator, "Staff")])

    shown = [answer for answer in answers if answer.seq]
    assert Message.objects.count() == 11
    assert sorted(answer.seq for answer in shown) == [1, 2, 3, 4]
    assert answers[-1].seq is not None
    assert all(answer.seq is None for answer in services.send_messages([saying(people[0])]))


def test_whose_place_it_is_is_shown_above_the_rate_and_others_with_a_badge_are_not(room, event, saying, moderator):
    booths = BoothStaffFactory.create_batch(2, booth__event=event)
    for row in booths:
        EventRoleFactory(event=event, user=row.user, role="exhibitor")
    own, foreign = (services.room_for(event, f"booth/{row.booth_id}") for row in booths)
    exhibitor = booths[0].user

    def is_shown(place):
        place.display_rate = 1
        place.save()
        services.send_messages([saying(moderator, room=place) for _ in range(3)])
        [answer] = services.send_messages([saying(exhibitor, room=place)])
        assert answer.role == "exhibitor"
        return answer.seq is not None

    assert [is_shown(place) for place in (own, foreign, room)] == [True, False, False]


def test_reply_carries_a_quote(attendee, speaker, say):
    asked = say(attendee, "Does it flood?")

    answered = say(speaker, "Every spring.", reply_to=asked.id)

    assert answered.reply == broadcasts.Quote(asked.id, "Nadia Okello", "Does it flood?")
    assert answered.role == "speaker"


def test_reply_to_a_message_of_another_room_is_refused(event, attendee, say):
    elsewhere = say(attendee, room=services.room_for(event, f"session/{SessionFactory(event=event).pk}"))

    assert code(say(attendee, reply_to=elsewhere.id)) == "chat.reply_gone"


def removal(room, message, person):
    return services.remove_message(
        event_id=room.event_id,
        room_id=room.pk,
        message_id=message.id,
        user_id=person.pk,
        roles=permissions.roles_of(person, room.event),
    )


def test_author_takes_a_message_back_once(room, attendee, say, told):
    said = say(attendee, "A typo")

    with told.after():
        assert removal(room, said, attendee).by == "author"
        assert removal(room, said, attendee).by == "author"

    assert told.entries(f"chat/{room.pk}") == [{"type": "removed", "id": said.id, "by": "author"}]


def test_moderator_removes_and_the_log_knows_who(room, attendee, moderator, say):
    said = say(attendee, "Buy my boat")

    removal(room, said, moderator)

    change = Change.objects.get()
    assert (change.kind, change.by, change.message_id) == ("removed", moderator, said.id)
    assert selectors.room_snapshot(room).messages[0].removed == "moderator"


def test_nobody_else_removes(room, attendee, speaker, say):
    said = say(attendee)

    with pytest.raises(Refused) as refused:
        removal(room, said, speaker)

    assert refused.value.code == "chat.not_yours"
    assert Message.objects.get().removed == ""


def test_message_of_another_event_cannot_be_removed(room, other_event, other_organiser, attendee, say):
    said = say(attendee)

    with pytest.raises(Refused) as refused:
        services.remove_message(
            event_id=other_event.pk,
            room_id=room.pk,
            message_id=said.id,
            user_id=other_organiser.pk,
            roles=frozenset({"organiser"}),
        )

    assert refused.value.code == "chat.message_unknown"


def test_rules_are_told_where_they_change(room, moderator, told):
    with told.after():
        services.set_rules(room, is_open=True, slow_seconds=0, display_rate=5, user_id=moderator.pk)
        services.set_rules(room, is_open=False, slow_seconds=10, user_id=moderator.pk)

    room.refresh_from_db()
    assert (room.is_open, room.slow_seconds, room.display_rate) == (False, 10, 5)
    assert told.entries(f"chat/{room.pk}") == [{"type": "room", "open": False, "slow": 10}]


def reacting(room, person, kind="applause", **changes):
    fields = {
        "event_id": room.event_id,
        "room_id": room.pk,
        "user_id": person.pk,
        "roles": permissions.roles_of(person, room.event),
        "kind": kind,
    }
    return services.Reacting(**fields | changes)


def test_reactions_are_counted_together(room, attendee, speaker, told):
    with told.after():
        answers = services.react([reacting(room, attendee), reacting(room, speaker), reacting(room, speaker, "heart")])

    assert answers == [None, None, None]
    assert selectors.reactions(room.event_id, room.pk) == {"applause": 2, "heart": 1, "idea": 0, "laugh": 0, "wow": 0}
    assert told.states == [(room.event_id, f"reactions/{room.pk}")]


def test_reaction_from_outside_or_unknown_is_refused(room, attendee, outsider):
    answers = services.react([reacting(room, outsider), reacting(room, attendee, "boo")])

    assert [code(answer) for answer in answers] == ["chat.unknown", "chat.reaction_unknown"]
    assert sum(selectors.reactions(room.event_id, room.pk).values()) == 0


def test_message_outlives_its_author(room, say, event):
    person = RegistrationFactory(event=event).user
    say(person, "I was here")

    person.delete()

    assert selectors.room_snapshot(room).messages[0].author is None
