"""The page of a session, before, during and after."""

import pytest
from django.urls import reverse

from apps.chat import services as chat
from apps.polls import kinds
from apps.polls import services as polls
from apps.tracks.models import Session
from apps.tracks.selectors import entering
from tests.factories.accounts import UserFactory
from tests.factories.polls import OptionFactory, PollFactory
from tests.factories.tracks import SessionFactory, SessionLinkFactory, SessionSpeakerFactory


def test_visitor_reads_what_it_is_about_and_nothing_of_the_room(event, session, attendee, visitor):
    room = chat.room_for(event, f"session/{session.pk}")
    saying = chat.Saying(event.pk, room.pk, attendee.pk, frozenset({"attendee"}), "Only among us")
    chat.send_messages([saying])

    page = visitor.get(session.get_absolute_url()).content.decode()

    assert "Eleven towns stay dry." in page
    assert "Oduya Barasa" in page
    assert "Register to watch" in page
    assert "Only among us" not in page


def test_outsider_is_a_visitor_here(session, outsider, enter):
    page = enter(outsider).get(session.get_absolute_url()).content.decode()

    assert "Register to watch" in page
    assert "<chat-room" not in page


def test_attendee_is_in_the_room(session, attendee, enter):
    page = enter(attendee).get(session.get_absolute_url()).content.decode()

    assert 'data-mood="house"' in page
    assert f'data-stage="session/{session.pk}/stage"' in page
    assert "30 minutes left" in page
    assert "No picture on this stage" in page


@pytest.mark.parametrize(
    ("begins", "lasts", "state", "said"),
    [
        (60, 30, "planned", "It begins in 60 min"),
        (-60, 30, "planned", "This session is over"),
        (10, 30, "cancelled", "This session is cancelled"),
    ],
)
def test_stage_says_how_it_stands(event, attendee, enter, at, begins, lasts, state, said):
    session = SessionFactory(event=event, starts_at=at(begins), ends_at=at(begins + lasts), state=state)

    assert said in enter(attendee).get(session.get_absolute_url()).content.decode()


def test_withdrawn_session_is_not_found(event, session, attendee, enter):
    session.state = Session.State.WITHDRAWN
    session.save()

    assert enter(attendee).get(session.get_absolute_url()).status_code == 404


def test_session_of_another_event_is_not_found_here(event, other_event, attendee, enter):
    elsewhere = SessionFactory(event=other_event, slug="elsewhere")

    answer = enter(attendee).get(reverse("venue:session", args=[event.slug, elsewhere.slug]))

    assert answer.status_code == 404


def test_open_poll_rises_until_it_is_answered(event, session, attendee, enter):
    option = OptionFactory(poll__event=event, poll__session=session)
    client = enter(attendee)
    before = client.get(session.get_absolute_url()).context["stage"]

    polls.cast_votes([polls.Vote(event.pk, option.poll_id, attendee.pk, kinds.Said(option=option.pk))])

    after = client.get(session.get_absolute_url()).context["stage"]
    assert before.open_poll.poll == option.poll
    assert after.open_poll is None
    assert after.open_count == 1


def test_question_to_everybody_stands_beside_those_of_the_session(event, session, attendee, enter):
    of_session = PollFactory(event=event, session=session, state="open")
    PollFactory(event=event, session=None, state="closed")
    for_all = PollFactory(event=event, session=None, state="open")

    stage = enter(attendee).get(session.get_absolute_url()).context["stage"]

    assert [shown.poll for shown in stage.polls] == [of_session, for_all]
    assert stage.open_count == 2


def test_page_costs_the_same_for_one_speaker_and_for_three(
    event, session, attendee, enter, django_assert_max_num_queries, monkeypatch
):
    monkeypatch.setattr(entering, "KEPT_SECONDS", 3600)  # what stands before the session is read once
    client = enter(attendee)
    client.get(session.get_absolute_url())
    counts = []
    for _round in range(3):
        SessionSpeakerFactory(session=session)
        SessionLinkFactory(session=session)
        PollFactory(event=event, session=session, state="open")
        client.get(session.get_absolute_url())
        with django_assert_max_num_queries(50) as counted:
            client.get(session.get_absolute_url())
        counts.append(len(counted))
    assert len(set(counts)) == 1


def test_organisers_markup_is_cleaned_on_the_way_out(event, visitor):
    session = SessionFactory(event=event, abstract='<p onclick="x()">Water</p><script>alert(1)</script>')

    page = visitor.get(session.get_absolute_url()).content.decode()

    assert "<p>Water</p>" in page
    assert "alert(1)" not in page


def test_who_speaks_is_named_in_one_sentence(session, visitor):
    SessionSpeakerFactory(session=session, speaker__name="Marit Aldersey", position=1)
    SessionSpeakerFactory(session=session, speaker__name="Tomasz Wrede", position=2, speaker__user=UserFactory())

    page = visitor.get(session.get_absolute_url()).content.decode()

    assert "Oduya Barasa, Marit Aldersey and Tomasz Wrede" in page
