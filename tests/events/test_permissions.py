"""Who is what in an event, and which doors that opens."""

import pytest
from django.contrib.auth.models import AnonymousUser

from apps.core.access import Access
from apps.events import permissions
from apps.events.models import Event, Registration
from tests.factories.accounts import UserFactory
from tests.factories.events import EventRoleFactory, RegistrationFactory

OPEN = frozenset({Access.ANYONE, Access.PUBLIC, Access.SIGNED_IN})


@pytest.mark.parametrize(
    ("who", "roles"),
    [
        ("organiser", {"organiser"}),
        ("moderator", {"moderator"}),
        ("speaker", {"speaker"}),
        ("exhibitor", {"exhibitor"}),
        ("attendee", {"attendee"}),
        ("outsider", set()),
        ("other_organiser", set()),
        ("nobody", set()),
    ],
)
def test_roles_are_those_of_this_event(request, event, who, roles):
    person = request.getfixturevalue(who)
    assert permissions.roles_of(person, event) == roles


def test_roles_of_several_kinds_are_read_in_one_query(event, speaker, django_assert_num_queries):
    RegistrationFactory(event=event, user=speaker)
    with django_assert_num_queries(1):
        assert permissions.roles_of(speaker, event) == {"attendee", "speaker"}


def test_superuser_is_an_organiser_everywhere(event):
    assert permissions.roles_of(UserFactory(is_superuser=True), event) == {"organiser"}


def test_a_visitor_has_no_role(event):
    assert permissions.roles_of(AnonymousUser(), event) == frozenset()


def test_an_inactive_person_has_no_role(event, attendee):
    attendee.is_active = False
    assert permissions.roles_of(attendee, event) == frozenset()


def test_a_cancelled_place_is_no_role(event, attendee):
    Registration.objects.update(state=Registration.State.CANCELLED)
    assert permissions.roles_of(attendee, event) == frozenset()


@pytest.mark.parametrize(
    ("roles", "opens"),
    [
        (set(), set()),
        ({"attendee"}, {Access.ATTENDEE}),
        ({"speaker"}, {Access.ATTENDEE, Access.SPEAKER}),
        ({"exhibitor"}, {Access.ATTENDEE, Access.EXHIBITOR}),
        ({"moderator"}, {Access.ATTENDEE, Access.SPEAKER, Access.MODERATOR}),
        (
            {"organiser"},
            {Access.ATTENDEE, Access.SPEAKER, Access.EXHIBITOR, Access.MODERATOR, Access.ORGANISER},
        ),
    ],
)
def test_doors_that_a_role_opens(event, nobody, roles, opens):
    opened = {access for access in Access if permissions.has_access(access, event, frozenset(roles), nobody)}
    assert opened == OPEN | opens


@pytest.mark.parametrize(
    ("state", "visibility", "roles", "sees"),
    [
        (Event.State.DRAFT, Event.Visibility.PUBLIC, set(), False),
        (Event.State.DRAFT, Event.Visibility.PUBLIC, {"attendee"}, False),
        (Event.State.DRAFT, Event.Visibility.PUBLIC, {"speaker"}, True),
        (Event.State.PUBLISHED, Event.Visibility.PUBLIC, set(), True),
        (Event.State.PUBLISHED, Event.Visibility.UNLISTED, set(), True),
        (Event.State.PUBLISHED, Event.Visibility.PRIVATE, set(), False),
        (Event.State.PUBLISHED, Event.Visibility.PRIVATE, {"attendee"}, True),
        (Event.State.ARCHIVED, Event.Visibility.PUBLIC, set(), False),
        (Event.State.ARCHIVED, Event.Visibility.PUBLIC, {"attendee"}, True),
    ],
)
def test_an_event_exists_for(state, visibility, roles, sees):
    assert permissions.can_see(Event(state=state, visibility=visibility), frozenset(roles)) is sees


def test_a_hidden_event_closes_even_its_public_doors(event, nobody):
    event.state = Event.State.DRAFT
    assert permissions.has_access(Access.PUBLIC, event, frozenset(), nobody) is False


@pytest.mark.parametrize("who", ["attendee", "speaker", "exhibitor"])
def test_a_link_lets_guests_in(request, who):
    assert permissions.can_join_by_link(request.getfixturevalue(who)) is True


@pytest.mark.parametrize("who", ["organiser", "moderator", "other_organiser"])
def test_a_link_never_leads_to_a_staff_role(request, who):
    assert permissions.can_join_by_link(request.getfixturevalue(who)) is False


def test_a_link_does_not_lead_to_a_role_elsewhere(attendee, other_event):
    EventRoleFactory(event=other_event, user=attendee, role="moderator")
    assert permissions.can_join_by_link(attendee) is False
