"""Joined questions that stand by themselves again: as they were, and also when the one that remained is taken back."""

import pytest
from django.db import connection, transaction

from apps.audit import context
from apps.audit.models import Entry
from apps.core.errors import Refused
from apps.questions import broadcasts, selectors, services
from apps.questions.models import Question
from tests.factories.questions import FollowFactory, QuestionFactory
from tests.polls.test_going import Elsewhere


def now(question):
    return Question.objects.get(pk=question.pk)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("held", "held"),
        ("new", "new"),
        ("later", "later"),
        ("answered", "answered"),
        ("dismissed", "dismissed"),
        ("stage", "new"),  # another one may stand there by now
    ],
)
def test_joining_that_is_taken_back_leaves_it_as_it_was(board, before, after):
    target, source = (QuestionFactory(board=board) for _ in range(2))
    if before == "held":
        Question.objects.filter(pk=source.pk).update(state="held")
    elif before != "new":
        services.move_question(source, to=before)
    was = now(source).answered_at
    services.move_question(target, to="answered")

    services.merge_question(now(source), into=now(target))
    services.split_question(now(source))

    assert (now(source).state, now(source).answered_at, now(source).merged_into_id) == (after, was, None)


def test_what_no_moderator_let_through_is_told_to_nobody_by_splitting(session, board, ask, attendee, told):
    target = QuestionFactory(board=board)
    services.set_rules(session, holds=True)
    source = ask(attendee, "Is this unkind?")
    services.merge_question(source, into=target)

    with told.after():
        services.split_question(now(source))

    entries = told.entries(broadcasts.log_topic(session.pk))
    assert [one["question"] for one in entries if one["id"] == source.pk] == [None]
    assert "unkind" not in str(entries)
    assert (board.event_id, broadcasts.desk_topic(session.pk)) in told.states
    assert [row.pk for row in selectors.held(board)] == [source.pk]


def test_what_was_joined_before_its_state_was_kept_waits_for_a_look(board):
    target = QuestionFactory(board=board)
    source = QuestionFactory(board=board, state="merged", merged_into=target)

    assert services.split_question(source).state == "held"


@pytest.fixture
def joined(ask, vote, board, attendee, speaker, crowd):
    """The one that remains, and two that were joined with it: by somebody else, and held by a moderator."""
    remaining, other, held = (
        ask(attendee, is_anonymous=True),
        ask(speaker, "Who is it that reads it?"),
        ask(crowd[0], "Who is at the gauge?"),
    )
    Question.objects.filter(pk=held.pk).update(state="held")
    vote(other, crowd[1])
    FollowFactory(question=other, user=crowd[2])
    for question in (other, held):
        services.merge_question(now(question), into=remaining)
    return remaining, other, held


def withdraw(question, person):
    services.withdraw_question(event_id=question.board.event_id, question_id=question.pk, user_id=person.pk)


def test_question_that_is_taken_back_leaves_what_was_joined_with_it(joined, session, attendee, speaker, crowd, told):
    remaining, other, held = joined

    with told.after():
        withdraw(remaining, attendee)

    assert [now(question).state for question in joined] == ["withdrawn", "new", "held"]
    assert [now(question).merged_into_id for question in joined] == [None, None, None]
    assert [row.value.id for row in selectors.questions_of(session, attendee).rows] == [other.pk]
    assert now(other).votes == other.voters.count() == 1
    assert selectors.questions_of(session, speaker).awaited == [other.pk]
    assert selectors.questions_of(session, crowd[2]).awaited == [other.pk]
    entries = told.entries(broadcasts.log_topic(session.pk))
    assert [(one["id"], bool(one["question"])) for one in entries] == [
        (remaining.pk, False),
        (other.pk, True),
        (held.pk, False),
    ]
    assert (session.event_id, broadcasts.desk_topic(session.pk)) in told.states


def test_log_does_not_tell_whose_it_was_when_a_moderator_takes_theirs_back(joined, attendee):
    remaining, *_others = joined
    before = Entry.objects.count()

    with context.acting(who_id=attendee.pk, who=attendee.email, door="page"):
        withdraw(remaining, attendee)

    assert Entry.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_question_that_is_joined_while_it_is_taken_back_does_not_vanish(board, ask, attendee, speaker):
    remaining, other = ask(attendee), ask(speaker, "Who is it that reads it?")

    def join():
        try:
            services.merge_question(other, into=remaining)
        except Refused as refused:
            return refused.code

    with transaction.atomic():
        withdraw(remaining, attendee)
        joining = Elsewhere(join)
        assert joining.is_waiting()

    assert joining.result() == "question.gone"
    assert now(other).state == "new"
    connection.close()
