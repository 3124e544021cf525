"""A game from lobby to podium: who answers when, and what counts."""

from datetime import timedelta

import pytest

from apps.core import clock
from apps.core.errors import Refused
from apps.quizzes import selectors, services
from apps.quizzes.models import Answer, Game, Seat, Side
from apps.quizzes.services import lags, running
from tests.factories.accounts import UserFactory
from tests.factories.quizzes import QuestionFactory, QuizFactory


def code(answer):
    assert isinstance(answer, Refused), answer
    return answer.code


def test_game_goes_from_lobby_to_podium(intake, table, attendee, speaker, drain):
    table.join(attendee, "Nadia")
    table.join(speaker, "Amara")
    for position in range(1, 7):
        table.ask()
        assert table.turn.position == position
        answer = table.answer(attendee, table.right())
        assert answer.said is not None and answer.share is None
        table.reveal()
        drain()
        services.score_if_complete(table.turn)
        assert table.mine(attendee).answer.share == 1
        assert table.mine(speaker).answer is None

    services.ask_next(table.fresh)

    stage = selectors.stage(table.game.quiz.event_id, table.game.pk)
    assert (stage.phase, [leader.name for leader in stage.leaders]) == ("over", ["Nadia", "Amara"])
    first = Side.objects.get(name="Nadia")
    assert (first.rank, first.streak) == (1, 6)
    bonuses = [0, 100, 200, 300, 400, 500]
    answers = Answer.objects.filter(side=first).order_by("turn__position")
    assert [answer.bonus for answer in answers] == bonuses
    assert first.points == sum(answer.base + answer.bonus for answer in answers)
    assert all(900 < answer.base <= 1000 for answer in answers)


def test_first_answer_stands_and_the_same_one_again_is_no_refusal(intake, table, attendee, drain):
    table.join(attendee)
    table.ask()

    answers = [table.answer(attendee, said) for said in ([1], [1], [2])]
    drain()
    again = table.answer(attendee, [1])

    assert [answers[0].said, answers[1].said, code(answers[2]), again.said] == [[1], [1], "quiz.answered", [1]]
    assert Answer.objects.get().said == [1]


def test_answers_before_after_and_elsewhere_are_refused_and_not_counted(intake, table, attendee, outsider, drain):
    table.join(attendee)
    assert code(table.answer_at(attendee, [1], 1)) == "quiz.not_open"
    services.ask_next(table.fresh)
    assert code(table.answer(attendee, [1])) == "quiz.too_early"
    table.shift(-4)
    assert code(table.answer(outsider, [1])) == "quiz.not_joined"
    assert code(table.answer(attendee, [1], position=2)) == "quiz.not_open"
    assert code(table.answer(attendee, [9])) == "quiz.answer_invalid"
    table.shift(-21)
    assert code(table.answer(attendee, [1])) == "quiz.too_late"
    table.reveal()
    assert code(table.answer(attendee, [1])) == "quiz.too_late"

    drain()

    assert Answer.objects.count() == 0
    assert table.turn.answers == 0


def test_other_events_game_does_not_exist(table, other_event, attendee):
    given = services.Given(other_event.pk, table.game.pk, attendee.pk, 1, [1])
    joining = services.Joining(other_event.pk, table.game.pk, attendee.pk, "Nadia")

    assert code(services.give_answers([given])[0]) == "quiz.unknown"
    assert code(services.join([joining])[0]) == "quiz.unknown"


def test_what_was_taken_before_the_reveal_counts_though_it_is_written_later(table, attendee, speaker, drain, settings):
    settings.INTAKE = "redis"
    for person in (attendee, speaker):
        table.join(person)
    table.ask()
    table.answer(attendee, [2])
    table.answer(speaker, [1])
    table.reveal()

    stage = selectors.stage(table.game.quiz.event_id, table.game.pk)
    assert (stage.counted, stage.reveal.answers) == (False, 2)
    assert [bar.count for bar in stage.reveal.bars] == [1, 1, 0]
    with pytest.raises(Refused) as refused:
        services.ask_next(table.fresh)
    assert refused.value.code == "quiz.counting"

    drain()
    services.ask_next(table.fresh)

    assert table.mine(attendee).points > 900
    assert table.mine(speaker).points == 0


def test_late_joiner_enters_at_the_next_question(table, attendee, speaker):
    table.join(attendee)
    table.ask()

    late = table.join(speaker)

    assert late.enters_at == 2
    assert code(table.answer(speaker, [2])) == "quiz.next_question"
    table.reveal()
    table.ask()
    assert table.answer(speaker, [1, 3]).said == [1, 3]


def test_who_comes_back_keeps_name_and_points(table, attendee, drain):
    table.join(attendee, "Nadia")
    table.ask()
    table.answer(attendee, [2])
    table.reveal()
    drain()
    services.score_if_complete(table.turn)
    before = table.mine(attendee)

    again = table.join(attendee, "Somebody else")

    assert again == before
    assert again.points > 0 and again.name == "Nadia"


@pytest.mark.parametrize(
    ("name", "refusal"),
    [("  ", "quiz.name"), ("n" * 25, "quiz.name"), ("\u200b\u202e", "quiz.name"), ("NADIA ", "quiz.name_taken")],
)
def test_names_are_seen_short_and_ones_own(table, attendee, speaker, name, refusal):
    table.join(attendee, "Nadia")

    assert code(table.join(speaker, name)) == refusal


def test_more_time_for_one_person(intake, table, attendee, speaker, drain):
    for person in (attendee, speaker):
        table.join(person)
    services.give_time(table.game, user_id=attendee.pk, extra=100)
    table.ask(ago=30)

    assert code(table.answer(speaker, [2])) == "quiz.too_late"
    assert table.answer(attendee, [2]).said == [2]
    drain()
    assert not services.reveal_due(table.game.pk, 1)
    table.shift(-11)
    assert services.reveal_due(table.game.pk, 1)
    services.score_if_complete(table.turn)

    # More time brings no points by itself: after the twenty seconds of the question a right answer has its half.
    assert Answer.objects.get().base == 500


def test_host_extends_a_question_that_is_over(intake, table, attendee):
    table.join(attendee)
    table.ask(ago=25)
    assert code(table.answer(attendee, [2])) == "quiz.too_late"

    services.extend(table.fresh, seconds=10)
    table.refresh()

    assert table.answer(attendee, [2]).said == [2]


def test_team_talks_and_its_captain_answers(event, attendee, speaker, exhibitor):
    quiz = QuizFactory(event=event, teams=True, talk_seconds=15)
    QuestionFactory(bank=quiz.bank)
    game = services.open_lobby(quiz)
    people = [(attendee, "The Weirs"), (speaker, "the weirs"), (exhibitor, "The Sluices")]
    mine = [services.join([services.Joining(event.pk, game.pk, one.pk, name)])[0] for one, name in people]

    assert [one.captain for one in mine] == [True, False, True]
    assert [one.name for one in mine] == ["The Weirs", "The Weirs", "The Sluices"]
    services.ask_next(game)
    turn = selectors.current_turn(selectors.get_game(event.pk, game.pk))
    assert turn.opens_at - clock.now() > timedelta(seconds=18)
    answer = services.give_answers([services.Given(event.pk, game.pk, speaker.pk, 1, [2])])[0]
    assert code(answer) == "quiz.captain_answers"
    services.make_captain(game, user_id=speaker.pk)
    assert list(Seat.objects.filter(side__name="The Weirs", is_captain=True).values_list("user", flat=True)) == [
        speaker.pk
    ]


def test_way_is_measured_by_the_server_and_forgiven_within_bounds(table, attendee, monkeypatch):
    traveller = services.Traveller(table.game.pk, attendee.pk)
    stranger = services.Traveller(table.game.pk, UserFactory().pk)
    moment = [1000.0]
    monkeypatch.setattr(lags.time, "time", lambda: moment[0])

    def trip(took, who=traveller, word=None):
        sent = word or services.depart(traveller)
        moment[0] += took
        services.arrive([(who, sent)])

    assert lags.forgiven([traveller]) == {traveller: 0}
    trip(0.3)
    trip(0.2)
    trip(0.4)
    assert lags.forgiven([traveller]) == {traveller: 100}
    trip(0.01, who=stranger)
    trip(0.001, word="1.2.forged")
    assert lags.forgiven([traveller, stranger]) == {traveller: 100, stranger: 0}
    slow = services.Traveller(table.game.pk, stranger.user_id)
    sent = services.depart(slow)
    moment[0] += 5
    services.arrive([(slow, sent)])
    assert lags.forgiven([slow]) == {slow: 250}


def test_step_that_comes_twice_is_one(table):
    services.step(table.game, do="next", position=0)

    with pytest.raises(Refused) as refused:
        services.step(table.fresh, do="next", position=0)

    assert refused.value.code == "quiz.moved_on"
    assert table.fresh.position == 1


def test_time_that_is_given_twice_by_one_wish_is_given_once(table):
    """The answer to it was lost, and it was sent again."""
    table.ask()
    seen = table.turn.closes_at
    wish = {"do": "extend", "position": 1, "seconds": 30, "closes_at": seen}
    services.step(table.fresh, **wish)

    with pytest.raises(Refused) as refused:
        services.step(table.fresh, **wish)

    assert refused.value.code == "quiz.moved_on"
    assert table.turn.closes_at == seen + timedelta(seconds=30)


def test_one_game_of_a_quiz_at_a_time_and_only_finished_questions(event, quiz, game):
    with pytest.raises(Refused) as refused:
        services.open_lobby(quiz)
    assert refused.value.code == "quiz.runs_already"
    services.end(game)
    QuestionFactory(bank=quiz.bank, choices=[("Only one", True)])

    with pytest.raises(Refused) as refused:
        services.open_lobby(quiz)

    assert refused.value.code == "quiz.question_incomplete"
    assert Game.objects.count() == 1


@pytest.mark.parametrize("intake", ["redis", "sqs"], indirect=True)
def test_host_whose_clock_runs_ahead_takes_no_early_answer(intake, table, attendee, monkeypatch, drain):
    table.join(attendee)
    services.ask_next(table.fresh)
    ahead = clock.now() + timedelta(seconds=10)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: ahead)

        refused = table.answer(attendee, [2])

    assert (refused.code, refused.retry_after) == ("quiz.too_early", 0.5)
    drain()
    assert not Answer.objects.exists()
    table.shift(-5)
    assert table.answer(attendee, [2]).said == [2]


def test_automatic_reveal_waits_for_what_was_on_its_way(table, attendee, monkeypatch, settings):
    """Whoever answered in the last moment, over a slow line, was in time."""
    settings.INTAKE = "direct"
    monkeypatch.setattr(lags, "forgiven", lambda travellers: dict.fromkeys(travellers, 200))
    table.join(attendee)
    table.ask()
    over = table.turn.closes_at
    monkeypatch.setattr(clock, "now", lambda: over + timedelta(milliseconds=150))

    assert not services.reveal_due(table.game.pk, 1)
    assert table.answer(attendee, [2]).said == [2]
    monkeypatch.setattr(clock, "now", lambda: over + timedelta(milliseconds=250))
    assert services.reveal_due(table.game.pk, 1)
    assert selectors.stage(table.game.quiz.event_id, table.game.pk).reveal.answers == 1


def test_task_that_reveals_comes_after_the_grace(table, monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr(running.current_app, "send_task", lambda name, **asked: sent.append((name, asked["eta"])))
    with django_capture_on_commit_callbacks(execute=True):
        services.ask_next(table.fresh)

    last = selectors.stage(table.game.quiz.event_id, table.game.pk).last_at
    assert [eta - last for name, eta in sent if name == "quizzes.reveal_due"] == [timedelta(milliseconds=250)]
