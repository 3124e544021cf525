"""Everybody joins within the same few seconds: many at once, each seated once, each name once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections, transaction

from apps.accounts.services import delete_account
from apps.core.errors import Refused
from apps.quizzes import services
from apps.quizzes.models import Game, Quiz, Seat, Side
from apps.quizzes.services import Joining, seating
from tests.factories.accounts import UserFactory
from tests.factories.quizzes import QuestionFactory, QuizFactory
from tests.polls.test_going import Elsewhere


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

    with django_assert_num_queries(14 if teams else 12):
        services.join([wish(people[1], "Name 1")])
    with django_assert_num_queries(14 if teams else 12):
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


def test_name_that_is_given_is_nobody_elses(wish, game, attendee, speaker):
    services.join([wish(attendee, "Rude")])
    side = Side.objects.get()
    services.join([wish(speaker, f"player {side.pk}")])

    services.rename(game, user_id=attendee.pk)

    side.refresh_from_db()
    assert side.name.startswith(f"Player {side.pk}-") and len(side.name) <= services.MOST_NAME


def test_who_joins_by_what_was_read_before_enters_where_the_game_stands(wish, game, attendee, speaker):
    """The game is asked on between reading it and seating them."""
    before = Game.objects.get(pk=game.pk)
    services.ask_next(game)
    assert seating.seat(before, [wish(attendee, "Otter")]) == {}
    assert Side.objects.get().enters_at == 2

    before = Game.objects.get(pk=game.pk)
    services.end(game)
    assert seating.seat(before, [wish(speaker, "Heron")])[speaker.pk].code == "quiz.over"


@pytest.mark.django_db(transaction=True)
def test_who_joins_while_a_question_is_asked_enters_at_the_next(wish, game, attendee):
    with transaction.atomic():
        services.ask_next(game)
        joining = Elsewhere(lambda: services.join([wish(attendee, "Otter")]))
        assert joining.is_waiting()

    [mine] = joining.result()
    assert mine.enters_at == 2
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_host_waits_for_nobody_who_comes_later(wish, game, attendee, speaker):
    """However many stream in: who is being seated is waited for, and the next ones wait for the host."""
    with transaction.atomic():
        services.join([wish(attendee, "Otter")])
        host = Elsewhere(lambda: services.ask_next(game))
        assert host.is_waiting()
        later = Elsewhere(lambda: services.join([wish(speaker, "Heron")]))
        assert later.is_waiting(beside=1)

    assert host.result().position == 1
    [mine] = later.result()
    assert mine.enters_at == 2
    connection.close()


def test_team_whose_captain_leaves_for_good_has_another(event, attendee, speaker, exhibitor, told):
    game = services.open_lobby(QuizFactory(event=event, teams=True, bank=QuestionFactory(bank__event=event).bank))
    for person in (exhibitor, attendee, speaker):
        services.join([Joining(event.pk, game.pk, person.pk, "Weirs")])

    with told.after():
        delete_account(exhibitor)

    captains = Seat.objects.filter(game=game, is_captain=True)
    assert [seat.user for seat in captains] == [attendee]
    assert (event.pk, f"person/{attendee.pk}/quiz/{game.pk}") in told.states
    delete_account(speaker)
    assert [seat.user for seat in captains.all()] == [attendee]
