"""Signing in by a mailed code or a password, on our page."""

import re

import pytest
from django.contrib.auth.hashers import make_password

from apps.accounts import services
from apps.notifications.models import OwedMail
from tests.factories.accounts import UserFactory

PASSWORD = "tidewater-heron"


@pytest.fixture
def nadia(db):
    return UserFactory(email="nadia@lakeside.example", name="Nadia Okello")


def code_in_mail():
    return re.search(r"^[A-Z0-9-]{4,}$", OwedMail.objects.latest("pk").text, re.MULTILINE).group()


def test_code_from_the_mail_signs_in(nadia, visitor):
    response = visitor.post("/signin/", {"email": "Nadia@Lakeside.example", "next": "/mailbox/"}, follow=True)
    assert "Look at your mail" in response.content.decode()
    response = visitor.post("/accounts/login/code/confirm/", {"code": code_in_mail(), "next": "/mailbox/"})
    assert response.headers["Location"] == "/mailbox/"
    assert visitor.session["_auth_user_id"] == str(nadia.pk)


def test_wrong_code_signs_nobody_in(nadia, visitor):
    visitor.post("/signin/", {"email": nadia.email})
    response = visitor.post("/accounts/login/code/confirm/", {"code": "WRONG1"})
    assert response.status_code == 200
    assert "_auth_user_id" not in visitor.session


def test_code_can_be_tried_three_times(nadia, visitor):
    visitor.post("/signin/", {"email": nadia.email})
    code = code_in_mail()
    for _try in range(3):
        visitor.post("/accounts/login/code/confirm/", {"code": "WRONG1"})
    visitor.post("/accounts/login/code/confirm/", {"code": code})
    assert "_auth_user_id" not in visitor.session


def test_unknown_address_reads_the_same_page(db, visitor):
    response = visitor.post("/signin/", {"email": "who@example.org"}, follow=True)
    assert "Look at your mail" in response.content.decode()
    assert OwedMail.objects.get().subject == "There is no account with this address"


def test_codes_for_one_address_are_limited(nadia, visitor):
    for _try in range(4):
        response = visitor.post("/signin/", {"email": nadia.email})
        visitor.session.flush()
    assert response.status_code in (200, 429)
    assert OwedMail.objects.count() == 3


def test_sign_in_leads_to_no_other_site(nadia, visitor):
    visitor.post("/signin/", {"email": nadia.email, "next": "https://evil.example/"})
    response = visitor.post("/accounts/login/code/confirm/", {"code": code_in_mail(), "next": "https://evil.example/"})
    assert response.headers["Location"] == "/"


def test_password_signs_in(nadia, visitor):
    nadia.password = make_password(PASSWORD)
    nadia.save()
    services.trust_address(nadia)
    response = visitor.post("/accounts/login/", {"login": "NADIA@lakeside.example", "password": PASSWORD})
    assert response.status_code == 302
    assert visitor.session["_auth_user_id"] == str(nadia.pk)


def test_wrong_password_is_told_without_telling_who_is_here(nadia, visitor):
    services.trust_address(nadia)
    known = visitor.post("/accounts/login/", {"login": nadia.email, "password": "wrong-wrong"}).content.decode()
    unknown = visitor.post("/accounts/login/", {"login": "who@example.org", "password": "wrong-wrong"}).content.decode()
    said = re.compile(r"role=.alert.*?</div>", re.DOTALL)
    assert said.search(known).group() == said.search(unknown).group()


def test_inactive_person_gets_no_code(nadia, visitor):
    nadia.is_active = False
    nadia.save()
    visitor.post("/signin/", {"email": nadia.email})
    assert OwedMail.objects.get().kind == "signin_unknown_account"


def test_nobody_signs_up_without_a_reason(db, visitor):
    assert "Register for an event" in visitor.get("/accounts/signup/").content.decode()
    visitor.post("/accounts/signup/", {"email": "eve@example.org", "password1": PASSWORD})
    assert "_auth_user_id" not in visitor.session
    assert OwedMail.objects.count() == 0


def test_signing_out_needs_a_click(nadia, enter):
    client = enter(nadia)
    client.get("/accounts/logout/")
    assert "_auth_user_id" in client.session
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("page", ["/signin/", "/accounts/login/", "/accounts/login/code/", "/accounts/password/reset/"])
def test_pages_of_signing_in_wear_our_clothes(db, visitor, page):
    response = visitor.get(page)
    assert response.status_code == 200
    assert 'class="entrance"' in response.content.decode()


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/"])
def test_signing_in_leads_to_pages_of_this_site_only(nadia, visitor, wanted):
    visitor.get("/signin/", {"next": wanted})
    visitor.post("/signin/", {"email": nadia.email, "next": wanted})
    response = visitor.post("/accounts/login/code/confirm/", {"code": code_in_mail(), "next": wanted})
    assert response.headers["Location"] == "/"
