"""Whoever runs an event has no right to it until they have a second step: at the desk, on pages, in the API, live."""

import pytest
from django.urls import reverse

from apps.accounts.models import User
from apps.core.access import Access
from apps.core.errors import Refused
from apps.events import permissions, selectors, services
from apps.events.doors import scope
from apps.events.models import Event
from apps.live import publish, tickets
from tests.factories.accounts import UserFactory
from tests.factories.events import EventRoleFactory, RegistrationFactory

INDEX = reverse("mfa_index")


def without(person):
    User.objects.filter(pk=person.pk).update(has_second_factor=False)
    return User.objects.get(pk=person.pk)


@pytest.fixture
def bare(organiser):
    """The organiser, before they have a second step."""
    return without(organiser)


def test_member_is_nobody_without_one(bare, event):
    assert permissions.roles_of(bare, event) == frozenset()
    assert permissions.granted_roles(bare, event) == {"organiser"}


@pytest.mark.parametrize("role", ["organiser", "moderator"])
def test_role_of_the_staff_rests_without_one(event, role):
    person = without(EventRoleFactory(event=event, role=role).user)
    assert permissions.roles_of(person, event) == frozenset()


@pytest.mark.parametrize("role", ["speaker", "exhibitor"])
def test_other_roles_need_none(event, role):
    person = EventRoleFactory(event=event, role=role).user
    assert not person.has_second_factor
    assert permissions.roles_of(person, event) == {role}


def test_place_and_role_are_told_apart(event):
    person = without(EventRoleFactory(event=event, role="moderator").user)
    RegistrationFactory(event=event, user=person)
    assert permissions.roles_of(person, event) == {"attendee"}


def test_superuser_is_nobody_special_without_one(event, django_assert_num_queries):
    boss = without(UserFactory(is_staff=True, is_superuser=True))
    with django_assert_num_queries(1):
        assert permissions.roles_of(boss, event) == frozenset()
    assert not permissions.can_use_desk(boss)
    assert not permissions.can_manage_organisation(boss, event.organisation_id)
    assert not boss.has_perm("events.change_event")
    assert not boss.has_module_perms("events")
    assert list(Event.objects.run_by(boss)) == []
    assert list(scope.organisations_of(boss)) == []


def test_owner_manages_nothing_without_one(bare, event):
    assert not permissions.can_manage_organisation(bare, event.organisation_id)
    assert list(Event.objects.run_by(bare)) == []


def test_hidden_events_are_not_listed_without_one(bare, event):
    Event.objects.filter(pk=event.pk).update(state=Event.State.DRAFT, visibility=Event.Visibility.PRIVATE)
    assert selectors.events_of_person(bare) == []
    assert list(selectors.events_seen_by(bare)) == []
    assert list(selectors.events_found_by(bare)) == []
    RegistrationFactory(event=event, user=bare)
    Event.objects.filter(pk=event.pk).update(state=Event.State.PUBLISHED)
    assert selectors.events_of_person(bare) == [event]


@pytest.mark.parametrize("address", ["/admin/", "/admin/events/event/", "/admin/accounts/user/", "/admin/jsi18n/"])
def test_desk_leads_to_the_page_that_sets_one_up(bare, enter, address):
    client = enter(bare)

    answer = client.get(address, follow=True)

    assert answer.redirect_chain[-1][0] == INDEX
    assert "stolen password or mailbox opens nothing" in answer.content.decode()


def test_desk_takes_no_form_without_one(bare, enter, event):
    client = enter(bare)
    answer = client.post(reverse("admin:events_event_change", args=[event.pk]), {"slug": "mine"})
    assert answer.status_code == 302
    event.refresh_from_db()
    assert event.slug == "freshet"


@pytest.mark.parametrize("state", [Event.State.PUBLISHED, Event.State.DRAFT, Event.State.ARCHIVED])
def test_control_room_leads_there_and_back(bare, enter, event, state):
    Event.objects.filter(pk=event.pk).update(state=state)
    client = enter(bare)
    address = reverse("venue:control", args=[event.slug])

    assert client.get(address).headers["Location"] == INDEX
    assert client.session["second_factor_onward"] == address


def test_stranger_is_not_asked_for_one(event, enter, nobody, attendee):
    address = reverse("venue:control", args=[event.slug])
    assert enter(nobody).get(address).status_code == 403
    assert enter(attendee).get(address).status_code == 403
    Event.objects.filter(pk=event.pk).update(state=Event.State.DRAFT)
    assert enter(nobody).get(address).status_code == 404


def test_api_says_what_is_missing(bare, enter, event):
    Event.objects.filter(pk=event.pk).update(state=Event.State.DRAFT)
    answer = enter(bare).get(reverse("api:polls", args=[event.slug]))
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor.missing")


def test_page_asked_by_a_script_says_what_is_missing(bare, enter, event):
    address = reverse("venue:control", args=[event.slug])
    answer = enter(bare).get(address, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor.missing")


def test_pages_of_the_platform_are_closed_without_one(db, enter):
    boss = without(UserFactory(is_staff=True, is_superuser=True))
    for name in ("live:processes", "intake:health"):
        assert enter(boss).get(reverse(name)).status_code == 404


def test_what_is_open_ends_when_the_second_step_comes_or_goes(organiser, event, monkeypatch):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    revoked = []
    monkeypatch.setattr(publish, "revoke", lambda event_id, user_id: revoked.append((event_id, user_id)))
    bare = without(organiser)
    app = TOTP.activate(bare, generate_totp_secret()).instance
    assert revoked == [(event.pk, bare.pk)]
    app.delete()
    assert revoked == [(event.pk, bare.pk)] * 2


def test_whoever_runs_the_event_is_not_banned_while_their_rights_rest(bare, moderator, event):
    with pytest.raises(Refused) as refused:
        services.ban(event, user=bare, by=moderator)
    assert refused.value.code == "ban.staff"


def test_link_opens_nothing_to_whoever_has_a_second_step(attendee, event):
    link = services.new_join_link(event.registrations.get(user=attendee))
    assert permissions.can_join_by_link(attendee)
    assert selectors.events_opened_by([link.pk]) == {event.pk}
    User.objects.filter(pk=attendee.pk).update(has_second_factor=True)
    attendee.refresh_from_db()
    assert not permissions.can_join_by_link(attendee)
    assert selectors.events_opened_by([link.pk]) == frozenset()


@pytest.mark.parametrize("access", [Access.ORGANISER, Access.MODERATOR, Access.ATTENDEE])
def test_it_is_known_who_waits_for_one(bare, event, nobody, attendee, access):
    assert permissions.awaits_second_factor(access, event, bare)
    assert not permissions.awaits_second_factor(access, event, nobody)
    assert not permissions.awaits_second_factor(access, event, attendee)


def test_ticket_carries_no_role_of_the_staff_without_one(bare, enter, event):
    RegistrationFactory(event=event, user=bare)
    answer = enter(bare).get(reverse("events:ticket", args=[event.slug])).json()
    assert tickets.read(answer["ticket"]).roles == {"attendee"}
