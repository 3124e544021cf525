"""Nothing that names its reader may be kept by a cache between us and them."""

import pytest
from django.urls import reverse

from tests.access import routes, world
from tests.factories.events import EventFactory

# The same for everybody who may ask; their addresses change with their content, or they say for how long they hold.
FOR_ALL = {
    "events:brand", "events:logo", "exhibitors:style", "accounts:photo", "live:protocol", "tracks:schedule",
    "events:schema", "events:embed_script", "tracks:sitemap", "tracks:robots", "events:card", "tracks:card",
    "tracks:embed_agenda",
}  # fmt: skip
CHECKED = [route for route in routes.every_route() if "get" in route.methods and not route.is_admin]


@pytest.fixture
def there(db):
    return world.build(EventFactory(slug="there"))


def test_no_shared_cache_keeps_what_its_reader_alone_may_see(there, enter):
    client, kept = enter(there.people["organiser"]), []
    for route in CHECKED:
        address = reverse(route.name, kwargs=world.arguments(there, route.name, route.parameters))
        rules = client.get(address).get("Cache-Control", "")
        if route.name not in FOR_ALL and "private" not in rules and "no-store" not in rules:
            kept.append(f"{route}: {rules}")
    assert kept == []
    assert {route.name for route in CHECKED} >= FOR_ALL


def test_visitors_of_an_address_cannot_set_what_others_get(there, client):
    """Headers that a cache does not tell apart change nothing in a page."""
    odd = {"x-forwarded-host": "evil.example", "x-original-url": "/admin/", "x-rewrite-url": "/admin/"}
    page = client.get(reverse("venue:landing", args=["there"]), headers=odd)
    assert page.status_code == 200
    assert b"evil.example" not in page.content
