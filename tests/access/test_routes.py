"""Nobody gets into an event that is not theirs: every route, for everybody who has no business there.

A route that nobody has classified fails here, and so does one whose address this test cannot build: then say in
`world.py` what its parameter stands for.
"""

import pytest
from django.urls import reverse

from apps.core.access import ROLES_FOR, Access
from apps.events.models import Event
from tests.access import routes, world
from tests.factories.events import EventFactory, MembershipFactory, RegistrationFactory

EVERY = routes.every_route()
OF_EVENTS = [route for route in EVERY if "event" in route.parameters and not route.is_admin]
METHODS = ("get", "post")
# A secret in the address is the key: it is refused when the secret is wrong, not by who asks.
BY_SECRET = {"tracks:personal"}
# Finds the event by itself; what it shows of hidden ones is tested with the hidden event below.
OPEN_BY_DESIGN = {"api:event-detail"}


@pytest.fixture
def there(db):
    """The event that strangers try to get into."""
    return world.build(EventFactory(name=f"{world.SECRET} days", slug="there", organisation__name=world.SECRET))


@pytest.fixture
def here(db):
    """The strangers' own event."""
    return EventFactory(name="Here", slug="here", organisation__name="Dry Dock")


@pytest.fixture
def strangers(here, enter, visitor):
    outsider = RegistrationFactory(event=here).user
    organiser = MembershipFactory(organisation=here.organisation).user
    return {"visitor": visitor, "outsider": enter(outsider), "organiser elsewhere": enter(organiser)}


def address(route, place, **changes):
    return reverse(route.name, kwargs=world.arguments(place, route.name, route.parameters) | changes)


def is_refusal(response, slug="there"):
    """404, 401, 403, or on to signing in or registering."""
    if response.status_code in (401, 403, 404):
        return True
    to = response.headers.get("Location", "")
    return response.status_code == 302 and to.startswith(("/signin/", "/admin/login/", f"/e/{slug}/register/"))


@pytest.mark.parametrize("route", EVERY, ids=str)
def test_route_is_classified(route):
    assert route.access is not None, f"{route}: its view must say who may come in (access = Access.…)."


@pytest.mark.parametrize("route", EVERY, ids=str)
def test_route_of_an_event_is_classified_as_one(route):
    if "event" in route.parameters and route.name not in BY_SECRET | OPEN_BY_DESIGN:
        assert route.access in routes.EVENT_BOUND


def hide(event, how):
    if how == "private":
        Event.objects.filter(pk=event.pk).update(visibility=Event.Visibility.PRIVATE)
    else:
        Event.objects.filter(pk=event.pk).update(state=how)


@pytest.mark.parametrize("route", [route for route in OF_EVENTS if route.name not in BY_SECRET], ids=str)
def test_private_event_does_not_exist_for_strangers(route, there, strangers):
    hide(there.event, "private")
    before = world.fingerprint()
    for who, client in strangers.items():
        for method in METHODS:
            status = getattr(client, method)(address(route, there)).status_code
            # A method that the list of events never takes is refused before anything is looked up.
            assert status == 404 or (status == 405 and route.name in OPEN_BY_DESIGN), f"{who} {method}: {status}"
    assert world.fingerprint() == before


@pytest.mark.parametrize("hidden", [Event.State.DRAFT, Event.State.ARCHIVED])
def test_draft_and_archive_do_not_exist_for_strangers(hidden, there, strangers):
    hide(there.event, hidden)
    for route in OF_EVENTS:
        if route.access is Access.PUBLIC or route.name in OPEN_BY_DESIGN:
            assert strangers["outsider"].get(address(route, there)).status_code == 404, route


@pytest.mark.parametrize(
    "route", [route for route in OF_EVENTS if route.access not in (Access.PUBLIC, Access.ANYONE)], ids=str
)
def test_strangers_are_turned_away(route, there, strangers):
    before = world.fingerprint()
    for who, client in strangers.items():
        for method in METHODS:
            response = getattr(client, method)(address(route, there))
            assert is_refusal(response), f"{who} {method}: {response.status_code} {response.headers.get('Location')}"
    assert world.fingerprint() == before


@pytest.mark.parametrize("route", [route for route in OF_EVENTS if len(route.parameters) > 1], ids=str)
def test_object_of_another_event_is_not_found_under_ones_own(route, there, here, strangers):
    if route.name in ("events:brand", "exhibitors:style"):
        pytest.skip("the name of a stylesheet says its colours, which two events may share")
    if set(route.parameters) <= {"event", "form"}:
        pytest.skip("leads to no object of its own")
    before = world.fingerprint()
    for who in ("outsider", "organiser elsewhere"):
        for method in METHODS:
            response = getattr(strangers[who], method)(address(route, there, event=here.slug))
            assert response.status_code == 405 or is_refusal(response, "here"), f"{who} {method}: {response.status_code}"
            assert world.SECRET.encode() not in response.content
    assert world.fingerprint() == before


@pytest.mark.parametrize("route", [route for route in EVERY if not route.is_admin and route.access in (Access.SIGNED_IN,)], ids=str)
def test_signed_in_means_signed_in(route, there, visitor):
    for method in METHODS:
        response = getattr(visitor, method)(address(route, there))
        assert response.status_code == 405 or is_refusal(response), response.status_code


@pytest.mark.parametrize("route", OF_EVENTS, ids=str)
def test_those_it_is_for_get_in(route, there, enter):
    """Nothing breaks, and nobody is turned away for their role; an object that is not ready may be missing."""
    roles = ROLES_FOR.get(route.access, frozenset({"attendee"}))
    for role in sorted(roles):
        response = enter(there.people[role]).get(address(route, there))
        assert response.status_code < 500
        assert response.status_code not in (401, 403), role
        assert not response.headers.get("Location", "").startswith("/signin/")
