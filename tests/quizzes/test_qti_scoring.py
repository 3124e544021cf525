"""What other programs make of the items that we write: their points, by the words of the standard alone.

A small engine for response processing, after 1EdTech's QTI 2.1 (Assessment Test, Section and Item Information Model);
it knows nothing of our reader.
"""

import io
import zipfile
from xml.etree import ElementTree

import pytest

from apps.quizzes import services
from apps.quizzes.models import Question
from apps.quizzes.registry import kind_of

NS = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"


class Engine:
    """One item, as a delivery engine holds it. `None` is NULL; a container is a list."""

    def __init__(self, xml):
        self.root = ElementTree.fromstring(xml)
        self.declared = self.root.find(f"{NS}responseDeclaration")

    def outcomes(self, response):
        self.response = response
        self.values = {}
        for outcome in self.root.findall(f"{NS}outcomeDeclaration"):
            value = outcome.find(f"{NS}defaultValue/{NS}value")
            is_number = outcome.get("baseType") == "float"
            self.values[outcome.get("identifier")] = (
                float(value.text) if value is not None else 0.0 if is_number else None
            )
        processing = self.root.find(f"{NS}responseProcessing")
        assert processing.get("template") is None
        for rule in processing:
            self.obey(rule)
        return self.values

    def obey(self, rule):
        name = rule.tag.removeprefix(NS)
        if name == "setOutcomeValue":
            assert rule.get("identifier") in self.values
            self.values[rule.get("identifier")] = self.value(rule[0])
            return
        assert name == "responseCondition"
        for branch in rule:
            if branch.tag == f"{NS}responseElse" or self.value(branch[0]):
                rules = branch if branch.tag == f"{NS}responseElse" else branch[1:]
                for one in rules:
                    self.obey(one)
                return

    def value(self, expression):
        return getattr(self, "of_" + expression.tag.removeprefix(NS))(expression)

    def typed(self, text):
        return float(text) if self.declared.get("baseType") == "float" else text

    def of_variable(self, one):
        assert one.get("identifier") == self.declared.get("identifier")
        return self.response

    def of_correct(self, one):
        values = [self.typed(value.text) for value in self.declared.findall(f"{NS}correctResponse/{NS}value")]
        return values[0] if self.declared.get("cardinality") == "single" else values

    def of_baseValue(self, one):
        return float(one.text) if one.get("baseType") == "float" else one.text

    def of_isNull(self, one):
        return self.value(one[0]) in (None, [])

    def of_not(self, one):
        return not self.value(one[0])

    def of_match(self, one):
        left, right = map(self.value, one)
        if left is None or right is None:
            return None
        return sorted(left) == sorted(right) if self.declared.get("cardinality") == "multiple" else left == right

    def of_equal(self, one):
        left, right = map(self.value, one)
        if left is None or right is None:
            return None
        if one.get("toleranceMode") == "exact":
            return left == right
        below, above = map(float, one.get("tolerance").split())
        return right - below <= left <= right + above

    def of_mapResponse(self, one):
        mapping = self.declared.find(f"{NS}mapping")
        entries = {}
        for entry in mapping:
            folded = entry.get("caseSensitive") == "false"
            key = entry.get("mapKey").lower() if folded else entry.get("mapKey")
            entries.setdefault(key, float(entry.get("mappedValue")))
        given = self.response if isinstance(self.response, list) else [self.response]
        found = sum(
            entries.get(key, entries.get(key.lower(), float(mapping.get("defaultValue")))) for key in set(given)
        )
        low, high = (mapping.get(name) for name in ("lowerBound", "upperBound"))
        return min(max(found, float(low) if low else found), float(high) if high else found)

    def of_product(self, one):
        left, right = map(self.value, one)
        return left * right

    def of_divide(self, one):
        left, right = map(self.value, one)
        return left / right


@pytest.fixture
def items(bank):
    Question.objects.filter(bank=bank, kind="text").update(worth=2000, explanation="Since 1907.")
    Question.objects.filter(bank=bank, kind="truth").update(worth=0)
    with zipfile.ZipFile(io.BytesIO(services.export_qti(bank))) as package:
        names = sorted(name for name in package.namelist() if name.startswith("items/"))
        return [Engine(package.read(name)) for name in names]


@pytest.mark.parametrize(
    ("place", "response", "ours"),
    [
        (0, "C2", [2]),
        (0, "C1", [1]),
        (0, None, None),
        (1, ["C3", "C1"], [1, 3]),
        (1, ["C1"], [1]),
        (1, ["C1", "C2"], [1, 2]),
        (1, ["C1", "C2", "C3"], [1, 2, 3]),
        (1, ["C2"], [2]),
        (1, [], None),
        (2, "false", "false"),
        (3, ["C1", "C2", "C3"], "right"),
        (3, ["C2", "C1", "C3"], "wrong"),
        (4, 4.0, "4"),
        (4, 3.0, "3"),
        (4, 4.01, "4.01"),
        (4, None, None),
        (5, "nairobi", "nairobi"),
        (5, "نيروبي", "نيروبي"),
        (5, "Mombasa", "Mombasa"),
        (5, None, None),
    ],
)
def test_item_gives_the_points_that_we_give(bank, items, place, response, ours):
    question = list(bank.questions.order_by("position"))[place]
    kind = kind_of(question.kind)
    drawn = kind.draw(question, list(question.choices.all()))
    if question.kind == "order" and ours:
        ours = drawn.key["right"] if ours == "right" else drawn.key["right"][::-1]
    share = kind.mark(drawn.key, kind.parse(drawn.sheet, ours)) if ours is not None else 0

    values = items[place].outcomes(response)

    assert values["SCORE"] == pytest.approx(question.worth * share)
    assert values["MAXSCORE"] == question.worth


def test_explanation_is_shown_after_any_answer(items):
    *others, explained = items

    for response in ("Nairobi", "Mombasa", None):
        shown = explained.root.find(f"{NS}modalFeedback")
        assert explained.outcomes(response)[shown.get("outcomeIdentifier")] == shown.get("identifier")
    assert all("FEEDBACK" not in one.outcomes(None) for one in others)
