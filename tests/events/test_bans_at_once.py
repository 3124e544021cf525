"""A role that is given, and a ban or a second step of the same person, at the same moment."""

import pytest
from django.db import transaction

from apps.accounts.models import User
from apps.core.errors import Refused
from apps.events import services
from apps.events.models import Ban, Event, EventRole
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory
from tests.polls.test_going import Elsewhere

pytestmark = pytest.mark.django_db(transaction=True)


def refusal_of(deed, event, **said):
    try:
        deed(event, **said)
    except Refused as refused:
        return refused.code
    return ""


def test_nobody_is_organiser_and_banned(db):
    event, otto = EventFactory(), UserFactory()
    with transaction.atomic():
        services.grant_role(event, user=otto, role="organiser")
        other = Elsewhere(lambda: refusal_of(services.ban, event, user=otto, by=None))
        assert other.is_waiting()
    other.join(60)
    assert (other.found, Ban.objects.count()) == ("ban.staff", 0)


def test_nobody_is_banned_and_organiser(db):
    event, otto = EventFactory(), UserFactory()
    with transaction.atomic():
        services.ban(event, user=otto, by=None)
        other = Elsewhere(lambda: refusal_of(services.grant_role, event, user=otto, role="organiser"))
        assert other.is_waiting()
    other.join(60)
    assert (other.found, EventRole.objects.count()) == ("role.banned", 0)


@pytest.mark.parametrize("deed", ["role", "file", "ban"])
def test_event_is_free_while_its_person_is_waited_for(db, deed):
    """Whoever holds the person, as a second step does that is set up, goes on to the event."""
    event, otto = EventFactory(), UserFactory()
    row = {"email": otto.email, "name": "Otto", "role": "organiser", "mail_the_link": False}
    deeds = {
        "role": lambda: services.grant_role(event, user=otto, role="organiser"),
        "file": lambda: services.bring_roles(event, [(2, row)]),
        "ban": lambda: services.ban(event, user=otto, by=None),
    }
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=otto.pk)
        other = Elsewhere(deeds[deed])
        assert other.is_waiting()
        Event.objects.select_for_update(no_key=True, nowait=True).get(pk=event.pk)
    other.join(60)
    assert other.found is not None
