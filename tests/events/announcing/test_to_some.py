"""Announcements to some: who they are, how many, and that nobody else is told."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions, selectors, services
from apps.events.registry import segments
from apps.live.registry import Who, resolve
from tests.events.announcing.announced import soon
from tests.factories.events import (
    BanFactory,
    EventRoleFactory,
    MembershipFactory,
    RegistrationFactory,
    TicketKindFactory,
)
from tests.factories.tracks import SessionFactory


def test_ticket_of_another_event_is_no_segment(event, other_event):
    ticket = TicketKindFactory(event=other_event)
    with pytest.raises(Refused) as refused:
        services.announce(event, text="Hello", by=None, audience=f"ticket/{ticket.pk}")
    assert refused.value.code == "announcement.audience"


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


def test_nobody_waits_for_the_event_while_an_audience_is_counted(event, people):
    with CaptureQueriesContext(connection) as asked:
        services.announce(event, text="Hello", by=None, audience="")
    said = [one["sql"] for one in asked]
    counted = max(at for at, sql in enumerate(said) if "COUNT(" in sql and "events_registration" in sql)
    assert not [sql for sql in said[:counted] if 'FROM "events_event"' in sql and "FOR NO KEY UPDATE" in sql]
