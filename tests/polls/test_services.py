"""The rules of polls: their states, who may answer when, and that each person counts once."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction

from apps.core import clock
from apps.core.errors import Refused
from apps.intake import items
from apps.polls import kinds, selectors, services, signals
from apps.polls.models import Answer, Poll
from tests.factories.events import RegistrationFactory
from tests.factories.tracks import SessionFactory


def code(answer):
    assert isinstance(answer, Refused), answer
    return answer.code


def refusal(act, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return refused.value.code


pytestmark = pytest.mark.usefixtures("intake")


def votes_of(poll):
    """As everybody sees them: by the counters or by rows."""
    return [tally.votes for tally in selectors.all_results(poll.event_id, poll.pk).votes]


# States --------------------------------------------------------------------------------------------------------


def test_poll_begins_as_a_draft_with_its_options_in_order(draft):
    assert draft.state == Poll.State.DRAFT
    assert [str(option) for option in draft.options.all()] == ["The towns", "The valley", "The state"]


@pytest.mark.parametrize("count", [0, 1, 21])
def test_poll_has_two_to_twenty_options(event, count):
    assert refusal(services.create_poll, event=event, question="?", options=["x"] * count) == "poll.options"
    assert not Poll.objects.exists()


def test_poll_cannot_belong_to_another_events_session(event, other_event):
    session = SessionFactory(event=other_event)

    assert (
        refusal(services.create_poll, event=event, session=session, question="?", options="ab")
        == "poll.session_unknown"
    )


def test_opening_and_closing_are_facts_told_once(draft, told):
    heard = []
    signals.poll_opened.connect(lambda poll, **_: heard.append(("opened", poll.pk)), weak=False, dispatch_uid="o")
    signals.poll_closed.connect(lambda poll, **_: heard.append(("closed", poll.pk)), weak=False, dispatch_uid="c")

    with told.after():
        services.open_poll(draft)
        assert refusal(services.open_poll, draft) == "poll.open_already"
        services.close_poll(draft)
        assert refusal(services.close_poll, draft) == "poll.not_open"

    signals.poll_opened.disconnect(dispatch_uid="o")
    signals.poll_closed.disconnect(dispatch_uid="c")
    assert heard == [("opened", draft.pk), ("closed", draft.pk)]
    assert (draft.event_id, f"session/{draft.session_id}/polls") in told.states


def test_poll_opened_again_keeps_its_answers(poll, attendee, cast):
    cast(attendee)
    services.close_poll(poll)

    services.open_poll(poll)

    assert poll.closed_at is None
    assert votes_of(poll) == [1, 0, 0]


def test_due_polls_are_closed_at_their_time(poll, draft):
    due = clock.now() - timedelta(seconds=40)
    Poll.objects.filter(pk=poll.pk).update(closes_at=due)

    assert services.close_due_polls() == 1
    assert services.close_due_polls() == 0

    poll.refresh_from_db()
    assert (poll.state, poll.closed_at) == (Poll.State.CLOSED, due)


def test_opening_again_drops_a_closing_time_that_is_over(poll):
    Poll.objects.filter(pk=poll.pk).update(closes_at=clock.now() - timedelta(seconds=1))
    services.close_due_polls()

    services.open_poll(poll)

    assert poll.closes_at is None


# Answers -------------------------------------------------------------------------------------------------------


def test_answer_counts_and_is_told_to_each_audience(poll, attendee, vote, told):
    with told.after():
        [mine] = services.cast_votes([vote(attendee, 1)])

    assert (mine.poll, mine.revision) == (poll.pk, 1)
    assert votes_of(poll) == [0, 1, 0]
    assert sorted(told.states) == [
        (poll.event_id, f"poll/{poll.pk}/{audience}") for audience in ("results", "screen", "staff", "turnout")
    ]


def test_those_who_answered_are_told_where_they_alone_hear_it(event, attendee, vote, told):
    made = services.create_poll(event=event, question="?", options="ab", results=Poll.Results.ANSWERED)
    poll = services.open_poll(made)

    with told.after():
        services.cast_votes([vote(attendee, of=poll)])

    assert (event.pk, f"poll/{poll.pk}/1/results") in told.states


def test_many_answers_take_few_queries(poll, event, vote, drain, django_assert_max_num_queries):
    people = [RegistrationFactory(event=event).user for _ in range(30)]
    wishes = [vote(person, place % 3, revision=1) for place, person in enumerate(people)]

    # One batch; two or three where SQS keeps back one of two people who share a message group until the other is done.
    with django_assert_max_num_queries(50):
        services.cast_votes(wishes)
        drain()

    assert votes_of(poll) == [10, 10, 10]
    assert Answer.objects.count() == 30


def test_answer_may_be_changed_while_open(poll, attendee, cast):
    cast(attendee, 0)
    changed = cast(attendee, 2)

    assert (changed.revision, votes_of(poll)) == (2, [0, 0, 1])


def test_answer_that_must_stand_stands(event, attendee, cast):
    poll = services.open_poll(services.create_poll(event=event, question="?", options="ab", may_change=False))
    first = cast(attendee, 0, of=poll)

    assert code(cast(attendee, 1, of=poll)) == "poll.answered"
    assert cast(attendee, 0, of=poll) == first
    assert votes_of(poll) == [1, 0]


def test_retry_changes_nothing_even_after_a_newer_answer(poll, attendee, cast):
    cast(attendee, 0, revision=1)
    newer = cast(attendee, 2, revision=2)

    old = cast(attendee, 0, revision=1)

    assert (old.revision, old.answer, old.counted) == (newer.revision, newer.answer, False)
    assert votes_of(poll) == [0, 0, 1]


@pytest.mark.django_db(transaction=True)
def test_two_devices_at_once_are_one_answer(poll, attendee, vote, drain):
    together = threading.Barrier(2)
    answers = []

    def from_device(place):
        try:
            together.wait(60)
            answers.extend(services.cast_votes([vote(attendee, place, revision=1)]))
        finally:
            connections.close_all()

    devices = [threading.Thread(target=from_device, args=(place,)) for place in (0, 1)]
    for device in devices:
        device.start()
    for device in devices:
        device.join()

    drain()
    standing = Answer.objects.get()
    assert [answer.answer for answer in answers] == [standing.said] * 2
    assert sum(votes_of(poll)) == 1


def test_answer_after_the_close_is_refused(poll, attendee, cast):
    services.close_poll(poll)

    assert code(cast(attendee)) == "poll.closed"
    assert votes_of(poll) == [0, 0, 0]


def test_closing_time_counts_by_the_servers_clock_before_anything_closed_it(poll, attendee, cast, monkeypatch):
    due = clock.now() + timedelta(minutes=1)
    Poll.objects.filter(pk=poll.pk).update(closes_at=due)
    cast(attendee, 0)
    monkeypatch.setattr(clock, "now", lambda: due)

    assert code(cast(attendee, 1)) == "poll.closed"
    assert votes_of(poll) == [1, 0, 0]


@pytest.mark.parametrize("intake", ["direct"], indirect=True)
@pytest.mark.django_db(transaction=True)
def test_what_is_being_written_counts_before_the_close(poll, attendee, vote):
    """Directly, a close waits for answers in flight; everything after it is refused. Elsewhere what is acknowledged is
    durable at once: see test_stampede."""
    closed = threading.Event()

    def close():
        try:
            services.close_poll(poll)
            closed.set()
        finally:
            connections.close_all()

    closing = threading.Thread(target=close)
    with transaction.atomic():
        [mine] = services.cast_votes([vote(attendee, 0)])
        closing.start()
        assert not closed.wait(0.3)
    closing.join(60)

    assert closed.is_set()
    assert mine.revision == 1
    assert votes_of(poll) == [1, 0, 0]
    assert code(services.cast_votes([vote(attendee, 1)])[0]) == "poll.closed"


def test_answer_to_a_draft_is_refused(draft, attendee, event):
    option = draft.options.first()
    wish = services.Vote(event.pk, draft.pk, attendee.pk, kinds.Said(option=option.pk))

    assert code(services.cast_votes([wish])[0]) == "poll.not_open"


def test_option_of_another_poll_is_refused(event, poll, attendee, vote):
    other = services.open_poll(services.create_poll(event=event, question="?", options="ab"))

    wish = vote(attendee, said=kinds.Said(option=other.options.first().pk))

    assert code(services.cast_votes([wish])[0]) == "poll.option_unknown"
    assert not Answer.objects.exists()


def test_poll_of_another_event_does_not_exist(other_event, poll, attendee, vote):
    assert code(services.cast_votes([vote(attendee, event_id=other_event.pk)])[0]) == "poll.unknown"


def test_refused_ones_do_not_stop_the_others(poll, attendee, speaker, vote):
    refused, counted = services.cast_votes([vote(attendee, said=kinds.Said(option=10**9)), vote(speaker, 1)])

    assert (code(refused), counted.poll) == ("poll.option_unknown", poll.pk)


def test_answer_to_a_round_that_is_over_is_refused(poll, attendee):
    item = items.Item(services.ANSWER, f"poll/{poll.pk}/0", str(attendee.pk), 1, {"option": poll.options.first().pk})

    assert code(services.apply_answers([item])[0]) == "poll.begun_anew"


def test_what_was_acknowledged_before_the_close_is_applied_after_it(poll, attendee, speaker):
    """As a queue redelivers it: its gate was open when it was stamped, and twice is once."""
    services.close_poll(poll)
    option = poll.options.first().pk

    def item(person, at=None):
        return items.Item(services.ANSWER, poll.gate, str(person.pk), 1, {"option": option}, at)

    for _ in range(2):
        counted, late = services.apply_answers([item(attendee, poll.closed_at), item(speaker)])

    assert (counted.revision, code(late)) == (1, "poll.closed")
    assert votes_of(poll) == [1, 0, 0]
