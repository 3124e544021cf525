"""An answer that was taken, and whose acknowledgement was lost: sent again after the close, it hears what it is."""

from datetime import timedelta

import pytest

from apps.core import clock
from apps.core.errors import Refused
from apps.intake import queue, store
from apps.polls import services
from apps.polls.models import Poll
from tests.factories.media import AssetFactory
from tests.factories.tracks import SessionFactory


@pytest.mark.usefixtures("intake")
@pytest.mark.parametrize("end", [services.close_poll, services.lock_poll])
@pytest.mark.parametrize("written", [True, False])
def test_same_answer_again_is_told_what_stands(poll, attendee, cast, drain, end, written):
    first = cast(attendee, 1, revision=1)
    if written:
        drain()
    end(poll)

    again, another = cast(attendee, 1, revision=1), cast(attendee, 2, revision=2)

    assert (again.revision, again.answer, again.counted) == (first.revision, first.answer, True)
    assert another.code == ("poll.closed" if end is services.close_poll else "poll.locked")


def test_who_comes_too_late_for_the_first_time_is_refused(poll, attendee, speaker, cast):
    cast(attendee, 1)
    services.close_poll(poll)

    assert cast(speaker, 1).code == "poll.closed"


@pytest.mark.usefixtures("intake")
def test_of_an_anonymous_poll_nobody_can_tell_and_so_it_is_said(event, attendee, speaker, cast):
    made = services.create_poll(event=event, question="?", options="ab", anonymous=True)
    poll = services.open_poll(made)
    cast(attendee, 0, of=poll)
    services.close_poll(poll)

    again, late = cast(attendee, 0, of=poll), cast(speaker, 0, of=poll)

    assert (again.code, late.code) == ("poll.closed", "poll.closed")
    assert "an answer of yours counts" in str(again.message)
    assert "was not counted" in str(late.message)


def test_locked_anonymous_poll_still_knows(event, attendee, cast):
    made = services.create_poll(event=event, question="?", options="ab", anonymous=True)
    poll = services.open_poll(made)
    cast(attendee, 0, of=poll)
    services.lock_poll(poll)

    assert cast(attendee, 0, of=poll).counted
    assert cast(attendee, 1, of=poll).code == "poll.locked"


def test_who_answered_live_hears_so_once_the_recording_is_there(event, attendee, cast):
    begun, video = clock.now() - timedelta(hours=2), AssetFactory(event=event, kind="video")
    session = SessionFactory(event=event, starts_at=begun, ends_at=begun + timedelta(hours=1), video=video)
    made = services.create_poll(event=event, session=session, question="?", options="ab", takes_late=True)
    poll = services.open_poll(made)
    first = cast(attendee, 0, of=poll)
    services.close_poll(poll)

    assert cast(attendee, 0, of=poll) == first
    assert cast(attendee, 1, of=poll).code == "poll.answered"


@pytest.mark.usefixtures("sqs_queue")
def test_of_what_is_perhaps_on_its_way_it_is_said_that_nobody_knows_yet(poll, attendee, speaker, cast):
    cast(speaker, 0)
    store.client().hset(store.keys_of(poll.gate)[3], str(attendee.pk), "1 x 1  {}")
    services.close_poll(poll)

    unsure = cast(attendee, 0)

    assert isinstance(unsure, Refused)
    assert (unsure.code, unsure.retry_after is not None) == ("intake.busy", True)
    assert "not known yet" in str(unsure.message)


def test_many_who_come_too_late_take_few_queries(poll, event, vote, attendee, django_assert_max_num_queries):
    Poll.objects.filter(pk=poll.pk).update(state=Poll.State.CLOSED)
    wishes = [vote(attendee, 0, user_id=number, revision=1) for number in range(1, 200)]

    with django_assert_max_num_queries(16):
        outcomes = services.cast_votes(wishes)

    assert {outcome.code for outcome in outcomes} == {"poll.closed"}


@pytest.mark.parametrize("part", ["tallies", "standing"])
def test_close_that_cannot_ask_who_answered_closes_nothing(event, attendee, cast, monkeypatch, part):
    """Else who was overlooked could vote a second time after a reopening."""
    from apps.intake import gates

    made = services.create_poll(event=event, question="?", options="ab", anonymous=True)
    poll = services.open_poll(made)
    cast(attendee, 0, of=poll)

    def away(*_asked):
        raise store.Failed

    with monkeypatch.context() as broken:
        broken.setattr(gates, part, away)
        with pytest.raises(Refused) as refused:
            services.close_poll(poll)

    assert refused.value.code == "intake.busy"
    assert Poll.objects.get(pk=poll.pk).state == Poll.State.OPEN
    services.close_poll(poll)
    services.open_poll(poll)
    assert cast(attendee, 1, of=poll).code == "poll.answered"
    assert queue.tallies([poll.gate])[poll.gate].keys == 1
