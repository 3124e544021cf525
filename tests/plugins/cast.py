"""The cast of every test: one event and its people, and one event elsewhere with an outsider in it.

Each person is a `User`; `enter(person)` gives a client that is signed in as them, `visitor` is a client of nobody.
"""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.events.models import Event, EventRole
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, EventRoleFactory, MembershipFactory, RegistrationFactory


@pytest.fixture
def event(db: None) -> Event:
    """Freshet: public, published, running."""
    return EventFactory(name="Freshet 2026", slug="freshet", organisation__name="Weir Society")


@pytest.fixture
def other_event(db: None) -> Event:
    """An event of another organisation."""
    return EventFactory(name="Undertow", slug="undertow", organisation__name="Dry Dock")


@pytest.fixture
def organiser(event: Event) -> User:
    return MembershipFactory(organisation=event.organisation, user__name="Inês Falcão", user__is_staff=True).user


@pytest.fixture
def other_organiser(other_event: Event) -> User:
    return MembershipFactory(organisation=other_event.organisation, user__name="Bram Toft", user__is_staff=True).user


@pytest.fixture
def moderator(event: Event) -> User:
    return EventRoleFactory(event=event, user__name="Lucille Ferron", role=EventRole.Role.MODERATOR).user


@pytest.fixture
def speaker(event: Event) -> User:
    return EventRoleFactory(event=event, user__name="Amara Lindqvist", role=EventRole.Role.SPEAKER).user


@pytest.fixture
def exhibitor(event: Event) -> User:
    return EventRoleFactory(event=event, user__name="Kipruto Lagat", role=EventRole.Role.EXHIBITOR).user


@pytest.fixture
def attendee(event: Event) -> User:
    return RegistrationFactory(event=event, user__name="Nadia Okello").user


@pytest.fixture
def outsider(other_event: Event) -> User:
    """An attendee of another event."""
    return RegistrationFactory(event=other_event, user__name="Otto Fremd").user


@pytest.fixture
def nobody(db: None) -> User:
    """Signed in, with no place in any event."""
    return UserFactory(name="Wanda Neu")


@pytest.fixture
def visitor(db: None) -> Client:
    return Client()


@pytest.fixture
def enter() -> Callable[[User], Client]:
    def sign_in(person: User) -> Client:
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
