"""Votes and followers: each person once, whatever they press, and only where it moves something."""

import threading

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from apps.questions import selectors, services
from apps.questions.models import Follow, Question, Vote
from tests.factories.questions import QuestionFactory


def count(question):
    question.refresh_from_db()
    return question.votes, question.voters.count()


def test_vote_counts_once_and_is_taken_back(ask, vote, attendee, speaker):
    question = ask(attendee)

    [first], [again] = vote(question, speaker), vote(question, speaker)
    assert (first.votes, again.votes, again.voted, count(question)) == (1, 1, True, (1, 1))

    [gone], [never] = vote(question, speaker, on=False), vote(question, speaker, on=False)
    assert (gone.votes, gone.voted, never.votes, count(question)) == (0, False, 0, (0, 0))


def test_batch_holds_the_same_person_twice(ask, vote, attendee, speaker, crowd):
    question = ask(attendee)

    answers = vote(question, speaker, *crowd, speaker, speaker)

    assert ({answer.votes for answer in answers}, count(question)) == ({5}, (5, 5))


@pytest.mark.parametrize("is_anonymous", [True, False])
def test_own_question_is_for_others_to_vote(ask, vote, attendee, is_anonymous):
    question = ask(attendee, is_anonymous=is_anonymous)

    assert vote(question, attendee)[0].code == "question.own"
    assert count(question) == (0, 0)


@pytest.mark.parametrize(
    ("state", "code"),
    [("answered", "question.answered"), ("dismissed", "question.unknown"), ("held", "question.unknown")],
)
def test_vote_moves_only_what_waits_for_an_answer(board, vote, speaker, state, code):
    question = QuestionFactory(board=board, state=state)

    assert vote(question, speaker)[0].code == code
    assert count(question) == (0, 0)


def test_vote_after_the_close_is_refused(session, ask, vote, attendee, speaker, crowd):
    question = ask(attendee)
    vote(question, *crowd)
    services.set_rules(session, is_open=False)

    refused, back = vote(question, speaker)[0], vote(question, crowd[0], on=False)[0]

    assert (refused.code, back.code, count(question)) == ("question.closed", "question.closed", (4, 4))


def test_question_of_another_event_is_unknown(other_event, board, speaker):
    question = QuestionFactory(board=board)

    [refused] = services.cast_votes([services.Wish(other_event.pk, question.pk, speaker.pk)])

    assert (refused.code, count(question)) == ("question.unknown", (0, 0))


def test_followers_hear_once_and_askers_anyway(ask, attendee, speaker):
    question = ask(attendee)
    wishes = [services.Wish(question.board.event_id, question.pk, person.pk) for person in (speaker, speaker, attendee)]

    answers = services.follow_questions(wishes)

    assert [answer.following for answer in answers] == [True, True, True]
    assert list(Follow.objects.values_list("user", flat=True)) == [speaker.pk]
    services.follow_questions([services.Wish(question.board.event_id, question.pk, speaker.pk, on=False)])
    assert not Follow.objects.exists()


@pytest.mark.parametrize("is_anonymous", [True, False])
def test_who_asked_or_follows_is_told_of_the_answer(event, ask, attendee, speaker, crowd, is_anonymous):
    question = ask(attendee, is_anonymous=is_anonymous)
    services.follow_questions([services.Wish(event.pk, question.pk, speaker.pk)])

    services.move_question(question, to="answered")

    told = [
        person for person in (attendee, speaker, crowd[0]) if [*selectors.just_answered(event, person, frozenset())]
    ]
    assert told == [attendee, speaker]


@given(presses=some.lists(some.tuples(some.integers(0, 2), some.integers(0, 3), some.booleans()), max_size=25))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_counter_is_the_number_of_rows_after_any_presses(presses, board, crowd, vote):
    Question.objects.filter(board=board).delete()
    questions = QuestionFactory.create_batch(3, board=board)
    wanted = {}
    batch = []
    for place, person, on in presses:
        wanted[place, person] = on
        batch.append(services.Wish(board.event_id, questions[place].pk, crowd[person].pk, on))
    for first in range(0, len(batch), 4):
        services.cast_votes(batch[first : first + 4])

    standing = {(questions[place].pk, crowd[person].pk) for (place, person), on in wanted.items() if on}
    assert set(Vote.objects.filter(question__in=questions).values_list("question", "user")) == standing
    for question in questions:
        rows, counter = count(question)[::-1]
        assert rows == counter == sum(pk == question.pk for pk, _user in standing)


@pytest.mark.django_db(transaction=True)
def test_two_devices_at_the_same_moment_count_once(event, board, speaker):
    question = QuestionFactory(board=board)
    start = threading.Barrier(4)
    answers = []

    def press():
        start.wait()
        try:
            answers.extend(services.cast_votes([services.Wish(event.pk, question.pk, speaker.pk)]))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _device in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ({(answer.voted, answer.votes) for answer in answers}, count(question)) == ({(True, 1)}, (1, 1))
