"""Writes a bank as a QTI 2.1 package: an item a question, and the manifest that names them.

What QTI has no word for (the seconds to answer) stays behind; CSV carries everything.
"""

import io
import zipfile
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from django.utils.translation import gettext as _

from apps.quizzes.adapters.written import Written

ITEM = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
RESPONSE, SCORE, MAXSCORE, FEEDBACK, EXPLANATION = "RESPONSE", "SCORE", "MAXSCORE", "FEEDBACK", "EXPLANATION"
UNIT = "unit"
"""The class of what stands beside the field of a number."""
# The same every time, so that the same bank is the same file.
BEGINNING = (1980, 1, 1, 0, 0, 0)


def write(name: str, questions: Sequence[Written]) -> bytes:
    manifest = Element("manifest", xmlns=PACKAGE, identifier="BANK")
    metadata = SubElement(manifest, "metadata")
    SubElement(metadata, "schema").text = "QTIv2.1 Package"
    SubElement(metadata, "schemaversion").text = "1.0.0"
    SubElement(manifest, "organizations")
    resources = SubElement(manifest, "resources")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for place, question in enumerate(questions, 1):
            file = f"items/question-{place:03d}.xml"
            kind = {"identifier": f"Q{place:03d}", "type": "imsqti_item_xmlv2p1", "href": file}
            SubElement(SubElement(resources, "resource", kind), "file", href=file)
            _put(package, file, item(question, f"Q{place:03d}", f"{name} {place}"))
        _put(package, "imsmanifest.xml", manifest)
    return packed.getvalue()


def _put(package: zipfile.ZipFile, file: str, root: Element) -> None:
    indent(root)
    info = zipfile.ZipInfo(file, BEGINNING)
    info.compress_type = zipfile.ZIP_DEFLATED
    package.writestr(info, b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="utf-8"))


def item(question: Written, identifier: str, title: str) -> Element:
    root = Element(
        "assessmentItem", xmlns=ITEM, identifier=identifier, title=title, adaptive="false", timeDependent="true"
    )
    _declare(root, question)
    for name, value in ((SCORE, 0), (MAXSCORE, question.worth)):
        outcome = SubElement(root, "outcomeDeclaration", identifier=name, cardinality="single", baseType="float")
        SubElement(SubElement(outcome, "defaultValue"), "value").text = str(value)
    if question.explanation:
        SubElement(root, "outcomeDeclaration", identifier=FEEDBACK, cardinality="single", baseType="identifier")
    _ask(SubElement(root, "itemBody"), question)
    _process(root, question)
    if question.explanation:
        told = {"outcomeIdentifier": FEEDBACK, "identifier": EXPLANATION, "showHide": "show"}
        SubElement(root, "modalFeedback", told).text = question.explanation
    return root


def _declare(root: Element, question: Written) -> None:
    names = _names(question)
    cardinality = {"multiple": "multiple", "order": "ordered"}.get(question.kind, "single")
    base = {"number": "float", "text": "string"}.get(question.kind, "identifier")
    declared = SubElement(root, "responseDeclaration", identifier=RESPONSE, cardinality=cardinality, baseType=base)
    if question.kind == "truth":
        right = [str(question.truth).lower()]
    elif question.kind == "number":
        right = [] if question.number is None else [f"{question.number:f}"]
    elif question.kind == "text":
        right = [text for text, _right in question.choices][:1]
    elif question.kind == "order":
        right = names
    else:
        right = [name for name, (_text, is_right) in zip(names, question.choices, strict=True) if is_right]
    correct = SubElement(declared, "correctResponse")
    for name in right:
        SubElement(correct, "value").text = name
    if question.kind == "text":
        mapping = SubElement(declared, "mapping", defaultValue="0")
        for text, _right in question.choices:
            SubElement(mapping, "mapEntry", mapKey=text, mappedValue="1", caseSensitive="false")
    if question.kind == "multiple":
        # Each right one counts its part, and each wrong one takes such a part away.
        bounds = {"lowerBound": "0", "upperBound": str(len(right)), "defaultValue": "0"}
        mapping = SubElement(declared, "mapping", bounds)
        for name in names:
            SubElement(mapping, "mapEntry", mapKey=name, mappedValue="1" if name in right else "-1")


def _names(question: Written) -> list[str]:
    return [f"C{place}" for place in range(1, len(question.choices) + 1)]


def _ask(body: Element, question: Written) -> None:
    asks = {"responseIdentifier": RESPONSE}
    if question.kind in ("number", "text"):
        SubElement(body, "p").text = question.text
        typed = SubElement(body, "p")
        SubElement(typed, "textEntryInteraction", asks)
        if question.unit:
            SubElement(typed, "span", {"class": UNIT}).text = question.unit
        return
    name = "orderInteraction" if question.kind == "order" else "choiceInteraction"
    if question.kind != "order":
        asks["maxChoices"] = "0" if question.kind == "multiple" else "1"
    asks["shuffle"] = str(question.kind == "order").lower()
    interaction = SubElement(body, name, asks)
    SubElement(interaction, "prompt").text = question.text
    choices = [("true", _("True")), ("false", _("False"))]
    if question.kind != "truth":
        texts = [text for text, _right in question.choices]
        choices = list(zip(_names(question), texts, strict=True))
    for identifier, text in choices:
        SubElement(interaction, "simpleChoice", identifier=identifier).text = text


def _process(root: Element, question: Written) -> None:
    """So that other programs give the points that an answer at once has with us. The standard templates do not: they
    give one point, whatever a question is worth."""
    processing = SubElement(root, "responseProcessing")
    met = SubElement(SubElement(processing, "responseCondition"), "responseIf")
    if question.kind in ("multiple", "text"):
        SubElement(SubElement(SubElement(met, "not"), "isNull"), "variable", identifier=RESPONSE)
        part = SubElement(SubElement(met, "setOutcomeValue", identifier=SCORE), "divide")
        product = SubElement(part, "product")
        SubElement(product, "mapResponse", identifier=RESPONSE)
        _float(product, question.worth)
        _float(part, _parts(question))
    else:
        _is_right(met, question)
        _float(SubElement(met, "setOutcomeValue", identifier=SCORE), question.worth)
    if question.explanation:
        told = SubElement(processing, "setOutcomeValue", identifier=FEEDBACK)
        SubElement(told, "baseValue", baseType="identifier").text = EXPLANATION


def _parts(question: Written) -> int:
    """Into how many its points are divided."""
    return sum(is_right for _text, is_right in question.choices) or 1


def _is_right(condition: Element, question: Written) -> None:
    if question.kind != "number":
        asked = SubElement(condition, "match")
    elif question.tolerance:
        most = f"{question.tolerance:f}"
        asked = SubElement(condition, "equal", toleranceMode="absolute", tolerance=f"{most} {most}")
    else:
        asked = SubElement(condition, "equal", toleranceMode="exact")
    SubElement(asked, "variable", identifier=RESPONSE)
    SubElement(asked, "correct", identifier=RESPONSE)


def _float(parent: Element, value: int) -> None:
    SubElement(parent, "baseValue", baseType="float").text = str(value)
