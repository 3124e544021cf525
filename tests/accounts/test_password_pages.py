"""The pages around a password, in our own words."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("account_reset_password", "We mail you a link to choose a new password"),
        ("account_reset_password_done", "If we know the address, a link is on its way there"),
    ],
)
def test_who_forgot_their_password_is_told_in_our_words(client, name, words):
    assert words in client.get(reverse(name)).content.decode()


def test_link_that_has_ended_leads_to_another(client):
    page = client.get(reverse("account_reset_password_from_key", args=["1", "never-was"])).content.decode()

    assert "Each link works once" in page
    assert reverse("account_reset_password") in page


def test_password_is_changed_and_the_rule_is_told_before(attendee, enter):
    attendee.set_password("eleven-towns-one-river")
    attendee.save()
    client = enter(attendee)
    address = reverse("account_change_password")
    assert "10 characters or more" in client.get(address).content.decode()

    given = {"oldpassword": "eleven-towns-one-river", "password1": "short", "password2": "short"}
    assert 'class="error"' in client.post(address, given).content.decode()
    given = {"oldpassword": "eleven-towns-one-river"} | dict.fromkeys(("password1", "password2"), "nine-wells-remember")
    assert client.post(address, given).status_code == 302
    attendee.refresh_from_db()
    assert attendee.check_password("nine-wells-remember")
