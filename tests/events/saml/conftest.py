"""An organisation whose people sign in by SAML, and its provider."""

import pytest

from apps.events.adapters import saml
from apps.events.models import SignInConnection
from tests.events.providers import Federation
from tests.events.saml.answers import SITE
from tests.factories.events import OrganisationFactory, SignInConnectionFactory, SignInDomainFactory


@pytest.fixture
def federation():
    return Federation()


@pytest.fixture
def connection(db, federation, settings):
    settings.SITE_URL = SITE
    made = SignInConnectionFactory(
        organisation=OrganisationFactory(name="Lakeside Trust", slug="lakeside"),
        name="Lakeside account",
        kind=SignInConnection.Kind.SAML,
        issuer="",
        client_id="",
        entity_id=federation.entity_id,
        sso_url=federation.sso_url,
        certificates=federation.certificate,
    )
    SignInDomainFactory(connection=made, domain="lakeside.example")
    return made


@pytest.fixture
def party(connection):
    where = f"{SITE}/signin/connection/{connection.pk}"
    return saml.Party(
        entity_id=connection.entity_id,
        sso_url=connection.sso_url,
        certificates=connection.certificates,
        ours=f"{where}/metadata.xml",
        acs=f"{where}/acs/",
    )
