"""The desk's lists as tables over REST: each of one event, as it is exported at the desk."""

import csv

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.urls import reverse

from apps.audit.models import Entry
from apps.core import workbooks
from apps.events.doors.desk_tables import TableCall
from tests.access import routes, world
from tests.access.test_tokens import program
from tests.factories.events import EventFactory, EventRoleFactory, RegistrationFactory

TABLES = [route for route in routes.every_route() if route.name.startswith("api:desk-table-")]
BY_NAME = pytest.mark.parametrize("route", TABLES, ids=lambda route: route.name)
NOT_OF_ONE_EVENT = {
    "events.event", "events.organisation", "events.membership", "events.memberinvitation", "events.signinconnection",
    "events.organisationwish", "media.shelffile", "polls.template", "notifications.endpoint", "notifications.delivery",
}  # fmt: skip
"""Lists of an organisation: their calls stand below it. And wishes for one, which are of no event."""


@pytest.fixture
def place(db):
    cache.clear()
    return world.build(EventFactory(name=f"{world.SECRET} days", slug="there", organisation__name=world.SECRET))


def lines(answer):
    return list(csv.reader(b"".join(answer).decode("utf-8-sig").splitlines()))


def address(route, slug="there"):
    return reverse(route.name, kwargs={"event": slug})


def test_every_list_of_an_event_can_be_taken():
    given = {routes._view(route.view).label for route in TABLES}
    listed = {model._meta.label_lower for model, desk in admin.site._registry.items() if type(desk).table is not None}
    assert listed - NOT_OF_ONE_EVENT == given
    assert listed >= NOT_OF_ONE_EVENT
    assert all(issubclass(routes._view(route.view), TableCall) for route in TABLES)


@BY_NAME
def test_table_has_what_its_event_has_and_is_on_record(route, place, enter):
    answer = enter(place.people["organiser"]).get(address(route))
    head, *rows = lines(answer)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert head
    assert rows, route
    assert Entry.objects.filter(words="Took a table away", event_id=place.event.pk).exists()


@BY_NAME
def test_table_has_nothing_of_another_event_of_the_same_people(route, place, enter):
    bare = EventFactory(slug="bare", organisation=place.event.organisation)
    rows = lines(enter(place.people["organiser"]).get(address(route, bare.slug)))[1:]
    own = {"api:desk-table-people", "api:desk-table-audit"}  # who runs it; and that tables were taken
    assert rows == [] or route.name in own
    assert len(rows) <= 1


def test_who_has_a_place_and_roles_stands_once(event, organiser, speaker, enter):
    RegistrationFactory(event=event, user=speaker)
    EventRoleFactory(event=event, user=speaker, role="exhibitor")
    head, *rows = lines(enter(organiser).get("/api/v1/events/freshet/desk/tables/people/"))
    addresses = [row[head.index("email")] for row in rows]
    assert sorted(addresses) == sorted([organiser.email, speaker.email])


def test_table_is_a_workbook_where_that_is_wanted(event, organiser, attendee, enter):
    answer = enter(organiser).get("/api/v1/events/freshet/desk/tables/registrations/", {"form": "xlsx"})
    (_one, head), (_two, row) = workbooks.lines(b"".join(answer))
    assert row[head.index("e-mail")] == attendee.email
    refused = enter(organiser).get("/api/v1/events/freshet/desk/tables/registrations/", {"form": "pdf"})
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")


def test_tables_are_for_organisers_with_the_scope_of_the_list(event, organiser, moderator, enter):
    here = "/api/v1/events/freshet/desk/tables/registrations/"
    assert enter(moderator).get(here).status_code == 403
    assert program(organiser, "programme:read").get(here).json()["code"] == "token.scope"
    assert program(organiser, "registrations:read").get(here).status_code == 200
