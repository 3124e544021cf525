"""Where somebody is signed in: each way in is kept, and can be ended from another."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from apps.accounts import selectors, services
from apps.accounts.models import User
from apps.accounts.signals import sessions_ended
from apps.core import clock
from apps.events import services as events
from apps.events.models import Registration
from apps.events.selectors import join_token
from apps.live import publish

PASSWORD = "tidewater-heron"
ADDRESS = reverse("accounts:devices")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def nadia(attendee):
    services.set_password(attendee, PASSWORD)
    services.trust_address(attendee)
    return attendee


@pytest.fixture
def sign_in(nadia):
    def by_password(browser=FIREFOX, address="198.51.100.7"):
        client = Client(HTTP_USER_AGENT=browser, REMOTE_ADDR=address)
        assert client.post("/accounts/login/", {"login": nadia.email, "password": PASSWORD}).status_code == 302
        return client

    return by_password


@pytest.fixture
def ended():
    heard = []

    def hear(user, **_):
        heard.append(user)

    sessions_ended.connect(hear)
    yield heard
    sessions_ended.disconnect(hear)


def other_of(nadia, client):
    return UserSession.objects.filter(user=nadia).exclude(session_key=client.session.session_key).get()


def is_in(client):
    return client.get(ADDRESS).status_code == 200


def test_each_browser_is_listed_with_what_it_is_and_whence_it_came(nadia, sign_in):
    here = sign_in()
    sign_in(PHONE, "2001:db8::17")

    this, other = selectors.devices(nadia, here.session.session_key)

    assert (this.browser, this.system, this.address, this.is_this) == ("Firefox", "Linux", "198.51.100.7", True)
    assert (other.browser, other.system, other.address) == ("Mobile Safari", "iOS", "2001:db8::17")
    page = here.get(ADDRESS).content.decode()
    assert "Firefox on Linux" in page
    assert "Mobile Safari on iOS" in page


def test_device_is_signed_out_from_another_and_its_sockets_end(nadia, sign_in, event, monkeypatch):
    revoked = []
    monkeypatch.setattr(publish, "revoke", lambda event_id, user_id: revoked.append((event_id, user_id)))
    here, there = sign_in(), sign_in(PHONE)

    answer = here.post(ADDRESS, {"device": other_of(nadia, here).pk}, follow=True)

    assert "You are signed out there." in answer.content.decode()
    assert is_in(here)
    assert not is_in(there)
    assert revoked == [(event.pk, nadia.pk)]
    assert [device.is_this for device in selectors.devices(nadia, here.session.session_key)] == [True]


def test_all_others_are_signed_out_at_once(nadia, sign_in, ended):
    here, others = sign_in(), [sign_in(PHONE), sign_in()]

    answer = here.post(ADDRESS, follow=True)

    assert "You are signed out on 2 other devices." in answer.content.decode()
    assert is_in(here)
    assert not any(is_in(other) for other in others)
    assert ended == [nadia]


def test_nobody_else_is_there(nadia, sign_in, outsider, enter):
    sign_in()
    device = UserSession.objects.get(user=nadia)
    client = enter(outsider)

    assert client.post(ADDRESS, {"device": device.pk}).status_code == 404
    assert client.post(ADDRESS, {"device": "x" * 40}).status_code == 404
    assert UserSession.objects.filter(pk=device.pk).exists()
    assert str(device.ip) not in client.get(ADDRESS).content.decode()


def test_new_password_ends_what_the_old_one_had_opened(nadia, sign_in, ended):
    here, there = sign_in(), sign_in(PHONE)

    new = dict.fromkeys(("password1", "password2"), "nine-wells-remember")
    assert here.post(reverse("account_change_password"), {"oldpassword": PASSWORD} | new).status_code == 302

    assert is_in(here)
    assert not is_in(there)
    assert ended == [nadia]
    assert len(selectors.devices(nadia, here.session.session_key)) == 1


def test_way_in_by_link_is_listed_and_may_not_end_the_others(nadia, sign_in, event):
    here = sign_in()
    link = events.new_join_link(Registration.objects.get(event=event, user=nadia))
    guest = Client(HTTP_USER_AGENT=PHONE, REMOTE_ADDR="203.0.113.9")
    assert guest.post(reverse("events:join", args=[join_token(link)])).status_code == 302

    assert [device.address for device in selectors.devices(nadia, "")] == ["203.0.113.9", "198.51.100.7"]
    assert guest.get(ADDRESS).status_code == 403
    assert guest.post(ADDRESS).status_code == 403
    assert is_in(here)


def test_too_many_at_once_are_refused_and_end_nothing(nadia, sign_in):
    here = sign_in()
    for _time in range(10):
        here.post(ADDRESS)
    there = sign_in(PHONE)

    answer = here.post(ADDRESS)

    assert answer.status_code == 429
    assert "Too many requests" in answer.content.decode()
    assert is_in(there)


def test_sessions_whose_time_is_over_are_swept(nadia, sign_in, settings):
    here, there = sign_in(), sign_in(PHONE)
    old = other_of(nadia, here)
    then = clock.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE + 1)
    Session.objects.filter(session_key=old.session_key).update(expire_date=clock.now() - timedelta(seconds=1))
    UserSession.objects.filter(user=nadia).update(created_at=then)

    services.sweep_sessions()

    assert list(Session.objects.values_list("session_key", flat=True)) == [here.session.session_key]
    assert list(UserSession.objects.values_list("session_key", flat=True)) == [here.session.session_key]
    assert is_in(here)
    assert there


def test_list_costs_the_same_for_one_and_for_many(nadia, sign_in, django_assert_num_queries):
    here = sign_in()
    with django_assert_num_queries(1):
        selectors.devices(nadia, here.session.session_key)
    for _time in range(3):
        sign_in(PHONE)
    with django_assert_num_queries(1):
        assert len(selectors.devices(nadia, here.session.session_key)) == 4


def test_oldest_way_in_ends_where_there_are_too_many_and_stirs_nobody(nadia, sign_in, ended, monkeypatch):
    monkeypatch.setattr(services, "MOST_SESSIONS", 2)
    first, second, third = sign_in(), sign_in(), sign_in()

    assert [is_in(client) for client in (first, second, third)] == [False, True, True]
    assert ended == []


def test_superusers_sockets_end_in_every_event(sign_in, nadia, event, other_event, monkeypatch):
    revoked = []
    monkeypatch.setattr(publish, "revoke", lambda event_id, user_id: revoked.append(event_id))
    here = sign_in()
    sign_in(PHONE)
    User.objects.filter(pk=nadia.pk).update(is_superuser=True)

    here.post(ADDRESS)

    assert revoked == sorted([event.pk, other_event.pk])
