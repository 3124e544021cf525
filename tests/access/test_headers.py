"""What every answer says to whoever stands between it and its reader: no cache keeps what names them, and no other
website shows it in a frame.
"""

import pytest
from django.test import Client
from django.urls import reverse

from apps.events.models import Event
from tests.access import routes, world

# The same for everybody who may ask; their addresses change with their content, or they say for how long they hold.
FOR_ALL = {
    "events:brand", "events:logo", "exhibitors:style", "accounts:photo", "live:protocol", "tracks:schedule",
    "events:schema", "events:embed_script", "tracks:sitemap", "tracks:robots", "events:card", "tracks:card",
    "tracks:embed_agenda",
}  # fmt: skip
CHECKED = [route for route in routes.every_route() if "get" in route.methods and not route.is_admin]


FRAMED = {"events:embed_register", "tracks:embed_agenda"}
"""Pages that an event may allow other websites to show."""


@pytest.fixture
def there(built, db):
    return built()


@pytest.fixture(scope="module")
def answers(built, django_db_blocker):
    """By route: the headers that an organiser is answered, whose event other websites may show."""
    place, client = built(), Client()
    with django_db_blocker.unblock():
        Event.objects.filter(pk=place.event.pk).update(embed_origins="https://www.example.org")
        client.force_login(place.people["organiser"])
        return {
            route: client.get(reverse(route.name, kwargs=world.arguments(place, route.name, route.parameters))).headers
            for route in CHECKED
        }


def test_no_shared_cache_keeps_what_its_reader_alone_may_see(answers):
    kept = []
    for route, headers in answers.items():
        rules = headers.get("Cache-Control", "")
        if route.name not in FOR_ALL and "private" not in rules and "no-store" not in rules:
            kept.append(f"{route}: {rules}")
    assert kept == []
    assert {route.name for route in CHECKED} >= FOR_ALL


def test_only_what_is_made_for_frames_is_shown_in_one(answers):
    def is_shut(headers):
        policy = headers.get("Content-Security-Policy", "")
        return headers.get("X-Frame-Options") == "DENY" and "frame-ancestors 'none'" in policy

    assert {route.name for route, headers in answers.items() if not is_shut(headers)} == FRAMED


def test_visitors_of_an_address_cannot_set_what_others_get(there, client):
    """Headers that a cache does not tell apart change nothing in a page."""
    odd = {"x-forwarded-host": "evil.example", "x-original-url": "/admin/", "x-rewrite-url": "/admin/"}
    page = client.get(reverse("venue:landing", args=["there"]), headers=odd)
    assert page.status_code == 200
    assert b"evil.example" not in page.content
