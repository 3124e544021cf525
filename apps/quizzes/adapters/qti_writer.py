"""Writes a bank as a QTI 2.1 package: an item a question, and the manifest that names them.

What QTI has no word for (the seconds to answer) stays behind; CSV carries everything.
"""

import io
import zipfile
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from apps.quizzes.adapters.written import Written

ITEM = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
TEMPLATES = "http://www.imsglobal.org/question/qti_v2p1/rptemplates"
RESPONSE, SCORE, MAXSCORE, FEEDBACK = "RESPONSE", "SCORE", "MAXSCORE", "FEEDBACK"
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
    SubElement(root, "outcomeDeclaration", identifier=SCORE, cardinality="single", baseType="float")
    most = SubElement(root, "outcomeDeclaration", identifier=MAXSCORE, cardinality="single", baseType="float")
    SubElement(SubElement(most, "defaultValue"), "value").text = str(question.worth)
    if question.explanation:
        SubElement(root, "outcomeDeclaration", identifier=FEEDBACK, cardinality="single", baseType="identifier")
    _ask(SubElement(root, "itemBody"), question)
    _process(root, question)
    if question.explanation:
        told = {"outcomeIdentifier": FEEDBACK, "identifier": "EXPLANATION", "showHide": "show"}
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
        right = [f"{question.number:f}"]
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


def _names(question: Written) -> list[str]:
    return [f"C{place}" for place in range(1, len(question.choices) + 1)]


def _ask(body: Element, question: Written) -> None:
    asks = {"responseIdentifier": RESPONSE}
    if question.kind in ("number", "text"):
        SubElement(body, "p").text = question.text
        typed = SubElement(body, "p")
        SubElement(typed, "textEntryInteraction", asks)
        if question.unit:
            # Beside the field; a reader takes it for a part of the question, as people do.
            typed[-1].tail = f" {question.unit}"
        return
    name = "orderInteraction" if question.kind == "order" else "choiceInteraction"
    if question.kind != "order":
        asks["maxChoices"] = "0" if question.kind == "multiple" else "1"
    asks["shuffle"] = str(question.kind == "order").lower()
    interaction = SubElement(body, name, asks)
    SubElement(interaction, "prompt").text = question.text
    choices = [("true", "True"), ("false", "False")]
    if question.kind != "truth":
        texts = [text for text, _right in question.choices]
        choices = list(zip(_names(question), texts, strict=True))
    for identifier, text in choices:
        SubElement(interaction, "simpleChoice", identifier=identifier).text = text


def _process(root: Element, question: Written) -> None:
    if question.kind != "number":
        template = "map_response" if question.kind == "text" else "match_correct"
        SubElement(root, "responseProcessing", template=f"{TEMPLATES}/{template}")
        return
    condition = SubElement(SubElement(SubElement(root, "responseProcessing"), "responseCondition"), "responseIf")
    most = f"{question.tolerance:f}"
    equal = SubElement(condition, "equal", toleranceMode="absolute", tolerance=f"{most} {most}")
    SubElement(equal, "variable", identifier=RESPONSE)
    SubElement(equal, "correct", identifier=RESPONSE)
    score = SubElement(condition, "setOutcomeValue", identifier=SCORE)
    SubElement(score, "baseValue", baseType="float").text = "1"
