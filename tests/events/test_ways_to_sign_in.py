"""How people find their organisation's way to sign in, who must take it, and how owners set it up at the desk."""

import re

import pytest
from django.contrib.auth.hashers import make_password

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.events import selectors, services
from apps.events.models import Membership, SignInConnection, SignInDomain, SignInIdentity
from apps.notifications.models import OwedMail
from tests.events.coming_in import SECRET, go, sign_in, who
from tests.events.providers import Federation
from tests.factories.accounts import UserFactory
from tests.factories.events import (
    JoinLinkFactory,
    MembershipFactory,
    RegistrationFactory,
)

PASSWORD = "tidewater-heron"


@pytest.fixture
def owner(connection):
    return MembershipFactory(organisation=connection.organisation, user__name="Inês Falcão").user


def setup_page(connection):
    return f"/admin/events/signinconnection/{connection.pk}/setup/"


# The sign-in page ---------------------------------------------------------------------------------------------


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


# The desk -----------------------------------------------------------------------------------------------------


def form(organisation, **values):
    return {
        "organisation": organisation.pk, "name": "Staff", "kind": "oidc", "new_people": "refuse",
        "domains-TOTAL_FORMS": 1, "domains-INITIAL_FORMS": 0, "domains-0-domain": "Mail.Example", **values,
    }  # fmt: skip


def test_owner_adds_a_provider_and_its_secret_is_shown_to_nobody(owner, connection, directory, enter):
    client = enter(owner)
    typed = form(connection.organisation, issuer=directory.issuer, client_id="plenary", secret=SECRET)
    answer = client.post("/admin/events/signinconnection/add/", typed, follow=True)
    made = SignInConnection.objects.get(name="Staff")
    assert selectors.secret_of(made) == SECRET
    assert made.domains.get().domain == "mail.example"
    assert not made.is_on
    change = client.get(f"/admin/events/signinconnection/{made.pk}/change/").content.decode()
    assert SECRET not in answer.content.decode() + change + made.client_secret
    assert f"/signin/connection/{made.pk}/back/" in answer.content.decode()


def test_empty_secret_keeps_the_one_that_is_there(owner, connection, enter):
    typed = {
        "name": "Lakeside account", "issuer": connection.issuer, "client_id": "plenary", "new_people": "account",
        "is_on": "on", "domains-TOTAL_FORMS": 0, "domains-INITIAL_FORMS": 0,
    }  # fmt: skip
    enter(owner).post(f"/admin/events/signinconnection/{connection.pk}/change/", typed)
    connection.refresh_from_db()
    assert (connection.new_people, selectors.secret_of(connection)) == ("account", SECRET)


def test_provider_that_does_not_answer_is_told_at_once(owner, connection, enter, settings):
    typed = form(connection.organisation, issuer="https://127.0.0.1:1", client_id="plenary")
    page = enter(owner).post("/admin/events/signinconnection/add/", typed).content.decode()
    assert "does not answer" in page
    assert SignInConnection.objects.count() == 1


def test_saml_provider_is_read_from_its_metadata(owner, connection, enter):
    federation = Federation()
    typed = form(connection.organisation, kind="saml", metadata=federation.metadata())
    enter(owner).post("/admin/events/signinconnection/add/", typed)
    made = SignInConnection.objects.get(name="Staff")
    assert (made.entity_id, made.sso_url) == (federation.entity_id, federation.sso_url)
    assert made.certificates.startswith("-----BEGIN CERTIFICATE-----")


def test_manager_and_owner_elsewhere_find_no_connection(connection, directory, other_organiser, enter):
    manager = MembershipFactory(organisation=connection.organisation, role=Membership.Role.MANAGER).user
    for person in (manager, other_organiser):
        client = enter(person)
        for address in (setup_page(connection), f"/signin/connection/{connection.pk}/try/"):
            assert client.get(address).status_code in (302, 403, 404)
            assert client.post(address, {"do": "forget"}).status_code in (302, 403, 404, 405)
        listed = client.get("/admin/events/signinconnection/")
        assert "Lakeside account" not in listed.content.decode()
    assert directory.asked == []


def test_try_shows_what_arrives_and_signs_nobody_in(owner, connection, directory, nadia, enter):
    SignInConnection.objects.update(is_on=False)
    client = enter(owner)
    location = client.get(f"/signin/connection/{connection.pk}/try/").headers["Location"]
    directory.claims = {"department": "Gauges <b>"}
    answer = client.get(f"/signin/connection/{connection.pk}/back/", directory.let_in(location))
    page = answer.content.decode()
    assert "nadia@lakeside.example" in page
    assert "Gauges &lt;b&gt;" in page
    assert who(client) == str(owner.pk)
    assert not SignInIdentity.objects.exists()


def test_try_says_why_it_would_be_refused(owner, connection, directory, enter):
    client = enter(owner)
    location = client.get(f"/signin/connection/{connection.pk}/try/").headers["Location"]
    directory.claims = {"aud": "another"}
    page = client.get(f"/signin/connection/{connection.pk}/back/", directory.let_in(location)).content.decode()
    assert "It was meant for another service than this one." in page


def tried(client, connection, directory):
    location = client.get(f"/signin/connection/{connection.pk}/try/").headers["Location"]
    return client.get(f"/signin/connection/{connection.pk}/back/", directory.let_in(location)).content.decode()


def test_try_foresees_who_is_signed_in(owner, connection, directory, nadia, enter):
    assert "All is well." in tried(enter(owner), connection, directory)


def test_try_foresees_that_nobody_new_may_come(owner, connection, directory, enter):
    page = tried(enter(owner), connection, directory)
    assert "There is no account with your address yet." in page
    assert "All is well." not in page
    assert not User.objects.filter(email="nadia@lakeside.example").exists()


def test_try_foresees_another_number(owner, connection, directory, nadia, enter):
    SignInIdentity.objects.create(connection=connection, user=nadia, subject="before")
    assert "Somebody else signed in with this address before." in tried(enter(owner), connection, directory)


def test_try_foresees_a_code(owner, connection, directory, nadia, enter):
    MembershipFactory(user=nadia)
    page = tried(enter(owner), connection, directory)
    assert "they would be asked for a mailed code." in page
    assert "All is well." not in page


def test_try_says_that_the_way_is_off(owner, connection, directory, nadia, enter):
    SignInConnection.objects.update(is_on=False)
    page = tried(enter(owner), connection, directory)
    assert "once this way to sign in is switched on" in page
    assert "All is well." not in page


def test_try_says_that_the_account_is_closed(owner, connection, directory, nadia, enter):
    User.objects.filter(pk=nadia.pk).update(is_active=False)
    page = tried(enter(owner), connection, directory)
    assert "is closed here" in page
    assert "All is well." not in page


def test_try_says_where_the_number_is_the_address(owner, connection, directory, nadia, enter):
    client, said = enter(owner), "The provider knows this person by the address alone."
    assert said not in tried(client, connection, directory)
    directory.claims = {"sub": "Nadia@lakeside.example"}
    assert said in tried(client, connection, directory)


def test_try_of_somebody_else_is_refused(owner, connection, directory, nadia, enter):
    """The session is the same, the person is not."""
    client = enter(owner)
    location = client.get(f"/signin/connection/{connection.pk}/try/").headers["Location"]
    begun = client.session["sign_in_pending"]
    client.force_login(nadia, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["sign_in_pending"] = begun
    session.save()
    answer = client.get(f"/signin/connection/{connection.pk}/back/", directory.let_in(location))
    assert answer.status_code == 403


def test_secrets_follow_a_new_key(connection, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-the-platform"
    assert services.renew_secrets() == 1
    settings.SECRET_KEY_FALLBACKS = []
    assert selectors.secret_of(SignInConnection.objects.get()) == SECRET


def test_many_tries_from_one_network_are_refused(connection, visitor, settings):
    """Each of these doors is opened by a GET."""
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"connection": "2/m/ip"}
    assert [visitor.get("/signin/lakeside/").status_code for _one in range(3)] == [200, 200, 429]
    assert visitor.get(f"/signin/connection/{connection.pk}/back/").status_code == 429
    assert visitor.get("/signin/lakeside/", REMOTE_ADDR="198.51.100.8").status_code == 200


def test_page_of_a_form_may_be_looked_at_as_often_as_one_likes(settings, attendee, enter):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"invite": "1/m/ip"}
    client = enter(attendee)
    assert [client.get("/organisations/").status_code for _one in range(3)] == [200, 200, 200]
    answers = [client.post("/organisations/", {"leave": "1"}).status_code for _one in range(2)]
    assert answers == [404, 429]
