"""Keeping order: the rules of rooms, the queue, reports, mutes and bans, undoing, and the record."""

from datetime import timedelta

import pytest

from apps.accounts.models import User
from apps.chat import broadcasts, selectors, services
from apps.chat.models import Act, Message, Report, Room, Sanction
from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions
from apps.events.models import Ban
from tests.factories.events import RegistrationFactory


@pytest.fixture
def actor(event):
    return lambda person: services.Actor(event.pk, person.pk, permissions.roles_of(person, event))


@pytest.fixture
def by(actor, moderator):
    return actor(moderator)


@pytest.fixture
def rules(room, moderator):
    return lambda **changes: services.set_rules(room, user_id=moderator.pk, **changes)


def refused(call, *args, **kwargs):
    with pytest.raises(Refused) as found:
        call(*args, **kwargs)
    return found.value.code


def at(monkeypatch, moment):
    monkeypatch.setattr(clock, "now", lambda: moment)


# Rules of rooms ----------------------------------------------------------------------------------------------------


def test_links_may_be_off(rules, attendee, speaker, say):
    rules(links_allowed=False)

    assert say(attendee, "Look: https://x.example").code == "chat.no_links"
    assert say(attendee, "Look: www.x.example").code == "chat.no_links"
    assert say(attendee, "At 2.10 m, e.g. at noon. And so on.").seq
    assert say(speaker, "Slides: https://x.example").seq


def test_only_hosts_write_where_the_room_says_so(rules, attendee, speaker, exhibitor, moderator, say):
    rules(hosts_only=True)

    assert say(attendee).code == "chat.hosts_only"
    assert say(exhibitor).code == "chat.hosts_only"
    assert say(speaker).seq
    assert say(moderator).seq


def test_new_accounts_wait(rules, attendee, say, monkeypatch):
    rules(newcomer_minutes=10)
    User.objects.filter(pk=attendee.pk).update(created_at=clock.now() - timedelta(minutes=4))

    answer = say(attendee)

    assert answer.code == "chat.newcomer"
    assert 350 < answer.retry_after <= 360
    at(monkeypatch, clock.now() + timedelta(minutes=6))
    assert say(attendee).seq


def test_slow_mode_says_when(rules, attendee, speaker, say, monkeypatch):
    start = clock.now()
    at(monkeypatch, start)
    rules(slow_seconds=30)
    say(attendee)
    at(monkeypatch, start + timedelta(seconds=12))

    answer = say(attendee)

    assert (answer.code, answer.retry_after) == ("chat.slow", 18)
    assert "18 s" in str(answer.message)
    assert say(speaker).seq
    assert say(speaker).seq


@pytest.mark.parametrize(
    ("name", "value"), [("slow_seconds", 601), ("display_rate", 0), ("holds", "some"), ("hide_after", -1)]
)
def test_rule_out_of_bounds_is_refused(rules, room, name, value):
    assert refused(rules, **{name: value}) == "chat.rule_bounds"
    assert getattr(Room.objects.get(pk=room.pk), name) == getattr(Room(), name)


# The queue ---------------------------------------------------------------------------------------------------------


def test_held_message_is_seen_by_its_author_and_moderators_only(rules, room, attendee, say, told):
    rules(holds="all")
    with told.after():
        answer = say(attendee, "May I?")

    assert (answer.seq, answer.held) == (None, "waiting")
    assert told.entries(broadcasts.topic(room.pk)) == []
    assert (room.event_id, broadcasts.own_topic(attendee.pk)) in told.states
    assert (room.event_id, broadcasts.MODERATION) in told.states
    assert [own.message.text for own in selectors.own(room.event_id, attendee.pk).messages] == ["May I?"]
    assert selectors.room_snapshot(room).messages == []
    assert selectors.queue(room.event_id).waiting == 1


def test_first_message_waits_and_the_next_does_not(rules, by, attendee, say):
    rules(holds="first")
    first = say(attendee, "Hello")
    assert say(attendee, "Still there?").held == "waiting"

    services.decide(by, messages=[first.id], approve=True)

    assert say(attendee, "Thank you").seq


def test_approved_messages_are_told_in_their_order(rules, room, by, attendee, speaker, say, told):
    rules(holds="all")
    held = [say(attendee, text).id for text in ("One", "Two", "Three")]

    with told.after():
        act = services.decide(by, messages=held[::-1], approve=True)

    assert [entry["text"] for entry in told.entries(broadcasts.topic(room.pk))] == ["One", "Two", "Three"]
    assert all("held" not in entry for entry in told.entries(broadcasts.topic(room.pk)))
    assert (act.kind, act.by_id, act.person_id) == ("approve", by.user_id, attendee.pk)
    assert selectors.own(room.event_id, attendee.pk).messages == []


def test_rejected_message_stays_with_its_author(rules, room, by, attendee, say, told):
    rules(holds="all")
    held = say(attendee, "Buy my boat")

    with told.after():
        services.decide(by, messages=[held.id], approve=False)

    assert told.entries(broadcasts.topic(room.pk)) == []
    [own] = selectors.own(room.event_id, attendee.pk).messages
    assert own.message.held == "rejected"


def test_what_is_decided_is_not_decided_again(rules, by, attendee, say):
    rules(holds="all")
    held = say(attendee)
    services.decide(by, messages=[held.id], approve=True)

    assert refused(services.decide, by, messages=[held.id], approve=False) == "chat.decided"
    assert Message.objects.get().seq


def test_author_takes_back_what_waits(rules, room, attendee, say):
    rules(holds="all")
    held = say(attendee)

    services.remove_message(
        event_id=room.event_id, room_id=room.pk, message_id=held.id, user_id=attendee.pk, roles=frozenset({"attendee"})
    )

    assert selectors.queue(room.event_id).waiting == 0
    assert selectors.own(room.event_id, attendee.pk).messages == []


# Reports -----------------------------------------------------------------------------------------------------------


def report(by, said, **changes):
    return services.report(
        by, **{"room_id": Message.objects.get(pk=said.id).room_id, "message_id": said.id, "reason": "spam"} | changes
    )


def test_report_counts_once_a_person(actor, attendee, speaker, say):
    said = say(speaker, "Buy my boat")

    assert report(actor(attendee), said) == report(actor(attendee), said, reason="hate")
    assert Report.objects.get().reason == "spam"


def test_report_of_ones_own_or_of_nothing_is_refused(actor, attendee, outsider, other_event, say):
    said = say(attendee)

    assert refused(report, actor(attendee), said) == "chat.own"
    assert refused(report, actor(attendee), said, message_id=said.id + 1) == "chat.message_unknown"
    stranger = services.Actor(other_event.pk, outsider.pk, permissions.roles_of(outsider, other_event))
    assert refused(report, stranger, said) == "chat.message_unknown"


def test_enough_reports_hide_until_somebody_looks(rules, room, actor, by, attendee, event, say, told):
    rules(hide_after=2)
    said = say(attendee, "Buy my boat")
    others = [RegistrationFactory(event=event).user for _ in range(2)]

    with told.after():
        report(actor(others[0]), said)
        report(actor(others[1]), said)

    assert told.entries(broadcasts.topic(room.pk)) == [{"type": "removed", "id": said.id, "by": "reports"}]
    with told.after():
        services.handle_reports(by, messages=[said.id], remove=False)
    [_hidden, back] = told.entries(broadcasts.topic(room.pk))
    assert (back["type"], back["messages"][0]["text"]) == ("restored", "Buy my boat")
    assert Report.objects.filter(state="dismissed").count() == 2


def test_staff_are_not_hidden_by_reports(rules, actor, attendee, moderator, say):
    rules(hide_after=1)
    said = say(moderator, "House rules")

    report(actor(attendee), said)

    assert Message.objects.get().removed == ""


def test_resolving_removes_and_settles(by, actor, attendee, speaker, say):
    said = say(speaker, "Buy my boat")
    report(actor(attendee), said)

    services.handle_reports(by, messages=[said.id], remove=True)

    assert Message.objects.get().removed == "moderator"
    assert Report.objects.get().state == "resolved"
    assert refused(services.handle_reports, by, messages=[said.id], remove=True) == "chat.decided"


# Mutes and bans ----------------------------------------------------------------------------------------------------


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
    elsewhere = services.room_for(event, "session/7")
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


# Undoing -----------------------------------------------------------------------------------------------------------


def test_undo_brings_back_what_the_act_took_and_nothing_else(by, room, actor, attendee, say, told):
    kept, other = say(attendee, "One"), say(attendee, "Two")
    services.remove_message(
        event_id=room.event_id, room_id=room.pk, message_id=other.id, user_id=attendee.pk, roles=frozenset({"attendee"})
    )
    act = services.purge(by, person_id=attendee.pk)

    with told.after():
        undone = services.undo(by, act_id=act.pk)

    assert undone.detail["restored"] == {"messages": 1}
    assert dict(Message.objects.values_list("pk", "removed")) == {kept.id: "", other.id: "author"}
    [entry] = told.entries(broadcasts.topic(room.pk))
    assert [message["id"] for message in entry["messages"]] == [kept.id]
    assert refused(services.undo, by, act_id=act.pk) == "chat.undone"
    assert refused(services.undo, by, act_id=undone.pk) == "chat.undo_never"


def test_undo_of_each_kind(by, rules, room, actor, attendee, speaker, say):
    rules(holds="all")
    held = [say(attendee, text).id for text in ("One", "Two")]
    approved = services.decide(by, messages=held[:1], approve=True)
    rejected = services.decide(by, messages=held[1:], approve=False)
    muted = services.mute(by, person_id=attendee.pk, minutes=60)
    expelled = services.expel(by, person_id=speaker.pk)
    ruled = rules(holds="")

    assert services.undo(by, act_id=approved.pk).detail["restored"] == {"hidden": 1}
    assert services.undo(by, act_id=rejected.pk).detail["restored"] == {"waiting": 1}
    assert services.undo(by, act_id=muted.pk).detail["restored"] == {"person": "free"}
    assert services.undo(by, act_id=expelled.pk).detail["restored"] == {"person": "free"}
    assert services.undo(by, act_id=ruled.pk).undoes_id == ruled.pk
    room.refresh_from_db()
    assert room.holds == "all"
    assert selectors.queue(room.event_id).waiting == 1
    assert not Sanction.objects.standing().exists()


def test_undo_of_lifting_bars_again_for_the_rest(by, attendee):
    services.mute(by, person_id=attendee.pk, minutes=60)
    until = Sanction.objects.get().until
    lifted = services.lift(by, person_id=attendee.pk, kind="mute")

    services.undo(by, act_id=lifted.pk)

    assert Sanction.objects.standing().get().until == until


def test_undo_ends_after_a_week(by, attendee, monkeypatch):
    act = services.mute(by, person_id=attendee.pk, minutes=None)
    at(monkeypatch, clock.now() + timedelta(days=8))

    assert refused(services.undo, by, act_id=act.pk) == "chat.undo_late"


def test_undo_of_a_removal_reopens_its_reports(by, actor, attendee, speaker, say):
    said = say(speaker, "Buy my boat")
    report(actor(attendee), said)
    act = services.handle_reports(by, messages=[said.id], remove=True)

    restored = services.undo(by, act_id=act.pk).detail["restored"]

    assert restored == {"messages": 1, "reports": 1}
    assert Report.objects.get().state == "open"


# The record, and the log of the room -------------------------------------------------------------------------------


def test_record_cannot_be_changed(by, attendee):
    act = services.mute(by, person_id=attendee.pk, minutes=5)

    for change in (act.save, act.delete, Act.objects.all().delete, lambda: Act.objects.update(kind="ban")):
        with pytest.raises(TypeError):
            change()


def test_record_outlives_people_and_goes_with_its_event(by, event, attendee, moderator):
    services.mute(by, person_id=attendee.pk, minutes=5)

    attendee.delete()
    moderator.delete()
    assert Act.objects.get().person is None

    event.delete()
    assert not Act.objects.exists()


def test_snapshot_and_later_entries_make_the_fresh_snapshot(rules, by, room, actor, attendee, speaker, say):
    """What a page that stayed shows equals what a page that is loaded now shows."""
    first = [say(person, text) for person, text in ((attendee, "One"), (speaker, "Two"), (attendee, "Three"))]
    before = selectors.room_snapshot(room)
    purged = services.purge(by, person_id=attendee.pk)
    services.undo(by, act_id=purged.pk)
    services.remove_messages(by, messages=[first[1].id])
    rules(holds="all", links_allowed=False)
    held = say(attendee, "Four")
    services.decide(by, messages=[held.id], approve=True)
    services.purge(by, person_id=attendee.pk)
    room.refresh_from_db()

    shown = {message.id: message for message in before.messages}
    stands = before.rules
    for _seq, entry in selectors.replay(room.event_id, room.pk, after=before.seq, limit=100):
        if isinstance(entry, broadcasts.Message):
            shown[entry.id] = entry
        elif isinstance(entry, broadcasts.Restored):
            shown |= {message.id: message for message in entry.messages}
        elif isinstance(entry, broadcasts.Rules):
            stands = entry
        else:
            gone = {entry.id} if isinstance(entry, broadcasts.Removed) else {
                key for key, message in shown.items() if message.author.id == entry.author
            }  # fmt: skip
            for key in gone:
                shown[key] = broadcasts.msgspec.structs.replace(shown[key], text="", removed=entry.by)

    fresh = selectors.room_snapshot(room)
    assert list(shown.values()) == fresh.messages
    assert stands == fresh.rules
