"""Whoever was only named by an address is shown as they were typed in, until they come themselves."""

import pytest
from django.urls import reverse

from apps.chat import selectors as chat
from apps.events import selectors, services
from apps.events.models import EventRole, Registration, Unmet
from apps.exhibitors import selectors as exhibitors
from tests.factories.accounts import UserFactory, give_second_factor
from tests.factories.exhibitors import BoothFactory

SECRETS = ("Priya Ramasubbu", "Aldersey Marine", "Harbour Pilot")
REGISTRATIONS, PEOPLE = "/admin/events/registration/", "/admin/accounts/user/"
ROLES, MEMBERS = "/admin/events/eventrole/", "/admin/events/membership/"


@pytest.fixture
def priya(db):
    name, company, title = SECRETS
    return UserFactory(email="priya@harbour.example", name=name, company=company, title=title)


def pages(client, *addresses):
    found = [client.get(address, follow=True) for address in addresses]
    assert {answer.status_code for answer in found} == {200}
    return [answer.content.decode() for answer in found]


def test_invited_person_is_an_address_until_they_come(event, priya, organiser, enter):
    desk = enter(organiser)
    said = desk.post(f"{REGISTRATIONS}add/", {"event": event.pk, "email": priya.email, "name": "P. R."}, follow=True)
    place = Registration.objects.get(user=priya)
    shown = [REGISTRATIONS, f"{REGISTRATIONS}{place.pk}/change/", f"{REGISTRATIONS}?q=P.+R."]

    for page in (said.content.decode(), *pages(desk, *shown)):
        assert priya.email in page
        assert [secret for secret in SECRETS if secret in page] == []
    export = desk.post(REGISTRATIONS, {"action": "export_csv", "_selected_action": [place.pk]})
    assert b"".join(export).decode().splitlines()[1].startswith(f"{event.slug},P. R.,{priya.email},,,,,,confirmed")
    assert priya.email not in pages(desk, f"{REGISTRATIONS}?q=Ramasubbu")[0]

    enter(priya).get(reverse("venue:lobby", args=[event.slug]))

    assert all(secret in pages(desk, REGISTRATIONS)[0] for secret in SECRETS[:2])


@pytest.mark.parametrize(
    ("where", "given"), [(ROLES, {"role": "speaker"}), (MEMBERS, {"role": "manager"})], ids=["role", "membership"]
)
def test_whoever_is_given_something_by_address_keeps_their_profile(event, priya, organiser, enter, where, given):
    desk = enter(organiser)
    given = given | {"event": event.pk, "organisation": event.organisation_id, "email": priya.email, "name": ""}
    said = desk.post(f"{where}add/", given, follow=True).content.decode()

    everywhere = [said, *pages(desk, where, f"{where}?q={priya.email}", PEOPLE)]
    assert priya.email in everywhere[1]
    assert [secret for secret in SECRETS for page in everywhere if secret in page] == []
    assert desk.get(f"{PEOPLE}{priya.pk}/change/").status_code == 404


def test_fields_that_look_people_up_find_the_unmet_by_their_whole_address_alone(event, priya, organiser, enter):
    services.grant_role(event, user=services.find_by_address(event.organisation, email=priya.email), role="exhibitor")
    desk, field = enter(organiser), {"app_label": "exhibitors", "model_name": "boothstaff", "field_name": "user"}

    def found(words):
        rows = desk.get(reverse("admin:autocomplete"), {**field, "term": words}).json()["results"]
        return [row["text"] for row in rows]

    assert (found("Ramasubbu"), found("harbour"), found(priya.email)) == ([], [], [priya.email])


def test_unmet_are_shown_to_nobody_else(event, priya):
    services.grant_role(event, user=services.find_by_address(event.organisation, email=priya.email), role="exhibitor")
    BoothFactory(event=event, is_published=True).staff.create(user=priya)

    def seen():
        booth = exhibitors.booths(event).get()
        return priya in chat.people_of_event(event), [member.user for member in booth.staff.all()]

    assert seen() == (False, [])
    services.mark_arrived(event, user=priya)
    assert seen() == (True, [priya])


def test_visitors_form_shows_nothing_of_a_known_person_either(event, priya):
    services.register(event, email=priya.email, name="Somebody")
    table = list(selectors.registration_rows(event.registrations.all()))
    assert table[1][1:5] == ["Somebody", priya.email, "", ""]


def test_who_was_here_before_stays_known(event, priya):
    services.register_person(event, user=priya)
    services.grant_role(event, user=services.find_by_address(event.organisation, email=priya.email), role="speaker")
    assert not Unmet.objects.exists()
    assert EventRole.objects.filter(user=priya).exists()


def test_opening_the_desk_is_coming(event, priya, enter):
    services.add_member(event.organisation, user=services.find_by_address(event.organisation, email=priya.email))
    give_second_factor(priya)
    enter(priya).get("/admin/")
    assert not Unmet.objects.exists()
