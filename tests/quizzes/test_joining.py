"""Everybody joins within the same few seconds: many at once, each seated once, each name once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from apps.core.errors import Refused
from apps.quizzes import services
from apps.quizzes.models import Quiz, Seat, Side
from apps.quizzes.services import Joining
from tests.factories.accounts import UserFactory


def told(outcomes):
    return [one.code if isinstance(one, Refused) else one.name for one in outcomes]


@pytest.fixture
def wish(game):
    return lambda person, name, event_id=None: Joining(event_id or game.quiz.event_id, game.pk, person.pk, name)


def test_batch_seats_each_person_once_and_gives_each_name_once(wish, game, attendee, speaker, exhibitor, other_event):
    services.join([wish(speaker, "Weir")])
    batch = [
        wish(attendee, "Otter"),
        wish(attendee, "Mudlark"),
        wish(exhibitor, "OTTER"),
        wish(speaker, "Otter"),
        wish(UserFactory(), "weir"),
        wish(UserFactory(), " "),
        wish(attendee, "Otter", other_event.pk),
    ]

    outcomes = told(services.join(batch))

    taken = "quiz.name_taken"
    assert outcomes == ["Otter", "Otter", taken, "Weir", taken, "quiz.name", "quiz.unknown"]
    assert list(Side.objects.order_by("pk").values_list("name", "seats__user")) == [
        ("Weir", speaker.pk), ("Otter", attendee.pk)
    ]  # fmt: skip


def test_batch_seats_teams_with_one_captain_each(wish, game, attendee, speaker, exhibitor):
    Quiz.objects.filter(pk=game.quiz_id).update(teams=True)
    type(game).objects.filter(pk=game.pk).update(teams=True)
    later = UserFactory()

    outcomes = services.join([wish(exhibitor, "Weirs"), wish(attendee, "weirs"), wish(speaker, "Sluices")])
    [last] = services.join([wish(later, "SLUICES")])

    assert [(one.name, one.captain) for one in (*outcomes, last)] == [
        ("Weirs", True), ("Weirs", False), ("Sluices", True), ("Sluices", False)
    ]  # fmt: skip


@pytest.mark.parametrize("teams", [False, True])
def test_joining_costs_the_same_trips_for_any_number(wish, game, teams, django_assert_num_queries):
    type(game).objects.filter(pk=game.pk).update(teams=teams)
    people = UserFactory.create_batch(41)
    services.join([wish(people[0], "Name 0")])

    with django_assert_num_queries(12 if teams else 10):
        services.join([wish(people[1], "Name 1")])
    with django_assert_num_queries(12 if teams else 10):
        services.join([wish(person, f"Name {place}") for place, person in enumerate(people[2:], 2)])

    assert Seat.objects.filter(game=game).count() == 41


@pytest.mark.django_db(transaction=True)
def test_two_batches_at_once_seat_nobody_twice(wish, game):
    people = UserFactory.create_batch(30)
    batches = [
        [wish(person, f"Name {place}") for place, person in enumerate(people)],
        [wish(person, f"Name {29 - place}") for place, person in enumerate(reversed(people))],
        [wish(person, f"Name {(place + 7) % 30}") for place, person in enumerate(people)],
    ]
    begin = Barrier(len(batches))

    def at_once(batch):
        try:
            begin.wait()
            return services.join(batch)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(batches)) as pool:
        outcomes = [one for batch in pool.map(at_once, batches) for one in batch]

    assert {one.code for one in outcomes if isinstance(one, Refused)} <= {"quiz.name_taken", "quiz.join_again"}
    seats = list(Seat.objects.filter(game=game).values_list("user", "side"))
    assert len(seats) == len({user for user, _side in seats}) == len({side for _user, side in seats})
    assert Side.objects.filter(game=game).count() == len(seats) > 0
    connection.close()
