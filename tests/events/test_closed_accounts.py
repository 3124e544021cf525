"""An account that was closed and is opened again begins anew: nothing that it had open comes back."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from apps.accounts import services as accounts
from apps.accounts.models import ApiToken
from apps.core import clock
from apps.events import selectors, services
from apps.events.models import JoinLink, Registration
from tests.access.test_tokens import program
from tests.factories.events import EventRoleFactory

pytestmark = pytest.mark.django_db
ME = "/api/v1/me/"


@pytest.fixture
def close_and_open(attendee, django_capture_on_commit_callbacks):
    def act():
        for is_active in (False, True):
            with django_capture_on_commit_callbacks(execute=True):
                services.switch_account(attendee, is_active=is_active)

    return act


def test_session_from_before_is_over(event, attendee, close_and_open):
    client = Client(REMOTE_ADDR="198.51.100.7")
    accounts.set_password(attendee, "tidewater-heron")
    accounts.trust_address(attendee)
    client.post("/accounts/login/", {"login": attendee.email, "password": "tidewater-heron"})
    page = reverse("accounts:devices")
    assert client.get(page).status_code == 200
    close_and_open()
    assert client.get(page).status_code == 302
    assert not UserSession.objects.filter(user=attendee).exists()


def test_token_from_before_is_refused(attendee, close_and_open):
    client = program(attendee)
    assert client.get(ME).status_code == 200
    close_and_open()
    assert client.get(ME).status_code == 401
    assert not ApiToken.objects.standing().filter(user=attendee).exists()


def test_links_from_before_open_nothing(event, attendee, close_and_open):
    place = Registration.objects.get(user=attendee)
    role = EventRoleFactory(event=event, user=attendee)
    links = [services.new_join_link(place), services.new_join_link(role)]
    close_and_open()
    assert not JoinLink.objects.valid(clock.now()).exists()
    for link in links:
        address = reverse("events:join", args=[selectors.join_token(link)])
        assert Client().post(address).status_code == 410


def test_account_that_stays_open_keeps_what_it_has(attendee, django_capture_on_commit_callbacks):
    client = program(attendee)
    link = services.new_join_link(Registration.objects.get(user=attendee))
    with django_capture_on_commit_callbacks(execute=True):
        services.switch_account(attendee, is_active=True)
    link.refresh_from_db()
    assert (client.get(ME).status_code, link.revoked_at) == (200, None)
