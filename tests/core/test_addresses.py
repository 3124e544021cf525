"""Where a visitor comes from: the same answer for rates, logs and sockets, whatever callers write."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIRequestFactory

from apps.core import addresses
from apps.core.middleware import AddressMiddleware
from apps.core.throttles import VisitorRate
from apps.live import consumer

MADE_UP = "198.51.100.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "peer", "found"),
    [
        (0, "203.0.113.9", "192.0.2.1", "192.0.2.1"),
        (1, "", "192.0.2.1", "192.0.2.1"),
        (1, f"{MADE_UP}, 203.0.113.9", "192.0.2.1", "203.0.113.9"),
        (2, f"{MADE_UP}, 203.0.113.9, 192.0.2.7", "192.0.2.1", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1", "203.0.113.9"),
        (1, "203.0.113.9:55012", "192.0.2.1", "203.0.113.9"),
        (1, "[2001:DB8::9]:443", "192.0.2.1", "2001:db8::9"),
        (1, "::ffff:203.0.113.9", "192.0.2.1", "203.0.113.9"),
        (1, "<script>", "192.0.2.1", "192.0.2.1"),
        (1, "unknown", "", "127.0.0.1"),
    ],
)
def test_visitor_is_counted_from_the_end_of_what_our_proxies_wrote(settings, proxies, forwarded, peer, found):
    settings.TRUSTED_PROXIES = proxies
    assert addresses.client(forwarded, peer) == found


def test_one_subscriber_of_ipv6_is_one_place():
    assert addresses.place("2001:db8:1:2:3::4") == addresses.place("2001:db8:1:2:ffff::")
    assert addresses.place("2001:db8:1:3::") != addresses.place("2001:db8:1:2::")
    assert addresses.place("203.0.113.9") == "203.0.113.9"


def test_pages_rates_and_sockets_see_the_same_address(settings):
    settings.TRUSTED_PROXIES = 2
    written = f"{MADE_UP}, 203.0.113.9, 192.0.2.7"
    request = APIRequestFactory().get("/", headers={"x-forwarded-for": written}, REMOTE_ADDR="192.0.2.1")
    AddressMiddleware(lambda request: HttpResponse())(request)
    scope = {"client": ("192.0.2.1", 1), "headers": [(b"x-forwarded-for", written.encode())]}

    assert request.META["REMOTE_ADDR"] == "203.0.113.9"
    assert "HTTP_X_FORWARDED_FOR" not in request.META
    assert VisitorRate().get_ident(request) == "203.0.113.9"
    assert consumer.place_of(scope) == "203.0.113.9"


def test_signing_in_is_limited_by_the_visitor_behind_the_proxies(settings, db):
    settings.TRUSTED_PROXIES = 1
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"request_login_code": "1/m/ip"}

    def ask(number, address):
        forwarded = {"x-forwarded-for": f"198.51.100.{number}, {address}"}
        return Client().post(reverse("accounts:signin"), {"email": f"{number}@example.org"}, headers=forwarded)

    answers = [ask(1, "203.0.113.9"), ask(2, "203.0.113.9"), ask(3, "203.0.113.10")]
    assert [answer.status_code for answer in answers] == [302, 200, 302]
