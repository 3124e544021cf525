"""Signing in by an organisation's OpenID Connect provider, and every way in which that must not be believed."""

import logging
import re

import pytest
from joserfc.jwk import OctKey

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.events import services
from apps.events.models import Membership, SignInConnection, SignInDomain, SignInIdentity
from apps.notifications.models import OwedMail
from tests.events.coming_in import SECRET, come_back, go, refused, sign_in, who
from tests.events.providers import a_key
from tests.factories.events import (
    EventRoleFactory,
    MembershipFactory,
    SignInConnectionFactory,
    SignInDomainFactory,
)


def test_person_of_a_proven_domain_is_signed_in(connection, directory, nadia, visitor):
    answer = sign_in(visitor, connection, directory, next="/devices/")
    assert answer.headers["Location"] == "/devices/"
    assert who(visitor) == str(nadia.pk)
    assert SignInIdentity.objects.get().user == nadia
    assert visitor.get("/devices/").status_code == 200


def test_code_is_redeemed_with_the_secret_and_the_verifier(connection, directory, nadia, visitor):
    location = go(visitor, connection)
    assert "code_challenge_method=S256" in location
    assert SECRET not in location
    come_back(visitor, connection, directory.let_in(location))
    form, headers = directory.redeemed[0]
    assert headers["Authorization"].startswith("Basic ")
    assert "client_secret" not in form
    assert len(form["code_verifier"]) >= 43


def test_sign_in_leads_to_no_other_site(connection, directory, nadia, visitor):
    answer = sign_in(visitor, connection, directory, next="https://evil.example/")
    assert answer.headers["Location"] == "/"


WRONG = {
    "audience": ({"aud": "another-client"}, "signin.audience"),
    "audiences without a party": ({"aud": ["plenary", "another-client"]}, "signin.audience"),
    "another party": ({"azp": "another-client"}, "signin.audience"),
    "issuer": ({"iss": "https://evil.example"}, "signin.issuer"),
    "old": ({"exp": 1_000_000_000}, "signin.time"),
    "not yet": ({"nbf": 4_000_000_000}, "signin.time"),
    "nonce": ({"nonce": "another"}, "signin.nonce"),
    "no subject": ({"sub": ""}, "signin.subject"),
    "unverified": ({"email_verified": False}, "signin.unverified"),
    "unverified in words": ({"email_verified": "false"}, "signin.unverified"),
    "another domain": ({"email": "nadia@elsewhere.example"}, "signin.domain"),
    "a domain below": ({"email": "nadia@sub.lakeside.example"}, "signin.domain"),
    "two addresses": ({"email": "nadia@evil.example@lakeside.example"}, "signin.address"),
}


@pytest.mark.parametrize(("claims", "why"), WRONG.values(), ids=WRONG)
def test_token_that_is_not_for_us_signs_nobody_in(connection, directory, nadia, visitor, caplog, claims, why):
    directory.claims = claims
    assert refused(sign_in(visitor, connection, directory), caplog) == why
    assert who(visitor) is None
    assert not SignInIdentity.objects.exists()


@pytest.mark.parametrize("missing", ["exp", "iat", "iss", "aud", "sub", "nonce"])
def test_token_says_all_that_it_must(connection, directory, nadia, visitor, missing):
    directory.without = (missing,)
    assert sign_in(visitor, connection, directory).status_code == 403
    assert who(visitor) is None


def test_token_must_be_signed_by_a_published_key(connection, directory, nadia, visitor, caplog):
    directory.signing = a_key("one", 2)
    assert refused(sign_in(visitor, connection, directory), caplog) == "signin.signature"
    assert who(visitor) is None


def test_unsigned_token_is_not_believed(connection, directory, nadia, visitor, caplog):
    directory.header = {"alg": "none", "kid": "one"}
    assert refused(sign_in(visitor, connection, directory), caplog) == "signin.signature"


def test_token_signed_with_the_shared_secret_is_not_believed(connection, directory, nadia, visitor, caplog):
    directory.header, directory.signing = {"alg": "HS256", "kid": "one"}, OctKey.import_key(SECRET)
    assert refused(sign_in(visitor, connection, directory), caplog) == "signin.signature"


def test_provider_may_change_its_key(connection, directory, nadia, visitor, client):
    sign_in(visitor, connection, directory)
    directory.key = directory.signing = a_key("two")
    directory.header = {"alg": "RS256", "kid": "two"}
    sign_in(client, connection, directory)
    assert who(client) == str(nadia.pk)


def test_answer_fits_only_the_browser_that_asked(connection, directory, nadia, visitor, client, caplog):
    """Whoever gets somebody else to open their own answer signs them in as nobody."""
    answer = directory.let_in(go(visitor, connection))
    assert refused(come_back(client, connection, answer), caplog) == "signin.nonce"
    assert who(client) is None


def test_answer_is_taken_once(connection, directory, nadia, visitor, caplog):
    answer = directory.let_in(go(visitor, connection))
    come_back(visitor, connection, answer)
    visitor.logout()
    assert refused(come_back(visitor, connection, answer), caplog) == "signin.nonce"


def test_answer_of_another_connection_does_not_fit(connection, directory, nadia, visitor, caplog):
    other = SignInConnectionFactory(issuer=directory.issuer)
    answer = directory.let_in(go(visitor, connection))
    assert refused(come_back(visitor, other, answer), caplog) == "signin.nonce"
    assert who(visitor) is None


def test_provider_of_another_organisation_does_not_speak_for_the_domain(connection, directory, nadia, visitor, caplog):
    """It may say what it likes: the domain is not its own."""
    other = SignInConnectionFactory(issuer=directory.issuer)
    SignInDomainFactory(connection=other, domain="elsewhere.example")
    assert refused(sign_in(visitor, other, directory), caplog) == "signin.domain"
    assert who(visitor) is None


def test_unproven_domain_asks_for_a_mailed_code(connection, directory, nadia, visitor):
    """Whoever claims a domain that they have not proven gets no further than somebody who types the address."""
    SignInDomain.objects.update(proven_at=None)
    answer = sign_in(visitor, connection, directory, next="/devices/")
    assert answer.headers["Location"] == "/accounts/login/code/confirm/?next=%2Fdevices%2F"
    assert who(visitor) is None
    assert not SignInIdentity.objects.exists()
    code = re.search(r"^[A-Z0-9-]{4,}$", OwedMail.objects.get().text, re.MULTILINE).group()
    visitor.post("/accounts/login/code/confirm/", {"code": code})
    assert who(visitor) == str(nadia.pk)


def test_unproven_domain_says_nothing_of_who_is_here(connection, directory, visitor):
    SignInDomain.objects.update(proven_at=None)
    connection.new_people = SignInConnection.NewPeople.MANAGER
    connection.save()
    answer = sign_in(visitor, connection, directory)
    assert answer.headers["Location"] == "/accounts/login/code/confirm/"
    assert OwedMail.objects.get().subject == "There is no account with this address"
    assert not User.objects.filter(email="nadia@lakeside.example").exists()


@pytest.mark.parametrize("what", ["member", "moderator", "superuser"])
def test_staff_of_another_organisation_are_not_signed_in_by_it_alone(connection, directory, nadia, visitor, what):
    if what == "member":
        MembershipFactory(user=nadia)
    elif what == "moderator":
        EventRoleFactory(user=nadia, role="moderator")
    else:
        User.objects.update(is_superuser=True)
    answer = sign_in(visitor, connection, directory)
    assert answer.headers["Location"] == "/accounts/login/code/confirm/"
    assert who(visitor) is None


def test_second_step_is_still_asked_for(connection, directory, nadia, visitor):
    accounts.give_app(nadia)
    MembershipFactory(user=nadia, organisation=connection.organisation)
    directory.claims = {"amr": ["pwd", "mfa"]}
    answer = sign_in(visitor, connection, directory, next="/admin/")
    assert answer.headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert who(visitor) is None


def test_second_step_of_the_provider_counts_where_the_operator_says_so(
    connection, directory, nadia, visitor, client, settings
):
    settings.SIGNIN_TRUSTS_PROVIDER_STEP = True
    accounts.give_app(nadia)
    MembershipFactory(user=nadia, organisation=connection.organisation)
    directory.claims = {"amr": ["pwd"]}
    assert sign_in(client, connection, directory).headers["Location"].startswith("/accounts/2fa/authenticate/")
    directory.claims = {"amr": ["pwd", "mfa"]}
    sign_in(visitor, connection, directory)
    assert who(visitor) == str(nadia.pk)


def test_closed_account_stays_closed(connection, directory, nadia, visitor):
    User.objects.update(is_active=False)
    sign_in(visitor, connection, directory)
    assert who(visitor) is None


def test_connection_that_is_off_lets_nobody_in(connection, directory, nadia, visitor, caplog):
    location = go(visitor, connection)
    SignInConnection.objects.update(is_on=False)
    assert visitor.get(f"/signin/connection/{connection.pk}/go/").status_code == 404
    assert refused(come_back(visitor, connection, directory.let_in(location)), caplog) == "signin.off"
    assert who(visitor) is None


def test_address_that_was_given_to_somebody_else_opens_nothing(connection, directory, nadia, visitor, client, caplog):
    sign_in(visitor, connection, directory)
    directory.claims = {"sub": "person-2"}
    assert refused(sign_in(client, connection, directory), caplog) == "signin.other_person"
    services.forget_people(connection)
    sign_in(client, connection, directory)
    assert who(client) == str(nadia.pk)


def test_person_whose_address_changed_at_the_provider_is_known_by_their_number(
    connection, directory, nadia, visitor, client
):
    sign_in(visitor, connection, directory)
    directory.claims = {"email": "n.okello@lakeside.example"}
    sign_in(client, connection, directory)
    assert who(client) == str(nadia.pk)


def test_number_opens_no_account_outside_the_domains(connection, directory, nadia, visitor, client, caplog):
    sign_in(visitor, connection, directory)
    User.objects.filter(pk=nadia.pk).update(email="nadia@elsewhere.example")
    assert refused(sign_in(client, connection, directory), caplog) == "signin.moved"
    assert who(client) is None


def test_new_people_are_refused_unless_wanted(connection, directory, visitor, caplog):
    assert refused(sign_in(visitor, connection, directory), caplog) == "signin.unknown"
    assert not User.objects.exists()


@pytest.mark.parametrize(("wanted", "members"), [("account", 0), ("manager", 1)])
def test_new_people_get_what_the_connection_says(connection, directory, visitor, wanted, members):
    SignInConnection.objects.update(new_people=wanted)
    directory.claims = {"name": "Nadia https://evil.example"}
    sign_in(visitor, connection, directory)
    made = User.objects.get(email="nadia@lakeside.example")
    assert (who(visitor), made.name) == (str(made.pk), "")
    assert Membership.objects.filter(user=made, role="manager").count() == members


def test_member_who_was_removed_does_not_come_back(connection, directory, visitor, client):
    SignInConnection.objects.update(new_people="manager")
    sign_in(visitor, connection, directory)
    Membership.objects.all().delete()
    sign_in(client, connection, directory)
    assert not Membership.objects.exists()


def test_address_may_come_from_userinfo_of_the_same_person(connection, directory, nadia, visitor, client):
    directory.without = ("email", "email_verified")
    directory.userinfo = {"sub": "somebody-else", "email": nadia.email}
    assert sign_in(client, connection, directory).status_code == 403
    directory.userinfo = {"sub": "person-1", "email": nadia.email}
    sign_in(visitor, connection, directory)
    assert who(visitor) == str(nadia.pk)


def test_answer_that_names_another_issuer_is_not_believed(connection, directory, nadia, visitor, caplog):
    answer = directory.let_in(go(visitor, connection)) | {"iss": "https://evil.example"}
    assert refused(come_back(visitor, connection, answer), caplog) == "signin.issuer"
    assert directory.redeemed == []


def test_provider_that_refuses_signs_nobody_in(connection, directory, visitor, caplog):
    state = directory.let_in(go(visitor, connection))["state"]
    answer = come_back(visitor, connection, {"state": state, "error": "access_denied"})
    assert refused(answer, caplog) == "signin.refused"


def test_provider_on_a_private_network_is_not_called(connection, directory, visitor, caplog, settings):
    settings.SIGNIN_LOOPBACK = False
    for issuer in (directory.issuer, "https://127.0.0.1:1", "https://169.254.169.254", "https://10.0.0.1"):
        SignInConnection.objects.update(issuer=issuer)
        answer = visitor.get(f"/signin/connection/{connection.pk}/go/")
        assert refused(answer, caplog) in ("signin.address", "signin.unreachable")
    assert directory.asked == []


def test_provider_that_says_another_issuer_is_not_used(connection, directory, visitor, caplog):
    directory.configuration = {"issuer": "https://evil.example"}
    assert refused(visitor.get(f"/signin/connection/{connection.pk}/go/"), caplog) == "signin.issuer"


def test_provider_that_publishes_without_end_is_given_up(connection, directory, visitor, caplog):
    directory.configuration = {"more": "x" * 300_000}
    assert refused(visitor.get(f"/signin/connection/{connection.pk}/go/"), caplog) == "signin.unreachable"


def test_provider_is_not_asked_each_time(connection, directory, nadia, visitor, client):
    for one in (visitor, client):
        sign_in(one, connection, directory)
    assert directory.asked.count("/.well-known/openid-configuration") == 1
    assert directory.asked.count("/jwks") == 1


def test_secrets_stand_in_no_log_and_no_page(connection, directory, nadia, visitor, caplog):
    caplog.set_level(logging.DEBUG)
    directory.claims = {"aud": "another"}
    answer = sign_in(visitor, connection, directory)
    written = caplog.text + answer.content.decode() + SignInConnection.objects.get().client_secret
    assert SECRET not in written
    assert directory.redeemed[0][0]["code_verifier"] not in caplog.text
    assert "nadia@" not in caplog.text


def test_secret_is_told_to_no_other_issuer(connection):
    connection.issuer = "https://evil.example"
    services.save_connection(connection)
    assert SignInConnection.objects.get().client_secret == ""
