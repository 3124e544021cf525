"""Asking: under the rules of the session, once, and without a name where that is wished and allowed."""

from datetime import timedelta

import pytest
from django.db import connection

from apps.chat.models import Sanction, Word
from apps.core import clock
from apps.core.errors import Refused
from apps.questions import broadcasts, live, selectors, services
from apps.questions.models import Board, Question
from tests.factories.chat import SanctionFactory, WordFactory
from tests.factories.tracks import SessionFactory


def test_question_is_there_for_everybody(session, ask, attendee, told):
    with told.after():
        question = ask(attendee, "  Who reads\n the gauge? ")

    topic = broadcasts.log_topic(session.pk)
    assert (question.text, question.state) == ("Who reads the gauge?", Question.State.NEW)
    assert [entry["question"]["name"] for entry in told.entries(topic)] == ["Nadia Okello"]
    assert selectors.standing(session.event_id, session.pk).unanswered == 1


def test_without_a_name_nothing_in_the_database_or_on_the_wire_names_the_asker(session, ask, attendee, told):
    with told.after():
        question = ask(attendee, is_anonymous=True)

    row = Question.objects.values().get(pk=question.pk)
    assert (row["author_id"], row["is_anonymous"]) == (None, True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(q) - 'id' - 'board_id' FROM questions_question q")
        stored = str(cursor.fetchall())
    wire = str(told.logs) + str(told.states)
    for holder in (stored, wire):
        assert attendee.name not in holder
        assert attendee.email not in holder
    assert attendee.pk not in [value for value in row.values() if isinstance(value, int) and value != row["id"]]
    assert question.is_of(attendee.pk)


def test_named_and_nameless_questions_of_a_person_have_nothing_in_common(ask, attendee):
    named, nameless = ask(attendee, "Who pays?"), ask(attendee, "Who really pays?", is_anonymous=True)

    assert (named.asker_key, nameless.author_id) == ("", None)
    assert nameless.asker_key not in ("", str(attendee.pk))


def test_nameless_where_names_are_asked_for_is_refused(session, ask, attendee):
    services.set_rules(session, is_anonymous_allowed=False)

    refused = ask(attendee, is_anonymous=True)

    assert (refused.code, Question.objects.count()) == ("question.named", 0)


@pytest.mark.parametrize(
    ("text", "code"), [("", "question.empty"), (" \n", "question.empty"), ("é" * 301, "question.too_long")]
)
def test_text_has_bounds(ask, attendee, text, code):
    assert ask(attendee, text).code == code
    assert not Question.objects.exists()


def test_closed_session_takes_none(session, ask, attendee):
    services.set_rules(session, is_open=False)

    assert ask(attendee).code == "question.closed"


def test_session_of_another_event_is_unknown(ask, attendee, other_event):
    refused = ask(attendee, session_id=SessionFactory(event=other_event).pk)

    assert (refused.code, refused.status) == ("question.session_unknown", 404)


def test_one_at_a_time(session, ask, attendee, moderator, monkeypatch):
    services.set_rules(session, wait_seconds=30)
    ask(attendee, "Who pays?")

    refused = ask(attendee, "And how much?")

    assert (refused.code, 0 < refused.retry_after <= 30) == ("question.slow", True)
    later = clock.now() + timedelta(seconds=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert ask(attendee, "And how much?").text == "And how much?"


@pytest.mark.parametrize("is_anonymous", [True, False])
def test_what_was_taken_back_or_dismissed_makes_its_asker_wait_as_well(session, ask, attendee, speaker, is_anonymous):
    services.set_rules(session, wait_seconds=30)
    taken_back, dismissed = ask(attendee, is_anonymous=is_anonymous), ask(speaker, is_anonymous=is_anonymous)

    services.withdraw_question(event_id=session.event_id, question_id=taken_back.pk, user_id=attendee.pk)
    services.move_question(dismissed, to="dismissed")

    assert [ask(person, "And how much?").code for person in (attendee, speaker)] == ["question.slow"] * 2


def test_two_devices_at_once_ask_once(ask, session, attendee, board):
    wish = services.Asking(session.event_id, session.pk, attendee.pk, frozenset({"attendee"}), "Who pays?")

    first, second = services.ask_questions([wish, wish])

    assert (first.question.text, second.code) == ("Who pays?", "question.asked_already")
    assert Question.objects.count() == 1


@pytest.mark.parametrize("is_anonymous", [True, False])
def test_repeated_command_is_answered_not_done_again(ask, attendee, speaker, is_anonymous):
    wish = {"text": "Who pays?", "is_anonymous": is_anonymous, "command_id": "one"}

    first, again = ask(attendee, **wish), ask(attendee, **wish)

    assert first.pk == again.pk
    assert ask(speaker, **wish).pk != first.pk  # ids of two people may be alike


def test_words_of_the_events_list_hold_or_refuse(event, ask, attendee, crowd):
    WordFactory(event=event, text="levy", folded="levy", action=Word.Action.HOLD)
    WordFactory(event=event, text="zounds", folded="zounds", action=Word.Action.REFUSE)

    assert ask(attendee, "Is the levy fair?").state == Question.State.HELD
    assert ask(crowd[0], "Zounds, is it?").code == "question.word"


def test_muted_people_do_not_ask(event, ask, attendee):
    SanctionFactory(event=event, user=attendee, kind=Sanction.Kind.MUTE)

    assert ask(attendee).code == "question.muted"


def test_held_question_is_its_askers_and_the_moderators_until_it_is_let_through(session, ask, attendee, told):
    services.set_rules(session, holds=True)
    with told.after():
        question = ask(attendee)
        assert question.state == Question.State.HELD
    topic = broadcasts.log_topic(session.pk)
    assert told.entries(topic) == []
    assert selectors.desk(session.event_id, session.pk).held == 1
    assert [row.pk for row in selectors.mine(question.board, attendee)] == [question.pk]

    with told.after():
        services.move_question(question, to=Question.State.NEW)

    assert [entry["question"]["id"] for entry in told.entries(topic)] == [question.pk]


def test_moderators_own_questions_are_not_held(session, ask, moderator):
    services.set_rules(session, holds=True)

    assert ask(moderator, roles=frozenset({"moderator"})).state == Question.State.NEW


@pytest.mark.parametrize("is_anonymous", [True, False])
def test_asker_takes_it_back_and_nobody_else(ask, attendee, speaker, is_anonymous):
    question = ask(attendee, is_anonymous=is_anonymous)
    event_id = question.board.event_id

    with pytest.raises(Refused, match=r"question\.not_yours"):
        services.withdraw_question(event_id=event_id, question_id=question.pk, user_id=speaker.pk)
    for _retry in range(2):
        services.withdraw_question(event_id=event_id, question_id=question.pk, user_id=attendee.pk)

    question.refresh_from_db()
    assert question.state == Question.State.WITHDRAWN


def test_what_is_answered_is_not_taken_back(ask, attendee):
    question = ask(attendee)
    services.move_question(question, to="answered")

    with pytest.raises(Refused, match=r"question\.settled"):
        services.withdraw_question(event_id=question.board.event_id, question_id=question.pk, user_id=attendee.pk)


def test_usual_rules_are_those_of_every_session(event, session, board, ask, attendee):
    services.set_usual_rules(event, is_anonymous_allowed=False)

    assert ask(attendee, is_anonymous=True).code == "question.named"
    assert selectors.board_of(SessionFactory(event=event)).is_anonymous_allowed is False
    assert Board.objects.filter(event=event).count() == 2


@pytest.mark.parametrize("rules", [{"most_chars": 5}, {"most_chars": 9999}, {"wait_seconds": -1}])
def test_rules_have_bounds(session, rules):
    with pytest.raises(Refused):
        services.set_rules(session, **rules)


@pytest.mark.parametrize("command", [live.Ask, live.FollowCommand, live.Withdraw])
def test_answers_to_askers_are_kept_under_nobody(command):
    # Kept for retries, they would say for minutes whose a question without a name is.
    assert command.remembers is False
