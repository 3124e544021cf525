"""What a token opens: as much as its scopes name, in its event, and never more than its person may."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from apps.accounts import services
from apps.accounts.models import ApiToken
from apps.core import scopes
from tests.access import routes, world
from tests.access.test_routes import ask
from tests.factories.events import EventFactory, MembershipFactory, RegistrationFactory

CALLS = [route for route in routes.every_route() if route.name.startswith("api:")]
WITHOUT = {route.name for route in CALLS if getattr(routes._view(route.view), "area", None) is None}


def program(person, *wanted, event=None):
    """A client that is nobody but for its token."""
    wanted = wanted or scopes.SCOPES
    _token, secret = services.create_token(
        person, name="Program", wanted=wanted, days=30, event_id=event.pk if event else None
    )
    return Client(headers={"Authorization": f"Bearer {secret}"}, enforce_csrf_checks=True)


def view_of(route):
    return routes._view(route.view)


@pytest.fixture
def there(built, db):
    cache.clear()
    return built()


def test_every_call_says_its_area():
    assert set() == WITHOUT


def test_every_scope_is_of_some_call():
    asked = {scopes.needed(view_of(route).area, method) for route in CALLS for method in route.methods}
    assert asked == set(scopes.SCOPES)


def test_token_counts_as_its_person_without_a_csrf_token(attendee):
    client = program(attendee, "profile:read", "profile:write")
    answer = client.patch(reverse("api:me"), {"title": "Hydrologist"}, content_type="application/json")
    assert (answer.status_code, answer.json()["email"]) == (200, attendee.email)
    assert ApiToken.objects.get().last_used_at is not None


@pytest.mark.parametrize("header", ["Bearer pln_x", "Bearer", "bearer " + "é" * 40, "Bearer a b c"])
def test_unknown_token_is_refused_even_beside_a_session(attendee, enter, header):
    answer = enter(attendee).get(reverse("api:me"), headers={"Authorization": header.encode().decode("latin-1")})
    assert (answer.status_code, answer.json()["code"]) == (401, "token.invalid")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Plenary"'


def test_nobody_is_asked_for_a_token_or_a_session(visitor):
    answer = visitor.get(reverse("api:me"))
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_session_still_needs_its_csrf_token(attendee):
    client = Client(enforce_csrf_checks=True)
    client.force_login(attendee, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.patch(reverse("api:me"), {"title": "Hydrologist"}, content_type="application/json").status_code == 403


@pytest.mark.parametrize("area", scopes.Area)
def test_token_opens_nothing_that_none_of_its_scopes_names(area, there):
    """As somebody who may do everything, with every scope but those of the call's area, and with the other one."""
    organiser = there.people["organiser"]
    others = program(organiser, *(scope for scope in scopes.SCOPES if not scope.startswith(f"{area}:")))
    reader = program(organiser, f"{area}:read")
    before = world.fingerprint()
    for route in CALLS:
        if view_of(route).area is not area:
            continue
        for method in route.methods:
            clients = [others] if method == "get" else [others, reader]
            for client in clients:
                answer = ask(client, method, route, there)
                assert (answer.status_code, answer.json()["code"]) == (403, "token.scope"), f"{method} {route}"
    after = world.fingerprint()
    for found in (before, after):
        for row in found["accounts.ApiToken"]:
            row.pop("last_used_at")
    assert after == before


def test_token_for_one_event_opens_no_other(there):
    organiser = there.people["organiser"]
    here = EventFactory(name="Here", slug="here", organisation=there.event.organisation)
    client = program(organiser, event=here)
    assert client.get(reverse("api:event-detail", args=["here"])).status_code == 200
    assert [row["slug"] for row in client.get(reverse("api:event-list")).json()["results"]] == ["here"]
    for route in CALLS:
        for method in route.methods:
            cache.clear()
            answer = ask(client, method, route, there)
            if "event" in route.parameters:
                assert answer.status_code == 404, f"{method} {route}"
            elif route.name not in ("api:event-list",):
                assert (answer.status_code, answer.json()["code"]) == (403, "token.event"), f"{method} {route}"


def test_token_may_no_more_than_its_person(there):
    stranger = program(RegistrationFactory(event=EventFactory(slug="here")).user)
    organiser = program(MembershipFactory(organisation__name="Dry Dock").user)
    for client in (stranger, organiser):
        for name in ("api:assets", "api:polls", "api:chat-waiting", "api:chat-places"):
            assert client.get(reverse(name, args=["there"])).status_code == 403


def test_no_page_opens_to_a_token(there):
    client = program(there.people["organiser"])
    for address in (reverse("events:tokens"), reverse("accounts:devices"), "/admin/", "/e/there/lobby/"):
        assert client.get(address).status_code == 302


def test_each_token_has_a_rate_of_its_own(attendee, monkeypatch):
    from apps.core import throttles

    cache.clear()
    monkeypatch.setattr(throttles.TokenRate, "rate", "2/min", raising=False)
    first, second = program(attendee), program(attendee)
    answers = [first.get(reverse("api:me")) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert (answers[2].json()["code"], int(answers[2].headers["Retry-After"]) > 0) == ("throttled", True)
    assert second.get(reverse("api:me")).status_code == 200
