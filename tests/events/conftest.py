"""An organisation whose people sign in by its own provider, and one of them."""

import pytest

from apps.events import services
from tests.events.coming_in import SECRET
from tests.events.providers import Directory
from tests.factories.accounts import UserFactory
from tests.factories.events import MembershipFactory, OrganisationFactory, SignInConnectionFactory, SignInDomainFactory


@pytest.fixture
def directory():
    made = Directory()
    yield made
    made.close()


@pytest.fixture
def connection(db, directory, settings):
    settings.SIGNIN_LOOPBACK = True
    organisation = OrganisationFactory(name="Lakeside Trust", slug="lakeside")
    made = SignInConnectionFactory(organisation=organisation, issuer=directory.issuer, name="Lakeside account")
    services.save_connection(made, secret=SECRET)
    SignInDomainFactory(connection=made, domain="lakeside.example")
    return made


@pytest.fixture
def nadia(db):
    return UserFactory(email="nadia@lakeside.example", name="Nadia Okello")


@pytest.fixture
def owner(connection):
    return MembershipFactory(organisation=connection.organisation, user__name="Inês Falcão").user
