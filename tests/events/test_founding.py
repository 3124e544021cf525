"""Owners make organisations at the desk, and the home says so where there is none."""

import pytest
from django.urls import reverse

from apps.audit.models import Entry
from apps.core.errors import Refused
from apps.events import services
from apps.events.models import Membership, Organisation
from tests.factories.accounts import UserFactory
from tests.factories.events import EventRoleFactory, MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
ADD = "/admin/events/organisation/add/"
GIVEN = {"name": "Dry Dock", "slug": "dry-dock"}


@pytest.fixture
def owner():
    return MembershipFactory().user


@pytest.fixture
def operator():
    return UserFactory(is_superuser=True, is_staff=True)


def test_owner_founds_another_and_owns_it(owner, enter):
    desk = enter(owner)
    assert ADD in desk.get("/admin/events/organisation/").content.decode()
    assert desk.post(ADD, GIVEN).status_code == 302

    made = Organisation.objects.get(slug="dry-dock")
    assert made.memberships.get().user == owner
    assert made.memberships.get().role == Membership.Role.OWNER
    entry = Entry.objects.get(model="events.organisation", kind="made")
    assert (entry.who_id, entry.organisation_id) == (owner.pk, made.pk)


def test_manager_founds_none(enter):
    manager = MembershipFactory(role=Membership.Role.MANAGER).user
    assert enter(manager).post(ADD, GIVEN).status_code == 403
    with pytest.raises(Refused) as refused:
        services.found_organisation(manager, name="Dry Dock")
    assert refused.value.code == "organisation.not_owner"
    assert Organisation.objects.count() == 1


def test_nobody_owns_more_than_so_many(owner, enter, monkeypatch):
    monkeypatch.setattr("apps.events.services.lifecycle.MOST_OWNED", 2)
    services.found_organisation(owner, name="Tidal Works")
    with pytest.raises(Refused) as refused:
        services.found_organisation(owner, name="Dry Dock")
    assert refused.value.code == "organisation.too_many"

    answer = enter(owner).post(ADD, GIVEN, follow=True)
    assert "You own 2 organisations" in answer.content.decode()
    assert not Organisation.objects.filter(slug="dry-dock").exists()


def test_address_of_another_is_refused(owner):
    OrganisationFactory(slug="dry-dock")
    with pytest.raises(Refused) as refused:
        services.found_organisation(owner, name="Dry Dock", slug="dry-dock")
    assert (refused.value.code, refused.value.field) == ("organisation.slug_taken", "slug")


def test_home_of_a_new_platform_leads_to_the_first_organisation(operator, enter):
    desk = enter(operator)
    page = desk.get("/admin/").content.decode()
    assert "No organisation yet" in page
    assert ADD in page
    assert reverse("admin:events_event_add") not in page

    desk.post(ADD, GIVEN)
    page = desk.get("/admin/").content.decode()
    assert "No organisation yet" not in page
    assert reverse("admin:events_event_add") in page
    assert Membership.objects.get().user == operator


def test_home_of_a_guest_says_whom_to_ask(event, enter):
    guest = EventRoleFactory(event=event, role="organiser", user__is_staff=True).user
    page = enter(guest).get("/admin/").content.decode()
    assert "Ask one of its owners to make you a member" in page
    assert ADD not in page
    assert str(event.name) in page
