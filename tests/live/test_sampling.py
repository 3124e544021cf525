"""The display rate: one budget over all processes, a fair sample, those who must be heard always shown."""

import itertools
import random
import threading
import time
from collections import Counter

import pytest

from apps.live import sampling, store
from apps.live.sampling import Candidate, choose

rooms = itertools.count(int(time.time() * 1000))


@pytest.fixture
def topic():
    return f"chat/{next(rooms)}"


def crowd(count, first=0):
    return [Candidate(first + number) for number in range(count)]


def test_calm_room_shows_everything(topic):
    shown = [choose(1, topic, crowd(1, first=number), rate=8) for number in range(8)]

    assert shown == [[True]] * 8


def test_busy_room_shows_its_rate_and_no_more(topic):
    assert sum(choose(1, topic, crowd(100), rate=8)) == 8


def test_processes_share_one_budget(topic):
    found = []
    start = threading.Barrier(4)

    def write(process):
        start.wait()
        found.append(sum(choose(1, topic, crowd(50, first=process * 50), rate=8)))

    writers = [threading.Thread(target=write, args=(process,)) for process in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert 8 <= sum(found) <= 9  # a place may have come free meanwhile


def test_rooms_and_events_have_budgets_of_their_own(topic):
    assert sum(choose(1, topic, crowd(50), rate=8)) == 8
    assert sum(choose(2, topic, crowd(50), rate=8)) == 8
    assert sum(choose(1, f"{topic}0", crowd(50), rate=8)) == 8


def test_those_who_must_be_heard_are_shown_at_the_others_expense(topic):
    staff = [Candidate(900 + number, always=True) for number in range(5)]

    shown = choose(1, topic, [*crowd(50), *staff], rate=8)

    assert shown[50:] == [True] * 5
    assert sum(shown[:50]) == 3
    assert choose(1, topic, staff, rate=8) == [True] * 5


def test_rate_of_nothing_shows_only_those_who_must_be_heard(topic):
    assert choose(1, topic, [Candidate(1), Candidate(2, always=True)], rate=0) == [False, True]


def test_who_writes_much_is_not_shown_more(topic):
    loud = [Candidate("loud")] * 60

    shown = choose(1, topic, [*loud, *crowd(40)], rate=10)

    assert sum(shown[:60]) <= 1
    assert sum(shown) >= 10


def test_who_writes_alone_has_no_better_chance_than_who_writes_in_a_crowd(topic):
    """One process has few people and asks for each of them alone; another asks for nine at once."""
    people = itertools.count()
    shown = Counter()
    choose(1, topic, crowd(1000, first=10**9), rate=300)
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        shown["lone"] += sum(choose(1, topic, crowd(1, first=next(people)), rate=300))
        shown["crowd"] += sum(choose(1, topic, crowd(9, first=10**6 + 9 * next(people)), rate=300))

    assert 200 < shown.total() < 700
    assert shown["lone"] / shown.total() == pytest.approx(0.1, abs=0.06)


@pytest.fixture
def play(topic, monkeypatch):
    """Lets so many people write once a second each, on a clock of the test's own, and says who was shown how often a
    second. `together` are the seconds that one batch gathers."""
    now = store.key("test:now")
    clock = f"{{redis.call('HGET', '{now}', 'second'), redis.call('HGET', '{now}', 'rest')}}"
    monkeypatch.setattr(sampling, "CHOOSE", sampling.CHOOSE.replace("redis.call('TIME')", clock))
    draw = random.Random(4)
    monkeypatch.setattr(sampling, "random", draw)

    def seconds(people, *, rate=8, together=0.04, loud=0, lasting=40):
        shown = Counter()
        words = sorted(
            (number + draw.random(), person)
            for number in range(lasting)
            for person in [*range(people), *["loud"] * loud]
        )
        for place, batch in itertools.groupby(words, key=lambda word: int(word[0] / together)):
            at = 1000 + place * together
            store.blocking().hset(now, mapping={"second": int(at), "rest": int(at % 1 * 1_000_000)})
            writers = [person for _at, person in batch]
            answers = choose(1, topic, [Candidate(person) for person in writers], rate=rate)
            shown.update(person for person, answer in zip(writers, answers, strict=True) if answer)
        store.blocking().delete(now)
        return {person: count / lasting for person, count in shown.items()}

    return seconds


@pytest.mark.parametrize("together", [0.04, 1.0])
@pytest.mark.parametrize(("people", "least"), [(6, 5.7), (8, 7.0), (12, 7.5), (16, 7.6), (100, 7.6)])
def test_no_place_stays_empty_while_somebody_wants_it(play, people, least, together):
    """Those who were shown a moment ago have it, where nobody else is there."""
    shown = play(people, together=together)

    assert least <= sum(shown.values()) <= 8.3
    fair = min(1, 8 / people)
    if people <= 16:
        assert {person: count for person, count in shown.items() if not fair * 0.7 <= count <= fair * 1.3 + 0.05} == {}


def test_who_writes_much_is_shown_hardly_more_in_a_large_crowd(play):
    shown = play(200, loud=10, together=1.0)

    assert sum(shown.values()) > 7.6
    assert shown["loud"] <= 0.3


def test_half_is_shown_while_a_process_cannot_keep_up(topic):
    store.blocking().set(sampling.SPARING, 1, px=2000)
    try:
        assert sum(choose(1, topic, crowd(100), rate=8)) == 4
    finally:
        store.blocking().delete(sampling.SPARING)


def test_without_redis_a_process_keeps_to_the_rate_alone(topic, monkeypatch):
    class Away:
        def eval(self, *words):
            raise store.Failed

    monkeypatch.setattr(store, "blocking", Away)

    shown = choose(1, topic, [*crowd(50), Candidate(99, always=True)], rate=8)

    assert (sum(shown[:50]), shown[50]) == (8, True)
