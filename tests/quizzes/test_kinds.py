"""Each kind of question: what can be asked, what is an answer, what is right."""

import pytest
from django.core.exceptions import ValidationError
from i18nfield.strings import LazyI18nString

from apps.core.errors import Refused
from apps.quizzes.registry import Incomplete, kind_of
from tests.factories.media import AssetFactory
from tests.factories.quizzes import BankFactory, QuestionFactory

pytestmark = pytest.mark.django_db


def drawn(**fields):
    question = QuestionFactory(bank=BankFactory(), **fields)
    question.refresh_from_db()
    return kind_of(question.kind), kind_of(question.kind).draw(question, list(question.choices.all()))


@pytest.mark.parametrize(
    ("fields", "said", "share"),
    [
        ({}, [2], 1),
        ({}, [1], 0),
        ({}, "2", 1),
        ({"kind": "truth", "truth": True, "choices": []}, "true", 1),
        ({"kind": "truth", "truth": True, "choices": []}, "false", 0),
        ({"kind": "number", "number": "3.5", "tolerance": "0.5", "choices": []}, "4", 1),
        ({"kind": "number", "number": "3.5", "tolerance": "0.5", "choices": []}, " 3,0 ", 1),
        ({"kind": "number", "number": "3.5", "tolerance": "0.5", "choices": []}, "٤", 1),
        ({"kind": "number", "number": "3.5", "tolerance": "0.5", "choices": []}, "4.01", 0),
        ({"kind": "number", "number": "3.142", "tolerance": "0", "choices": []}, "3.142", 1),
        ({"kind": "number", "number": "0.125", "tolerance": "0", "choices": []}, "0,125", 1),
        ({"kind": "number", "number": "1500", "tolerance": "0", "choices": []}, "1500,0", 1),
        ({"kind": "number", "number": "-2", "tolerance": "0", "choices": []}, "−2.000", 1),
        ({"kind": "text", "choices": [("Zürich", 0), ("Zuerich", 0)]}, "  ZURICH. ", 1),
        ({"kind": "text", "choices": [("Zürich", 0)]}, "Bern", 0),
        ({"kind": "multiple", "choices": [("a", 1), ("b", 1), ("c", 0)]}, [1, 2], 1),
        ({"kind": "multiple", "choices": [("a", 1), ("b", 1), ("c", 0)]}, [2], 0.5),
        ({"kind": "multiple", "choices": [("a", 1), ("b", 1), ("c", 0)]}, [2, 3], 0),
        ({"kind": "multiple", "choices": [("a", 1), ("b", 1), ("c", 0)]}, [1, 2, 3], 0.5),
    ],
)
def test_answers_are_marked(fields, said, share):
    kind, found = drawn(**fields)

    assert kind.mark(found.key, kind.parse(found.sheet, said)) == share


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, []),
        ({}, [1, 2]),
        ({}, [4]),
        ({}, [0]),
        ({}, "x"),
        ({"kind": "multiple", "choices": [("a", 1), ("b", 0)]}, [1, 1]),
        ({"kind": "multiple", "choices": [("a", 1), ("b", 0)]}, []),
        ({"kind": "order", "choices": [("a", 0), ("b", 0)]}, [1]),
        ({"kind": "truth", "choices": []}, "maybe"),
        ({"kind": "truth", "choices": []}, [1]),
        ({"kind": "number", "number": "1", "choices": []}, "1e9"),
        ({"kind": "number", "number": "1", "choices": []}, "nan"),
        ({"kind": "number", "number": "1", "choices": []}, [1]),
        ({"kind": "number", "number": "1.5", "choices": []}, "1,500"),
        ({"kind": "number", "number": "1.5", "choices": []}, "-١٢,٥٠٠"),
        ({"kind": "text", "choices": [("a", 0)]}, " . "),
        ({"kind": "text", "choices": [("a", 0)]}, "a" * 101),
    ],
)
def test_what_is_no_answer_is_refused(fields, said):
    kind, found = drawn(**fields)

    with pytest.raises(Refused) as refused:
        kind.parse(found.sheet, said)

    assert refused.value.code == "quiz.answer_invalid"


@pytest.mark.parametrize(
    "fields",
    [
        {"choices": [("a", True)]},
        {"choices": [("a", True), ("b", True)]},
        {"choices": [("a", False), ("b", False)]},
        {"kind": "multiple", "choices": [("a", False), ("b", False)]},
        {"kind": "order", "choices": [("a", False)]},
        {"kind": "number", "choices": []},
        {"kind": "text", "choices": []},
        {"kind": "text", "choices": [("Nairobi", 0), ("N" * 101, 0)]},
        {"kind": "text", "choices": [("Nairobi", 0), ("?!", 0)]},
        {"kind": "text", "choices": [(LazyI18nString({"en": "Nairobi", "de": "…"}), 0)]},
    ],
)
def test_unfinished_question_cannot_be_asked(fields):
    question = QuestionFactory(bank=BankFactory(), **fields)

    with pytest.raises(Incomplete):
        kind_of(question.kind).check(question, list(question.choices.all()))


def test_order_is_shown_by_chance_and_right_in_its_own():
    kind, found = drawn(kind="order", choices=[("Spring", 0), ("Town", 0), ("Lake", 0), ("Sea", 0)])
    shown = {option["id"]: option["text"]["en"] for option in found.sheet["options"]}

    assert list(shown) == [1, 2, 3, 4]
    assert [shown[place] for place in found.key["right"]] == ["Spring", "Town", "Lake", "Sea"]
    assert kind.mark(found.key, kind.parse(found.sheet, found.key["right"])) == 1
    assert kind.mark(found.key, kind.parse(found.sheet, found.key["right"][::-1])) == 0


def test_question_shows_files_of_its_own_event_only(event, other_event):
    bank = BankFactory(event=event)

    QuestionFactory(bank=bank, media=AssetFactory(event=event, kind="image")).clean()
    with pytest.raises(ValidationError) as refused:
        QuestionFactory(bank=bank, media=AssetFactory(event=other_event, kind="image")).clean()

    assert refused.value.message_dict.keys() == {"media"}
