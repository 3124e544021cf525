"""What callers may send that no page of ours would: NUL characters, endless numbers, made-up addresses and limits."""

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.urls import reverse
from rest_framework.test import APIRequestFactory
from rest_framework.throttling import AnonRateThrottle

from apps.core.middleware import MIB, AddressMiddleware
from apps.core.paging import Pages
from apps.notifications.models import OwedMail
from tests.factories.exhibitors import BoothFactory
from tests.factories.tracks import SessionFactory

ROUGH = [
    "/e/freshet/expo/?q=%00",
    "/api/v1/events/freshet/booths/?search=%00",
    "/mailbox/?to=%00",
    "/e/freshet/media/%00/master.m3u8",
    "/e/freshet/my/%00/agenda.ics",
    f"/files/{'9' * 5000}.x/assets/film.mp4",
    f"/e/freshet/chat/{'9' * 5000}/",
    f"/api/v1/events/?limit={'9' * 5000}",
    f"/api/v1/events/?cursor={'9' * 5000}",
    f"/e/freshet/speakers/?page={'9' * 5000}",
]


@pytest.mark.parametrize("address", ROUGH, ids=lambda address: address[:40])
def test_rough_address_breaks_nothing(event, visitor, address):
    assert visitor.get(address).status_code < 500


def test_list_has_a_most(event, visitor):
    BoothFactory.create_batch(Pages.max_page_size + 1, event=event)
    page = visitor.get(reverse("api:booths", args=[event.slug]), {"limit": 10**9}).json()
    assert len(page["results"]) == Pages.max_page_size


def test_callers_are_counted_by_their_own_address_not_the_one_they_write():
    throttle, build = AnonRateThrottle(), APIRequestFactory()
    named = [build.get("/", headers={"x-forwarded-for": f"203.0.113.{number}"}) for number in (1, 2)]
    for request in named:
        AddressMiddleware(lambda request: HttpResponse())(request)
    assert throttle.get_ident(named[0]) == throttle.get_ident(named[1])


def test_made_up_days_do_not_fill_the_cache(event, visitor, monkeypatch):
    SessionFactory(event=event)
    agenda, kept = reverse("tracks:agenda", args=[event.slug]), []
    monkeypatch.setattr(cache, "set", lambda key, *args, **kwargs: kept.append(key))
    for day in ("0001-01-01", "1971-02-03", "9999-12-31"):
        assert visitor.get(agenda, {"day": day}).status_code == 200
    assert [key for key in kept if key.startswith("agenda:")] == []
    visitor.get(agenda, {"day": event.starts_at.date().isoformat()})
    assert len([key for key in kept if key.startswith("agenda:")]) == 1


def test_language_is_one_of_ours(attendee, enter):
    client = enter(attendee)
    answers = [
        client.patch(reverse("api:me"), {"language": words}, content_type="application/json").status_code
        for words in ("de", "", "xx-0001", "../../etc")
    ]
    assert answers == [200, 200, 400, 400]


def test_deep_json_is_refused(event, visitor):
    register = reverse("api:event-register", args=[event.slug])
    assert visitor.post(register, "[" * 60_000, content_type="application/json").status_code == 400


def test_large_body_is_refused_before_it_is_read(event, visitor):
    register = reverse("events:register", args=[event.slug])
    answers = [
        visitor.post(register, b"", CONTENT_LENGTH=size, content_type="text/plain") for size in (11 * MIB, "9" * 40)
    ]
    assert [answer.status_code for answer in answers] == [413, 413]


def test_part_of_an_upload_may_be_large(visitor):
    part = reverse("media:part", args=["not-signed"])
    assert visitor.put(part, b"", CONTENT_LENGTH=16 * MIB).status_code == 404


@pytest.mark.parametrize(
    "name", ["https://prize.example/x", "Claim at prize.example/x", "www.prize.example", "Eve\u202e"]
)
def test_name_brings_no_link_into_somebodys_mail(event, visitor, name):
    given = {"name": name, "email": "nadia@lakeside.example"}
    assert visitor.post(reverse("events:register", args=[event.slug]), given).status_code == 200
    register = reverse("api:event-register", args=[event.slug])
    assert visitor.post(register, given, content_type="application/json").status_code == 400
    assert not OwedMail.objects.exists()


@pytest.mark.parametrize("name", ["J. R. O’Neil-Łukasz", "د. ليلى", "Ana (St. Gallen/CH)"])
def test_names_of_people_are_taken(event, visitor, name):
    register = reverse("api:event-register", args=[event.slug])
    given = {"name": name, "email": "nadia@lakeside.example"}
    assert visitor.post(register, given, content_type="application/json").status_code == 202
