"""Reads QTI 2.1 and 3.0: choice, order and text entry interactions, as single items or packages of them.

1EdTech's Question and Test Interoperability; 3.0 has the same model under names with `qti-` and hyphens.
"""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from urllib.parse import unquote

from django.utils.translation import gettext as _

from apps.quizzes.adapters.elements import Element, at, parse
from apps.quizzes.adapters.qti_writer import UNIT
from apps.quizzes.adapters.written import MAX_BYTES, MOST_QUESTIONS, UNIT_CHARS, BankError, Written

MANIFEST = "imsmanifest.xml"
MOST_UNPACKED = 4 * MAX_BYTES
INTERACTIONS = ("choiceinteraction", "orderinteraction", "textentryinteraction")
NOT_TEXT = frozenset({"choiceinteraction", "orderinteraction", "modalfeedback", "rubricblock", UNIT})
HEADS = ("h1", "h2", "h3", "h4", "h5", "h6")
PARAGRAPHS = frozenset({"itembody", "p", "div", "li", "td", "th", "dd", "dt", "blockquote", "pre", *HEADS})
UNREADABLE = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError)
"""A file that is damaged, packed in a way that `zipfile` does not know, or behind a password."""
GAP = "____"
PLACE = "\0"  # no XML has it
END_MARKS = (".", "?", "!", ":", "…", "؟", "。", "？", "！", "：")
LEFT_BEHIND = frozenset({"img", "object", "video", "audio", "picture", "assessmentstimulusref"})
FEEDBACK = frozenset({"feedbackinline", "feedbackblock"})
NUMBERS = ("float", "integer")
TRUTH = frozenset({"true", "false"})


def read_package(data: bytes) -> list[Written]:
    """The items that a package's manifest names, in its order."""
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile as error:
        raise BankError(_("the package cannot be unpacked"), _("the whole file")) from error
    with package:
        return _package(package)


def _package(package: zipfile.ZipFile) -> list[Written]:
    files = {info.filename.replace("\\", "/"): info for info in package.infolist() if not info.is_dir()}
    if sum(info.file_size for info in files.values()) > MOST_UNPACKED:
        raise BankError.too_large()
    root = _root(files)
    manifest = parse(_unpacked(package, files[root + MANIFEST]), MANIFEST)
    base = manifest.attributes.get("base", "")
    found: list[Written] = []
    named: set[str] = set()
    for resource in manifest.all("resource"):
        if not resource.attributes.get("type", "").lower().startswith("imsqti_item"):
            continue
        name = _name(base, resource.attributes.get("base", ""), resource.attributes.get("href", ""))
        if root + name not in files:
            message = _("the package does not hold “%(name)s”") % {"name": name[:80]}
            raise BankError(message, at(resource.line, MANIFEST))
        if name in named:
            raise BankError(_("it names “%(name)s” twice") % {"name": name[:80]}, at(resource.line, MANIFEST))
        named.add(name)
        found += read_item(_unpacked(package, files[root + name]), name)
        if len(found) > MOST_QUESTIONS:
            raise BankError(_("more than %(most)d questions") % {"most": MOST_QUESTIONS}, at(resource.line, MANIFEST))
    if not found:
        raise BankError(_("it names no item"), at(manifest.line, MANIFEST))
    return found


def _root(files: Mapping[str, zipfile.ZipInfo]) -> str:
    """The folder of the manifest: that of the package, or the one folder that somebody has packed."""
    found = [name for name in files if posixpath.basename(name) == MANIFEST and not name.startswith("__MACOSX/")]
    if not found:
        if "xl/workbook.xml" in files:
            raise BankError(_("this is a spreadsheet; save it as “CSV UTF-8”"), _("the whole file"))
        raise BankError(_("the package has no %(name)s") % {"name": MANIFEST}, _("the whole file"))
    return min(found, key=lambda name: (name.count("/"), name)).removesuffix(MANIFEST)


def _name(*parts: str) -> str:
    """A file's name in the package, of an address that may be written as on other systems, or escaped."""
    return posixpath.normpath(posixpath.join(*(unquote(part).replace("\\", "/") for part in parts)))


def _unpacked(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """What the head says of a file's size may be a lie."""
    try:
        with package.open(info) as file:
            data = file.read(MAX_BYTES + 1)
    except UNREADABLE as error:
        raise BankError(_("the package cannot be unpacked"), info.filename[:80]) from error
    if len(data) > MAX_BYTES:
        raise BankError.too_large()
    return data


def read_item(data: bytes, file: str = "") -> list[Written]:
    root = parse(data, file)
    if root.name == "questestinterop":
        raise BankError(_("this is QTI 1; export it as QTI 2.1 or 3.0"), at(root.line, file))
    if root.name != "assessmentitem":
        message = _("an item begins with assessmentItem, this file with %(name)s") % {"name": root.name[:40]}
        raise BankError(message, at(root.line, file))
    return [_Item(root, file).written()]


class _Item:
    def __init__(self, root: Element, file: str) -> None:
        self.root, self.file = root, file
        self.body = root.first("itembody") or self._fail(_("it has no itemBody"), root)
        found = [element for element in self.body.walk() if element.name.endswith("interaction")]
        if len(found) != 1:
            self._fail(
                _("it must ask exactly one thing; it has %(count)d interactions") % {"count": len(found)}, self.body
            )
        self.asks = found[0]
        if self.asks.name not in INTERACTIONS:
            message = _("questions of the kind %(name)s are not read; choice, order and text entry are")
            self._fail(message % {"name": self.asks.name[:40]}, self.asks)
        wanted = self.asks.attributes.get("responseidentifier", "")
        self.declared = next(
            (one for one in root.all("responsedeclaration") if one.attributes.get("identifier") == wanted), None
        ) or self._fail(_("no responseDeclaration has the identifier “%(name)s”") % {"name": wanted[:40]}, self.asks)
        correct = self.declared.first("correctresponse")
        self.right = [value.text() for value in correct.all("value")] if correct else []
        template = self.root.first("templatedeclaration")
        if template is not None:
            self._fail(_("items that are made up by a template are not read"), template)

    def _fail(self, message: str, element: Element) -> Element:
        raise BankError(message, at(element.line, self.file))

    def _unit(self) -> str:
        """What stands beside the field of a number, as we write it; it is no part of the question then."""
        if self.declared.attributes.get("basetype") not in NUMBERS:
            return ""
        for one in self.body.all("span"):
            if UNIT in one.attributes.get("class", "").split() and 0 < len(one.text()) <= UNIT_CHARS:
                one.name = UNIT
                return one.text()
        return ""

    def _leave_a_gap(self) -> None:
        """Where what is typed stands for a word of a sentence; none for a field by itself, or after what is asked."""
        if self.asks.name != "textentryinteraction":
            return
        around = [
            one for one in self.body.walk() if one.name in PARAGRAPHS and any(part is self.asks for part in one.walk())
        ]
        self.asks.inside = [PLACE]
        before, _place, after = around[-1].text(without=NOT_TEXT | PARAGRAPHS).partition(PLACE)
        is_in_a_sentence = after or (before and not before.rstrip().endswith(END_MARKS))
        self.asks.inside = [GAP] if is_in_a_sentence else []

    def written(self) -> Written:
        unit = self._unit()
        prompt = self.asks.first("prompt")
        self._leave_a_gap()
        before = self.body.text(without=NOT_TEXT)
        text = " ".join(part for part in (before, prompt.text() if prompt else "") if part)
        found = Written(at(self.asks.line, self.file), "single", text or self.root.attributes.get("title", ""))
        feedback = self.root.first("modalfeedback")
        found.explanation = feedback.text() if feedback else ""
        found.worth, found.unit = self._worth(), unit
        found.leaves_behind = any(one.name in LEFT_BEHIND for one in self.root.walk())
        {"choiceinteraction": self._choice, "orderinteraction": self._order}.get(self.asks.name, self._typed)(found)
        return found

    def _worth(self) -> int:
        """As we write it ourselves; other programs' points mean something else."""
        for declared in self.root.all("outcomedeclaration"):
            if declared.attributes.get("identifier") == "MAXSCORE" and declared.first("value"):
                value = declared.all("value")[0].text()
                return int(Decimal(value)) if value in ("0", "1000", "2000", "0.0", "1000.0", "2000.0") else 1000
        return 1000

    def _choices(self) -> dict[str, str]:
        choices: dict[str, str] = {}
        for one in self.asks.all("simplechoice"):
            name = one.attributes.get("identifier", "")
            if name in choices:
                self._fail(_("the identifier “%(name)s” stands twice") % {"name": name[:40]}, one)
            choices[name] = one.text(without=FEEDBACK)
        return choices

    def _mapped(self) -> list[str]:
        """What is worth something where points are given by a mapping."""
        return [
            entry.attributes.get("mapkey", "")
            for entry in self.declared.all("mapentry")
            if self._number(entry.attributes.get("mappedvalue", "0"), entry) > 0
        ]

    def _choice(self, found: Written) -> None:
        choices = self._choices()
        self.right = self.right or self._mapped()
        if unknown := [name for name in self.right if name not in choices]:
            self._fail(_("“%(name)s” is none of its choices") % {"name": unknown[0][:40]}, self.declared)
        if set(choices) == TRUTH and len(self.right) == 1:
            found.kind, found.truth = "truth", self.right == ["true"]
            return
        is_single = self.declared.attributes.get("cardinality", "single") == "single"
        found.kind = "single" if is_single else "multiple"
        found.choices = [(text, name in self.right) for name, text in choices.items()]

    def _order(self, found: Written) -> None:
        choices = self._choices()
        if sorted(self.right) != sorted(choices):
            self._fail(_("its correctResponse does not name each of its choices once"), self.declared)
        found.kind = "order"
        found.choices = [(choices[name], False) for name in self.right]

    def _typed(self, found: Written) -> None:
        if self.declared.attributes.get("basetype") in NUMBERS:
            found.kind = "number"
            found.number = self._number(self.right[0] if self.right else "", self.declared)
            found.tolerance = self._tolerance(found.number)
            return
        found.kind = "text"
        found.choices = [(text, False) for text in dict.fromkeys([*self.right, *self._mapped()])]

    def _tolerance(self, number: Decimal) -> Decimal:
        for equal in self.root.all("equal"):
            words = equal.attributes.get("tolerance", "").split()
            if words and equal.attributes.get("tolerancemode") in ("absolute", "relative"):
                given = self._number(words[0], equal)
                return given if equal.attributes["tolerancemode"] == "absolute" else abs(number) * given / 100
        return Decimal(0)

    def _number(self, text: str, element: Element) -> Decimal:
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            self._fail(_("“%(text)s” is no number") % {"text": text[:40]}, element)
        return number
