"""Gates in Redis: rebuilt from the database when Redis was emptied, exact at the close, gone when all is written."""

from datetime import timedelta

import pytest
from django.db import transaction

from apps.core import clock
from apps.core.errors import Refused
from apps.intake import gates, queue, store
from apps.polls import kinds, selectors, services
from apps.polls.models import Answer, Poll
from tests.factories.events import RegistrationFactory
from tests.factories.polls import OptionFactory, PollFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def poll(event):
    found = PollFactory(event=event)
    OptionFactory.create_batch(2, poll=found)
    return found


@pytest.fixture
def cast(poll):
    def vote(person, place=0, **changes):
        option = list(poll.options.order_by("position", "pk"))[place]
        [answer] = services.cast_votes(
            [services.Vote(poll.event_id, poll.pk, person.pk, kinds.Said(option=option.pk), **changes)]
        )
        return answer

    return vote


@pytest.fixture
def people(event):
    return [RegistrationFactory(event=event).user for _ in range(3)]


def votes_of(poll):
    return [tally.votes for tally in selectors.all_results(poll.event_id, poll.pk).votes]


def rows_of(poll):
    return [Answer.objects.filter(said__option=option.pk, round=poll.round).count() for option in poll.options.all()]


def lose_redis():
    store.client().flushdb()


def test_counters_show_what_is_not_written_yet(poll, people, cast, drain):
    cast(people[0], 0)
    cast(people[1], 1)

    assert (votes_of(poll), rows_of(poll)) == ([1, 1], [0, 0])
    assert selectors.turnout(poll.event_id, poll.pk).answers == 2
    drain()
    assert votes_of(poll) == rows_of(poll) == [1, 1]


def test_own_answer_is_seen_before_it_is_written(poll, people, cast):
    mine = cast(people[0], 1)

    assert selectors.own_answers([poll], people[0]) == {poll.pk: mine}
    assert selectors.has_answered(poll, people[0].pk)
    assert not selectors.has_answered(poll, people[1].pk)


def test_gate_that_redis_lost_goes_on_from_the_database(poll, people, cast, drain):
    cast(people[0], 0, revision=5)
    cast(people[1], 0)
    drain()
    lose_redis()

    assert cast(people[0], 1, revision=4).revision == 5  # a late retry: what stands, stands
    assert cast(people[0], 1, revision=6).revision == 6
    cast(people[2], 1)

    assert votes_of(poll) == [1, 2]
    drain()
    assert rows_of(poll) == [1, 2]


def test_answer_that_must_stand_stands_when_redis_was_lost(poll, people, cast, drain):
    Poll.objects.filter(pk=poll.pk).update(may_change=False)
    first = cast(people[0], 0)
    drain()
    lose_redis()

    assert cast(people[0], 0, revision=9) == first
    assert cast(people[0], 1, revision=9).code == "poll.answered"


def test_close_shows_the_end_before_it_is_written(poll, people, cast, drain):
    cast(people[0], 1)
    services.close_poll(poll)

    assert cast(people[1], 1).code == "poll.closed"
    assert (votes_of(poll), rows_of(poll)) == ([0, 1], [0, 0])
    drain()
    assert votes_of(poll) == rows_of(poll) == [0, 1]


def test_close_stands_after_every_stamp(poll, people, cast, drain):
    for person in people:
        cast(person)
    closed = services.close_poll(poll).closed_at
    drain()

    assert all(answer.answered_at < closed for answer in Answer.objects.all())


def test_close_that_was_taken_back_opens_again(poll, people, cast):
    cast(people[0])
    with pytest.raises(RuntimeError), transaction.atomic():
        services.close_poll(poll)
        raise RuntimeError("taken back")

    poll.refresh_from_db()
    assert cast(people[1]).revision == 1
    assert votes_of(poll) == [2, 0]


def test_late_word_of_an_opener_does_not_open_what_was_closed_since(poll, people, cast):
    """As a command that waited in a network buffer: it carries the token of a gate that has changed since."""
    cast(people[0])
    token = store.client().hget(store.keys_of(poll.gate)[0], "token")
    services.close_poll(poll)

    [word] = store.install.one(poll.gate, token, services.ANSWER, "1", "", "", "0", "", "0", "0", "", "0")

    assert word == "moved"
    assert cast(people[1]).code == "poll.closed"


def test_gate_closes_by_itself_at_its_time_by_the_clock_of_redis(poll, people, cast, monkeypatch):
    Poll.objects.filter(pk=poll.pk).update(closes_at=clock.now() + timedelta(milliseconds=300))
    cast(people[0])
    opened = clock.now()
    monkeypatch.setattr(clock, "now", lambda: opened)  # the web's own clock stands still

    def shut():
        # What stands is told to who sends it once more: only one of the two is that.
        return any(isinstance(cast(people[1], place), Refused) for place in (0, 1))

    for _try in range(200):
        if shut():
            break
        store.client().blpop("nothing-comes-here", 0.01)
    assert shut()


def test_extending_opens_a_gate_whose_time_was_over(poll, people, cast, django_capture_on_commit_callbacks):
    past = clock.now() - timedelta(seconds=1)
    store.install.one(poll.gate, "", services.ANSWER, "1", "", gates.stamp(past), "0", "", "1", "0", "", "0")
    assert store.client().hget(store.keys_of(poll.gate)[0], "until") == gates.stamp(past)

    with django_capture_on_commit_callbacks(execute=True):
        poll.closes_at = clock.now() + timedelta(hours=1)
        poll.save()
        services.publish_changes(poll)

    assert store.client().hget(store.keys_of(poll.gate)[0], "until") == gates.stamp(poll.closes_at)
    assert cast(people[0]).revision == 1


def test_keys_of_a_gate_expire_when_it_is_closed_and_all_is_written(poll, people, cast, drain):
    cast(people[0])
    services.close_poll(poll)
    gate, keys, *_ = store.keys_of(poll.gate)
    assert [store.client().ttl(gate), store.client().ttl(keys)] == [-1, -1]

    drain()

    assert all(0 < store.client().ttl(key) <= 3600 for key in (gate, keys))


def test_reopened_gate_keeps_what_it_has(poll, people, cast, drain):
    cast(people[0], 1)
    services.close_poll(poll)
    drain()
    services.open_poll(poll)

    cast(people[1], 1)

    assert store.client().ttl(store.keys_of(poll.gate)[0]) == -1
    assert votes_of(poll) == [0, 2]


def test_full_stream_refuses_and_says_when(poll, people, cast, monkeypatch):
    from apps.intake.backends import redis

    monkeypatch.setattr(redis, "MOST_WAITING", 1)
    cast(people[0])
    refused = cast(people[1])

    assert (refused.code, refused.status, refused.retry_after) == ("intake.busy", 503, redis.BUSY_SECONDS)
    assert votes_of(poll) == [1, 0]


def test_redis_that_is_away_refuses_and_pages_show_the_rows(poll, people, cast, drain, settings):
    cast(people[0])
    drain()
    settings.INTAKE_REDIS_URL = "redis://127.0.0.1:1/0"

    assert cast(people[1]).code == "intake.busy"
    assert votes_of(poll) == [1, 0]
    with pytest.raises(Refused):
        services.close_poll(poll)
    poll.refresh_from_db()
    assert poll.state == Poll.State.OPEN


def test_scripts_are_loaded_again_after_a_restart(poll, people, cast):
    cast(people[0])
    store.client().script_flush()

    assert cast(people[1]).revision == 1
    assert votes_of(poll) == [2, 0]


def test_a_batch_takes_few_round_trips(poll, event, monkeypatch, people):
    calls = []
    send = store.Script._send
    monkeypatch.setattr(store.Script, "_send", lambda self, given: calls.append(len(given)) or send(self, given))
    said = kinds.Said(option=poll.options.first().pk)
    votes = [services.Vote(event.pk, poll.pk, person.pk, said, 1) for person in people]

    services.cast_votes(votes)
    calls.clear()
    services.cast_votes([services.Vote(event.pk, poll.pk, person.pk, said, 2) for person in people])

    assert calls == [1]  # one script, with three words
    assert queue.tallies([poll.gate])[poll.gate].keys == 3


def test_word_that_comes_by_way_of_the_queue_during_a_recount_is_not_lost(poll, people, cast, drain, monkeypatch):
    """It was counted by nobody yet when the rows were read, and stands when the recount is to be written down."""
    cast(people[0], 0)
    drain()
    counts = services.Answers.counts
    option = str(list(poll.options.order_by("position", "pk"))[1].pk)

    def meanwhile(owner, gate):
        found = counts(owner, gate)
        body = f'{{"option":{option}}}'
        store.applied.one(gate, str(people[1].pk), 1, f"{option}=1", body, 0)
        return found

    monkeypatch.setattr(services.Answers, "counts", meanwhile)

    assert gates.recount(services.ANSWER, poll.gate) is False
    assert votes_of(poll) == [1, 1]
    assert store.client().hget(store.keys_of(poll.gate)[0], "dirty") == "1"
