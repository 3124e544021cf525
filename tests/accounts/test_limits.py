"""Limits for each network address: what is counted, and that a crowd behind one address is not held up by it."""

import pytest
from allauth.core.internal import ratelimit
from django.core.cache import cache

from apps.accounts.doors import limit_by_address
from apps.core.errors import Refused


@pytest.fixture(autouse=True)
def _empty():
    cache.clear()


@pytest.fixture
def knock(rf, settings):
    """Sends one request; whether it may go on."""
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "register": "3/m/ip,5/h/ip"}

    def one(address="192.0.2.1", method="post", **words):
        try:
            limit_by_address(getattr(rf, method)("/", REMOTE_ADDR=address), "register", **words)
        except Refused as refused:
            assert (refused.code, refused.status) == ("too_many", 429)
            return False
        return True

    return one


def test_each_address_has_a_limit_of_its_own(knock):
    assert [knock() for _ in range(4)] == [True, True, True, False]
    assert knock(address="192.0.2.2")


def test_looking_is_counted_only_where_the_door_says_so(knock):
    assert all(knock(method="get") for _ in range(9))
    assert [knock(method="get", also_get=True) for _ in range(4)] == [True, True, True, False]


def test_the_longer_window_holds_after_the_shorter_one_ended(knock, rf):
    for _ in range(3):
        knock()
    short, _long = ratelimit.get_rates(app="allauth.account", action="register")
    key = ratelimit.get_cache_key(
        rf.post("/", REMOTE_ADDR="192.0.2.1"), app="allauth.account", action="register", rate=short
    )
    assert cache.delete(f"{key}:count")

    assert [knock() for _ in range(3)] == [True, True, False]


def test_who_comes_while_others_are_counted_does_not_wait_for_them(knock, rf, monkeypatch):
    """The library's own count refuses whoever waits a second for its lock."""
    for rate in ratelimit.get_rates(app="allauth.account", action="register"):
        request = rf.post("/", REMOTE_ADDR="192.0.2.1")
        key = ratelimit.get_cache_key(request, app="allauth.account", action="register", rate=rate)
        cache.set(f"{key}:lock", True, 60)

    assert knock()
    assert ratelimit.consume(rf.post("/", REMOTE_ADDR="192.0.2.1"), app="allauth.account", action="register") is None


def test_a_window_that_began_without_an_end_is_given_one(knock, rf, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "register": "3/m/ip"}
    [rate] = ratelimit.get_rates(app="allauth.account", action="register")
    key = ratelimit.get_cache_key(
        rf.post("/", REMOTE_ADDR="192.0.2.1"), app="allauth.account", action="register", rate=rate
    )
    cache.set(f"{key}:count", 0, None)

    knock()

    client = cache._cache.get_client(None)
    assert 0 < client.ttl(cache.make_key(f"{key}:count")) <= 60
