"""Roles, memberships, the life of an event, and announcements."""

from datetime import timedelta

import pytest

from apps.core import clock
from apps.core.errors import Refused
from apps.events import broadcasts, selectors, services
from apps.events.models import Announcement, Event, EventRole, Membership
from apps.live import publish
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, MembershipFactory, OrganisationFactory, RegistrationFactory


@pytest.fixture
def revoked(monkeypatch):
    """Whose open pages were ended: [(event id, user id)]."""
    found = []
    monkeypatch.setattr(publish, "revoke", lambda event_id, user_id: found.append((event_id, user_id)))
    return found


def test_granted_role_is_heard_at_once(event, nobody, revoked):
    services.grant_role(event, user=nobody, role="moderator")
    services.grant_role(event, user=nobody, role="moderator")
    assert revoked == [(event.pk, nobody.pk)]
    assert EventRole.objects.filter(user=nobody).count() == 1


def test_revoked_role_is_heard_at_once(event, moderator, revoked):
    services.revoke_role(event, user=moderator, role="moderator")
    services.revoke_role(event, user=moderator, role="moderator")
    assert revoked == [(event.pk, moderator.pk)]


@pytest.mark.parametrize(("role", "is_staff"), [("organiser", True), ("moderator", False), ("speaker", False)])
def test_desk_opens_for_organisers_only(event, nobody, role, is_staff):
    services.grant_role(event, user=nobody, role=role)
    nobody.refresh_from_db()
    assert nobody.is_staff is is_staff
    services.revoke_role(event, user=nobody, role=role)
    nobody.refresh_from_db()
    assert nobody.is_staff is False


def test_member_may_use_the_desk_until_they_leave(event, nobody, revoked):
    MembershipFactory(organisation=event.organisation)
    membership = services.add_member(event.organisation, user=nobody)
    nobody.refresh_from_db()
    assert nobody.is_staff is True
    services.remove_member(membership)
    nobody.refresh_from_db()
    assert nobody.is_staff is False
    assert revoked == [(event.pk, nobody.pk)] * 2


def test_last_owner_stays(event):
    membership = MembershipFactory(organisation=event.organisation, role=Membership.Role.OWNER)
    MembershipFactory(organisation=event.organisation, role=Membership.Role.MANAGER)
    with pytest.raises(Refused) as refused:
        services.remove_member(membership)
    assert refused.value.code == "member.last_owner"


def test_last_owner_is_not_demoted_either(event, organiser, enter):
    membership = organiser.memberships.get()
    gone = MembershipFactory(organisation=event.organisation, user__is_active=False)
    with pytest.raises(Refused) as refused:
        services.add_member(event.organisation, user=organiser, role=Membership.Role.MANAGER)
    assert refused.value.code == "member.last_owner"

    desk, page = enter(organiser), f"/admin/events/membership/{membership.pk}/"
    by_change = desk.post(f"{page}change/", {"role": "manager"})
    given = {"organisation": event.organisation_id, "email": organiser.email.upper(), "name": "", "role": "manager"}
    by_adding = desk.post("/admin/events/membership/add/", given)
    for answer in (by_change, by_adding):
        assert "needs an owner" in answer.content.decode()
    assert desk.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    membership.refresh_from_db()
    assert membership.role == Membership.Role.OWNER

    gone.user.is_active = True
    gone.user.save()
    services.add_member(event.organisation, user=organiser, role=Membership.Role.MANAGER)


def test_closed_account_loses_what_it_has_open(event, other_event, attendee, revoked, enter):
    boss = UserFactory(is_staff=True, is_superuser=True)
    enter(boss).post(f"/admin/accounts/user/{attendee.pk}/change/", {})
    attendee.refresh_from_db()
    assert (attendee.is_active, revoked) == (False, [(event.pk, attendee.pk)])


def test_owner_stays_the_owner_of_their_event_elsewhere(event, organiser):
    other = OrganisationFactory()
    services.remove_member(services.add_member(other, user=organiser))
    organiser.refresh_from_db()
    assert organiser.is_staff is True


def test_event_gets_an_address_of_its_own(db):
    when = {"starts_at": clock.now(), "ends_at": clock.now() + timedelta(hours=1)}
    organisation = services.create_organisation(name="Weir Society")
    first = services.create_event(organisation, name="Freshet 2026", **when)
    second = services.create_event(organisation, name="Freshet 2026", **when)
    assert (organisation.slug, first.slug, second.slug) == ("weir-society", "freshet-2026", "freshet-2026-2")
    with pytest.raises(Refused) as refused:
        services.create_event(organisation, name="Another", slug="freshet-2026", **when)
    assert (refused.value.code, refused.value.field) == ("event.slug_taken", "slug")


def test_publishing_shows_the_event_once(db):
    event = EventFactory(state=Event.State.DRAFT)
    services.publish_event(event)
    published_at = event.published_at
    services.publish_event(event)
    assert (event.state, event.published_at) == (Event.State.PUBLISHED, published_at)


def test_event_that_is_over_is_not_published(db):
    event = EventFactory(state=Event.State.DRAFT, starts_at=clock.now() - timedelta(days=9))
    with pytest.raises(Refused) as refused:
        services.publish_event(event)
    assert refused.value.code == "event.past"


def test_event_with_people_cannot_be_hidden_again(event, attendee):
    with pytest.raises(Refused) as refused:
        services.unpublish_event(event)
    assert refused.value.code == "event.has_people"


@pytest.mark.parametrize(
    ("before", "step", "after"),
    [
        (Event.State.PUBLISHED, services.unpublish_event, Event.State.DRAFT),
        (Event.State.PUBLISHED, services.open_event, Event.State.LIVE),
        (Event.State.ENDED, services.open_event, Event.State.LIVE),
        (Event.State.LIVE, services.end_event, Event.State.ENDED),
        (Event.State.ENDED, services.archive_event, Event.State.ARCHIVED),
    ],
)
def test_step_of_an_event(db, before, step, after):
    event = EventFactory(state=before)
    step(event)
    event.refresh_from_db()
    assert event.state == after


def test_step_that_the_state_does_not_allow_is_refused(db):
    event = EventFactory(state=Event.State.DRAFT)
    with pytest.raises(Refused) as refused:
        services.open_event(event)
    assert refused.value.code == "event.state"


def test_announcement_is_published_as_it_is_read_later(event, organiser, monkeypatch):
    published = []
    monkeypatch.setattr(publish, "log", lambda *args, **kwargs: published.append((args, kwargs)))
    services.announce(event, text="Lunch is ready.", by=organiser)
    second = services.announce(event, text="Back at two.", by=organiser)
    assert published[1] == (
        (event.pk, broadcasts.ANNOUNCEMENTS),
        {"seq": 2, "payload": broadcasts.announcement(Announcement.objects.get(pk=second.pk))},
    )
    assert [seq for seq, _payload in selectors.announcements_after(event.pk, after=0, limit=9)] == [1, 2]


def test_announcements_of_another_event_are_not_replayed(event, other_event):
    services.announce(other_event, text="Elsewhere.", by=None)
    assert selectors.announcements_after(event.pk, after=0, limit=9) == []


def test_epoch_rises_with_every_call(event):
    assert [services.raise_live_epoch(event.pk), services.raise_live_epoch(event.pk)] == [2, 3]


def test_figures_count_this_event_only(event, attendee, outsider):
    RegistrationFactory(event=event, joined_at=clock.now())
    assert [number.value for number in selectors.own_numbers(event)] == [2, 1]


@pytest.mark.parametrize("count", [1, 3])
def test_home_of_the_desk_costs_the_same_for_many_events(organiser, event, count, django_assert_num_queries):
    for _number in range(count):
        RegistrationFactory(event=EventFactory(organisation=event.organisation))
    with django_assert_num_queries(1):
        found = selectors.home_events(organiser, limit=10)
        assert [str(one.organisation) for one in found] == [str(event.organisation)] * (count + 1)


@pytest.mark.parametrize("count", [1, 3])
def test_front_page_costs_the_same_for_many_events(db, count, django_assert_num_queries):
    for _number in range(count):
        EventFactory()
    with django_assert_num_queries(2):
        listed = selectors.events_listed()
    assert len(listed["ahead"]) == count


def test_lists_hold_what_their_reader_may_see(db):
    public = EventFactory()
    EventFactory(state=Event.State.DRAFT)
    unlisted = EventFactory(visibility=Event.Visibility.UNLISTED)
    private = EventFactory(visibility=Event.Visibility.PRIVATE)
    guest = RegistrationFactory(event=private).user
    stranger = UserFactory()
    assert set(selectors.events_found_by(stranger)) == {public}
    assert set(selectors.events_seen_by(stranger)) == {public, unlisted}
    assert set(selectors.events_found_by(guest)) == {public, private}
