"""A session that came of a join link is its person in that link's event, and a visitor in every other."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts import services as accounts
from apps.events import selectors, services
from apps.events.models import Event, EventRole, MemberInvitation
from apps.live import tickets
from apps.notifications.models import OwedMail
from tests.factories.accounts import UserFactory
from tests.factories.events import EventRoleFactory, JoinLinkFactory, MembershipFactory, RegistrationFactory
from tests.factories.media import AssetFactory


@pytest.fixture
def nadia(db):
    return UserFactory(name="Nadia Okello")


@pytest.fixture
def place_there(nadia, other_event):
    """She has a place in the other event, and speaks there."""
    EventRoleFactory(event=other_event, user=nadia, role=EventRole.Role.SPEAKER)
    return RegistrationFactory(event=other_event, user=nadia)


@pytest.fixture
def link(event, nadia, place_there):
    return JoinLinkFactory(registration=RegistrationFactory(event=event, user=nadia))


def come_by(link, client=None):
    client = client or Client()
    answer = client.post(reverse("events:join", args=[selectors.join_token(link)]))
    assert answer.status_code == 302
    return client


@pytest.fixture
def guest(link):
    """A browser that has come by the link."""
    return come_by(link)


def lobby(client, event):
    return client.get(reverse("venue:lobby", args=[event.slug]))


def test_pages_of_another_event_ask_to_sign_in(guest, event, other_event):
    assert lobby(guest, event).status_code == 200
    answer = lobby(guest, other_event)
    assert answer.headers["Location"] == f"/signin/?next=%2Fe%2F{other_event.slug}%2Flobby%2F"
    shown = guest.get(answer.headers["Location"])
    assert shown.status_code == 200
    assert "by the link of another event" in shown.content.decode()


def test_public_page_of_another_event_is_a_visitors(guest, nadia, event, other_event):
    landing = reverse("venue:landing", args=[other_event.slug])
    assert nadia.name in guest.get(reverse("events:me", args=[event.slug])).content.decode()
    answer = guest.get(landing)
    assert answer.status_code == 200
    assert nadia.name not in answer.content.decode()


@pytest.mark.parametrize("change", [{"visibility": Event.Visibility.PRIVATE}, {"state": Event.State.DRAFT}])
def test_event_that_visitors_may_not_see_is_not_there(guest, other_event, enter, nadia, change):
    Event.objects.filter(pk=other_event.pk).update(**change)
    landing = reverse("venue:landing", args=[other_event.slug])
    assert enter(nadia).get(landing).status_code == 200
    assert guest.get(landing).status_code == 404


def test_forms_of_another_event_change_nothing(guest, place_there, other_event):
    guest.post(reverse("events:cancel", args=[other_event.slug]))
    guest.post(reverse("events:me", args=[other_event.slug]), {"name": "Mine now"})
    place_there.refresh_from_db()
    assert place_there.state == place_there.State.CONFIRMED
    assert place_there.user.name == "Nadia Okello"


def test_calls_of_another_event_are_refused(guest, event, other_event, enter, nadia):
    here, there = (reverse("api:event-announcements", args=[one.slug]) for one in (event, other_event))
    assert enter(nadia).get(there).status_code == 200
    assert guest.get(here).status_code == 200
    assert guest.get(there).status_code in (401, 403)


def test_lists_name_no_other_event_of_theirs(guest, event, other_event, enter, nadia):
    Event.objects.update(visibility=Event.Visibility.PRIVATE)
    calls = reverse("api:event-list")
    found = [{row["slug"] for row in client.get(calls).json()["results"]} for client in (enter(nadia), guest)]
    assert found == [{event.slug, other_event.slug}, {event.slug}]
    assert guest.get(reverse("api:event-detail", args=[other_event.slug])).status_code == 404
    front = guest.get("/").content.decode()
    assert str(event.name) in front
    assert str(other_event.name) not in front


def test_socket_tickets_of_another_event_name_nobody(guest, event, other_event, nadia):
    def who(one):
        return tickets.read(guest.get(reverse("events:ticket", args=[one.slug])).json()["ticket"])

    assert who(event).user_id == nadia.pk
    assert (who(other_event).user_id, who(other_event).roles) == (None, frozenset())


def test_files_of_another_event_stay_closed(guest, other_event, enter, nadia):
    asset = AssetFactory(event=other_event)
    page = reverse("media:download", args=[other_event.slug, asset.key])
    assert enter(nadia).get(page).headers["Location"].startswith("/files/")
    assert guest.get(page).status_code == 404


def test_own_account_is_not_read_by_calls(guest, enter, nadia):
    me = reverse("api:me")
    assert enter(nadia).get(me).json()["email"] == nadia.email
    answer = guest.get(me)
    assert (answer.status_code, answer.json()["code"]) == (403, "link.only")
    assert guest.patch(me, {"name": "Mine now"}, content_type="application/json").status_code == 403


def test_link_makes_nobody_a_member(guest, nadia, other_event):
    owner = MembershipFactory(organisation=other_event.organisation).user
    services.invite_member(other_event.organisation, email=nadia.email, role="manager", by=owner)
    token = re.search(r"/organisations/invitation/([^/]+)/", OwedMail.objects.latest("pk").text).group(1)
    assert guest.post(reverse("events:member_invitation", args=[token])).status_code == 403
    assert guest.post("/organisations/", {"accept": MemberInvitation.objects.get().pk}).status_code == 403
    assert not nadia.memberships.exists()


def test_second_link_opens_its_own_event_as_well(guest, link, place_there, event, other_event):
    second = JoinLinkFactory(registration=place_there)
    asked = guest.get(reverse("events:join", args=[selectors.join_token(second)]))
    assert asked.status_code == 200
    come_by(second, guest)
    assert [lobby(guest, one).status_code for one in (event, other_event)] == [200, 200]

    services.revoke_links(link.registration)
    assert [lobby(guest, one).status_code for one in (event, other_event)] == [302, 200]


def test_who_signs_in_on_that_device_is_themselves_everywhere(guest, nadia, event, other_event, link):
    accounts.trust_address(nadia)
    onward = reverse("venue:lobby", args=[other_event.slug])
    guest.post("/signin/", {"email": nadia.email, "next": onward})
    code = re.search(r"^[A-Z0-9-]{4,}$", OwedMail.objects.latest("pk").text, re.MULTILINE).group()
    answer = guest.post("/accounts/login/code/confirm/", {"code": code, "next": onward})
    assert answer.headers["Location"] == onward
    services.revoke_links(link.registration)
    assert [lobby(guest, one).status_code for one in (event, other_event)] == [200, 200]
    assert guest.get(reverse("api:me")).status_code == 200
