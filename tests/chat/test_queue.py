"""What waits for a moderator, and what people report."""

from django.urls import reverse

from apps.chat import broadcasts, selectors, services
from apps.chat.models import Message, Report
from apps.events import permissions
from tests.chat.asking import edit, refused, report
from tests.factories.chat import ReportFactory
from tests.factories.events import RegistrationFactory


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


def test_report_counts_once_a_person(room, actor, attendee, speaker, say):
    said = say(speaker, "Buy my boat")

    assert report(actor(attendee), said, room) == report(actor(attendee), said, room, reason="hate")
    assert Report.objects.get().reason == "spam"


def test_report_of_ones_own_or_of_nothing_is_refused(room, actor, attendee, outsider, other_event, say):
    said = say(attendee)

    assert refused(report, actor(attendee), said, room) == "chat.own"
    assert refused(report, actor(attendee), said, room, message_id=said.id + 1) == "chat.message_unknown"
    stranger = services.Actor(other_event.pk, outsider.pk, permissions.roles_of(outsider, other_event))
    assert refused(report, stranger, said, room) == "chat.message_unknown"


def test_enough_reports_hide_until_somebody_looks(rules, room, actor, by, attendee, event, say, told):
    rules(hide_after=2)
    said = say(attendee, "Buy my boat")
    others = [RegistrationFactory(event=event).user for _ in range(2)]

    with told.after():
        report(actor(others[0]), said, room)
        report(actor(others[1]), said, room)

    assert told.entries(broadcasts.topic(room.pk)) == [{"type": "removed", "id": said.id, "by": "reports"}]
    with told.after():
        services.handle_reports(by, messages=[said.id], remove=False)
    [_hidden, back] = told.entries(broadcasts.topic(room.pk))
    assert (back["type"], back["messages"][0]["text"]) == ("restored", "Buy my boat")
    assert Report.objects.filter(state="dismissed").count() == 2


def test_staff_are_not_hidden_by_reports(room, rules, actor, attendee, moderator, say):
    rules(hide_after=1)
    said = say(moderator, "House rules")

    report(actor(attendee), said, room)

    assert Message.objects.get().removed == ""


def test_resolving_removes_and_settles(room, by, actor, attendee, speaker, say):
    said = say(speaker, "Buy my boat")
    report(actor(attendee), said, room)

    services.handle_reports(by, messages=[said.id], remove=True)

    assert Message.objects.get().removed == "moderator"
    assert Report.objects.get().state == "resolved"
    assert refused(services.handle_reports, by, messages=[said.id], remove=True) == "chat.decided"


def test_dismissed_report_is_made_again_once_the_words_are_others(room, by, actor, attendee, speaker, say, told):
    said = say(speaker, "Good boats")
    first = report(actor(attendee), said, room)
    services.handle_reports(by, messages=[said.id], remove=False)

    assert report(actor(attendee), said, room).state == "dismissed"
    assert selectors.queue(room.event_id).reported == 0

    edit(room, said, speaker, "Buy my boat")
    with told.after():
        again = report(actor(attendee), said, room, reason="hate", text="Look again")

    assert (again.pk, again.state, again.reason, again.text) == (first.pk, "open", "hate", "Look again")
    assert selectors.queue(room.event_id).reported == 1
    assert (room.event_id, broadcasts.MODERATION) in told.states


def test_what_a_moderator_saw_after_the_change_is_not_reported_again(room, by, actor, attendee, speaker, say):
    said = say(speaker, "Good boats")
    report(actor(attendee), said, room)
    edit(room, said, speaker, "Better boats")
    services.handle_reports(by, messages=[said.id], remove=False)

    assert report(actor(attendee), said, room).state == "dismissed"


def test_report_made_again_counts_for_hiding(rules, room, by, actor, attendee, speaker, say):
    rules(hide_after=1)
    said = say(speaker, "Good boats")
    report(actor(attendee), said, room)
    services.handle_reports(by, messages=[said.id], remove=False)
    edit(room, said, speaker, "Buy my boat")

    report(actor(attendee), said, room)

    assert Message.objects.get().removed == "reports"


def test_reports_of_another_event_are_not_settled_along(room, by, actor, attendee, speaker, say, other_event):
    theirs = ReportFactory(message__room__event=other_event)
    said = say(speaker, "Buy my boat")

    services.remove_messages(by, messages=[said.id, theirs.message_id])

    theirs.refresh_from_db()
    assert theirs.state == "open"


def test_author_takes_back_what_reports_hid(rules, room, actor, by, attendee, speaker, say, told):
    rules(hide_after=1)
    said = say(speaker, "Buy my boat")
    report(actor(attendee), said, room)

    with told.after():
        services.remove_message(
            event_id=room.event_id,
            room_id=room.pk,
            message_id=said.id,
            user_id=speaker.pk,
            roles=frozenset({"speaker"}),
        )
    services.handle_reports(by, messages=[said.id], remove=False)

    assert told.entries(broadcasts.topic(room.pk)) == [{"type": "removed", "id": said.id, "by": "author"}]
    assert Message.objects.get().removed == "author"


def test_what_reports_hid_says_so_and_its_author_finds_the_way(rules, room, actor, attendee, speaker, say, enter):
    rules(hide_after=1)
    said = say(speaker, "Buy my boat")
    report(actor(attendee), said, room)
    address = reverse("chat:room", args=[room.event.slug, room.pk])
    page = reverse("chat:message", args=[room.event.slug, room.pk, said.id])

    theirs, own = (enter(person).get(address).content.decode() for person in (attendee, speaker))

    assert "hidden until a moderator looks" in theirs
    assert f'<a href="{page}">Take it back</a>' in own
    assert f'<a href="{page}">Take it back</a>' not in theirs
    assert 'form="remove"' in enter(speaker).get(page).content.decode()


def test_moderator_who_removes_what_waits_rejects_it(rules, room, by, moderator, attendee, say, told):
    rules(holds="all")
    said = say(attendee, "See my page")
    roles = frozenset({"moderator"})
    wish = {"event_id": room.event_id, "room_id": room.pk, "message_id": said.id, "roles": roles}

    with told.after():
        first = services.remove_message(**wish, user_id=moderator.pk)
    again = services.remove_message(**wish, user_id=moderator.pk)

    assert first == again == broadcasts.Removed(id=said.id, by="moderator")
    assert Message.objects.get().held == "rejected"
    assert selectors.queue(room.event_id).waiting == 0
    assert told.entries(broadcasts.topic(room.pk)) == []
    assert refused(services.decide, by, messages=[said.id], approve=True) == "chat.decided"
