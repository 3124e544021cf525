"""Banks in files: what is written is read again, other programs' items are understood, bad files change nothing."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from i18nfield.strings import LazyI18nString

from apps.audit.models import Entry
from apps.core.errors import Refused
from apps.quizzes import services
from apps.quizzes.adapters import qti_writer
from apps.quizzes.models import Bank, Question
from tests.factories.media import AssetFactory
from tests.factories.quizzes import BankFactory, QuestionFactory

FIELDS = ("kind", "text", "truth", "number", "tolerance", "unit", "worth", "explanation")
HEAD = "kind,question,right,answer1,answer2\n"


def content(bank, *more):
    found = bank.questions.order_by("position")
    return [
        [str(getattr(row, name)) for name in (*FIELDS, *more)]
        + [(str(choice.text), choice.is_right) for choice in row.choices.all()]
        for row in found
    ]


def refused(data):
    with pytest.raises(Refused) as error:
        services.read_bank(data)
    assert error.value.code == "quiz.file"
    assert "\n" not in str(error.value.message)
    return str(error.value.message)


def test_csv_carries_everything(event, bank):
    Question.objects.filter(bank=bank, kind="single").update(text="=1+1", explanation="-so", seconds=33, worth=2000)
    data = "".join(services.export_csv(bank)).encode()

    again = services.import_bank(event, name="Again", data=data)

    assert content(again, "seconds") == content(bank, "seconds")
    assert "'=1+1" in data.decode()


def test_qti_carries_what_it_has_words_for(event, bank):
    Question.objects.filter(bank=bank, kind="truth").update(explanation="Not by itself.", worth=2000)
    again = services.import_bank(event, name="Again", data=services.export_qti(bank))

    assert content(again) == content(bank)
    assert services.export_qti(bank) == services.export_qti(bank)


def test_qti_says_true_and_false_in_the_language_of_its_questions(bank):
    with translation.override("de"), zipfile.ZipFile(io.BytesIO(services.export_qti(bank))) as package:
        items = "".join(package.read(name).decode() for name in package.namelist())

    assert '"true">Richtig<' in items and '"false">Falsch<' in items


def test_template_is_a_bank_of_every_kind(event):
    bank = services.import_bank(event, name="Template", data="".join(services.csv_template()).encode())

    assert {question.kind for question in bank.questions.all()} == set(Question.Kind.values)


def test_spreadsheets_separators_are_understood(event):
    for separator in ";\t":
        data = HEAD.replace(",", separator) + f"single{separator}Which?{separator}2{separator}a{separator}b\n"
        assert [one.kind for one in services.read_bank(b"\xef\xbb\xbf" + data.encode())] == ["single"]


QTI3 = """<?xml version="1.0"?>
<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="a" title="t" adaptive="false">
  <qti-response-declaration identifier="R" cardinality="{cardinality}" base-type="{base}">
    <qti-correct-response>{right}</qti-correct-response>
  </qti-response-declaration>
  <qti-item-body><p>Look at this <b>well</b>.</p>{body}</qti-item-body>
</qti-assessment-item>"""


@pytest.mark.parametrize(
    ("cardinality", "base", "right", "body", "expected"),
    [
        (
            "multiple", "identifier", "<qti-value>A</qti-value><qti-value>C</qti-value>",
            '<qti-choice-interaction response-identifier="R" max-choices="0"><qti-prompt>Which?</qti-prompt>'
            '<qti-simple-choice identifier="A">a</qti-simple-choice>'
            '<qti-simple-choice identifier="B">b</qti-simple-choice>'
            '<qti-simple-choice identifier="C">c<qti-feedback-inline identifier="C">No!</qti-feedback-inline>'
            "</qti-simple-choice></qti-choice-interaction>",
            ("multiple", "Look at this well. Which?", [("a", True), ("b", False), ("c", True)]),
        ),
        (
            "ordered", "identifier", "<qti-value>B</qti-value><qti-value>A</qti-value>",
            '<qti-order-interaction response-identifier="R"><qti-simple-choice identifier="A">late</qti-simple-choice>'
            '<qti-simple-choice identifier="B">early</qti-simple-choice></qti-order-interaction>',
            ("order", "Look at this well.", [("early", False), ("late", False)]),
        ),
        (
            "single", "string", "<qti-value>York</qti-value>",
            '<p>The <qti-text-entry-interaction response-identifier="R"/> gauge</p>',
            ("text", "Look at this well. The ____ gauge", [("York", False)]),
        ),
    ],
)  # fmt: skip
def test_qti_3_is_read(cardinality, base, right, body, expected):
    data = QTI3.format(cardinality=cardinality, base=base, right=right, body=body).encode()

    [found] = services.read_bank(data)

    assert (found.kind, found.text, found.choices) == expected


ENTRY = '<qti-text-entry-interaction response-identifier="R"/>'


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (f"<p>this sun of {ENTRY};<br/> and all the clouds</p>", "this sun of ____; and all the clouds"),
        (f"<p>The capital is <b>{ENTRY}</b></p>", "The capital is ____"),
        (f"<div><p>The gauge of</p> {ENTRY} is old.</div>", "The gauge of ____ is old."),
        (f"<p>Whose gauge? {ENTRY}</p>", "Whose gauge?"),
        (f"<p>Whose gauge</p><p>{ENTRY}</p>", "Whose gauge"),
        (f"<div><p>Whose gauge</p>{ENTRY}<p>Think well</p></div>", "Whose gauge Think well"),
        (f"<blockquote><p>Whose?</p></blockquote>{ENTRY}", "Whose?"),
    ],
)
def test_what_is_typed_within_a_sentence_of_a_file_leaves_a_gap(body, text):
    right = "<qti-value>York</qti-value>"

    [found] = services.read_bank(QTI3.format(cardinality="single", base="string", right=right, body=body).encode())

    assert (found.kind, found.text) == ("text", f"Look at this well. {text}")


@pytest.mark.parametrize(
    ("data", "place", "why"),
    [
        (b"", "line 1", "column"),
        (HEAD.encode(), "line 1", "no question"),
        (b"kind,question,colour\n", "line 1", "colour"),
        ((HEAD + "single,Which?,2,a,b\nsingle,Which?,3,a,b\n").encode(), "line 3", "1 to 2"),
        ((HEAD + "single,Which?,,a,b\n").encode(), "line 2", "exactly one"),
        ((HEAD + "riddle,Which?,1,a,b\n").encode(), "line 2", "riddle"),
        ((HEAD + "number,How many?,many,,\n").encode(), "line 2", "number"),
        ((HEAD + 'number,How many?,"1,500",,\n').encode(), "line 2", "“1,500” can be read in two ways"),
        (b'kind,question,right,tolerance\nnumber,How many?,1500,"1,000"\n', "line 2", "in two ways"),
        ((HEAD + "truth,Really?,perhaps,,\n").encode(), "line 2", "true or false"),
        ((HEAD + "single,,1,a,b\n").encode(), "line 2", "empty"),
        ((HEAD + 'single,"Which?,1,a,b\n').encode(), "line", "cannot be read"),
        ((HEAD + f"single,{'w' * 301},1,a,b\n").encode(), "line 2", "300"),
        ((HEAD + "single,Wéch?,1,a,b\n").encode("latin-1"), "line 2", "UTF-8"),
        (b"<assessmentItem><itemBody></assessmentItem>", "line 1", "well-formed"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><assessmentItem>&b;</assessmentItem>", "line 1", "entity"),
        (b"<html/>", "line 1", "assessmentItem"),
        (b"<assessmentItem>\n<itemBody>\n<hotspotInteraction/></itemBody></assessmentItem>", "line 3", "hotspot"),
        (b"PK\x03\x04 and no more", "whole file", "unpacked"),
        (b"x" * (4 * 1024 * 1024 + 1), "whole file", "larger"),
    ],
)
def test_bad_file_is_told_in_one_line_with_its_place(data, place, why):
    message = refused(data)

    assert place in message and why in message


def package(**files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def test_bad_packages_are_told_by_file(bank):
    manifest = '<manifest><resource type="imsqti_item_xmlv2p1" href="{}"/></manifest>'

    assert "imsmanifest.xml" in refused(package(**{"a.xml": "<a/>"}))
    assert "b.xml" in refused(package(**{"imsmanifest.xml": manifest.format("b.xml")}))
    assert "a.xml, line 1" in refused(package(**{"imsmanifest.xml": manifest.format("a.xml"), "a.xml": "<a/>"}))
    assert "larger" in refused(package(**{"imsmanifest.xml": "<a/>", "bomb": b"0" * (17 * 1024 * 1024)}))
    good = qti_writer.write("A bank", services.banking.written_bank(bank))
    assert "unpacked" in refused(good[: len(good) // 2])


def test_desk_takes_a_file_or_says_what_is_wrong_and_keeps_nothing(event, bank, organiser, enter):
    client = enter(organiser)
    address = reverse("admin:quizzes_bank_add")
    counted = Question.objects.count()

    def post(data):
        file = SimpleUploadedFile("bank.csv", data)
        return client.post(address, {"event": event.pk, "name": "From a file", "file": file,
                                     "questions-TOTAL_FORMS": 0, "questions-INITIAL_FORMS": 0})  # fmt: skip

    bad = post((HEAD + "single,Which?,1,a,b\nsingle,Which?,9,a,b\n").encode())
    assert "line 3" in bad.content.decode()
    assert (Bank.objects.count(), Question.objects.count()) == (1, counted)

    assert post((HEAD + "single,Which?,1,a,b\n").encode()).status_code == 302

    assert Bank.objects.get(name="From a file").questions.count() == 1
    for name in ("csv", "qti"):
        assert client.get(reverse(f"admin:quizzes_bank_{name}", args=[bank.pk])).status_code == 200
    assert client.get(reverse("quizzes:template", args=[event.slug])).status_code == 200


def test_csv_carries_pictures_and_every_language(event):
    picture = AssetFactory(event=event, kind="image", title="The gauge")
    words = {
        name: LazyI18nString({"en": f"{name} in English", "de": f"{name} auf Deutsch"})
        for name in ("text", "explanation", "media_words")
    }
    choices = [(LazyI18nString({"en": "Nine", "de": "Neun", "ar": "تسعة"}), True), ("Eleven", False)]
    question = QuestionFactory(bank__event=event, media=picture, choices=choices, **words)

    with translation.override("de"):  # whoever takes it away reads German
        data = "".join(services.export_csv(question.bank)).encode()
    again = services.import_bank(event, name="Again", data=data).questions.get()

    assert (
        data.decode()
        .splitlines()[0]
        .endswith(",media,media_words,answer1_ar,question_de,answer1_de,explanation_de,media_words_de")
    )
    assert again.media == picture
    assert {name: getattr(again, name).data for name in words} == {name: text.data for name, text in words.items()}
    assert [getattr(choice.text, "data", choice.text) for choice in again.choices.all()] == [
        choices[0][0].data,
        "Eleven",
    ]


@pytest.mark.parametrize("titles", [[], ["The gauge", "The gauge"]])
def test_picture_that_the_event_does_not_have_once_is_told_of(event, other_event, titles):
    AssetFactory(event=other_event, kind="image", title="The gauge")
    for title in titles:
        AssetFactory(event=event, kind="image", title=title)
    written = services.read_bank(b"kind,question,right,media\ntruth,Really?,true,The gauge\n")
    bank = BankFactory(event=event)

    services.fill_bank(bank, written)

    assert bank.questions.get().media is None
    assert [one.leaves_behind for one in written] == [True]


@pytest.mark.parametrize(
    ("head", "cells", "why"),
    [
        ("question_xx", "Was?", "question_xx"),
        ("colour_de", "rot", "colour_de"),
        ("answer3_de", "Neun", "“answer3” is not"),
        ("question_de", "w" * 301, "“question_de” is longer than 300"),
    ],
)
def test_bad_columns_of_languages_are_told(head, cells, why):
    assert why in refused(f"{HEAD.strip()},{head}\nsingle,Which?,1,a,b,{cells}\n".encode())


@pytest.mark.parametrize("form", ["csv", "qti"])
def test_bank_that_is_taken_away_is_on_record(bank, organiser, enter, form):
    answer = enter(organiser).get(reverse(f"admin:quizzes_bank_{form}", args=[bank.pk]))

    assert answer.status_code == 200
    entry = Entry.objects.get(kind="done")
    assert (entry.words, entry.who, entry.event_id) == ("Took a table away", organiser.email, bank.event_id)
    assert entry.after["file"].startswith(f"bank-{bank.pk}")


def test_unit_in_a_file_stands_apart_from_the_question(bank):
    with zipfile.ZipFile(io.BytesIO(services.export_qti(bank))) as package:
        item = next(text for name in package.namelist() if "textEntry" in (text := package.read(name).decode()))

    [found] = services.read_bank(item.encode())
    [longer] = services.read_bank(item.replace(">m<", f">{'metres ' * 5}<").encode())

    assert (found.text, found.unit) == ("How deep?", "m")
    assert (longer.text, longer.unit) == ("How deep? ____ metres metres metres metres metres", "")


def test_questions_of_a_file_come_after_those_that_are_there(bank):
    for one in bank.questions.all()[:2]:
        services.remove_question(one)

    services.fill_bank(bank, services.read_bank((HEAD + "single,And then?,1,a,b\n").encode()))

    assert [str(one.text) for one in bank.questions.all()][-1] == "And then?"


@pytest.fixture
def nearly_full(bank, monkeypatch):
    monkeypatch.setattr("apps.quizzes.models.banks.MOST_HELD", 7)
    return bank


def test_bank_takes_no_more_than_it_holds(nearly_full):
    one, two = (services.read_bank((HEAD + "single,Which?,1,a,b\n" * count).encode()) for count in (1, 2))

    with pytest.raises(Refused) as error:
        services.fill_bank(nearly_full, two)
    assert (error.value.code, nearly_full.questions.count()) == ("quiz.bank_full", 6)
    services.fill_bank(nearly_full, one)
    with pytest.raises(Refused) as written:
        services.save_question(Question(bank=nearly_full, kind="truth", text="One more?"))
    assert written.value.code == "quiz.bank_full"
    with pytest.raises(ValidationError) as by_hand:
        Question(bank=nearly_full, text="One more?").clean()

    assert by_hand.value.message_dict.keys() == {"bank"}
    for question in nearly_full.questions.all():
        question.clean()  # what is there may be changed


def test_file_for_a_bank_without_room_is_refused_beside_its_field(nearly_full, organiser, enter):
    file = SimpleUploadedFile("bank.csv", (HEAD + "single,Which?,1,a,b\n" * 2).encode())
    fields = {"event": nearly_full.event_id, "name": "Rivers", "file": file}
    forms = {"questions-TOTAL_FORMS": 0, "questions-INITIAL_FORMS": 0}

    address = reverse("admin:quizzes_bank_change", args=[nearly_full.pk])
    html = enter(organiser).post(address, fields | forms).content.decode()

    assert "there is room for 1." in html
    assert nearly_full.questions.count() == 6
