"""Order tells too: how the rows of an anonymous round come to lie in one that tells nothing."""

import pytest
from django.db import connection

from apps.core import clock
from apps.intake import items
from apps.polls import services, voters
from apps.polls.models import Answer, Secret, Unmixed
from apps.polls.services import mixing
from tests.factories.events import RegistrationFactory
from tests.polls.test_anonymous import cast, votes_of

pytestmark = pytest.mark.usefixtures("intake")


@pytest.fixture
def poll(event):
    return services.open_poll(services.create_poll(event=event, question="?", options="abc", anonymous=True))


@pytest.fixture(autouse=True)
def whole_pages(db):
    """Rows of other tests leave room behind, in which a row may come to lie before older ones."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE polls_answer, polls_participation")


@pytest.fixture
def people(event):
    return [RegistrationFactory(event=event).user for _ in range(6)]


def in_order_of_a_dump():
    """Answers as they lie in the table, which is how they are dumped; and by their numbers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, voter FROM polls_answer ORDER BY ctid")
        found = cursor.fetchall()
    return [voter for _id, voter in found], [voter for _id, voter in sorted(found)]


def test_rows_are_mixed_after_the_close(event, poll, drain):
    people = [RegistrationFactory(event=event).user for _ in range(12)]
    for person in people:
        cast(poll, person)
        drain()
    came = list(voters.names([(poll, person.pk) for person in people]).values())
    assert in_order_of_a_dump() == (came, came)

    services.close_poll(poll)
    assert services.mix_answers() == 1

    # The order is made of the names alone, which are chance to whoever has not the secret; and the secret is gone.
    assert in_order_of_a_dump() == (sorted(came), sorted(came))
    assert votes_of(poll) == [12, 0, 0]


def test_who_took_part_lies_in_no_order_of_coming(event, poll, people):
    """Not even before or after a reopening."""
    for person in (people[4], people[2]):
        cast(poll, person)
    services.open_poll(services.close_poll(poll))
    for person in (people[3], people[0]):
        cast(poll, person)
    services.close_poll(poll)

    services.mix_answers()

    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id FROM polls_participation ORDER BY ctid")
        lying = [user for (user,) in cursor.fetchall()]
    assert lying == sorted(people[place].pk for place in (0, 2, 3, 4))


def test_mixing_goes_in_pieces_and_goes_on_where_it_was_ended(poll, people, drain, monkeypatch):
    for person in people:
        cast(poll, person)
        drain()
    services.close_poll(poll)
    monkeypatch.setattr(mixing, "PIECE", 2)
    move, moved = mixing._moved, []

    def dying(*said):
        moved.append(said)
        if len(moved) == 5:  # answers and people of two pieces; of the third nothing
            raise KeyboardInterrupt
        return move(*said)

    monkeypatch.setattr(mixing, "_moved", dying)
    with pytest.raises(KeyboardInterrupt):
        services.mix_answers()
    names = sorted(Answer.objects.values_list("voter", flat=True))
    owed = Unmixed.objects.get()
    assert (owed.voter, Answer.objects.count()) == (names[3], 6)
    settled = dict(Answer.objects.filter(voter__in=names[:4]).values_list("voter", "pk"))

    assert services.mix_answers() == 1

    assert in_order_of_a_dump() == (names, names)
    assert dict(Answer.objects.filter(voter__in=names[:4]).values_list("voter", "pk")) == settled


def test_what_follows_while_it_is_mixed_is_mixed_too(poll, people, drain, monkeypatch):
    for person in people[:4]:
        cast(poll, person)
    drain()
    item = items.Item(services.ANSWER, poll.gate, "0" * 64, 1, {"option": poll.options.last().pk}, clock.now())
    services.close_poll(poll)
    monkeypatch.setattr(mixing, "PIECE", 2)
    mix_piece, pieces = mixing._mix_piece, []

    def then_a_straggler(owed):
        done = mix_piece(owed)
        if not pieces:  # its place in the order has been passed by now
            services.apply_answers([item])
        pieces.append(done)
        return done

    monkeypatch.setattr(mixing, "_mix_piece", then_a_straggler)
    services.mix_answers()

    dumped, numbered = in_order_of_a_dump()
    assert dumped == numbered == sorted(dumped)
    assert (dumped[0], Unmixed.objects.count()) == ("0" * 64, 0)


def test_rows_that_follow_the_close_are_mixed_with_the_others(poll, people, drain):
    for person in people[:3]:
        cast(poll, person)
        drain()
    cast(poll, people[3], 2)
    services.close_poll(poll)
    services.mix_answers()
    first = set(Answer.objects.values_list("pk", flat=True))
    drain()
    followed = len(first) < 4  # written at once, nothing does
    assert (Unmixed.objects.count(), Answer.objects.count()) == (followed, 4)

    assert (services.mix_answers(), services.mix_answers()) == (followed, 0)

    assert first.isdisjoint(Answer.objects.values_list("pk", flat=True)) is followed
    assert votes_of(poll) == [3, 0, 1]


def test_reset_mixes_what_it_leaves_behind(poll, people, drain):
    cast(poll, people[0])
    drain()
    before = Answer.objects.get().pk

    services.reset_poll(poll, ends=1)
    services.mix_answers()

    assert Answer.objects.get().pk != before
    assert not Secret.objects.filter(round=1).exists()
