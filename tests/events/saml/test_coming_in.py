"""Signing in by an organisation's SAML provider, in the browser that asked, once."""

from apps.events.models import SignInDomain
from tests.events.coming_in import refused, who
from tests.events.providers import SAML, Federation
from tests.events.saml.answers import come_back, go, respond
from tests.factories.events import SignInConnectionFactory


def test_person_of_a_proven_domain_is_signed_in(connection, federation, party, nadia, visitor):
    asked = go(visitor, connection, federation, next="/devices/")
    assert asked.findtext(f"{{{SAML}}}Issuer") == party.ours
    assert asked.get("AssertionConsumerServiceURL") == party.acs
    answer = come_back(visitor, connection, federation.signed(respond(federation, party, asked.get("ID"))))
    assert answer.headers["Location"] == "/devices/"
    assert who(visitor) == str(nadia.pk)


def test_answer_fits_only_the_browser_that_asked(connection, federation, party, nadia, visitor, client, caplog):
    asked = go(visitor, connection, federation).get("ID")
    answer = come_back(client, connection, federation.signed(respond(federation, party, asked)))
    assert refused(answer, caplog) == "signin.nonce"
    assert who(client) is None


def test_answer_waits_for_one_browser_once(connection, federation, party, nadia, visitor, client, caplog):
    connection.may_begin_there = True
    connection.save()
    posted = {"SAMLResponse": Federation.posted(federation.signed(respond(federation, party)))}
    address = client.post(f"/signin/connection/{connection.pk}/acs/", posted).headers["Location"]
    visitor.get(address)
    assert who(visitor) == str(nadia.pk)
    assert refused(client.get(address), caplog) == "signin.replay"


def test_answer_that_nobody_asked_for_is_refused(connection, federation, party, nadia, visitor, caplog):
    answer = come_back(visitor, connection, federation.signed(respond(federation, party)))
    assert refused(answer, caplog) == "signin.begun_there"
    assert who(visitor) is None


def test_answer_of_another_connection_does_not_fit(connection, federation, party, nadia, visitor, caplog):
    """Of the same provider, even: an assertion is for one address of ours."""
    other = SignInConnectionFactory(
        kind="saml", entity_id=federation.entity_id, sso_url=federation.sso_url, certificates=federation.certificate
    )
    asked = go(visitor, other, federation).get("ID")
    answer = come_back(visitor, other, federation.signed(respond(federation, party, asked)))
    assert refused(answer, caplog) == "signin.audience"


def test_provider_of_another_organisation_does_not_speak_for_the_domain(
    connection, federation, party, nadia, visitor, caplog
):
    SignInDomain.objects.update(domain="elsewhere.example")
    asked = go(visitor, connection, federation).get("ID")
    answer = come_back(visitor, connection, federation.signed(respond(federation, party, asked)))
    assert refused(answer, caplog) == "signin.domain"
    assert who(visitor) is None
