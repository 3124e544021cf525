"""Commands of moderation: a retry is answered, one that fails is its own sender's, and all of them are on record."""

import threading

import pytest
from django.db import connection

from apps.chat import live, services
from apps.chat.models import Act, Group, Room
from apps.core.errors import Refused
from apps.live.commands import attempt
from apps.live.registry import Call, Who
from tests.factories.events import EventFactory, EventRoleFactory, RegistrationFactory

ROLES = frozenset({"attendee", "moderator"})


@pytest.fixture
def call(event, moderator):
    who = Who(moderator.pk, event.pk, "", ROLES, 1)
    return lambda command, wish=None, **body: Call(who, command.Body(**body), wish)


def test_retry_after_a_crash_is_answered_with_the_act_that_it_became(call, attendee):
    mute = call(live.Bar, "wish-1", person=attendee.pk, kind="mute", minutes=5)

    answers = [live.Bar().run([mute])[0] for _ in range(2)]

    assert Act.objects.count() == 1
    assert answers[0] == answers[1]
    live.Bar().run([call(live.Bar, "wish-2", person=attendee.pk, kind="mute", minutes=5)])
    assert Act.objects.count() == 2


def test_pin_that_is_sent_twice_stays(call, room, attendee, say):
    said = say(attendee)
    pin = call(live.Pin, "wish-1", room=room.pk, message=said.id)

    answers = [live.Pin().run([pin])[0] for _ in range(2)]

    room.refresh_from_db()
    assert room.pinned_id == said.id
    assert [answer.message.id for answer in answers] == [said.id] * 2
    assert live.Pin().run([call(live.Pin, "wish-2", room=room.pk, message=said.id)])[0].message is None
    assert list(Act.objects.order_by("pk").values_list("kind", "message")) == [("pin", said.id), ("unpin", said.id)]


def test_rules_and_undoing_carry_the_wish_too(call, room):
    [ruled] = live.SetRules().run([call(live.SetRules, "a", room=room.pk, slow=30)])
    undo = call(live.Undo, "b", act=ruled.act)

    assert live.Undo().run([undo]) == live.Undo().run([undo])
    assert list(Act.objects.order_by("pk").values_list("command_id", flat=True)) == ["a", "b"]


def test_call_that_fails_does_not_have_the_others_done_again(call, attendee, speaker, monkeypatch):
    done = []

    def bar(by, *, person_id, **words):
        done.append(person_id)
        if person_id == speaker.pk:
            services.ban_from_chat(by, person_id=person_id)
            raise ZeroDivisionError
        return services.mute(by, person_id=person_id, minutes=5)

    monkeypatch.setattr("apps.chat.live.moderation.services.bar", bar)
    calls = [call(live.Bar, person=person.pk, kind="mute") for person in (attendee, speaker, attendee)]

    answers = attempt(live.Bar(), calls)

    assert done == [attendee.pk, speaker.pk, attendee.pk]
    assert [isinstance(answer, Refused) for answer in answers] == [False, True, False]
    assert answers[1].code == "internal"
    assert list(Act.objects.values_list("kind", flat=True)) == ["mute", "mute"]


@pytest.mark.django_db(transaction=True)
def test_two_processes_do_one_wish_once():
    event = EventFactory()
    moderator, person = EventRoleFactory(event=event, role="moderator").user, RegistrationFactory(event=event).user
    body = live.Bar.Body(person=person.pk, kind="mute", minutes=5)
    wish = Call(Who(moderator.pk, event.pk, "", ROLES, 1), body, "one-wish")
    found, start = [], threading.Barrier(3)

    def process():
        try:
            start.wait()
            found.extend(live.Bar().run([wish]))
        finally:
            connection.close()

    processes = [threading.Thread(target=process) for _ in range(3)]
    for one in processes:
        one.start()
    for one in processes:
        one.join()

    assert found == [live.moderation.Done(Act.objects.get().pk)] * 3


def test_moderator_who_puts_somebody_out_of_a_group_is_on_record(event, attendee, moderator):
    friend = RegistrationFactory(event=event).user
    group = services.create_group(event, name="Gauge readers", by=attendee, invited=[friend.pk])
    services.answer_invitation(group, user=friend, accept=True)

    services.leave_group(group, person_id=friend.pk, by=moderator, roles=ROLES)
    services.leave_group(Group.objects.get(), person_id=attendee.pk, by=attendee, roles=frozenset({"attendee"}))

    act = Act.objects.get()
    assert (act.kind, act.by, act.person, act.room) == (
        "oust",
        moderator,
        friend,
        Room.objects.get(owner__startswith="g"),
    )
    assert act.detail == {"group": group.pk, "name": "Gauge readers"}


def test_every_rule_of_a_room_can_be_set_over_the_socket(call, room):
    named = {
        "open": ("is_open", False),
        "hosts": ("hosts_only", True),
        "links": ("links_allowed", False),
        "holds": ("holds", "all"),
        "slow": ("slow_seconds", 30),
        "newcomer_minutes": ("newcomer_minutes", 10),
        "hide_after": ("hide_after", 3),
        "display_rate": ("display_rate", 4),
    }
    assert {rule for rule, _value in named.values()} == set(services.RULES)
    assert set(named) == set(live.SetRules.Body.__struct_fields__) - {"room"}

    live.SetRules().run([call(live.SetRules, room=room.pk, **{name: value for name, (_rule, value) in named.items()})])

    room.refresh_from_db()
    assert {rule: getattr(room, rule) for rule, _value in named.values()} == dict(named.values())
