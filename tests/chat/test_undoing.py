"""Taking acts back, and the record that keeps both."""

from datetime import timedelta

import pytest

from apps.chat import broadcasts, selectors, services
from apps.chat.models import Act, Message, Report, Sanction
from apps.chat.services import removing
from apps.core import clock
from apps.events import services as of_events
from tests.chat.asking import at, refused, report
from tests.factories.events import RegistrationFactory


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


def test_undo_of_a_removal_reopens_its_reports(room, by, actor, attendee, speaker, say):
    said = say(speaker, "Buy my boat")
    report(actor(attendee), said, room)
    act = services.handle_reports(by, messages=[said.id], remove=True)

    restored = services.undo(by, act_id=act.pk).detail["restored"]

    assert restored == {"messages": 1, "reports": 1}
    assert Report.objects.get().state == "open"


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


@pytest.fixture
def hidden(rules, room, actor, attendee, speaker, say):
    """A message that reports hid."""
    rules(hide_after=1)
    said = say(speaker, "Buy my boat")
    report(actor(attendee), said, room)
    return said


def test_undo_of_a_dismissal_hides_again(room, by, hidden, told):
    act = services.handle_reports(by, messages=[hidden.id], remove=False)
    assert Message.objects.get().removed == ""

    with told.after():
        undone = services.undo(by, act_id=act.pk)

    assert undone.detail["restored"] == {"hidden": 1, "reports": 1}
    assert told.entries(broadcasts.topic(room.pk))[-1] == {"type": "removed", "id": hidden.id, "by": "reports"}
    services.handle_reports(by, messages=[hidden.id], remove=False)
    assert Message.objects.get().removed == ""


@pytest.mark.parametrize("deed", ["resolve", "remove", "purge"])
def test_undo_of_a_removal_does_not_show_what_was_hidden_before(deed, room, by, hidden, speaker):
    act = {
        "resolve": lambda: services.handle_reports(by, messages=[hidden.id], remove=True),
        "remove": lambda: services.remove_messages(by, messages=[hidden.id]),
        "purge": lambda: services.purge(by, person_id=speaker.pk),
    }[deed]()
    assert Message.objects.get().removed == "moderator"

    assert services.undo(by, act_id=act.pk).detail["restored"] == {"hidden": 1, "reports": 1}
    assert Message.objects.get().removed == "reports"

    hid = Act.objects.get(kind="hide")
    assert services.undo(by, act_id=hid.pk).detail["restored"] == {"messages": 1}
    assert Message.objects.get().removed == ""


def test_undo_of_a_dismissal_leaves_what_was_taken_back_meanwhile(room, by, hidden, speaker):
    act = services.handle_reports(by, messages=[hidden.id], remove=False)
    services.remove_message(
        event_id=room.event_id, room_id=room.pk, message_id=hidden.id, user_id=speaker.pk, roles=frozenset({"speaker"})
    )

    services.undo(by, act_id=act.pk)

    assert Message.objects.get().removed == "author"


def test_readers_learn_which_part_of_a_purge_is_done(room, by, attendee, say, told, monkeypatch):
    from apps.chat.services import removing
    from apps.chat.templatetags.moderation import act_said

    monkeypatch.setattr(removing, "MOST_PURGED", 2)
    said = [say(attendee, str(number)) for number in range(3)]
    topic = broadcasts.topic(room.pk)

    with told.after():
        first = services.purge(by, person_id=attendee.pk)
        rest = services.purge(by, person_id=attendee.pk)

    assert told.entries(topic) == [
        {"type": "purged", "author": attendee.pk, "by": "moderator", "since": said[1].seq},
        {"type": "purged", "author": attendee.pk, "by": "moderator"},
    ]
    assert "Do it again" in act_said(first)
    assert "Do it again" not in act_said(rest)
    assert not Message.objects.filter(removed="").exists()


@pytest.mark.parametrize("kind", ["mute", "ban"])
def test_undo_of_a_bar_leaves_the_one_that_stands_since(by, attendee, kind):
    first = services.bar(by, person_id=attendee.pk, kind=kind, minutes=5)
    services.bar(by, person_id=attendee.pk, kind=kind, minutes=60)
    stands = Sanction.objects.standing().get()

    assert refused(services.undo, by, act_id=first.pk) == "chat.undo_nothing"
    assert Sanction.objects.standing().get() == stands


def test_undo_of_a_bar_brings_back_the_one_that_it_replaced(by, attendee):
    services.mute(by, person_id=attendee.pk, minutes=60)
    before = Sanction.objects.get()
    longer = services.mute(by, person_id=attendee.pk, minutes=None)

    assert services.undo(by, act_id=longer.pk).detail["restored"] == {"person": "barred"}
    assert Sanction.objects.standing().get() == before


def test_undo_of_a_bar_brings_back_none_whose_time_is_over(by, attendee, monkeypatch):
    services.mute(by, person_id=attendee.pk, minutes=5)
    longer = services.mute(by, person_id=attendee.pk, minutes=60)
    at(monkeypatch, clock.now() + timedelta(minutes=10))

    assert services.undo(by, act_id=longer.pk).detail["restored"] == {"person": "free"}
    assert not Sanction.objects.standing().exists()


def test_undo_of_an_expelling_leaves_the_ban_of_somebody_else(by, event, attendee, moderator):
    of_events.ban(event, user=attendee, by=moderator)
    again = services.expel(by, person_id=attendee.pk)

    assert refused(services.undo, by, act_id=again.pk) == "chat.undo_nothing"
    assert event.bans.standing().filter(user=attendee).exists()


def test_undo_of_hiding_lets_only_new_reports_hide_it_again(rules, room, by, actor, attendee, event, say):
    rules(hide_after=2)
    said = say(attendee, "Buy my boat")
    others = [actor(RegistrationFactory(event=event).user) for _ in range(4)]
    for one in others[:2]:
        report(one, said, room)
    hidden = Act.objects.get(kind="hide")
    services.undo(by, act_id=hidden.pk)

    report(others[2], said, room)
    assert Message.objects.get(pk=said.id).removed == ""
    report(others[3], said, room)
    assert Message.objects.get(pk=said.id).removed == "reports"


def test_whatever_is_put_back_is_told_as_far_as_a_page_reaches(room, by, attendee, say, told, monkeypatch):
    monkeypatch.setattr(removing, "MOST_AT_A_TIME", 2)
    monkeypatch.setattr(removing, "MOST_TOLD", 3)
    said = [say(attendee, str(number)) for number in range(5)]
    purged = services.purge(by, person_id=attendee.pk)

    with told.after():
        services.undo(by, act_id=purged.pk)

    entries = told.entries(broadcasts.topic(room.pk))
    assert [[message["id"] for message in entry["messages"]] for entry in entries] == [
        [said[2].id, said[3].id],
        [said[4].id],
    ]
