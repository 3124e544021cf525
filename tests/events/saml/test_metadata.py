"""Metadata: what a SAML provider publishes, how it is fetched, and what we publish."""

import pytest
from lxml import etree

from apps.events.adapters import saml
from apps.events.adapters.claims import Doubt
from tests.events.websites import served


def test_metadata_of_the_provider_is_read(federation):
    said = saml.read_metadata(federation.metadata().encode())
    assert (said.entity_id, said.sso_url) == (federation.entity_id, federation.sso_url)
    assert saml.read_certificates(said.certificates) == saml.read_certificates(federation.certificate)


@pytest.mark.parametrize("written", ["<a/>", "<!DOCTYPE a []><a/>", ""])
def test_what_is_no_metadata_is_refused(written):
    with pytest.raises(Doubt):
        saml.read_metadata(written.encode())


def test_metadata_of_ours_says_where_answers_go(connection, party, visitor):
    answer = visitor.get(f"/signin/connection/{connection.pk}/metadata.xml")
    said = etree.fromstring(answer.content)
    assert said.get("entityID") == party.ours
    assert said.find(".//{*}AssertionConsumerService").get("Location") == party.acs


@pytest.fixture
def published(federation):
    """The address at which the provider publishes its metadata."""

    with served(lambda _path: federation.metadata()) as port:
        yield f"http://127.0.0.1:{port}/metadata"


def test_metadata_is_fetched_from_public_networks_only(federation, published, settings):
    settings.SIGNIN_LOOPBACK = True
    assert saml.fetch_metadata(published).entity_id == federation.entity_id
    settings.SIGNIN_LOOPBACK = False
    for address in (published, published.replace("http:", "https:"), "https://169.254.169.254/", "file:///etc/passwd"):
        with pytest.raises(Doubt) as doubt:
            saml.fetch_metadata(address)
        assert doubt.value.why in ("address", "unreachable")
