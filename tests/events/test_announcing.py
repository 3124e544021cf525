"""Announcements: said now or at their time, once; to everybody or to some, and to nobody else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions, selectors, services
from apps.events.models import Announcement, Event, EventRole, Registration, Unmet
from apps.events.registry import segments
from apps.events.services import announcing
from apps.live import publish
from apps.live.registry import Who, resolve
from apps.notifications import registry
from apps.notifications import services as mails
from apps.notifications.models import Mailing, OwedMail
from apps.notifications.services import mailings
from tests.factories.accounts import UserFactory
from tests.factories.events import (
    BanFactory,
    EventRoleFactory,
    MembershipFactory,
    RegistrationFactory,
    TicketKindFactory,
)
from tests.factories.tracks import SessionFactory

State = Announcement.State


def soon(**span):
    return clock.now() + timedelta(**(span or {"minutes": 5}))


def scheduled(event, *, due=None, **wish):
    """An announcement to come; `due`: how long ago it should have been said."""
    row = services.schedule_announcement(event, text="Lunch is ready.", by=None, due_at=soon(), **wish)
    if due is not None:
        Announcement.objects.filter(pk=row.pk).update(due_at=clock.now() - due)
    row.refresh_from_db()
    return row


@pytest.fixture
def published(monkeypatch):
    """What goes out on which topic."""
    found = []
    monkeypatch.setattr(publish, "log", lambda event_id, topic, *, seq, payload: found.append((topic, seq, payload)))
    return found


# At its time ------------------------------------------------------------------------------------------------------


def test_scheduled_announcement_is_said_when_it_is_due(event, attendee, published):
    row = scheduled(event)
    assert (services.say_due(), selectors.announcements(event)) == (0, [])
    Announcement.objects.update(due_at=clock.now())
    assert services.say_due() == 1
    row.refresh_from_db()
    assert (row.state, row.seq, row.reached) == (State.SAID, 1, 1)
    assert [(topic, seq, payload["text"]) for topic, seq, payload in published] == [
        ("announcements", 1, {"en": "Lunch is ready."})
    ]
    assert services.say_due() == 0


@pytest.mark.django_db(transaction=True)
def test_announcement_is_said_once_by_two_rounds_at_the_same_time(event):
    for _ in range(6):
        scheduled(event, due=timedelta(minutes=1))

    def say():
        try:
            return services.say_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as pool:
        said = [pool.submit(say) for _ in range(4)]
    assert sum(one.result() for one in said) == 6
    assert sorted(Announcement.objects.values_list("seq", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_announcement_that_is_called_off_is_not_said(event, published):
    row = scheduled(event)
    services.call_off_announcement(row)
    Announcement.objects.update(due_at=clock.now())
    assert (services.say_due(), published, Announcement.objects.get().state) == (0, [], State.CANCELLED)


def test_announcement_after_an_outage_is_said_within_an_hour_and_missed_after(event):
    late, too_late = scheduled(event, due=timedelta(minutes=59)), scheduled(event, due=timedelta(minutes=61))
    assert services.say_due() == 1
    late.refresh_from_db()
    too_late.refresh_from_db()
    assert (late.state, too_late.state, too_late.seq) == (State.SAID, State.MISSED, None)


def test_event_that_was_taken_back_says_nothing(event):
    row = scheduled(event, due=timedelta(minutes=1))
    Event.objects.filter(pk=event.pk).update(state=Event.State.DRAFT)
    assert services.say_due() == 0
    row.refresh_from_db()
    assert row.state == State.MISSED


def test_announcement_is_changed_until_it_is_said(event):
    row = scheduled(event)
    services.change_announcement(row, text="Lunch is late.", due_at=soon(hours=1))
    row.refresh_from_db()
    assert (str(row.text), row.state) == ("Lunch is late.", State.SCHEDULED)
    Announcement.objects.update(due_at=clock.now())
    services.say_due()
    for late in (lambda: services.change_announcement(row, text="No"), lambda: services.call_off_announcement(row)):
        with pytest.raises(Refused) as refused:
            late()
        assert refused.value.code == "announcement.said"
    row.refresh_from_db()
    assert (str(row.text), row.state) == ("Lunch is late.", State.SAID)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"due_at": timedelta(minutes=-1)}, "announcement.when"),
        ({"due_at": timedelta(days=500)}, "announcement.when"),
        ({"audience": "role/king"}, "announcement.audience"),
        ({"audience": "ticket/999999"}, "announcement.audience"),
        ({"on_screen": False}, "announcement.nowhere"),
        ({"audience": "coming"}, "announcement.mail_only"),
    ],
)
def test_what_cannot_be_said_so_is_refused(event, wish, code):
    wish = {"due_at": timedelta(minutes=5)} | wish
    with pytest.raises(Refused) as refused:
        services.schedule_announcement(event, text="Hello", by=None, **wish | {"due_at": clock.now() + wish["due_at"]})
    assert (refused.value.code, Announcement.objects.count()) == (code, 0)


def test_ticket_of_another_event_is_no_segment(event, other_event):
    ticket = TicketKindFactory(event=other_event)
    with pytest.raises(Refused) as refused:
        services.announce(event, text="Hello", by=None, audience=f"ticket/{ticket.pk}")
    assert refused.value.code == "announcement.audience"


# To some ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def people(event, attendee, speaker, exhibitor, moderator, organiser):
    """By role, and somebody with a ticket of their own."""
    ticket = TicketKindFactory(event=event, name="Day pass")
    holder = RegistrationFactory(event=event, ticket=ticket, user__name="Holda").user
    found = {"attendee": attendee, "speaker": speaker, "exhibitor": exhibitor, "moderator": moderator}
    return found | {"organiser": organiser, "holder": holder, "ticket": ticket}


def audiences(people):
    return {
        "": {"attendee", "speaker", "exhibitor", "moderator", "organiser", "holder"},
        "role/speaker": {"speaker"},
        "role/exhibitor": {"exhibitor"},
        "role/staff": {"moderator", "organiser"},
        f"ticket/{people['ticket'].pk}": {"holder"},
    }


def test_segment_is_who_it_says_and_counts_them(event, people):
    found = {segment.key: segment.count for segment in selectors.segments_of(event)}
    for audience, expected in audiences(people).items():
        names = {
            key for key, person in people.items() if key != "ticket" and person in selectors.people_in(event, audience)
        }
        assert (names, found[audience]) == (expected, len(expected)), audience


def test_count_of_a_segment_is_of_the_people_in_it(event, people):
    """Each counted once, whatever they are besides; without those who are banned or closed their account."""
    holder, ticket = people["holder"], people["ticket"]
    for role in ("speaker", "exhibitor", "moderator"):
        EventRoleFactory(event=event, user=holder, role=role)
    RegistrationFactory(event=event, user=people["organiser"])
    EventRoleFactory(event=event, user=people["organiser"], role="moderator")
    RegistrationFactory(event=event, user=people["moderator"], joined_at=clock.now())
    RegistrationFactory(event=event, state="waiting", waiting_since=clock.now(), user=people["exhibitor"])
    MembershipFactory(organisation=event.organisation, user=people["speaker"])
    MembershipFactory(organisation=event.organisation)
    for made in (RegistrationFactory, EventRoleFactory):
        BanFactory(event=event, user=made(event=event).user)
        made(event=event, user__is_active=False)
    for audience in ("", "role/speaker", "role/exhibitor", "role/staff", "coming", f"ticket/{ticket.pk}", "role/king"):
        counted = selectors.count_in(event, audience)
        assert (audience, counted) == (audience, selectors.people_in(event, audience).count())


def test_segment_is_found_without_a_look_at_the_others(event, people, monkeypatch, django_assert_num_queries):
    asked = []
    monkeypatch.setattr(segments, "_sources", {"session": lambda event: asked.append(event) or []})
    with django_assert_num_queries(0):
        assert [selectors.segment(event, key).count for key in ("", "role/staff", "coming")] == [None] * 3
    with django_assert_num_queries(1):
        assert selectors.segment(event, f"ticket/{people['ticket'].pk}").label == "Ticket: Day pass"
    with django_assert_num_queries(3):
        assert selectors.segment(event, "", is_counted=True).count == 6
    assert asked == []
    assert (selectors.segment(event, "session/1"), asked) == (None, [event])


def test_announcement_to_some_reaches_no_other_page_call_socket_or_feed(event, people, enter, published):
    """Each is said; then each door of each person is asked for what it tells."""
    expected = audiences(people)
    for audience in expected:
        services.announce(event, text=f"Kelpwater for {audience or 'all'}.", by=None, audience=audience)
    readers = {name: person for name, person in people.items() if name != "ticket"}
    for name, person in readers.items():
        client = enter(person)
        mine = {f"Kelpwater for {audience or 'all'}." for audience, of in expected.items() if name in of}
        others = {f"Kelpwater for {audience or 'all'}." for audience in expected} - mine
        lobby = client.get(reverse("venue:lobby", args=[event.slug])).content.decode()
        calls = client.get(f"/api/v1/events/{event.slug}/announcements/").content.decode()
        for page in (lobby, calls):
            assert [words for words in mine if words not in page] == [], name
            assert [words for words in others if words in page] == [], name
        for audience, of in expected.items():
            assert hears(event, person, audience) is (name in of), (name, audience)
    assert {topic for topic, _seq, _payload in published} == {
        f"announcements/{audience}" if audience else "announcements" for audience in expected
    }


def hears(event, person, audience):
    """Whether the socket lets somebody join the topic."""
    match = resolve(f"announcements/{audience}" if audience else "announcements")
    who = Who(person.pk, event.pk, person.name, permissions.roles_of(person, event), 1)
    try:
        match.topic.guard(who, **match.params)
    except Refused:
        return False
    return True


def test_feed_carries_nothing_that_was_said_to_holders_of_a_ticket(event, people):
    match = resolve(f"announcements/ticket/{people['ticket'].pk}")
    assert match.topic.feed is False
    with pytest.raises(Refused):
        match.topic.guard(Who(None, event.pk, "", frozenset({"attendee"}), 1), **match.params)


def test_ticket_topic_of_another_event_is_refused(event, other_event, people):
    match = resolve(f"announcements/ticket/{people['ticket'].pk}")
    with pytest.raises(Refused):
        match.topic.guard(Who(people["holder"].pk, other_event.pk, "", frozenset({"attendee"}), 1), **match.params)


def test_replay_of_a_segment_has_its_own_words_and_numbers(event, people):
    for audience in ("", "role/speaker", "role/speaker"):
        services.announce(event, text=audience or "all", by=None, audience=audience)
    replay = resolve("announcements/role/speaker").topic.replay
    assert [(seq, said["text"]["en"]) for seq, said in replay(event.pk, after=0, limit=9)] == [
        (1, "role/speaker"),
        (2, "role/speaker"),
    ]
    assert [seq for seq, _said in selectors.announcements_after(event.pk, after=0, limit=9)] == [1]


def test_session_that_runs_is_a_segment_whose_page_lists_what_is_said(event, attendee, enter):
    session = SessionFactory(event=event, starts_at=soon(minutes=-10), ends_at=soon(minutes=30))
    other = SessionFactory(event=event, starts_at=soon(minutes=-10), ends_at=soon(minutes=30))
    key = f"session/{session.pk}"
    assert key in {segment.key for segment in selectors.segments_of(event)}
    services.announce(event, text="The microphone is back.", by=None, audience=key)
    client = enter(attendee)
    pages = [
        client.get(reverse("venue:session", args=[event.slug, one.slug])).content.decode() for one in (session, other)
    ]
    assert ["The microphone is back." in page for page in pages] == [True, False]
    assert "The microphone is back." not in client.get(reverse("venue:lobby", args=[event.slug])).content.decode()
    with pytest.raises(Refused):
        services.announce(event, text="By mail", by=None, audience=key, by_mail=True)


# By mail ----------------------------------------------------------------------------------------------------------


def mailed():
    return sorted(OwedMail.objects.filter(kind="announcement").values_list("to", flat=True))


def test_mail_goes_to_each_of_the_segment_once_in_batches(event, people, monkeypatch):
    monkeypatch.setattr("apps.notifications.services.mailings.BATCH", 2)
    monkeypatch.setattr("apps.notifications.services.mailings.MOST_BATCHES", 2)
    row = services.announce(event, text="Doors open at nine.", by=None, by_mail=True)
    assert mailed() == []
    while mails.mail_announcements():
        pass
    everybody = sorted(person.email for name, person in people.items() if name != "ticket")
    row.refresh_from_db()
    assert (mailed(), row.mailed, Mailing.objects.get().done_at is not None) == (everybody, 6, True)
    assert (mails.mail_announcements(), mailed()) == (0, everybody)


@pytest.mark.parametrize("state", [Event.State.DRAFT, Event.State.ARCHIVED])
def test_event_that_is_not_open_mails_nothing_now(event, people, state):
    Event.objects.filter(pk=event.pk).update(state=state)
    event.refresh_from_db()
    with pytest.raises(Refused) as refused:
        services.announce(event, text="Lunch", by=None, by_mail=True)
    assert (refused.value.code, Mailing.objects.exists()) == ("announcement.not_open", False)
    assert services.announce(event, text="Lunch", by=None).state == State.SAID


def test_mail_waits_while_enough_is_still_to_be_sent(event, people, monkeypatch):
    monkeypatch.setattr(mailings, "BATCH", 1)
    monkeypatch.setattr(mailings, "MOST_OWED", 2)
    services.announce(event, text="Lunch", by=None, by_mail=True)
    assert (mails.mail_announcements(), mails.mail_announcements()) == (2, 0)
    OwedMail.objects.update(state=OwedMail.State.SENT)
    assert mails.mail_announcements() >= 1


def test_mailing_that_raises_is_put_off_and_the_next_goes_on(event, other_event, people, monkeypatch):
    EventRoleFactory(event=other_event, user=UserFactory())
    bad = services.announce(event, text="Bad", by=None, by_mail=True)
    services.announce(other_event, text="Good", by=None, by_mail=True)
    owe = mailings._owe

    def owes(announcement, person):
        owe(announcement, person)
        if announcement == bad:
            raise ValueError("a broken row")

    monkeypatch.setattr(mailings, "_owe", owes)
    assert mails.mail_announcements() > 0
    kept = Mailing.objects.get(announcement=bad)
    assert (kept.attempts, kept.upto, kept.done_at) == (1, 0, None)
    assert kept.due_at > clock.now()
    assert set(OwedMail.objects.filter(kind="announcement").values_list("event", flat=True)) == {other_event.pk}


def test_announcement_that_raises_holds_up_no_other(event, monkeypatch):
    due = clock.now() + timedelta(minutes=5)
    bad = services.schedule_announcement(event, text="Bad", by=None, due_at=due)
    good = services.schedule_announcement(event, text="Good", by=None, due_at=due)
    Announcement.objects.update(due_at=clock.now() - timedelta(seconds=1))
    say = announcing._say

    def says(row):
        if row == bad:
            raise ValueError("a broken row")
        return say(row)

    monkeypatch.setattr(announcing, "_say", says)
    assert services.say_due() == 1
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.state, bad.state) == (Announcement.State.SAID, Announcement.State.SCHEDULED)


def test_mail_to_those_who_have_not_come_leaves_the_others_alone(event, attendee, people):
    Registration.objects.filter(user=attendee).update(joined_at=clock.now())
    services.announce(event, text="We begin.", by=None, audience="coming", on_screen=False, by_mail=True)
    mails.mail_announcements()
    assert mailed() == [people["holder"].email]
    assert selectors.announcements(event, audiences=["coming", ""]) == []


def test_mail_spares_who_wants_none_who_is_banned_and_who_was_only_named(event, people):
    mails.want_mails(people["attendee"].pk, kind="announcement", wanted=False)
    BanFactory(event=event, user=people["holder"])
    Unmet.objects.create(organisation=event.organisation, user=people["speaker"])
    services.announce(event, text="Doors open at nine.", by=None, by_mail=True)
    mails.mail_announcements()
    assert mailed() == sorted(people[name].email for name in ("exhibitor", "moderator", "organiser"))


def test_mail_can_be_stopped(event, people):
    person = people["attendee"]
    services.announce(event, text="Doors open at nine.", by=None, by_mail=True, on_screen=False)
    mails.mail_announcements()
    mail = OwedMail.objects.get(user=person)
    stop = registry.address(person.pk, "announcement")
    assert ("Doors open at nine." in mail.text, stop in mail.text, stop in mail.html) == (True, True, True)
    assert registry.headers(person.pk, mail.kind)["List-Unsubscribe"] == f"<{stop}>"
    assert selectors.announcements(event) == []


@pytest.mark.django_db(transaction=True)
def test_mail_is_owed_once_by_two_workers_at_the_same_time(event):
    EventRoleFactory.create_batch(9, event=event, role=EventRole.Role.SPEAKER)
    services.announce(event, text="Hello", by=None, audience="role/speaker", by_mail=True)

    def work():
        try:
            return mails.mail_announcements()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=3) as pool:
        made = [pool.submit(work) for _ in range(3)]
    assert sum(one.result() for one in made) == 9
    assert len(set(mailed())) == 9


# At the desk and in the control room --------------------------------------------------------------------------------


def test_control_room_schedules_to_some_and_calls_off(event, moderator, speaker, enter):
    client = enter(moderator)
    page = client.get(reverse("venue:control", args=[event.slug])).content.decode()
    assert "Speakers (1)" in page
    wish = {"text": "Mics at ten.", "audience": "role/speaker", "due_at": f"{soon(hours=3):%Y-%m-%dT%H:%M}"}
    assert client.post(reverse("venue:announce", args=[event.slug]), wish).status_code == 302
    row = Announcement.objects.get()
    assert (row.state, row.audience, row.audience_name) == (State.SCHEDULED, "role/speaker", "Speakers")
    assert "Mics at ten." in client.get(reverse("venue:control", args=[event.slug])).content.decode()
    client.post(reverse("venue:call_off", args=[event.slug, row.pk]))
    assert Announcement.objects.get().state == State.CANCELLED


def test_announcement_of_another_event_is_not_called_off_here(event, other_event, moderator, enter):
    row = scheduled(other_event)
    assert enter(moderator).post(reverse("venue:call_off", args=[event.slug, row.pk])).status_code == 404
    row.refresh_from_db()
    assert row.state == State.SCHEDULED


def test_desk_schedules_changes_and_shows_what_was_said_to_whom(event, organiser, speaker, enter):
    desk, add = enter(organiser), reverse("admin:events_announcement_add")
    assert "Speakers (1)" in desk.get(add, {"event": event.pk}).content.decode()
    at = soon(hours=3)
    wish = {"event": event.pk, "text_0": "Mics at ten.", "text_1": "", "text_2": "", "audience": "role/speaker"}
    wish |= {"where": "both", "due_at_0": f"{at:%Y-%m-%d}", "due_at_1": f"{at:%H:%M:%S}"}
    assert desk.post(add, wish).status_code == 302
    row = Announcement.objects.get()
    assert (row.state, row.on_screen, row.by_mail) == (State.SCHEDULED, True, True)
    change = reverse("admin:events_announcement_change", args=[row.pk])
    assert desk.post(change, wish | {"text_0": "Mics at eleven.", "where": "screen"}).status_code == 302
    row.refresh_from_db()
    assert (str(row.text), row.by_mail) == ("Mics at eleven.", False)
    Announcement.objects.update(due_at=clock.now())
    services.say_due()
    assert (desk.get(change).status_code, desk.post(change, wish).status_code) == (200, 403)
    shown = desk.get(reverse("admin:events_announcement_changelist")).content.decode()
    assert ("Mics at eleven." in shown, "Speakers" in shown) == (True, True)


def test_desk_keeps_a_time_on_what_is_still_to_come(event, organiser, enter):
    row = scheduled(event)
    wish = {"event": event.pk, "text_0": "Hello", "text_1": "", "text_2": "", "where": "screen"}
    change = reverse("admin:events_announcement_change", args=[row.pk])
    assert enter(organiser).post(change, wish | {"due_at_0": "", "due_at_1": ""}).status_code == 200
    row.refresh_from_db()
    assert (row.due_at is None, str(row.text)) == (False, "Lunch is ready.")
    with pytest.raises(Refused):
        services.change_announcement(row, due_at=None)


def test_event_has_a_most_of_what_is_still_to_come(event, monkeypatch):
    monkeypatch.setattr("apps.events.services.announcing.MOST_SCHEDULED", 1)
    scheduled(event)
    with pytest.raises(Refused) as refused:
        scheduled(event)
    assert refused.value.code == "announcement.too_many"


def test_desk_shows_what_is_refused_at_its_field(event, organiser, enter):
    add = reverse("admin:events_announcement_add")
    wish = {"event": event.pk, "text_0": "Hello", "text_1": "", "text_2": "", "audience": "coming", "where": "screen"}
    answer = enter(organiser).post(add, wish)
    assert (answer.status_code, Announcement.objects.count()) == (200, 0)
    assert "write to them by mail" in answer.content.decode()
