"""What each state of an event permits: state by act by role, through the doors that people use."""

import pytest
from django.urls import reverse

from apps.core import clock
from apps.core.errors import Refused
from apps.events import services, states
from apps.events.models import Announcement, Event, Registration
from apps.events.permissions import ORGANISER
from tests.factories.chat import RoomFactory

ROLES = ("visitor", "attendee", "speaker", "moderator", "organiser")
NOBODY, STAFF = frozenset(), frozenset({"moderator", "organiser"})
CREW = STAFF | {"speaker"}
PEOPLE = CREW | {"attendee"}
EVERYBODY = PEOPLE | {"visitor"}
TABLE = {
    #             look       come in  say     run    announce  register
    "draft":     (CREW,      CREW,    CREW,   STAFF, STAFF,    False),
    "published": (EVERYBODY, PEOPLE,  PEOPLE, STAFF, STAFF,    True),
    "live":      (EVERYBODY, PEOPLE,  PEOPLE, STAFF, STAFF,    True),
    "ended":     (EVERYBODY, PEOPLE,  PEOPLE, STAFF, STAFF,    False),
    "archived":  (PEOPLE,    PEOPLE,  NOBODY, STAFF, NOBODY,   False),
}  # fmt: skip


@pytest.fixture
def clients(event, attendee, speaker, moderator, organiser, enter, visitor):
    people = {"attendee": attendee, "speaker": speaker, "moderator": moderator, "organiser": organiser}
    return {"visitor": visitor, **{role: enter(person) for role, person in people.items()}}


@pytest.fixture
def room(event):
    return RoomFactory(event=event, owner="lobby")


def look(client, event, room):
    return client.get(event.get_absolute_url()).status_code == 200


def come_in(client, event, room):
    return client.get(reverse("venue:lobby", args=[event.slug])).status_code == 200


def say(client, event, room):
    address = reverse("api:chat-messages", args=[event.slug, room.pk])
    return client.post(address, {"text": "Hello"}, content_type="application/json").status_code < 300


def run(client, event, room):
    return client.get(reverse("venue:control", args=[event.slug])).status_code == 200


def announce(client, event, room):
    before = Announcement.objects.count()
    client.post(reverse("venue:announce", args=[event.slug]), {"text": "Lunch is ready."})
    return Announcement.objects.count() > before


ACTS = (look, come_in, say, run, announce)


@pytest.mark.parametrize("state", TABLE)
def test_state_permits_what_the_table_says(state, event, room, clients):
    Event.objects.update(state=state, published_at=clock.now())
    *allowed, _may_register = TABLE[state]
    for act, wanted in zip(ACTS, allowed, strict=True):
        assert {role for role in ROLES if act(clients[role], event, room)} == wanted, act.__name__


@pytest.mark.parametrize("state", TABLE)
def test_registration_is_open_where_the_table_says(state, event, visitor):
    Event.objects.update(state=state)
    visitor.post(reverse("events:register", args=[event.slug]), {"name": "Ada", "email": "ada@example.org"})
    assert Registration.objects.filter(event=event).exists() == TABLE[state][-1]


def test_every_state_stands_in_the_table():
    assert set(states.PERMITS) == set(Event.State.values) == set(TABLE)


@pytest.mark.parametrize("state", TABLE)
def test_organiser_can_set_an_event_at_the_desk_in_every_state(state, event, organiser, enter):
    Event.objects.update(state=state)
    assert enter(organiser).get(reverse("admin:events_event_change", args=[event.pk])).status_code == 200


def test_archived_event_gives_no_tickets_for_sockets_and_says_why(event, attendee, enter):
    Event.objects.update(state=Event.State.ARCHIVED)
    client = enter(attendee)
    lobby = client.get(reverse("venue:lobby", args=[event.slug])).content.decode()
    assert ('name="plenary-live"' in lobby, "This event is archived." in lobby) == (False, True)
    ticket = client.get(reverse("events:ticket", args=[event.slug]), headers={"Accept": "application/json"})
    assert ticket.status_code == 409


def test_archiving_ends_the_tickets_given_out_before(event):
    Event.objects.update(state=Event.State.ENDED)
    event.refresh_from_db()
    services.archive_event(event)
    assert Event.objects.get().live_epoch == event.live_epoch + 1


@pytest.mark.parametrize(("published_at", "becomes"), [(clock.now(), "ended"), (None, "draft")])
def test_event_comes_out_of_the_archive_as_what_it_was(event, published_at, becomes):
    Event.objects.update(state=Event.State.ARCHIVED, published_at=published_at)
    event.refresh_from_db()
    services.restore_event(event)
    assert Event.objects.get().state == becomes


def test_step_that_its_state_does_not_have_is_refused(event):
    with pytest.raises(Refused) as refused:
        services.restore_event(event)
    assert refused.value.code == "event.state"


def test_event_is_taken_out_of_the_archive_at_the_desk(event, organiser, enter):
    Event.objects.update(state=Event.State.ARCHIVED, published_at=clock.now())
    desk, step = enter(organiser), reverse("admin:events_event_step", args=[event.pk, "restore"])
    assert "Take out of the archive?" in desk.get(step).content.decode()
    desk.post(step)
    assert Event.objects.get().state == Event.State.ENDED


def test_organiser_is_no_exception_where_nobody_writes():
    assert not states.permits("archived", states.Act.TAKE_PART, frozenset({ORGANISER}))
