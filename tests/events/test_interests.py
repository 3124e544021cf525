"""What people of an event have in common: from its own people, and nobody can be told from it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.events import selectors
from tests.factories.accounts import UserFactory
from tests.factories.events import EventRoleFactory, RegistrationFactory


@pytest.fixture
def people(event):
    """Three by a place or a role who like rivers, two of whom like weirs; and strangers who like boats."""
    for interests in (["Rivers", "Weirs"], ["rivers", "Weirs"]):
        RegistrationFactory(event=event, user=UserFactory(name="Ada", interests=interests, hidden_fields=[]))
    EventRoleFactory(event=event, user=UserFactory(name="Ben", interests=["Rivers"], hidden_fields=[]))
    for _number in range(3):
        UserFactory(name="Stranger", interests=["Boats"], hidden_fields=[])
    return event


def test_interests_of_several_are_offered_to_who_has_them_not(people):
    assert selectors.interests_shared(people, but=UserFactory(interests=[])) in (["Rivers"], ["rivers"])
    assert selectors.interests_shared(people, but=UserFactory(interests=["RIVERS"])) == []


def test_interests_are_counted_once_for_everybody(people):
    selectors.interests_shared(people, but=UserFactory())
    reader = UserFactory()
    with CaptureQueriesContext(connection) as asked:
        selectors.interests_shared(people, but=reader)
    assert len(asked) == 0
