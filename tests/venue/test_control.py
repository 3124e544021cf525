"""The control page of a running session."""

import pytest
from django.urls import reverse

from apps.polls.models import Poll
from apps.venue import selectors
from tests.factories.polls import OptionFactory, PollFactory
from tests.factories.tracks import SessionFactory


def address(name, event, *more):
    return reverse(f"venue:{name}", args=[event.slug, *more])


def test_control_room_shows_what_runs_and_what_can_be_launched(event, session, moderator, enter):
    PollFactory(event=event, session=session, question="Who should pay?")

    page = enter(moderator).get(address("control", event)).content.decode()

    assert "Eleven towns, one floodplain" in page
    assert "Who should pay?" in page


@pytest.mark.parametrize("who", ["attendee", "speaker", "outsider"])
def test_control_room_is_closed_to_others(event, who, request, enter):
    client = enter(request.getfixturevalue(who))

    assert client.get(address("control", event)).status_code == 403
    assert client.post(address("announce", event), {"text": "Hello"}).status_code == 403
    assert event.announcements.count() == 0


def test_moderator_announces(event, moderator, enter):
    enter(moderator).post(address("announce", event), {"text": "Lunch is ready."})

    assert str(event.announcements.get().text) == "Lunch is ready."


def test_empty_announcement_is_shown_with_its_error(event, moderator, enter):
    assert enter(moderator).post(address("announce", event), {"text": ""}).status_code == 422


def test_moderator_opens_and_closes_a_poll(event, session, moderator, enter):
    poll = PollFactory(event=event, session=session, state=Poll.State.DRAFT)
    OptionFactory.create_batch(2, poll=poll)
    client = enter(moderator)

    client.post(reverse("polls:deed", args=[event.slug, poll.pk]), {"do": "open"})
    poll.refresh_from_db()
    assert poll.state == Poll.State.OPEN

    client.post(reverse("polls:deed", args=[event.slug, poll.pk]), {"do": "close"})
    poll.refresh_from_db()
    assert poll.state == Poll.State.CLOSED


def test_open_poll_comes_before_older_ones_and_all_can_be_asked_for(event, session, moderator, enter):
    PollFactory.create_batch(31, event=event, session=session, state="closed")
    PollFactory(event=event, session=None, state="draft")
    last = PollFactory(event=event, session=session, state="open")
    client = enter(moderator)

    few = client.get(address("control", event))
    everything = client.get(address("control", event), {"polls": "all"}).context["page"].polls

    shown = few.context["page"].polls
    assert (shown[0].poll, shown[1].is_draft, len(shown), len(everything)) == (last, True, 30, 33)
    assert "30 of 33 polls are shown." in few.content.decode()


def test_poll_of_another_event_is_not_found(event, other_event, moderator, enter):
    poll = PollFactory(event=other_event, session=None)

    assert enter(moderator).post(reverse("polls:deed", args=[event.slug, poll.pk]), {"do": "open"}).status_code == 404


def test_snapshot_is_what_the_page_shows(event, session):
    page = selectors.control(event)

    assert page.snapshot == selectors.control_snapshot(event.pk)
    assert page.snapshot.sessions == {str(session.pk): 0}


def test_control_room_costs_the_same_for_one_session_and_for_three(
    event, moderator, enter, django_assert_max_num_queries
):
    client = enter(moderator)
    counts = []
    for _round in range(3):
        PollFactory(event=event, session=SessionFactory(event=event), state="open")
        client.get(address("control", event))
        with django_assert_max_num_queries(44) as counted:
            client.get(address("control", event))
        counts.append(len(counted))
    assert len(set(counts)) == 1
