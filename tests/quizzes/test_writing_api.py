"""Banks, questions and quizzes are written over REST by those who run the event, as at the desk."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.audit.models import Entry
from apps.quizzes import services
from apps.quizzes.models import Bank, Question, Quiz
from tests.access.test_tokens import program
from tests.factories.accounts import UserFactory
from tests.factories.events import RegistrationFactory
from tests.factories.media import AssetFactory
from tests.factories.quizzes import AllowanceFactory, BankFactory, QuestionFactory, QuizFactory
from tests.factories.tracks import SessionFactory

JSON = {"content_type": "application/json"}
CSV = b"kind,question,right,answer1,answer2\ntruth,Water flows uphill.,false,,\nsingle,Which one?,2,Sahara,Tana\n"


@pytest.fixture
def desk(event, organiser, enter):
    """`desk("banks", "bank-7", wish)`: a call by the organiser."""
    client = enter(organiser)

    def call(method, name, *args, body=None, **extra):
        address = reverse(f"api:desk-{name}", args=[event.slug, *args])
        if body is None:
            return getattr(client, method)(address, **extra)
        return getattr(client, method)(address, body, **({} if "file" in body else JSON), **extra)

    return call


def test_bank_is_made_named_listed_and_deleted(desk, event, bank):
    made = desk("post", "banks", body={"name": "Gauges"})
    assert (made.status_code, made.json()["name"], made.json()["questions"]) == (201, "Gauges", 0)
    number = made.json()["id"]

    assert desk("patch", "bank", number, body={"name": "Levels"}).json()["name"] == "Levels"
    listed = desk("get", "banks").json()["results"]
    assert [(row["name"], row["questions"]) for row in listed] == [("Levels", 0), ("Rivers", 6)]
    assert desk("delete", "bank", number).status_code == 204
    assert list(Bank.objects.all()) == [bank]


def test_bank_in_use_stays(desk, quiz):
    refused = desk("delete", "bank", quiz.bank_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "quiz.bank_in_use")


def test_question_is_written_with_its_answers_and_picture(desk, event, bank):
    picture = AssetFactory(event=event, kind="image")
    wish = {
        "kind": "single", "text": {"en": "Which?", "de": "Welcher?"}, "media": picture.key, "media_words": "A river",
        "choices": [{"text": "Sahara"}, {"text": {"en": "Tana"}, "right": True}], "worth": 2000, "seconds": 30,
    }  # fmt: skip

    made = desk("post", "bank-questions", bank.pk, body=wish)

    assert made.status_code == 201, made.content
    said = made.json()
    assert said["choices"] == [
        {"text": {"en": "Sahara"}, "right": False}, {"text": {"en": "Tana"}, "right": True},
    ]  # fmt: skip
    assert [said[name] for name in ("text", "media", "worth", "seconds", "missing")] == [
        {"en": "Which?", "de": "Welcher?"}, picture.key, 2000, 30, "",
    ]  # fmt: skip
    assert list(bank.questions.values_list("pk", flat=True))[-1] == said["id"]


def test_question_is_changed_in_part(desk, bank):
    question = bank.questions.get(kind="single")

    changed = desk("patch", "bank-question", bank.pk, question.pk, body={"choices": [
        {"text": "Left", "right": True}, {"text": "Right"},
    ]}).json()  # fmt: skip

    assert [choice["right"] for choice in changed["choices"]] == [True, False]
    assert changed["text"] == {"en": str(question)}
    assert desk("patch", "bank-question", bank.pk, question.pk, body={"seconds": 90}).json()["seconds"] == 90
    assert desk("get", "bank-question", bank.pk, question.pk).json()["choices"] == changed["choices"]


@pytest.mark.parametrize(
    ("wish", "code", "where"),
    [
        (
            {"kind": "single", "text": "?", "choices": [{"text": "One", "right": True}]},
            "quiz.question_incomplete",
            None,
        ),
        ({"kind": "number", "text": "?"}, "quiz.question_incomplete", None),
        ({"kind": "truth", "text": "?", "media": "nowhere"}, "invalid", "media"),
        ({"kind": "truth", "text": "?", "seconds": 3}, "invalid", "seconds"),
        ({"kind": "truth", "text": {"xx": "?"}}, "invalid", "text"),
        ({"kind": "truth", "text": "x" * 301}, "invalid", "text"),
        ({"kind": "truth"}, "invalid", "text"),
        ({"kind": "truth", "text": "?", "choices": [{}]}, "invalid", "choices.0.text"),
    ],
)
def test_question_that_makes_no_sense_is_refused_by_field(desk, bank, wish, code, where):
    refused = desk("post", "bank-questions", bank.pk, body=wish)

    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert where is None or list(refused.json()["errors"]) == [where]
    assert bank.questions.count() == 6


def test_answer_without_words_is_refused_also_where_a_part_is_said(desk, bank):
    question = bank.questions.get(kind="single")
    refused = desk("patch", "bank-question", bank.pk, question.pk, body={"choices": [{"right": True}]})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["choices.0.text"])


def test_questions_are_arranged_and_deleted(desk, bank):
    ids = list(bank.questions.values_list("pk", flat=True))

    assert desk("put", "bank-order", bank.pk, body={"questions": ids[::-1]}).status_code == 204
    listed = desk("get", "bank-questions", bank.pk, data={"fields": "id"}).json()["results"]
    assert listed == [{"id": pk} for pk in ids[::-1]]
    assert desk("delete", "bank-question", bank.pk, ids[0]).status_code == 204
    assert desk("get", "bank-questions", bank.pk, data={"kind": "truth"}).json()["results"][0]["truth"] is False
    assert bank.questions.count() == 5


def test_questions_come_in_by_file_all_or_none(desk, bank):
    taken = desk("post", "bank-file", bank.pk, body={"file": SimpleUploadedFile("bank.csv", CSV)})
    assert (taken.status_code, taken.json()) == (201, {"added": 2, "left": [], "questions": 8})

    broken = CSV + b"single,Which?,9,a,b\n"
    refused = desk("post", "bank-file", bank.pk, body={"file": SimpleUploadedFile("bank.csv", broken)})
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (422, "quiz.file", "file")
    assert bank.questions.count() == 8


def test_bank_is_taken_away_as_a_file_and_that_is_kept(desk, event, bank, organiser):
    table = desk("get", "bank-file", bank.pk, headers={"Accept": "text/csv"})
    package = desk("get", "bank-file", bank.pk, data={"form": "qti"})

    assert b"Water flows uphill." in b"".join(table)
    assert package.content.startswith(b"PK")
    assert desk("get", "bank-file", bank.pk, data={"form": "pdf"}).status_code == 400
    assert Entry.objects.filter(who_id=organiser.pk, door="api", event_id=event.pk).count() == 2
    again = desk("post", "banks", body={"name": "Copy"}).json()["id"]
    file = SimpleUploadedFile("bank.csv", b"".join(desk("get", "bank-file", bank.pk)))
    assert desk("post", "bank-file", again, body={"file": file}).json()["questions"] == 6


def test_quiz_is_made_changed_and_deleted(desk, event, bank):
    session = SessionFactory(event=event)
    wish = {"title": "Levels", "bank": bank.pk, "session": session.pk, "mode": "alone", "most_attempts": 2}

    made = desk("post", "quizzes", body=wish)

    assert made.status_code == 201, made.content
    said = made.json()
    assert [said[name] for name in ("title", "bank", "session", "mode", "most_attempts", "is_published")] == [
        {"en": "Levels"}, bank.pk, session.pk, "alone", 2, False,
    ]  # fmt: skip
    changed = desk("patch", "quiz", said["id"], body={"is_published": True, "session": None}).json()
    assert (changed["is_published"], changed["session"], changed["title"]) == (True, None, {"en": "Levels"})
    assert [row["id"] for row in desk("get", "quizzes", data={"mode": "alone"}).json()["results"]] == [said["id"]]
    assert desk("get", "quizzes", data={"mode": "live"}).json()["results"] == []
    assert desk("delete", "quiz", said["id"]).status_code == 204
    assert Quiz.objects.count() == 0


def test_quiz_of_another_events_bank_or_session_is_refused(desk, bank, other_event):
    foreign = QuizFactory(event=other_event, session=SessionFactory(event=other_event))

    for wish, field in (
        ({"title": "?", "bank": foreign.bank_id}, "bank"),
        ({"title": "?", "bank": bank.pk, "session": foreign.session_id}, "session"),
    ):
        refused = desk("post", "quizzes", body=wish)
        assert (refused.status_code, refused.json()["field"]) == (400, field)
    assert desk("get", "quiz", foreign.pk).status_code == 404
    assert desk("get", "bank-questions", foreign.bank_id).status_code == 404
    assert desk("patch", "bank-question", bank.pk, QuestionFactory(bank=foreign.bank).pk, body={}).status_code == 404


def test_quiz_says_what_to_know_before_it_is_played(desk, event):
    bank = BankFactory(event=event)
    QuestionFactory(bank=bank, choices=[("Only one", True)])

    made = desk("post", "quizzes", body={"title": "?", "bank": bank.pk}).json()

    assert len(made["warnings"]) == 1
    assert desk("get", "bank-questions", bank.pk).json()["results"][0]["missing"]


def test_repeated_wish_makes_one_question(desk, bank):
    wish = {"kind": "truth", "text": "Water flows uphill?"}
    first, again = (
        desk("post", "bank-questions", bank.pk, body=wish, headers={"Idempotency-Key": "one"}) for _ in range(2)
    )
    assert (first.status_code, again.content) == (201, first.content)
    assert Question.objects.filter(bank=bank).count() == 7


def test_more_time_is_listed_with_who_asks_for_it(desk, event):
    asking = RegistrationFactory(event=event, user=UserFactory(name="Nadia")).user
    AllowanceFactory(event=event, user=asking)
    AllowanceFactory(event=event, asked=0, extra=50)

    [row] = desk("get", "quiz-times", data={"asking": "true"}).json()["results"]

    assert row == {"person": asking.pk, "name": "Nadia", "given": 0, "asked": 100}
    assert len(desk("get", "quiz-times").json()["results"]) == 2


@pytest.mark.parametrize("who", ["moderator", "speaker", "attendee"])
def test_right_answers_are_for_organisers_alone(who, event, bank, request, enter):
    client = enter(request.getfixturevalue(who))
    question = bank.questions.first()
    for name, arguments in (
        ("banks", []), ("bank", [bank.pk]), ("bank-file", [bank.pk]), ("bank-questions", [bank.pk]),
        ("bank-question", [bank.pk, question.pk]), ("quizzes", []), ("quiz-times", []),
    ):  # fmt: skip
        assert client.get(reverse(f"api:desk-{name}", args=[event.slug, *arguments])).status_code == 403


def test_token_reads_banks_by_their_own_scope_only(event, bank, organiser):
    address = reverse("api:desk-bank-questions", args=[event.slug, bank.pk])

    assert program(organiser, "quizzes:read", "quizzes:write").get(address).json()["code"] == "token.scope"
    reader = program(organiser, "banks:read")
    assert len(reader.get(address).json()["results"]) == 6
    assert reader.post(address, {"kind": "truth", "text": "?"}, **JSON).json()["code"] == "token.scope"


def test_game_that_runs_keeps_its_quiz(desk, game):
    for call in (
        lambda: desk("delete", "quiz", game.quiz_id),
        lambda: desk("patch", "quiz", game.quiz_id, body={"mode": "alone"}),
    ):
        refused = call()
        assert (refused.status_code, refused.json()["code"]) == (409, "quiz.still_played")
    services.end(game)
    assert desk("delete", "quiz", game.quiz_id).status_code == 204
