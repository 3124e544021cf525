"""Duplicates in a chain: whoever asked or follows any of them hears of the answer to the one that remains."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from apps.core import clock
from apps.questions import broadcasts, selectors, services
from apps.questions.models import Question
from tests.factories.questions import FollowFactory, QuestionFactory, VoteFactory
from tests.questions.test_notices import told_people

ATTENDEE = frozenset({"attendee"})


@pytest.fixture
def chain(ask, attendee, speaker, crowd):
    """Three of one meaning: the first joined with the second, and that with the third."""
    first, second, third = (
        ask(attendee),
        ask(speaker, "Who is it that reads it?"),
        ask(crowd[0], "Who is at the gauge?"),
    )
    services.merge_question(first, into=second)
    services.merge_question(Question.objects.get(pk=second.pk), into=third)
    return [Question.objects.get(pk=row.pk) for row in (first, second, third)]


def told(event, person):
    return [(entry.title, entry.why) for entry in selectors.just_answered(event, person, ATTENDEE)]


def test_what_was_joined_moves_along_and_its_asker_is_mailed(chain, pass_time, attendee, speaker, crowd):
    first, second, third = chain
    assert (first.merged_into_id, second.merged_into_id) == (third.pk, third.pk)

    services.move_question(third, to="answered")
    pass_time()

    assert told_people() == sorted([attendee.pk, speaker.pk, crowd[0].pk])


def test_votes_of_a_chain_are_counted_once_and_go_back_with_their_own(board, crowd):
    first, second, third = (QuestionFactory(board=board) for _ in range(3))
    for question, voters in ((first, crowd[:2]), (second, crowd[1:3]), (third, crowd[3:])):
        services.cast_votes([services.Wish(board.event_id, question.pk, person.pk) for person in voters])
    services.merge_question(first, into=second)
    services.merge_question(second, into=third)

    def votes():
        return [Question.objects.get(pk=question.pk).votes for question in (first, second, third)]

    assert votes() == [2, 2, 4]

    # The second voted for both duplicates: they stay counted while one of them is joined.
    services.split_question(second)
    assert votes() == [2, 2, 3]
    services.split_question(first)
    assert votes() == [2, 2, 1]


def test_vote_that_was_taken_back_does_not_come_back_when_another_duplicate_is_split(board, vote, crowd):
    first, second, target = (QuestionFactory(board=board) for _ in range(3))
    for duplicate in (first, second):
        vote(duplicate, crowd[0])
        services.merge_question(duplicate, into=target)
    vote(target, crowd[0], on=False)

    services.split_question(second)

    assert Question.objects.get(pk=target.pk).votes == 0


def test_vote_that_was_taken_back_does_not_come_back_when_questions_are_joined_further(board, vote, crowd):
    first, second, target = (QuestionFactory(board=board) for _ in range(3))
    vote(first, *crowd[:3])
    services.merge_question(first, into=second)
    vote(second, crowd[0], on=False)

    services.merge_question(second, into=target)

    assert set(target.voters.values_list("user", flat=True)) == {crowd[1].pk, crowd[2].pk}
    services.split_question(second)
    assert Question.objects.get(pk=target.pk).votes == 2


@pytest.mark.parametrize("is_anonymous", [False, True])
def test_vote_of_a_duplicates_asker_counts_where_they_did_not_ask(board, ask, vote, attendee, is_anonymous):
    first, target = (QuestionFactory(board=board) for _ in range(2))
    second = ask(attendee, is_anonymous=is_anonymous)
    vote(first, attendee)
    services.merge_question(first, into=second)
    assert Question.objects.get(pk=second.pk).votes == 0

    services.merge_question(second, into=target)

    assert Question.objects.get(pk=target.pk).votes == 1


@pytest.mark.parametrize("is_anonymous", [False, True])
def test_asker_of_a_duplicate_awaits_and_is_told(ask, event, session, attendee, speaker, is_anonymous):
    duplicate, question = ask(attendee, is_anonymous=is_anonymous), ask(speaker, "Who is it that reads it?")
    services.merge_question(duplicate, into=question)
    outsider = QuestionFactory(board=question.board).author

    assert selectors.questions_of(session, attendee).awaited == [question.pk]
    assert selectors.questions_of(session, outsider).awaited != [question.pk]
    services.move_question(question, to="answered")

    assert told(event, attendee) == [(question.text, "What you asked was joined with it.")]
    assert told(event, speaker) == [(question.text, "You asked it.")]
    assert told(event, outsider) == []


@pytest.mark.parametrize("is_anonymous", [False, True])
def test_asker_of_a_duplicate_is_told_of_an_answer_of_long_ago(ask, event, attendee, speaker, is_anonymous):
    question = ask(speaker, "Who is it that reads it?")
    services.move_question(question, to="answered")
    Question.objects.filter(pk=question.pk).update(answered_at=clock.now() - timedelta(hours=3))
    assert told(event, speaker) == []
    duplicate = ask(attendee, is_anonymous=is_anonymous)

    services.merge_question(duplicate, into=question)

    assert told(event, attendee) == [(question.text, "What you asked was joined with it.")]
    assert told(event, speaker) == []


def test_nameless_asker_awaits_and_is_told_of_their_own(ask, event, session, attendee, speaker):
    question = ask(attendee, is_anonymous=True)

    assert selectors.questions_of(session, attendee).awaited == [question.pk]
    services.reply_to_question(question, text="Amara does.", by=speaker)

    assert told(event, attendee) == [(question.text, "You asked it.")]
    assert told(event, speaker) == []
    [row] = selectors.questions_of(session, attendee, sort="mine").rows
    assert row.value.reply == broadcasts.Reply("Amara does.", speaker.name)


def test_follower_of_a_duplicate_awaits_the_one_that_remains(ask, session, attendee, speaker, crowd):
    duplicate, question = ask(attendee), ask(speaker, "Who is it that reads it?")
    FollowFactory(question=duplicate, user=crowd[0])

    services.merge_question(duplicate, into=question)

    assert selectors.questions_of(session, crowd[0]).awaited == [question.pk]


def test_own_list_says_which_it_was_joined_with_while_that_is_shown(ask, session, attendee, speaker):
    duplicate, question = ask(attendee), ask(speaker, "Who is it that reads it?")
    services.merge_question(duplicate, into=question)

    [row] = selectors.questions_of(session, attendee, sort="mine").rows
    assert (row.into, row.joined.text) == (question.pk, "Who is it that reads it?")

    services.move_question(question, to="dismissed")
    [row] = selectors.questions_of(session, attendee, sort="mine").rows
    assert (row.into, row.joined) == (question.pk, None)


@pytest.mark.parametrize("count", [1, 3])
def test_own_list_costs_the_same_however_many_are_joined(
    ask, board, session, attendee, count, django_assert_num_queries
):
    target = QuestionFactory(board=board)
    for number in range(count):
        services.merge_question(ask(attendee, f"Who reads the gauge, {number}?"), into=target)
    VoteFactory(question=target)
    session.event.slug  # noqa: B018 - read with the session

    with django_assert_num_queries(14):
        assert len(selectors.questions_of(session, attendee, sort="mine").rows) == count


def test_page_of_a_duplicates_asker_says_what_becomes_of_it(new_page, running, ask, attendee, speaker):
    duplicate, question = ask(attendee), ask(speaker, "Who is it that reads it?")
    page = new_page(attendee)
    page.goto(f"{running.get_absolute_url()}questions/?sort=mine")
    item = page.locator(f"[data-question='{duplicate.pk}']")
    expect(item.locator("[data-joined]")).to_be_hidden()

    services.merge_question(duplicate, into=question)

    expect(item.locator("[data-joined-text]")).to_have_text("Who is it that reads it?")
    expect(page.locator(".toast")).to_contain_text("joined with another one")
    services.reply_to_question(question, text="Amara does.", by=speaker)
    expect(item.locator("[data-joined-reply-text]")).to_have_text("Amara does.")
    expect(page.locator(".toast").last).to_contain_text("Answered: Who is it that reads it?")
    page.reload()
    expect(item.locator("[data-joined-reply-text]")).to_have_text("Amara does.")
