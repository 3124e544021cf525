"""The desk's list of people is narrowed by event, role, place and who came, as over REST."""

import pytest
from django.urls import reverse

from apps.core import clock
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, EventRoleFactory, MembershipFactory, RegistrationFactory

PEOPLE = reverse("admin:accounts_user_changelist")
EVENT = "registrations__event__id__exact"


@pytest.fixture
def second(event):
    """Another event of the same house."""
    return EventFactory(organisation=event.organisation)


@pytest.fixture
def found(event, second, other_event, organiser, enter):
    """Whom the list shows, by their first name."""
    for name, where, said in (
        ("ada", event, {"joined_at": clock.now()}),
        ("ben", event, {"state": "pending"}),
        ("cleo", second, {}),
        ("dora", other_event, {}),
    ):
        RegistrationFactory(event=where, user=UserFactory(name=name, email=f"{name}@example.org"), **said)
    for name, where, role in (("eli", event, "speaker"), ("finn", second, "speaker"), ("gus", second, "organiser")):
        EventRoleFactory(event=where, user=UserFactory(name=name, email=f"{name}@example.org"), role=role)
    desk = enter(organiser)

    def names(**asked):
        page = desk.get(PEOPLE, asked)
        assert page.status_code == 200
        return {person.name for person in page.context_data["cl"].result_list} - {organiser.name}

    return names


@pytest.mark.parametrize(
    ("asked", "here", "in_all"),
    [
        ({}, {"ada", "ben", "eli"}, {"ada", "ben", "cleo", "eli", "finn", "gus"}),
        ({"role": "speaker"}, {"eli"}, {"eli", "finn"}),
        ({"role": "organiser"}, set(), {"gus"}),
        ({"state": "confirmed"}, {"ada"}, {"ada", "cleo"}),
        ({"state": "pending"}, {"ben"}, {"ben"}),
        ({"came": "yes"}, {"ada"}, {"ada"}),
        ({"came": "no"}, set(), {"cleo"}),
        ({"role": "speaker", "q": "finn"}, set(), {"finn"}),
        ({"role": "nothing"}, set(), set()),
    ],
)
def test_people_are_narrowed_in_one_event_and_in_all(found, event, asked, here, in_all):
    assert found(**asked) == in_all
    assert found(**asked, **{EVENT: event.pk}) == here


def test_members_are_organisers_of_the_event(found, event):
    member = MembershipFactory(organisation=event.organisation, user__name="hana", role="manager").user
    assert found(role="organiser", **{EVENT: event.pk}) == {member.name}


@pytest.mark.parametrize("asked", [{}, {"role": "speaker"}, {"state": "confirmed"}, {"came": "no"}])
def test_event_of_others_shows_nobody(found, other_event, asked):
    EventRoleFactory(event=other_event)
    assert found(**asked, **{EVENT: other_event.pk}) == set()
    assert found(**asked, **{EVENT: "x"}) == set()


def test_sidebar_leads_to_the_people_of_the_event(event, organiser, enter):
    page = enter(organiser).get(reverse("admin:events_event_desk", args=[event.pk])).content.decode()
    assert f"{PEOPLE}?{EVENT}={event.pk}" in page
