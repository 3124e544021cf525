"""Pages of questions: their orders, the same queries for any number, likely duplicates, and the rules before any."""

from datetime import timedelta

import pytest

from apps.core import clock
from apps.questions import selectors, services
from apps.questions.models import Question
from tests.factories.questions import BoardFactory, QuestionFactory, VoteFactory
from tests.factories.tracks import SessionFactory


def ids(found):
    return [row.value.id for row in found.rows]


def test_orders(session, board, attendee, ask):
    low = QuestionFactory(board=board, votes=1)
    done = QuestionFactory(board=board, votes=9, state="answered")
    high = QuestionFactory(board=board, votes=5, tags=["Water"])
    stage = QuestionFactory(board=board, votes=0, state="stage")
    QuestionFactory(board=board, votes=99, state="dismissed")
    mine = ask(attendee, is_anonymous=True)

    pages = {sort: selectors.questions_of(session, attendee, sort=sort) for sort in selectors.SORTS}

    assert ids(pages["votes"]) == [stage.pk, high.pk, low.pk, mine.pk, done.pk]
    assert ids(pages["newest"]) == [mine.pk, stage.pk, high.pk, done.pk, low.pk]
    assert ids(pages["unanswered"]) == [stage.pk, high.pk, low.pk, mine.pk]
    assert [(row.value.id, row.mine) for row in pages["mine"].rows] == [(mine.pk, True)]
    assert ids(selectors.questions_of(session, attendee, tag="Water")) == [high.pk]
    assert pages["votes"].tags == ["Water"]


def test_own_votes_come_with_the_page(session, board, attendee, speaker):
    question = QuestionFactory(board=board)
    VoteFactory(question=question, user=attendee)

    assert [row.voted for row in selectors.questions_of(session, attendee).rows] == [True]
    assert [row.voted for row in selectors.questions_of(session, speaker).rows] == [False]


@pytest.mark.parametrize("count", [1, 3, 1000])
def test_page_costs_the_same_whatever_there_is(session, board, attendee, count, django_assert_num_queries):
    rows = QuestionFactory.build_batch(count, board=board, author=None)
    Question.objects.bulk_create(rows)
    session.event.slug  # noqa: B018 - read with the session

    with django_assert_num_queries(13):
        found = selectors.questions_of(session, attendee)

    assert (len(found.rows), found.pages) == (min(count, selectors.PAGE), -(-count // selectors.PAGE))
    assert len(found.standing.votes) == min(count, 100)


def test_session_without_a_board_has_the_events_usual_rules(event, attendee):
    session = SessionFactory(event=event)
    assert (selectors.questions_of(session, attendee).standing.rules.open, selectors.board_of(session).pk) == (
        True,
        None,
    )

    BoardFactory(event=event, session=None, is_open=False)

    assert selectors.questions_of(session, attendee).standing.rules.open is False
    assert services.board_for(session).is_open is False


SAID = {
    "wet": "What happens in a year when all three meadows are already wet?",
    "gauge": "Who reads the gauge at Marl, and do all eleven towns believe it?",
    "house": "Did house prices move when the map was published?",
}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("What if all the meadows are wet already", ["wet"]),
        ("who is reading the gauge?", ["gauge"]),
        ("house price after the map was published", ["house"]),
        ("What happens to the fish in a dry summer?", []),
        ("the and of what who", []),
        ("wet", []),
        ("'); DROP TABLE questions_question; --", []),
    ],
)
def test_likely_duplicates(ask, crowd, speaker, board, typed, found):
    asked = {name: ask(person, text) for person, (name, text) in zip(crowd, SAID.items(), strict=False)}
    board.session.event = board.event

    similar = selectors.similar(board, typed)

    assert [row.pk for row in similar] == [asked[name].pk for name in found]


def test_similar_does_not_tell_of_what_is_not_shown(ask, attendee, board):
    question = ask(attendee, SAID["wet"])
    services.move_question(question, to="dismissed")

    assert selectors.similar(board, SAID["wet"]) == []


def test_newest_answers_are_told_of_whatever_was_asked_last(event, session, board, attendee):
    """Three are told of; the one that was answered last was asked first."""
    now = clock.now()
    early, *others = [
        QuestionFactory(
            board=board,
            author=attendee,
            state="answered",
            created_at=now - timedelta(hours=5 - place / 10),
            answered_at=now - timedelta(minutes=5 + 10 * place),
        )
        for place in range(5)
    ]

    told = [entry.title for entry in selectors.just_answered(event, attendee, frozenset({"attendee"}))]

    assert told == [question.text for question in (early, *others[:2])]


@pytest.mark.parametrize("is_anonymous", [False, True])
def test_what_was_joined_just_now_is_told_of_before_older_answers(event, board, ask, attendee, is_anonymous):
    now = clock.now()
    for place in range(4):
        QuestionFactory(board=board, author=attendee, state="answered", answered_at=now - timedelta(minutes=9 + place))
    long_ago = QuestionFactory(board=board, state="answered", answered_at=now - timedelta(hours=9))

    services.merge_question(ask(attendee, is_anonymous=is_anonymous), into=long_ago)

    first, *others = selectors.just_answered(event, attendee, frozenset({"attendee"}))
    assert (first.title, len(others)) == (long_ago.text, 2)
