"""Anonymous polls: one answer a person while it is open, and no way from a person to an answer afterwards."""

from datetime import timedelta

import pytest

from apps.core import clock
from apps.core.errors import Refused
from apps.intake import items, letters, queue, store
from apps.intake.adapters import sqs
from apps.intake.applying import Unapplied
from apps.intake.models import DeadLetter
from apps.polls import selectors, services, voters
from apps.polls.kinds import Said
from apps.polls.models import Answer, Participation, Poll, Secret
from tests.factories.events import RegistrationFactory
from tests.factories.media import AssetFactory
from tests.factories.tracks import SessionFactory

pytestmark = pytest.mark.usefixtures("intake")


@pytest.fixture
def poll(event):
    return services.open_poll(services.create_poll(event=event, question="?", options="abc", anonymous=True))


@pytest.fixture
def people(event):
    return [RegistrationFactory(event=event).user for _ in range(6)]


def cast(poll, person, place=0, **changes):
    option = list(poll.options.all())[place].pk
    [answer] = services.cast_votes([services.Vote(poll.event_id, poll.pk, person.pk, Said(option=option), **changes)])
    return answer


def votes_of(poll):
    return [tally.votes for tally in selectors.results(selectors.get_poll(poll.event_id, poll.pk)).votes]


def test_same_person_is_one_voter_and_may_change(poll, people, drain):
    first = cast(poll, people[0], 0)
    changed = cast(poll, people[0], 2)
    drain()

    assert (first.answer, first.revision, changed.revision) == (None, 1, 2)
    assert votes_of(poll) == [0, 0, 1]
    row = Answer.objects.get()
    assert (row.user, row.answered_at, row.said) == (None, None, {"option": poll.options.last().pk})


def test_nothing_that_is_kept_names_the_person(poll, people, drain):
    cast(poll, people[0])
    drain()

    row = Answer.objects.values().get()

    assert str(people[0].pk) not in (row["voter"], row["user_id"])
    assert row["voter"] == voters.name_under(bytes(Secret.objects.get().key), people[0].pk)


@pytest.mark.parametrize("written", [True, False])
def test_close_destroys_the_secret_and_keeps_who_took_part(poll, people, drain, written):
    for place, person in enumerate(people[:4]):
        cast(poll, person, place % 3)
    if written:
        drain()

    services.close_poll(poll)
    drain()

    assert not Secret.objects.exists()
    assert {row.user_id for row in Participation.objects.all()} == {person.pk for person in people[:4]}
    assert votes_of(poll) == [2, 1, 1]
    # Participation has neither time nor order: its key is random, and it is written at once.
    assert {field.name for field in Participation._meta.fields} == {"id", "poll", "round", "user"}
    # No person's name under any secret that is left leads to an answer.
    assert voters.names([(poll, person.pk) for person in people]) == {}


def test_own_answer_is_known_as_given_but_not_as_what(poll, people):
    cast(poll, people[0])
    before = selectors.shown_poll(selectors.get_poll(poll.event_id, poll.pk), people[0])
    services.close_poll(poll)
    after = selectors.shown_poll(selectors.get_poll(poll.event_id, poll.pk), people[0])
    other = selectors.shown_poll(selectors.get_poll(poll.event_id, poll.pk), people[1])

    assert (before.mine.answer, after.mine.answer, other.mine) == (None, None, None)
    assert (before.can_answer, after.can_answer) == (True, False)


def test_reopened_takes_no_second_answer_of_who_took_part(poll, people):
    cast(poll, people[0])
    services.close_poll(poll)
    services.open_poll(poll)

    again, other = cast(poll, people[0], 1), cast(poll, people[1], 1)

    assert isinstance(again, Refused)
    assert (again.code, other.counted) == ("poll.answered", True)
    assert votes_of(poll) == [1, 1, 0]
    shown = selectors.shown_poll(selectors.get_poll(poll.event_id, poll.pk), people[0])
    assert (shown.mine.revision, shown.can_answer) == (0, False)


def test_reset_lets_everybody_answer_again_under_another_secret(poll, people):
    cast(poll, people[0])
    key = bytes(Secret.objects.get().key)

    services.reset_poll(poll, ends=1)

    assert bytes(Secret.objects.get().key) != key
    assert cast(poll, people[0], 1).counted
    assert votes_of(poll) == [0, 1, 0]


@pytest.fixture
def meanwhile(monkeypatch):
    """`meanwhile(act)`: it is done between the naming of the next votes and their coming to the queue."""
    accept = queue.accept_many

    def interleave(act):
        def first(items):
            monkeypatch.setattr(queue, "accept_many", accept)
            act()
            return accept(items)

        monkeypatch.setattr(queue, "accept_many", first)

    return interleave


@pytest.mark.parametrize("heard", [True, False], ids=["opened", "asked"])
def test_vote_named_under_the_old_secret_does_not_count_after_the_reopening(
    poll, people, drain, meanwhile, django_capture_on_commit_callbacks, heard
):
    def reopen():
        with django_capture_on_commit_callbacks(execute=heard):  # where it is heard, the gate is open again by then
            services.close_poll(poll)
            services.open_poll(poll)

    cast(poll, people[1])
    meanwhile(reopen)
    late = cast(poll, people[0])

    assert isinstance(late, Refused)
    assert (late.code, votes_of(poll)) == ("poll.reopened", [1, 0, 0])
    assert cast(poll, people[0], 1).counted
    drain()
    assert (votes_of(poll), Answer.objects.count()) == ([1, 1, 0], 2)


def test_change_named_under_the_old_secret_does_not_count_beside_what_stands(poll, people, drain, meanwhile):
    cast(poll, people[0])
    meanwhile(lambda: services.open_poll(services.close_poll(poll)))

    assert (cast(poll, people[0], 1).code, cast(poll, people[0], 1).code) == ("poll.reopened", "poll.answered")
    drain()
    assert (votes_of(poll), Answer.objects.count()) == ([1, 0, 0], 1)


@pytest.mark.parametrize("intake", ["redis", "sqs"], indirect=True)  # directly no gate is kept
def test_gate_from_before_there_were_marks_takes_those_who_knock(poll, people):
    cast(poll, people[0])
    store.client().hdel(store.keys_of(poll.gate)[0], "mark")

    assert cast(poll, people[1]).counted


@pytest.mark.parametrize("intake", ["sqs"], indirect=True)  # only a queue of another house leaves this open
def test_answer_that_perhaps_arrived_counts_as_given(poll, people, monkeypatch):
    monkeypatch.setattr(sqs.Queue, "send", lambda _queue, items: [sqs.Sent.UNKNOWN for _item in items])
    assert cast(poll, people[0]).code == "intake.busy"

    services.open_poll(services.close_poll(poll))

    assert [row.user for row in Participation.objects.all()] == [people[0]]
    assert cast(poll, people[0]).code == "poll.answered"


def test_dead_letter_is_masked(poll, people):
    voter = voters.names([(poll, people[0].pk)])[poll.pk, people[0].pk]
    item = items.Item(services.ANSWER, poll.gate, voter, 1, {"option": 1}, clock.now())

    letters.set_aside([Unapplied(item, "intake.failed", "Something.")])

    [letter] = DeadLetter.objects.values()
    assert letter["key"] == voter
    assert letter["at"] is None
    assert {(letter[name].hour, letter[name].minute, letter[name].second) for name in ("created_at", "tried_at")} == {
        (0, 0, 0)
    }
    assert str(people[0].pk) not in (letter["key"], letter["title"], letter["reason"])
    assert people[0].email not in str(letter)


def test_closing_by_time_seals_too(poll, people):
    cast(poll, people[0])
    Poll.objects.filter(pk=poll.pk).update(closes_at=clock.now())

    services.close_due_polls()

    assert (Secret.objects.count(), Participation.objects.count()) == (0, 1)


def test_word_that_was_taken_back_is_forgotten(event, people):
    poll = services.open_poll(services.create_poll(event=event, question="?", kind="words", anonymous=True))

    for word in ("mud", "reeds"):
        services.cast_votes([services.Vote(event.pk, poll.pk, people[0].pk, Said(words=[word]))])

    counted = selectors.counted([poll])[poll.pk]
    assert (dict(counted.counts), counted.keys) == ({"w:reeds": 1}, 1)
    assert [one.text for one in selectors.all_results(event.pk, poll.pk).sayings] == ["reeds"]


@pytest.fixture
def of_film(event):
    """Closed, and answered with the recording."""
    now = clock.now()
    film = SessionFactory(
        event=event,
        starts_at=now - timedelta(hours=2),
        ends_at=now - timedelta(hours=1),
        video=AssetFactory(event=event, kind="video"),
    )
    poll = services.create_poll(event=event, session=film, question="?", options="abc", anonymous=True, takes_late=True)
    return services.close_poll(services.open_poll(poll))


def test_poll_that_is_back_from_the_archive_is_answered_with_the_recording_again(of_film, people):
    assert cast(of_film, people[0]).late
    services.archive_poll(of_film)
    assert not Secret.objects.exists()

    services.restore_poll(of_film)

    assert cast(of_film, people[1]).late
    assert cast(of_film, people[0], 1).code == "poll.answered"


def test_secrets_of_those_who_watch_the_recording_are_renewed(event, of_film, people, drain, meanwhile):
    poll = of_film
    assert cast(poll, people[0]).late
    drain()
    key = bytes(Secret.objects.get().key)

    assert (services.renew_secrets(), services.renew_secrets()) == (1, 0)

    assert bytes(Secret.objects.get().key) != key
    assert [row.user for row in Participation.objects.all()] == [people[0]]
    assert cast(poll, people[0], 1).code == "poll.answered"
    assert cast(poll, people[1], 1).counted
    meanwhile(services.renew_secrets)
    assert cast(poll, people[2], 1).code == "poll.reopened"
    found = selectors.results(selectors.get_poll(event.pk, poll.pk), late=True)
    assert [tally.votes for tally in found.votes] == [1, 1, 0]
