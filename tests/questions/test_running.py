"""Running a session's questions: the stage holds one, states, replies, tags, joining and taking that back."""

import pytest

from apps.core.errors import Refused
from apps.questions import broadcasts, selectors, services
from apps.questions.models import Question, Vote
from tests.factories.questions import FollowFactory, QuestionFactory, VoteFactory


@pytest.fixture
def three(board):
    return [QuestionFactory(board=board, votes=votes) for votes in (3, 9, 6)]


def state(question):
    return Question.objects.get(pk=question.pk).state


def test_stage_holds_one(three, session, told):
    first, second, _third = three
    services.move_question(first, to="stage")
    with told.after():
        services.move_question(second, to="stage")

    assert (state(first), state(second)) == ("new", "stage")
    assert selectors.stage(session.event_id, session.pk).question.id == second.pk
    changed = [entry["id"] for entry in told.entries(broadcasts.log_topic(session.pk))]
    assert sorted(changed) == sorted([first.pk, second.pk])
    assert (session.event_id, broadcasts.stage_topic(session.pk)) in told.states


def test_dismissed_question_is_gone_for_everybody_also_from_replay(three, session, told):
    with told.after():
        services.move_question(three[0], to="later")
        services.move_question(three[0], to="dismissed")

    assert [entry["question"] is None for entry in told.entries(broadcasts.log_topic(session.pk))] == [False, True]
    replayed = selectors.replay(session.event_id, session.pk, after=0, limit=10)
    assert [(entry.id, entry.question) for _seq, entry in replayed] == [(three[0].pk, None)] * 2


def test_next_answers_and_brings_the_most_wanted(three, session):
    low, high, middle = three

    assert services.advance(session, after=None).pk == high.pk
    assert services.advance(session, after=high.pk).pk == middle.pk
    assert services.advance(session, after=middle.pk, to="later").pk == low.pk
    assert services.advance(session, after=low.pk) is None
    assert [state(question) for question in three] == ["answered", "answered", "later"]


def test_next_pressed_on_two_devices_moves_once(three, session):
    services.advance(session, after=None)
    _low, high, middle = three

    first = services.advance(session, after=high.pk)
    again = services.advance(session, after=high.pk)

    assert (first.pk, again.pk) == (middle.pk, middle.pk)
    assert state(three[0]) == "new"


@pytest.mark.parametrize("to", ["held", "merged", "withdrawn", "", "x"])
def test_only_some_states_can_be_set(three, to):
    with pytest.raises(Refused, match=r"question\.state_unknown"):
        services.move_question(three[0], to=to)


def test_reply_stands_under_it_and_goes_again(three, session, speaker):
    services.reply_to_question(three[0], text=" Down\n4%. ", by=speaker)
    value = broadcasts.question(selectors.get_question(session.event_id, three[0].pk))
    assert value.reply == broadcasts.Reply("Down 4%.", "Amara Lindqvist")

    services.reply_to_question(three[0], text="", by=speaker)
    assert broadcasts.question(selectors.get_question(session.event_id, three[0].pk)).reply is None


def test_tags_have_bounds(three):
    assert services.tag_question(three[0], tags=["Money", " Money ", "", "Water"]).tags == ["Money", "Water"]
    for tags in (list("abcdef"), ["x" * 31]):
        with pytest.raises(Refused, match=r"question\.tags"):
            services.tag_question(three[0], tags=tags)


def test_joining_counts_everybody_once_and_can_be_taken_back(board, crowd, attendee, told, session):
    target, source = QuestionFactory(board=board, author=attendee), QuestionFactory(board=board)
    services.cast_votes([services.Wish(board.event_id, target.pk, person.pk) for person in crowd[:2]])
    services.cast_votes([services.Wish(board.event_id, source.pk, person.pk) for person in [*crowd[1:], attendee]])
    FollowFactory(question=source, user=crowd[3])

    with told.after():
        services.merge_question(source, into=target)

    target.refresh_from_db()
    source.refresh_from_db()
    assert target.votes == target.voters.count() == 4  # who asked it does not count
    assert (source.state, source.merged_into_id) == ("merged", target.pk)
    assert target.followers.filter(user=crowd[3]).exists()
    gone = next(one for one in told.entries(broadcasts.log_topic(session.pk)) if one["id"] == source.pk)
    assert (gone["question"], gone["into"]) == (None, target.pk)

    services.split_question(source)
    target.refresh_from_db()
    source.refresh_from_db()
    assert (target.votes, source.votes, source.state, source.merged_into_id) == (2, 4, "new", None)
    assert not Vote.objects.filter(via=source).exists()


def test_asker_of_a_nameless_question_is_not_counted_for_it_by_joining(ask, board, attendee, vote):
    target = ask(attendee, is_anonymous=True)
    source = QuestionFactory(board=board)
    vote(source, attendee)

    services.merge_question(source, into=target)

    target.refresh_from_db()
    assert (target.votes, target.voters.count()) == (0, 0)


def test_what_cannot_be_joined_is_refused(board, three, other_event):
    foreign = QuestionFactory(board__event=other_event)
    gone = QuestionFactory(board=board, state="dismissed")
    for source, into, code in (
        (three[0], three[0], "merge_self"),
        (three[0], foreign, "merge_elsewhere"),
        (three[0], gone, "gone"),
    ):
        with pytest.raises(Refused, match=rf"question\.{code}"):
            services.merge_question(source, into=into)
    with pytest.raises(Refused, match=r"question\.not_merged"):
        services.split_question(three[0])
    assert [state(question) for question in three] == ["new"] * 3


def test_vote_on_a_joined_question_is_refused(three, vote, speaker):
    services.merge_question(three[0], into=three[1])

    assert vote(three[0], speaker)[0].code == "question.unknown"


def test_counter_of_another_question_is_left_alone(three, speaker):
    VoteFactory(question=three[2], user=speaker)

    services.merge_question(three[0], into=three[1])

    assert Question.objects.get(pk=three[2].pk).votes == 6
