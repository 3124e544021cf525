"""Signing in by an organisation's OpenID Connect provider, and every token and answer that must not be believed."""

import base64
import logging

import pytest
from joserfc.jwk import OctKey

from apps.events.models import SignInConnection, SignInIdentity
from tests.events.coming_in import SECRET, come_back, go, refused, sign_in, who
from tests.events.providers import a_key
from tests.factories.events import SignInConnectionFactory, SignInDomainFactory


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


@pytest.mark.parametrize("subject", ["a\x00b", "a\x7fb"])
def test_number_that_cannot_be_kept_is_refused(connection, directory, nadia, visitor, caplog, subject):
    directory.claims = {"sub": subject}
    assert refused(sign_in(visitor, connection, directory), caplog) == "signin.subject"


def test_token_without_a_bottom_is_refused(connection, directory, nadia, visitor, caplog):
    deep = base64.urlsafe_b64encode(b"[" * 60_000).rstrip(b"=").decode()
    directory.written = f"{deep}.{deep}.x"
    assert refused(sign_in(visitor, connection, directory), caplog) == "signin.signature"


def test_secrets_stand_in_no_log_and_no_page(connection, directory, nadia, visitor, caplog):
    caplog.set_level(logging.DEBUG)
    directory.claims = {"aud": "another"}
    answer = sign_in(visitor, connection, directory)
    written = caplog.text + answer.content.decode() + SignInConnection.objects.get().client_secret
    assert SECRET not in written
    assert directory.redeemed[0][0]["code_verifier"] not in caplog.text
    assert "nadia@" not in caplog.text
