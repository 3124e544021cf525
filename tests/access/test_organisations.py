"""What is an organisation's is its own: every call below one, for owners elsewhere and for its managers."""

import pytest
from django.core.cache import cache
from rest_framework.throttling import SimpleRateThrottle

from apps.events.models import Membership
from tests.access import routes, world
from tests.access.test_routes import ask
from tests.factories.events import MembershipFactory

OF_ORGANISATIONS = [
    route for route in routes.every_route() if route.name.startswith("api:") and "organisation" in route.parameters
]
INSIDE = [route for route in OF_ORGANISATIONS if len(route.parameters) > 1]


@pytest.fixture
def there(built, db, monkeypatch):
    cache.clear()
    monkeypatch.setattr(SimpleRateThrottle, "allow_request", lambda *_: True)
    return built()


def answers(client, chosen, place, **changes):
    return {
        f"{method} {route}": ask(client, method, route, place, **changes).status_code
        for route in chosen
        for method in sorted(route.methods)
    }


def test_organisation_does_not_exist_for_owners_elsewhere(there, enter):
    client = enter(MembershipFactory(organisation__name="Dry Dock").user)
    before = world.fingerprint()
    found = answers(client, OF_ORGANISATIONS, there)
    assert {call: status for call, status in found.items() if status != 404} == {}
    assert world.fingerprint() == before
    assert len(OF_ORGANISATIONS) > 20


def test_object_of_another_organisation_is_not_found_under_ones_own(there, enter):
    client = enter(MembershipFactory(organisation__name="Dry Dock", organisation__slug="dry-dock").user)
    before = world.fingerprint()
    found = answers(client, INSIDE, there, organisation="dry-dock")
    assert {call: status for call, status in found.items() if status != 404} == {}
    assert world.fingerprint() == before


def test_managers_do_nothing_that_is_for_owners(there, enter):
    """Members, invitations, ways to sign in and the name: read at most."""
    manager = MembershipFactory(organisation=there.event.organisation, role=Membership.Role.MANAGER).user
    client = enter(manager)
    owners = [
        route
        for route in OF_ORGANISATIONS
        if route.name.removeprefix("api:organisation-").startswith(("connection", "invitation", "member", "itself"))
        and route.name != "api:organisation-membership"
    ]
    before = world.fingerprint()
    found = answers(client, owners, there)
    writes = {status for call, status in found.items() if not call.startswith("get ")}
    assert writes == {403}
    assert world.fingerprint() == before
