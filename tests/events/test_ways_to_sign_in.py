"""How people find their organisation's way to sign in, and who must take it."""

import re

import pytest
from django.contrib.auth.hashers import make_password

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.events import selectors
from apps.events.models import SignInConnection, SignInDomain
from apps.notifications.models import OwedMail
from tests.events.coming_in import go, sign_in, who
from tests.factories.accounts import UserFactory
from tests.factories.events import JoinLinkFactory, MembershipFactory, RegistrationFactory

PASSWORD = "tidewater-heron"


def test_address_of_a_proven_domain_leads_to_its_organisation(connection, nadia, visitor):
    answer = visitor.post("/signin/", {"email": "Nadia@Lakeside.example", "next": "/devices/"})
    assert answer.headers["Location"] == "/signin/lakeside/?next=%2Fdevices%2F"
    page = visitor.get(answer.headers["Location"]).content.decode()
    assert f'href="/signin/connection/{connection.pk}/go/?next=%2Fdevices%2F"' in page
    assert not OwedMail.objects.exists()


def test_sign_in_page_says_nothing_of_who_is_here(connection, nadia, visitor, client):
    known = visitor.post("/signin/", {"email": nadia.email}, follow=True).content.decode()
    unknown = client.post("/signin/", {"email": "somebody@lakeside.example"}, follow=True).content.decode()
    secret = re.compile(r'value="[^"]+"')
    assert secret.sub("", known) == secret.sub("", unknown)


def test_page_still_offers_a_code(connection, nadia, visitor):
    visitor.post("/signin/", {"email": nadia.email})
    answer = visitor.post("/signin/", {"email": nadia.email, "by_code": "1"})
    assert answer.headers["Location"] == "/accounts/login/code/confirm/"


@pytest.mark.parametrize("change", [{"proven_at": None}, {"domain": "elsewhere.example"}])
def test_unproven_or_other_domains_lead_nowhere(connection, nadia, visitor, change):
    SignInDomain.objects.update(**change)
    answer = visitor.post("/signin/", {"email": nadia.email})
    assert answer.headers["Location"] == "/accounts/login/code/confirm/"


def test_organisation_without_a_way_has_no_page(connection, visitor):
    SignInConnection.objects.update(is_on=False)
    assert visitor.get("/signin/lakeside/").status_code == 404
    assert visitor.get("/signin/nowhere/").status_code == 404


def test_address_that_was_typed_is_told_to_the_provider(connection, nadia, visitor):
    visitor.post("/signin/", {"email": nadia.email})
    assert "login_hint=nadia%40lakeside.example" in go(visitor, connection)


# Who must take it ---------------------------------------------------------------------------------------------


@pytest.fixture
def required(connection):
    SignInConnection.objects.update(is_required=True)


def by_code(client, email):
    client.post("/signin/", {"email": email, "by_code": "1"})
    code = re.search(r"^[A-Z0-9-]{4,}$", OwedMail.objects.latest("pk").text, re.MULTILINE).group()
    return client.post("/accounts/login/code/confirm/", {"code": code})


def test_code_does_not_open_an_account_that_must_take_it(required, nadia, visitor):
    assert by_code(visitor, nadia.email).headers["Location"] == "/signin/lakeside/"
    assert who(visitor) is None


def test_password_does_not_open_an_account_that_must_take_it(required, nadia, visitor):
    User.objects.update(password=make_password(PASSWORD))
    accounts.trust_address(nadia)
    answer = visitor.post(
        "/accounts/login/?next=/devices/", {"login": nadia.email, "password": PASSWORD, "next": "/devices/"}
    )
    assert answer.headers["Location"] == "/signin/lakeside/?next=%2Fdevices%2F"
    assert who(visitor) is None


def test_link_of_a_mail_does_not_open_an_account_that_must_take_it(required, nadia, visitor):
    link = JoinLinkFactory(registration=RegistrationFactory(user=nadia))
    address = f"/join/{selectors.join_token(link)}/"
    for answer in (visitor.get(address), visitor.post(address)):
        assert answer.headers["Location"].startswith("/signin/?next=")
    assert who(visitor) is None


def test_provider_opens_an_account_that_must_take_it(required, connection, directory, nadia, visitor):
    sign_in(visitor, connection, directory)
    assert who(visitor) == str(nadia.pk)


def test_code_beside_the_provider_is_enough_for_staff_elsewhere(
    required,
    connection,
    directory,
    nadia,
    visitor,
):
    MembershipFactory(user=nadia)
    sign_in(visitor, connection, directory)
    code = re.search(r"^[A-Z0-9-]{4,}$", OwedMail.objects.latest("pk").text, re.MULTILINE).group()
    visitor.post("/accounts/login/code/confirm/", {"code": code})
    assert who(visitor) == str(nadia.pk)


def test_owners_and_superusers_may_do_without(required, connection, nadia, visitor, client):
    MembershipFactory(organisation=connection.organisation, user=nadia)
    by_code(visitor, nadia.email)
    assert who(visitor) == str(nadia.pk)
    root = UserFactory(email="root@lakeside.example", is_superuser=True, is_staff=True)
    by_code(client, root.email)
    assert who(client) == str(root.pk)


def test_people_of_other_domains_come_as_before(required, visitor):
    other = UserFactory(email="otto@elsewhere.example")
    by_code(visitor, other.email)
    assert who(visitor) == str(other.pk)
