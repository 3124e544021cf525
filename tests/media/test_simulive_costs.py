"""What very many readers of what plays as live cost: one makes each list, and no segment is signed twice."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache

from apps.core import clock
from apps.media import selectors
from apps.media.registry import WINDOW_SECONDS, store
from apps.media.selectors import shared, simulive
from tests.factories.media import TranscriptFactory

HOUR = datetime(2026, 5, 6, 10, tzinfo=UTC)
CALLS = ("get", "set", "add", "delete", "get_many", "set_many")

pytestmark = pytest.mark.django_db


@pytest.fixture
def film(bucket, small_film, playable):
    """In S3, without CloudFront: each address is signed by itself."""
    return playable(small_film)


@pytest.fixture
def ask(film):
    plan = simulive.sign_plan(film.key, selectors.Plan(HOUR))

    def listed(seconds, name=film.encoding.rungs[0]["name"], **options):
        with clock.at(HOUR + timedelta(seconds=seconds)):
            return selectors.simulive_list(selectors.Address(film.key, plan, name), **options)

    return listed


@pytest.fixture
def calls(monkeypatch):
    """The round trips to the cache of a block, by name."""

    @contextmanager
    def counted():
        found = []
        with monkeypatch.context() as patch:
            for name in CALLS:
                real = getattr(cache, name)
                patch.setattr(cache, name, lambda *a, _r=real, _n=name, **o: (found.append(_n), _r(*a, **o))[1])
            yield found

    return counted


@pytest.fixture
def signed(monkeypatch):
    """The names of files whose addresses were asked of storage."""
    found = []
    real = type(store()).url
    monkeypatch.setattr(type(store()), "url", lambda self, name, **options: (found.append(name), real(self, name))[1])
    return found


@pytest.mark.parametrize("skips", [False, True])
def test_reload_is_one_round_trip_to_the_cache_and_no_query(ask, calls, skips, django_assert_num_queries):
    first = ask(9, skips=skips)

    with calls() as found, django_assert_num_queries(0):
        again = ask(9.5, skips=skips)

    assert found == ["get"]
    assert again == first


def test_reload_at_the_door_asks_nobody(film, client, django_assert_num_queries):
    plan = simulive.sign_plan(film.key, selectors.Plan(HOUR))
    name = film.encoding.rungs[0]["name"]
    with clock.at(HOUR + timedelta(seconds=9)):
        signature = selectors.signature_of(selectors.Address(film.key, plan, name).mark)
        url = f"/streams/{signature}/{film.key}/{plan}/{name}.m3u8"
        first = client.get(url)
        with django_assert_num_queries(0):
            again = client.get(url)

    assert (again.status_code, again.content) == (200, first.content)


def test_segment_is_signed_once_however_many_ask(ask, signed):
    for seconds in (5, 9, 9.5, 13, 3600):
        for skips in (False, True):
            ask(seconds, skips=skips)

    setup, *segments = [name.rpartition("/")[2] for name in signed]
    assert setup.startswith("init")
    assert segments == ["00000.m4s", "00001.m4s", "00002.m4s", "00003.m4s"]


def test_addresses_are_made_anew_in_another_window(ask, signed):
    ask(3600)
    count = len(signed)
    ask(3600 + WINDOW_SECONDS)

    assert len(signed) == 2 * count


def test_while_one_makes_it_the_others_have_the_last_one(film, ask, django_assert_num_queries):
    last = ask(9)
    plan = simulive.sign_plan(film.key, selectors.Plan(HOUR))
    lock = f"{selectors.Address(film.key, plan, film.encoding.rungs[0]['name']).place}.making"
    cache.set(lock, 1, shared.MAKING_SECONDS)

    with django_assert_num_queries(0):
        assert ask(13) == last
    cache.delete(lock)
    assert ask(13) != last


def test_while_one_makes_the_first_the_others_are_told_to_ask_again(film, ask, client, django_assert_num_queries):
    plan = simulive.sign_plan(film.key, selectors.Plan(HOUR))
    address = selectors.Address(film.key, plan, film.encoding.rungs[0]["name"])
    cache.set(f"{address.place}.making", 1, shared.MAKING_SECONDS)

    with pytest.raises(selectors.BeingMade), django_assert_num_queries(0):
        ask(9)
    with clock.at(HOUR + timedelta(seconds=9)):
        signature = selectors.signature_of(address.mark)
        answer = client.get(f"/streams/{signature}/{film.key}/{plan}/{address.name}.m3u8")
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")


def test_piece_of_words_is_made_once(film, ask, calls, django_assert_num_queries):
    row = TranscriptFactory(asset=film, said=["One.", "Two."])
    address = selectors.Address(film.key, simulive.sign_plan(film.key, selectors.Plan(HOUR)), f"words/{row.key}")
    with clock.at(HOUR + timedelta(seconds=5)):
        first = selectors.simulive_piece(address, 0, write=lambda lines: f"{len(list(lines))}")
        with calls() as found, django_assert_num_queries(0):
            assert selectors.simulive_piece(address, 0, write=str) == first
            assert selectors.simulive_piece(address, 1, write=str) is None

    assert found == ["get", "get", "get"]


def test_film_that_is_gone_is_asked_for_once_in_a_while(film, ask, django_assert_num_queries):
    type(film).objects.filter(pk=film.pk).update(state="failed")

    assert ask(9).text is None
    with django_assert_num_queries(0):
        assert ask(10).text is None
