"""What results cost: counters while they last, rows once in a moment, a cloud's words gone through once a change."""

import pytest
from celery import current_app
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.intake import gates, queue, store
from apps.live.registry import resolve
from apps.polls import selectors, services, tasks
from apps.polls.kinds import Said, wording
from apps.polls.models import Answer, Kind, Poll
from apps.polls.services import going
from tests.factories.events import RegistrationFactory


def sums_made(deed):
    """How often rows were added up meanwhile."""
    with CaptureQueriesContext(connection) as asked:
        deed()
    return sum("jsonb_each_text" in query["sql"] for query in asked.captured_queries)


def read(poll):
    found = selectors.results(selectors.get_poll(poll.event_id, poll.pk))
    return [tally.votes for tally in found.votes]


@pytest.mark.parametrize("end", [services.close_poll, services.lock_poll])
def test_poll_that_has_just_ended_is_read_from_its_counters(poll, attendee, cast, drain, end):
    cast(attendee, 1)
    end(poll)
    drain()
    poll.refresh_from_db()

    assert sums_made(lambda: read(poll)) == 0
    assert read(poll) == [0, 1, 0]
    assert selectors.turnout(poll.event_id, poll.pk).answers == 1


@pytest.mark.parametrize("end", [services.close_poll, services.lock_poll])
def test_rows_are_added_up_once_in_a_moment_where_the_counters_are_gone(poll, attendee, cast, drain, end):
    cast(attendee, 1)
    end(poll)
    drain()
    store.client().flushdb()
    cache.clear()

    assert sums_made(lambda: [read(poll), read(poll)]) == 1
    assert read(poll) == [0, 1, 0]


def test_counters_that_want_a_recount_are_not_believed_once_it_is_closed(poll, attendee, cast, drain):
    cast(attendee, 1)
    services.close_poll(poll)
    drain()
    store.client().hset(store.keys_of(poll.gate)[0], "dirty", "1")

    assert queue.tallies([poll.gate]) == {}
    assert read(poll) == [0, 1, 0]


def test_what_changed_by_other_means_is_read_anew(poll, attendee, speaker, cast, drain):
    cast(attendee, 1)
    services.close_poll(poll)
    drain()
    store.client().flushdb()
    assert read(poll) == [0, 1, 0]

    Answer.objects.filter(poll=poll).delete()
    services.Answers().changed([poll.gate])

    assert read(poll) == [0, 0, 0]


# Clouds ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def cloud(event):
    return services.open_poll(services.create_poll(event=event, question="?", kind=Kind.WORDS, results="answered"))


@pytest.fixture
def say(cloud, event):
    def make(*words):
        person = RegistrationFactory(event=event).user
        [mine] = services.cast_votes([services.Vote(event.pk, cloud.pk, person.pk, Said(words=list(words)))])
        return mine

    return make


@pytest.fixture
def merged(monkeypatch):
    """How often all words were put together."""
    calls, merge = [], wording.merged

    def counting(*words):
        calls.append(words)
        return merge(*words)

    monkeypatch.setattr(wording, "merged", counting)
    return calls


def words_of(poll):
    return [(word.text, word.votes) for word in selectors.results(selectors.get_poll(poll.event_id, poll.pk)).words]


def test_cloud_is_put_together_once_for_all_who_look(cloud, say, merged):
    say("reeds", "weir")
    for topic in ("results", "1/results", "screen"):
        match = resolve(f"poll/{cloud.pk}/{topic}")
        match.topic.snapshot(cloud.event_id, **match.params)
    words_of(cloud)
    assert len(merged) == 1

    say("reeds")

    assert words_of(cloud) == [("reeds", 2), ("weir", 1)]
    assert len(merged) == 2


def test_decision_shows_in_a_cloud_at_once(cloud, say):
    say("reeds", "weir")
    assert words_of(cloud) == [("reeds", 1), ("weir", 1)]

    services.decide_words(cloud, subjects=[wording.subject("weir")], shown=False)

    assert words_of(cloud) == [("reeds", 1)]
    assert selectors.staff_results(selectors.get_poll(cloud.event_id, cloud.pk)).sayings[-1].shown is False


def test_recount_shows_in_a_cloud_at_once(cloud, say, drain):
    say("reeds")
    drain()
    assert words_of(cloud) == [("reeds", 1)]
    Answer.objects.filter(poll=cloud).update(counts={"w:weir": 1})

    gates.recount(services.ANSWER, cloud.gate)

    assert words_of(cloud) == [("weir", 1)]


def test_new_words_wait_for_a_decision_at_once(cloud, say):
    Poll.objects.filter(pk=cloud.pk).update(moderated=True)
    say("reeds")
    first = selectors.all_results(cloud.event_id, cloud.pk)
    say("weir")

    assert [one.text for one in first.sayings] == ["reeds"]
    assert [one.text for one in selectors.all_results(cloud.event_id, cloud.pk).sayings] == ["reeds", "weir"]


def test_words_that_come_with_the_recording_wait_for_a_decision_at_once(cloud, say):
    """Of their gate the queue may know nothing."""
    Poll.objects.filter(pk=cloud.pk).update(moderated=True, takes_late=True)
    say("reeds")
    first = selectors.all_results(cloud.event_id, cloud.pk)
    Answer.objects.create(poll=cloud, round=1, late=True, voter="x", said={"words": ["weir"]}, counts={"w:weir": 1})

    assert [one.text for one in first.sayings] == ["reeds"]
    assert [one.text for one in selectors.all_results(cloud.event_id, cloud.pk).sayings] == ["reeds", "weir"]


def test_number_of_answers_is_read_without_the_words(cloud, say, monkeypatch):
    say("reeds", "weir")
    monkeypatch.setattr(gates, "tallies", None)

    assert selectors.turnout(cloud.event_id, cloud.pk).answers == 1


def test_answers_that_go_with_their_person_go_from_the_results_of_a_closed_poll(
    poll, attendee, speaker, cast, drain, django_capture_on_commit_callbacks
):
    cast(attendee, 1)
    cast(speaker, 1)
    services.close_poll(poll)
    drain()
    assert read(poll) == [0, 2, 0]

    with django_capture_on_commit_callbacks(execute=True):
        attendee.delete()

    assert read(poll) == [0, 1, 0]


def test_answers_that_go_with_their_person_go_from_an_open_poll_and_everybody_is_told(
    intake, poll, attendee, speaker, cast, drain, told, monkeypatch
):
    cast(attendee, 1)
    cast(speaker, 1)
    drain()
    sent = []
    monkeypatch.setattr(going.current_app, "send_task", lambda name, args: sent.append((name, args)))

    with told.after():
        attendee.delete()
    for name, args in sent:
        with told.after():
            current_app.tasks[name](*args)

    assert read(poll) == [0, 1, 0]
    assert selectors.turnout(poll.event_id, poll.pk).answers == 1
    assert (poll.event_id, f"poll/{poll.pk}/results") in told.states


def test_counters_that_cannot_be_reached_are_put_right_later(poll, monkeypatch):
    asked = []

    def fail_once(*gate):
        asked.append(gate)
        if len(asked) == 1:
            raise store.Failed("away")

    monkeypatch.setattr(gates, "recount", fail_once)

    tasks.count_anew.apply(args=[[poll.gate]]).get()

    assert asked == [(services.ANSWER, poll.gate)] * 2
