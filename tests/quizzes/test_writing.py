"""Banks, their questions and quizzes are written by services: what cannot be asked is refused, what is in use stays."""

import pytest

from apps.core.errors import Refused
from apps.quizzes import services
from apps.quizzes.models import Bank, Choice, Game, Question, Quiz
from tests.factories.quizzes import BankFactory, GameFactory, QuestionFactory, QuizFactory
from tests.threads import at_once


def refused(service, *args, **kwargs):
    with pytest.raises(Refused) as found:
        service(*args, **kwargs)
    return found.value.code, found.value.status, found.value.field


def answers(question):
    return [(str(choice), choice.is_right) for choice in Choice.objects.filter(question=question)]


@pytest.mark.parametrize(
    ("fields", "choices"),
    [
        ({"kind": "single"}, [("Sahara", False), ("Tana", True)]),
        ({"kind": "multiple"}, [("Tana", True), ("Ostra", False), ("Douro", True)]),
        ({"kind": "order"}, [("Spring", False), ("Town", False), ("Sea", False)]),
        ({"kind": "text"}, [("Nairobi", False), ("Nairobi City", False)]),
        ({"kind": "truth", "truth": False}, []),
        ({"kind": "number", "number": "3.5", "tolerance": "0.5"}, []),
    ],
    ids=lambda found: found["kind"] if isinstance(found, dict) else "",
)
def test_question_of_every_kind_is_written_and_can_be_asked(event, fields, choices):
    bank = BankFactory(event=event)

    question = services.save_question(Question(bank=bank, text="?", **fields), choices=choices, at_end=True)

    assert (answers(question), question.position) == (choices, 0)
    game = services.open_lobby(QuizFactory(event=event, bank=bank))
    assert game.turns.get().kind == fields["kind"]


@pytest.mark.parametrize(
    ("kind", "choices", "field"),
    [
        ("single", [("a", True), ("b", True)], "choices"),
        ("single", [("a", True)], "choices"),
        ("multiple", [("a", False), ("b", False)], "choices"),
        ("text", [], "choices"),
        ("number", [], "number"),
    ],
)
def test_question_that_cannot_be_asked_is_refused(event, kind, choices, field):
    question = Question(bank=BankFactory(event=event), text="?", kind=kind)

    assert refused(services.save_question, question, choices=choices) == ("quiz.question_incomplete", 400, field)
    assert Question.objects.count() == 0


def test_new_question_comes_last_and_another_kind_takes_its_answers_along(event):
    bank = BankFactory(event=event)
    first = QuestionFactory(bank=bank, position=7)

    last = services.save_question(Question(bank=bank, text="?", kind="truth"), choices=[("a", True)], at_end=True)
    first.kind = Question.Kind.TRUTH
    services.save_question(first, changed={"kind"})

    assert (last.position, answers(last), answers(first)) == (8, [], [])


def test_answers_stay_as_they_are_where_none_are_said(event):
    question = QuestionFactory(bank__event=event)
    before = set(question.choices.values_list("pk", flat=True))

    question.seconds = 45
    services.save_question(question, changed={"seconds"})

    assert set(question.choices.values_list("pk", flat=True)) == before
    assert Question.objects.get().seconds == 45


def test_question_that_somebody_deleted_is_not_brought_back(event):
    question = QuestionFactory(bank__event=event)
    Question.objects.all().delete()

    assert refused(services.save_question, question, changed={"seconds"})[:2] == ("quiz.question_unknown", 404)
    assert Question.objects.count() == 0


def test_game_that_runs_asks_a_deleted_question_as_it_was(event):
    question = QuestionFactory(bank__event=event)
    game = services.open_lobby(QuizFactory(event=event, bank=question.bank))

    services.remove_question(question)

    assert (game.turns.get().sheet["text"], Question.objects.count()) == ({"en": str(question)}, 0)


def test_questions_are_put_into_order_and_those_of_others_refused(event):
    bank = BankFactory(event=event)
    one, two, three = (QuestionFactory(bank=bank) for _ in range(3))

    services.arrange_questions(bank, [three.pk, one.pk])

    assert list(bank.questions.all()) == [three, one, two]
    code = refused(services.arrange_questions, bank, [QuestionFactory(bank__event=event).pk])
    assert code == ("quiz.question_unknown", 400, "questions")


def test_bank_goes_with_its_questions_unless_a_quiz_asks_from_it(event):
    quiz = QuizFactory(event=event)
    QuestionFactory(bank=quiz.bank)

    assert refused(services.remove_bank, quiz.bank)[0] == "quiz.bank_in_use"
    services.remove_quiz(quiz)
    services.remove_bank(quiz.bank)

    assert (Bank.objects.count(), Question.objects.count()) == (0, 0)


def test_quiz_asks_from_a_bank_of_its_event_in_a_session_of_it(event, other_event):
    foreign = QuizFactory(event=other_event)

    assert refused(services.save_quiz, Quiz(event=event, title="?", bank=foreign.bank)) == (
        "quiz.bank_unknown", 400, "bank",
    )  # fmt: skip
    made = services.save_quiz(Quiz(event=event, title="?", bank=BankFactory(event=event)))
    assert Quiz.objects.get(event=event) == made


def test_quiz_that_is_played_stays_and_stays_a_game(event):
    game = GameFactory(quiz=QuizFactory(event=event))
    quiz = game.quiz

    quiz.mode = Quiz.Mode.ALONE
    assert refused(services.save_quiz, quiz, changed={"mode"})[0] == "quiz.still_played"
    assert refused(services.remove_quiz, quiz)[0] == "quiz.still_played"
    services.end(game)
    services.remove_quiz(quiz)

    assert (Quiz.objects.count(), Game.objects.count()) == (0, 0)


def test_quiz_that_somebody_deleted_is_not_brought_back(event):
    quiz = QuizFactory(event=event)
    Quiz.objects.all().delete()

    assert refused(services.save_quiz, quiz, changed={"title"})[:2] == ("quiz.unknown", 404)


@pytest.mark.django_db(transaction=True)
def test_bank_that_goes_while_quizzes_are_made_of_it_leaves_none_without(event):
    """Each is told what became of their wish; nobody's quiz hangs on a bank that is gone."""

    def attempt(deed):
        try:
            deed()
        except Refused as why:
            return why.code
        return "done"

    for _round in range(5):
        bank = BankFactory(event=event).pk

        def make(bank=bank):
            services.save_quiz(Quiz(event=event, title="?", bank_id=bank))

        def remove(bank=bank):
            services.remove_bank(Bank(pk=bank, event=event))

        told = at_once(attempt, [make, remove, make, remove, make, remove])

        is_there = Bank.objects.filter(pk=bank).exists()
        assert Quiz.objects.filter(bank=bank).count() == told[::2].count("done")
        assert (is_there, "done" in told[1::2]) in [(True, False), (False, True)]
        assert {*told} <= {"done", "quiz.bank_in_use", "quiz.bank_unknown"}
