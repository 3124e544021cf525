"""A booth's topics on the socket."""

import pytest

from apps.core import clock
from apps.core.errors import Refused
from apps.exhibitors import broadcasts, selectors
from apps.live import store
from apps.live.presence import here_key
from apps.live.registry import Who, resolve
from tests.factories.exhibitors import BoothFactory, BoothStaffFactory


@pytest.fixture
def booth(event):
    return BoothFactory(event=event)


@pytest.fixture
def come():
    """Puts a person into a place, as the engine does for their socket."""
    places = []

    def enter(event, topic, user):
        places.append(here_key(event.pk, topic))
        store.blocking().hset(places[-1], str(user.pk), 1)

    yield enter
    for place in places:
        store.blocking().delete(place)


def topic_of(booth):
    return resolve(broadcasts.presence(booth.pk))


def test_booth_says_who_of_its_staff_is_there(event, booth, attendee, come):
    here, away = BoothStaffFactory(booth=booth).user, BoothStaffFactory(booth=booth).user
    for person in (here, attendee):
        come(event, broadcasts.presence(booth.pk), person)

    found = topic_of(booth)
    said = found.topic.snapshot(event.pk, **found.params)

    assert said == selectors.here(event.pk, booth.pk) == broadcasts.Here(people=2, staff=[here.pk])
    assert away.pk not in said.staff


def test_staff_anywhere_in_the_event_are_at_their_booth_in_the_expo(event, booth, come):
    member = BoothStaffFactory(booth=booth)
    come(event, "here", member.user)

    (shown,) = selectors.with_people(event, list(selectors.booths(event)))

    assert shown.here == [member.user]


def test_booth_of_another_event_is_refused_as_unknown(booth, other_event, outsider):
    found = topic_of(booth)
    who = Who(outsider.pk, other_event.pk, "Otto", frozenset({"attendee"}), 1)

    with pytest.raises(Refused) as refusal:
        found.topic.guard(who, **found.params)

    assert refusal.value.status == 404


def test_booths_hear_that_their_staff_came_to_the_event_or_left_it(event, booth, attendee, told):
    member = BoothStaffFactory(booth=booth).user
    BoothStaffFactory(booth=BoothFactory(event=event))
    people = [
        Who(person and person.pk, event.pk, "Ada", frozenset({"attendee"}), 1) for person in (member, attendee, None)
    ]
    here = resolve("here")

    for move in (here.topic.joined, here.topic.left):
        told.states.clear()
        with told.after():
            move(people, clock.now(), **here.params)

        booths = [topic for _event, topic in told.states if topic.startswith("booth/")]
        assert booths == [broadcasts.presence(booth.pk)]
