"""What a SAML provider and a browser do, and what we make of it."""

import pytest

from apps.events.adapters import saml
from apps.events.adapters.claims import Doubt
from tests.events.providers import Federation

SITE = "https://plenary.example"


def go(client, connection, federation, **query):
    answer = client.get(f"/signin/connection/{connection.pk}/go/", query)
    assert answer.headers["Location"].startswith(f"{federation.sso_url}?SAMLRequest=")
    return federation.asked(answer.headers["Location"])


def respond(federation, party, request="", **values):
    return federation.write(request=request, **({"recipient": party.acs, "audience": party.ours} | values))


def come_back(client, connection, response):
    """The provider's page posts its form; the browser follows. The post comes from another site, without a session."""
    posted = client.__class__(enforce_csrf_checks=True).post(
        f"/signin/connection/{connection.pk}/acs/", {"SAMLResponse": Federation.posted(response)}
    )
    assert posted.status_code == 303
    return client.get(posted.headers["Location"])


def read(party, response):
    return saml.read_response(party, Federation.posted(response))


def why(party, response):
    with pytest.raises(Doubt) as doubt:
        read(party, response)
    return doubt.value.why
