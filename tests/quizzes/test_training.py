"""Trainings: attempts, their marks, their review, and what they keep to themselves until they are handed in."""

import csv
import io

import pytest
from django.urls import reverse
from django.utils import translation
from i18nfield.strings import LazyI18nString

from apps.core.errors import Refused
from apps.quizzes import selectors, services
from apps.quizzes.models import Attempt, Question, Quiz
from apps.quizzes.services import running
from tests.factories.media import AssetFactory
from tests.factories.quizzes import BankFactory, QuestionFactory, QuizFactory
from tests.quizzes.conftest import Table

RIGHT = {"single": "2", "truth": "false", "number": "3.5", "text": "Nairobi"}


@pytest.fixture
def training(event, bank):
    return QuizFactory(
        event=event, bank=bank, mode=Quiz.Mode.ALONE, is_published=True, pass_percent=50, most_attempts=2
    )


@pytest.fixture
def page(training):
    return lambda name, *more: reverse(f"quizzes:{name}", args=[training.event.slug, training.pk, *more])


def answer_all(attempt, share=1.0):
    tasks = list(attempt.tasks.order_by("position"))
    for task in tasks[: round(len(tasks) * share)]:
        right = task.key["right"]
        said = right if isinstance(right, list) and task.kind != "text" else RIGHT[task.kind]
        services.answer_task(attempt, position=task.position, said=said)


@pytest.mark.parametrize(
    ("share", "percent", "passed"), [(1, 100, True), (0.5, 50, True), (1 / 3, 33, False), (0, 0, False)]
)
def test_attempt_is_marked_and_passed_or_not(training, attendee, share, percent, passed):
    attempt = services.begin(training, user=attendee)
    answer_all(attempt, share)

    done = services.hand_in(attempt)

    assert (done.percent, done.passed) == (percent, passed)


def test_attempt_is_gone_on_with_and_then_stays_as_it_is(training, attendee):
    attempt = services.begin(training, user=attendee)
    assert services.begin(training, user=attendee) == attempt
    services.answer_task(attempt, position=1, said="1")
    services.answer_task(attempt, position=1, said="2")
    services.hand_in(attempt)

    for deed in (lambda: services.answer_task(attempt, position=1, said="1"), lambda: services.hand_in(attempt)):
        with pytest.raises(Refused) as refused:
            deed()
        assert refused.value.code == "quiz.handed_in"
    assert selectors.review(selectors.own_attempt(training, attendee.pk, 1))[0].share == 1


def test_attempts_are_counted(training, attendee, speaker):
    for _attempt in range(2):
        services.hand_in(services.begin(training, user=attendee))

    with pytest.raises(Refused) as refused:
        services.begin(training, user=attendee)

    assert refused.value.code == "quiz.no_attempt_left"
    assert services.begin(training, user=speaker).number == 1


def test_questions_are_drawn_and_shuffled(training, attendee):
    Quiz.objects.filter(pk=training.pk).update(draws=3, shuffles=True, most_attempts=0)
    training.refresh_from_db()
    drawn = set()
    for _attempt in range(12):
        attempt = services.begin(training, user=attendee)
        tasks = [task.question_id for task in attempt.tasks.order_by("position")]
        assert len(tasks) == len(set(tasks)) == 3
        drawn.add(tuple(tasks))
        services.hand_in(attempt)

    assert len(drawn) > 1


def test_training_by_forms_shows_the_right_answers_afterwards_only(training, page, attendee, enter):
    client = enter(attendee)
    assert client.post(page("training")).headers["Location"] == page("task", 1, 1)
    seen = ""
    for task in Attempt.objects.get().tasks.order_by("position"):
        address = page("task", 1, task.position)
        seen += client.get(address).content.decode()
        if task.kind == "order":
            client.post(address, {f"place-{one}": place for place, one in enumerate(task.key["right"], 1)})
        elif task.kind != "text":
            client.post(address, {"said": task.key["right"] if task.kind == "multiple" else RIGHT[task.kind]})
    assert client.post(page("task", 1, 6), {"said": ""}).status_code == 400
    assert "Nairobi" not in seen
    assert client.get(page("review", 1)).status_code == 302

    html = client.post(page("hand_in", 1), follow=True).content.decode()

    assert "Passed, with 83 percent." in html
    assert "Nairobi" in html
    assert client.get(page("task", 1, 1)).headers["Location"] == page("review", 1)


def test_review_keeps_the_right_answers_where_the_organiser_wants_that(training, attendee):
    Quiz.objects.filter(pk=training.pk).update(reviews=False)
    training.refresh_from_db()
    attempt = services.hand_in(services.begin(training, user=attendee))

    assert [one.right for one in selectors.review(attempt)] == [[]] * 6


def test_typed_answer_is_shown_as_the_readers_language_spells_it(event, attendee, enter):
    bank = BankFactory(event=event)
    spellings = [(LazyI18nString({"en": "Gauge", "de": "Pegel"}), 0), (LazyI18nString({"en": "River gauge"}), 0)]
    QuestionFactory(bank=bank, kind="text", text="What tells the height?", choices=spellings)
    alone = QuizFactory(event=event, bank=bank, mode=Quiz.Mode.ALONE, is_published=True)
    attempt = services.hand_in(services.begin(alone, user=attendee))

    with translation.override("de"):
        assert [one.right for one in selectors.review(attempt)] == [["Pegel", "River gauge"]]

    table = Table(services.open_lobby(QuizFactory(event=event, bank=bank)))
    table.ask()
    assert table.join(attendee) is not None
    table.reveal()
    html = enter(attendee).get(table.game.quiz.get_absolute_url(), headers={"Accept-Language": "de"}).content.decode()

    assert "<bdi>Pegel</bdi>, <bdi>River gauge</bdi>" in html
    assert "<bdi>Gauge</bdi>" not in html


def test_nobody_sees_anothers_attempt_or_what_is_not_published(training, page, attendee, speaker, enter):
    services.hand_in(services.begin(training, user=attendee))
    assert enter(speaker).get(page("review", 1)).status_code == 404

    Quiz.objects.filter(pk=training.pk).update(is_published=False)

    assert enter(speaker).get(page("training")).status_code == 404
    assert enter(speaker).post(page("training")).status_code == 404


def test_training_has_no_lobby(training):
    with pytest.raises(Refused) as refused:
        services.open_lobby(training)

    assert refused.value.code == "quiz.alone"


def test_reports_of_a_training(training, page, attendee, moderator, enter):
    attempt = services.begin(training, user=attendee)
    answer_all(attempt, 0.5)
    services.hand_in(attempt)
    host = enter(moderator)

    def rows(by):
        text = b"".join(host.get(page("report", by, "csv")).streaming_content).decode().removeprefix("\ufeff")
        return list(csv.reader(io.StringIO(text)))[1:]

    assert [row[:2] + row[4:] for row in rows("people")] == [["Nadia Okello", "1", "50", "yes"]]
    assert [row[1:] for row in rows("questions")] == [["1", "1", "0", "100"]] * 3 + [["1", "0", "1", "0"]] * 3


@pytest.fixture
def large(event, attendee):
    bank = BankFactory(event=event)
    made = Question.objects.bulk_create(
        Question(bank=bank, kind="truth", text=f"Statement {place}", position=place) for place in range(130)
    )
    alone = QuizFactory(event=event, bank=bank, mode=Quiz.Mode.ALONE, is_published=True)
    return alone, [question.pk for question in made]


def test_questions_are_drawn_from_the_whole_of_a_large_bank(large, attendee, monkeypatch):
    alone, every = large
    Quiz.objects.filter(pk=alone.pk).update(draws=2)
    alone.refresh_from_db()
    monkeypatch.setattr(running.random, "sample", lambda found, count: found[-count:])

    asked = services.begin(alone, user=attendee).tasks.values_list("question", flat=True)

    assert list(asked) == every[-2:]
    assert selectors.warnings(alone) == []


def test_only_finished_questions_are_drawn_and_the_others_are_named(large, attendee, monkeypatch):
    alone, every = large
    Question.objects.filter(pk__in=every[2:]).update(kind="number", number=None)
    Quiz.objects.filter(pk=alone.pk).update(draws=2)
    alone.refresh_from_db()
    monkeypatch.setattr(running.random, "sample", lambda found, count: found[-count:])

    asked = services.begin(alone, user=attendee).tasks.values_list("question", flat=True)

    assert list(asked) == every[:2]
    *named, more = selectors.warnings(alone)
    assert named[0] == "Question 3 (“Statement 2”) is not finished. Say which number is right."
    assert (len(named), more) == (5, "123 more questions are not finished.")


def test_draw_is_refused_where_too_few_questions_are_finished(large, attendee):
    alone, every = large
    Question.objects.filter(pk__in=every[1:]).update(kind="number", number=None)
    Quiz.objects.filter(pk=alone.pk).update(draws=2)
    alone.refresh_from_db()

    with pytest.raises(Refused) as refused:
        services.begin(alone, user=attendee)

    assert refused.value.code == "quiz.question_incomplete"
    assert "Question 2 " in str(refused.value.message)


def test_who_sets_up_a_quiz_is_told_that_not_all_of_its_bank_is_asked(large, attendee):
    alone, every = large

    [warning] = selectors.warnings(alone)

    assert warning.startswith("Its bank holds 130 questions, and the first 100 of them are asked.")
    asked = services.begin(alone, user=attendee).tasks.values_list("question", flat=True)
    assert list(asked) == every[:100]


def test_review_shows_each_question_as_it_was_asked(event, attendee, enter, page, training, django_assert_num_queries):
    pictures = [AssetFactory(event=event, kind="image", title=f"Gauge {n}", content_type="image/png") for n in (1, 2)]
    for question, picture in zip(training.bank.questions.filter(kind__in=["single", "truth"]), pictures, strict=True):
        Question.objects.filter(pk=question.pk).update(media=picture, media_words="A gauge")
    attempt = services.begin(training, user=attendee)
    for position, said in ((1, "1"), (2, [1, 2]), (3, "true"), (4, [2, 1, 3])):
        services.answer_task(attempt, position=position, said=said)
    services.hand_in(attempt)
    attempt = selectors.own_attempt(training, attendee.pk, 1)

    with django_assert_num_queries(2):
        reviewed = selectors.review(attempt)

    assert [[(option.chosen, option.right) for option in one.options] for one in reviewed] == [
        [(True, False), (False, True), (False, False)],
        [(True, True), (True, False), (False, True)],
        [(True, False), (False, True)],
        [(False, False)] * 3,
        [],
        [],
    ]
    html = enter(attendee).get(page("review", 1)).content.decode()
    assert html.count('alt="A gauge"') == 2
    assert html.count("your answer") == 4


def test_review_marks_nothing_as_right_where_the_organiser_wants_that(training, attendee, enter, page):
    Quiz.objects.filter(pk=training.pk).update(reviews=False)
    training.refresh_from_db()
    attempt = services.hand_in(services.begin(training, user=attendee))

    assert not any(option.right for one in selectors.review(attempt) for option in one.options)
    assert 'class="tile o2 right' not in enter(attendee).get(page("review", 1)).content.decode()


@pytest.mark.parametrize(
    ("worths", "percent"),
    [((1000, 1000), 50), ((2000, 1000), 66), ((1000, 2000), 33), ((0, 1000), 0), ((1000, 0), 100), ((0, 0), 50)],
)
def test_questions_weigh_what_they_are_worth(event, attendee, worths, percent):
    bank = BankFactory(event=event)
    for worth in worths:
        QuestionFactory(bank=bank, worth=worth)
    attempt = services.begin(
        QuizFactory(event=event, bank=bank, mode=Quiz.Mode.ALONE, is_published=True), user=attendee
    )
    Question.objects.filter(bank=bank).update(worth=1000)  # what it was worth when the attempt began counts
    services.answer_task(attempt, position=1, said="2")

    assert services.hand_in(attempt).percent == percent


def test_learner_is_told_what_counts_otherwise(event, attendee, enter):
    bank = BankFactory(event=event)
    for worth in (1000, 2000, 0):
        QuestionFactory(bank=bank, worth=worth)
    alone = QuizFactory(event=event, bank=bank, mode=Quiz.Mode.ALONE, is_published=True)
    services.begin(alone, user=attendee)
    client = enter(attendee)

    pages = [
        client.get(reverse("quizzes:task", args=[event.slug, alone.pk, 1, place])).content.decode()
        for place in (1, 2, 3)
    ]

    assert [("counts twice" in html, "does not count" in html) for html in pages] == [
        (False, False),
        (True, False),
        (False, True),
    ]


def test_report_tells_of_questions_as_they_were_asked(training, attendee, speaker):
    first = services.begin(training, user=attendee)
    answer_all(first)
    services.hand_in(first)
    changed = training.bank.questions.get(kind="single")
    Question.objects.filter(pk=changed.pk).update(text="How many towns are there?")
    training.bank.questions.filter(kind="truth").delete()
    services.hand_in(services.begin(training, user=speaker))

    _head, *rows = selectors.tasks_report(training)

    assert [row for row in rows if row[0].startswith("How many towns")] == [
        ["How many towns share the floodplain?", 1, 1, 0, 100],
        ["How many towns are there?", 1, 0, 1, 0],
    ]
    assert rows[-1] == ["Water flows uphill.", 1, 1, 0, 100]
    assert len(rows) == 7
