"""Somebody who signs in with a password or a mailed code, and with a second step."""

import re

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from apps.accounts import services
from apps.notifications.models import OwedMail

PASSWORD = "tidewater-heron"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


class Clock:
    """An app's half minutes: they pass when a test says so."""

    def __init__(self):
        self.now = 55_000_000

    def goes_on(self):
        self.now += 1

    def code(self, secret):
        return totp.format_hotp_value(totp.hotp_value(secret, self.now))


@pytest.fixture
def half_minutes(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter([clock.now]))
    return clock


@pytest.fixture
def give_app(half_minutes):
    """`give_app(person)` sets an app up for them; it answers what the app says."""

    def give(person):
        secret = totp.generate_totp_secret()
        totp.TOTP.activate(person, secret)
        person.refresh_from_db()
        return lambda: half_minutes.code(secret)

    return give


@pytest.fixture
def sign_in():
    """`sign_in(person)` types their password; `by="code"` the code from their mail. The answer is where it led."""

    def enter(person, client=None, by="password", onward="/"):
        client = client or Client(REMOTE_ADDR="198.51.100.7", HTTP_USER_AGENT=FIREFOX)
        services.trust_address(person)
        if by == "code":
            client.post("/signin/", {"email": person.email, "next": onward})
            code = re.search(r"^[A-Z0-9-]{4,}$", OwedMail.objects.latest("pk").text, re.MULTILINE).group()
            client.answer = client.post("/accounts/login/code/confirm/", {"code": code, "next": onward})
            return client
        type(person).objects.filter(pk=person.pk).update(password=make_password(PASSWORD))
        given = {"login": person.email, "password": PASSWORD, "next": onward}
        client.answer = client.post(reverse("account_login"), given)
        return client

    return enter


@pytest.fixture
def untold(organiser):
    """An organiser who has no second step yet."""
    type(organiser).objects.filter(pk=organiser.pk).update(has_second_factor=False)
    organiser.refresh_from_db()
    return organiser
