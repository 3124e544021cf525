"""Nobody gets into an event that is not theirs: every route, for everybody who has no business there.

A route that nobody has classified fails here, and so does one whose address this test cannot build: then say in
`world.py` what its parameter stands for. Routes are walked room by room, since an event with one object of each kind
takes longer to make than to ask a hundred times.
"""

from itertools import groupby

import pytest
from django.urls import reverse

from apps.core import clock
from apps.core.access import ROLES_FOR, Access
from apps.events.models import Event
from tests.access import bodies, routes, world
from tests.factories.events import EventFactory, MembershipFactory, RegistrationFactory

EVERY = routes.every_route()
OF_EVENTS = [route for route in EVERY if "event" in route.parameters and not route.is_admin]
# A secret in the address is the key: it is refused when the secret is wrong, not by who asks.
BY_SECRET = {"tracks:personal", "events:wish", "events:take", "api:event-take"}
# Finds the event by itself; what it shows of hidden ones is tested with the hidden event below.
OPEN_BY_DESIGN = {"api:event-detail"}
# The name of a stylesheet says its colours, which two events may share; what is uploaded is its owner's alone.
SHARED = {"events:brand", "exhibitors:style"}
STAFF_ONLY = {"api:uploads", "api:upload", "api:upload-parts", "api:upload-complete"}


def by_room(chosen):
    """[(room, its routes)], for parametrize."""
    ordered = sorted(chosen, key=lambda route: route.room)
    return [pytest.param(list(found), id=room) for room, found in groupby(ordered, key=lambda route: route.room)]


@pytest.fixture
def there(built, db):
    """The event that strangers try to get into."""
    return built()


@pytest.fixture
def here(db):
    """The strangers' own event."""
    return EventFactory(name="Here", slug="here", organisation__name="Dry Dock")


@pytest.fixture
def strangers(here, enter, visitor):
    outsider = RegistrationFactory(event=here, joined_at=clock.now()).user
    organiser = MembershipFactory(organisation=here.organisation).user
    return {"visitor": visitor, "outsider": enter(outsider), "organiser elsewhere": enter(organiser)}


def address(route, place, **changes):
    return reverse(route.name, kwargs=world.arguments(place, route.name, route.parameters) | changes)


def ask(client, method, route, place, **changes):
    return send(client, method, route, address(route, place, **changes))


def send(client, method, route, url):
    if method == "get":
        return client.get(url)
    body = bodies.BODIES.get(route.name, {})
    if method == "delete":
        # Some say in the address what they mean, some in the body.
        plain = {key: value for key, value in body.items() if isinstance(value, str)}
        return client.delete(url, body, content_type="application/json", query_params=plain)
    return getattr(client, method)(url, body, content_type="application/json")


def is_refusal(response, slug="there"):
    """404, 401, 403, or on to signing in or registering."""
    if response.status_code in (401, 403, 404):
        return True
    to = response.headers.get("Location", "")
    return response.status_code == 302 and to.startswith(("/signin/", "/admin/login/", f"/e/{slug}/register/"))


def walk(chosen, clients, allowed, place, **changes):
    """Asks every route as everybody by each method of its view; what was answered where `allowed(response, route)` is
    false."""
    wrong = []
    for route in chosen:
        url = address(route, place, **changes)
        for who, client in clients.items():
            for method in sorted(route.may_take):
                response = send(client, method, route, url)
                if not allowed(response, route) and not is_no_method_of(route, method, response):
                    wrong.append(f"{who} {method} {route}: {response.status_code} {response.get('Location', '')}")
    return wrong


def is_no_method_of(route, method, response):
    """A method that the view does not have may be refused before anything is looked up."""
    return response.status_code == 405 and method not in route.methods


@pytest.mark.parametrize("route", EVERY, ids=str)
def test_route_is_classified(route):
    assert route.access is not None, f"{route}: its view must say who may come in (access = Access.…)."


@pytest.mark.parametrize("route", OF_EVENTS, ids=str)
def test_route_of_an_event_is_classified_as_one(route):
    assert route.access in routes.EVENT_BOUND or route.name in BY_SECRET | OPEN_BY_DESIGN


@pytest.mark.parametrize("chosen", by_room(route for route in OF_EVENTS if route.name not in BY_SECRET))
def test_private_event_does_not_exist_for_strangers(chosen, there, strangers):
    Event.objects.filter(pk=there.event.pk).update(visibility=Event.Visibility.PRIVATE)
    before = world.fingerprint()
    assert walk(chosen, strangers, lambda found, route: found.status_code == 404, there) == []
    assert world.fingerprint() == before


def test_view_has_no_method_besides_those_it_says(there, strangers):
    """So that the walks need not ask by these."""
    client, before, wrong = strangers["organiser elsewhere"], world.fingerprint(), []
    for route in OF_EVENTS:
        for method in sorted({*routes.METHODS} - route.may_take):
            response = ask(client, method, route, there)
            if not is_refusal(response) and not is_no_method_of(route, method, response):
                wrong.append(f"{method} {route}: {response.status_code} {response.get('Location', '')}")
    assert wrong == []
    assert world.fingerprint() == before


@pytest.mark.parametrize("hidden", [Event.State.DRAFT, Event.State.ARCHIVED])
def test_draft_and_archive_do_not_exist_for_strangers(hidden, there, strangers):
    Event.objects.filter(pk=there.event.pk).update(state=hidden)
    for route in OF_EVENTS:
        if route.access is Access.PUBLIC or route.name in OPEN_BY_DESIGN:
            assert strangers["outsider"].get(address(route, there)).status_code == 404, route


@pytest.mark.parametrize("chosen", by_room(r for r in OF_EVENTS if r.access not in (Access.PUBLIC, Access.ANYONE)))
def test_strangers_are_turned_away(chosen, there, strangers):
    before = world.fingerprint()
    assert walk(chosen, strangers, lambda found, route: is_refusal(found), there) == []
    assert world.fingerprint() == before


@pytest.mark.parametrize(
    "chosen",
    by_room(r for r in OF_EVENTS if not set(r.parameters) <= {"event", "form"} and r.name not in SHARED),
)
def test_object_of_another_event_is_not_found_under_ones_own(chosen, there, here, strangers):
    clients = {who: strangers[who] for who in ("outsider", "organiser elsewhere")}
    before = world.fingerprint()

    def allowed(response, route):
        hidden = world.SECRET.encode() not in b"".join(response)
        return hidden and is_refusal(response, "here")

    assert walk(chosen, clients, allowed, there, event=here.slug) == []
    assert world.fingerprint() == before


def test_signed_in_means_signed_in(there, visitor):
    for route in EVERY:
        if route.access is Access.SIGNED_IN:
            for method in routes.METHODS:
                response = ask(visitor, method, route, there)
                assert is_no_method_of(route, method, response) or is_refusal(response), route


@pytest.mark.parametrize("chosen", by_room(OF_EVENTS))
def test_those_it_is_for_get_in(chosen, there, enter):
    """Nobody is turned away for their role, and nothing breaks; an object that is not ready may be missing."""
    clients = {role: enter(person) for role, person in there.people.items()}
    for route in chosen:
        roles = {"organiser"} if route.name in STAFF_ONLY else ROLES_FOR.get(route.access, {"attendee"})
        for role in sorted(roles)[:2]:
            response = clients[role].get(address(route, there))
            assert response.status_code < 500, route
            assert response.status_code not in (401, 403), f"{role}: {route}"
            assert not response.get("Location", "").startswith("/signin/"), route


def test_no_two_routes_have_the_same_address():
    """The second of them would never be reached."""
    patterns = [route.pattern for route in routes.every_route() if not route.is_admin]

    # Only here that is meant: the library's list of addresses a person makes room for ours, who have one.
    assert {pattern for pattern in patterns if patterns.count(pattern) > 1} == {"accounts/email/"}
