"""A second step is asked for at every way in, and none of them goes round it."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts import services
from apps.events import services as events
from apps.events.models import Registration
from apps.events.selectors import join_token
from apps.notifications.models import OwedMail
from tests.accounts.steps import APP, ASKED, CODES, DESK, INDEX, KEY, is_in


@pytest.mark.parametrize("by", ["password", "code"])
def test_sign_in_asks_for_the_second_step(organiser, sign_in, give_app, by):
    says = give_app(organiser)
    client = sign_in(organiser, by=by, onward=DESK)

    assert client.answer.headers["Location"] == ASKED
    assert "_auth_user_id" not in client.session
    answer = client.post(ASKED, {"code": says(), "next": DESK})

    assert answer.status_code == 302
    assert client.get(DESK).status_code == 200


@pytest.mark.parametrize("by", ["password", "code"])
def test_second_step_cannot_be_walked_round(organiser, event, sign_in, give_app, by):
    give_app(organiser)
    client = sign_in(organiser, by=by, onward=DESK)

    assert client.get(DESK).headers["Location"].startswith("/admin/login/")
    assert client.get("/admin/login/?next=/admin/").headers["Location"].startswith("/signin/")
    for address in (APP, KEY, CODES, INDEX, "/devices/", f"/e/{event.slug}/control/", "/accounts/password/change/"):
        assert client.get(address).headers["Location"].startswith("/signin/"), address
    assert client.post("/accounts/login/code/confirm/", {"code": "ABC123"}).status_code == 302
    assert client.post(ASKED, {"code": "000000"}).status_code == 200
    assert "_auth_user_id" not in client.session
    assert client.get("/api/v1/me/").status_code in (401, 403, 404)


def test_code_of_an_app_opens_once(organiser, sign_in, give_app):
    says = give_app(organiser)
    code = says()
    assert sign_in(organiser).post(ASKED, {"code": code}).status_code == 302

    second = sign_in(organiser)
    assert second.post(ASKED, {"code": code}).status_code == 200
    assert "_auth_user_id" not in second.session


def test_guessing_ends_after_five_tries(organiser, sign_in, give_app, half_minutes):
    says = give_app(organiser)
    client = sign_in(organiser)
    wrong = f"{(int(says()) + 1) % 10**6:06}"
    for _time in range(5):
        client.post(ASKED, {"code": wrong})

    answer = client.post(ASKED, {"code": says()})

    assert "Too many tries" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_join_link_is_no_way_round_for_whoever_has_one(attendee, event, give_app):
    link = events.new_join_link(Registration.objects.get(event=event, user=attendee))
    before = Client()
    before.post(reverse("events:join", args=[join_token(link)]))
    assert "_auth_user_id" in before.session

    give_app(attendee)
    after = Client()
    answer = after.post(reverse("events:join", args=[join_token(link)]))

    assert answer.headers["Location"].startswith("/signin/")
    assert "_auth_user_id" not in after.session
    assert not is_in(before)


def test_new_password_by_mail_is_no_way_round(organiser, sign_in, give_app):
    give_app(organiser)
    client = Client(REMOTE_ADDR="198.51.100.7")
    services.trust_address(organiser)
    client.post(reverse("account_reset_password"), {"email": organiser.email})
    link = re.search(r"http\S+", OwedMail.objects.latest("pk").text).group()
    address = client.get(link[link.index("/accounts/") :]).headers["Location"]
    client.post(address, dict.fromkeys(("password1", "password2"), "nine-wells-remember"))

    client.post(reverse("account_login"), {"login": organiser.email, "password": "nine-wells-remember"})

    assert "_auth_user_id" not in client.session
