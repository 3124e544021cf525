"""Banks as CSV: one question a line, for spreadsheets.

Columns, by the names of the first line, in any order: `kind` (single, multiple, truth, order, number, text),
`question`, `right`, `answer1` and so on, and if wanted `seconds`, `points`, `tolerance`, `unit`, `explanation`, `media`
(the title of a picture or clip among the event's files), `media_words` (what it shows). `right` is the number of the
right answer (single), several of them with spaces between (multiple), `true` or `false` (truth), or the number itself.
An order's answers stand in the right one; a text's are its accepted spellings. Texts are in the event's main language;
those in another one stand in columns with its code (`question_de`, `answer1_de`, `explanation_de`).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal, InvalidOperation

from django.conf import settings
from django.utils.translation import gettext as _

from apps.core import tables
from apps.quizzes.adapters.written import MOST_QUESTIONS, BankError, Written
from apps.quizzes.registry.words import is_ambiguous

KINDS = ("single", "multiple", "truth", "order", "number", "text")
NEEDED = ("kind", "question")
OPTIONAL = ("right", "seconds", "points", "tolerance", "unit", "explanation", "media", "media_words")
ANSWER = re.compile(r"answer\s?([1-9][0-9]?)")
TRANSLATED = re.compile(r"(question|explanation|media_words|answer\s?[1-9][0-9]?)_([a-z]{2,3}(?:-[a-z0-9]{2,8})?)")
MOST_ANSWERS = 40
TEMPLATE: list[list[str]] = [
    ["single", "Which of these is a river?", "2", "Sahara", "Tana", "Etna", "", "20", "1000", "", "", ""],
    ["multiple", "Which are even?", "1 3", "2", "3", "4", "5", "30", "1000", "", "", ""],
    ["truth", "Water flows uphill.", "false", "", "", "", "", "15", "1000", "", "", "Not by itself."],
    ["order", "From source to mouth", "", "Spring", "Town", "Sea", "", "30", "1000", "", "", ""],
    ["number", "How many metres in a kilometre?", "1000", "", "", "", "", "20", "1000", "0", "m", ""],
    ["text", "The capital of Kenya?", "", "Nairobi", "Nairobi City", "", "", "30", "2000", "", "", ""],
]
TEMPLATE_HEAD = ["kind", "question", "right", "answer1", "answer2", "answer3", "answer4", *OPTIONAL[1:]]


def template() -> Iterator[str]:
    """A file to begin with: a question of each kind."""
    return tables.csv_lines([TEMPLATE_HEAD, *([*row, "", ""] for row in TEMPLATE)])


def write(questions: Sequence[Written]) -> Iterator[str]:
    most = max((len(question.choices) for question in questions), default=2)
    head = ["kind", "question", "right", *(f"answer{place}" for place in range(1, most + 1)), *OPTIONAL[1:]]
    said = {(name, code) for one in questions for code, texts in one.languages.items() for name in texts}
    # In the order of the columns that they are translations of.
    others = sorted(said, key=lambda one: (one[1], head.index(one[0])))
    rows = (
        [*_line(one, most), *(one.languages.get(code, {}).get(name, "") for name, code in others)] for one in questions
    )
    return tables.csv_lines([[*head, *(f"{name}_{code}" for name, code in others)], *rows])


def _line(question: Written, most: int) -> list[str]:
    answers = [text for text, _right in question.choices]
    is_number = question.kind == "number"
    return [
        question.kind,
        question.text,
        _right(question),
        *answers,
        *[""] * (most - len(answers)),
        str(question.seconds),
        str(question.worth),
        f"{question.tolerance:f}" if is_number else "",
        question.unit,
        question.explanation,
        question.media,
        question.media_words,
    ]


def _right(question: Written) -> str:
    if question.kind == "truth":
        return str(question.truth).lower()
    if question.kind == "number":
        return f"{question.number:f}" if question.number is not None else ""
    if question.kind in ("single", "multiple"):
        return " ".join(str(place) for place, (_text, is_right) in enumerate(question.choices, 1) if is_right)
    return ""


def read(data: bytes) -> list[Written]:
    found = []
    try:
        lines = tables.lines(data)
        line, head = next(lines, (1, []))
        columns = _columns([cell.strip().casefold() for cell in head])
        for line, cells in lines:
            found.append(_question(columns, cells, _line_words(line)))
            if len(found) > MOST_QUESTIONS:
                message = _("more than %(most)d questions; split the file")
                raise BankError(message % {"most": MOST_QUESTIONS}, _line_words(line))
    except tables.Unreadable as problem:
        raise BankError(problem.message, _line_words(problem.line)) from problem
    if not found:
        raise BankError(_("no question follows the first line"), _line_words(line))
    return found


def _columns(head: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for place, given in enumerate(head):
        name = _name(given)
        if given and not name:
            raise BankError(_("there is no column “%(name)s”") % {"name": given[:40]}, _line_words(1))
        if name in columns:
            raise BankError(_("the column “%(name)s” stands twice") % {"name": name[:40]}, _line_words(1))
        if name:
            columns[name] = place
    for name in NEEDED:
        if name not in columns:
            raise BankError(_("the column “%(name)s” is missing") % {"name": name}, _line_words(1))
    return columns


def _name(given: str) -> str:
    """Of a column, as we write it; nothing where there is no such column."""
    answer = ANSWER.fullmatch(given)
    if answer:
        return f"answer{answer[1]}" if int(answer[1]) <= MOST_ANSWERS else ""
    translated = TRANSLATED.fullmatch(given)
    if translated:
        base = _name(translated[1])
        return f"{base}_{translated[2]}" if base and translated[2] in dict(settings.LANGUAGES) else ""
    return given if given in (*NEEDED, *OPTIONAL) else ""


def _question(columns: dict[str, int], cells: Sequence[str], place: str) -> Written:
    if len(cells) > max(columns.values()) + 1 and any(cell.strip() for cell in cells[max(columns.values()) + 1 :]):
        raise BankError(_("it has more cells than the first line has names"), place)

    def cell(name: str) -> str:
        at = columns.get(name)
        found = cells[at].strip() if at is not None and at < len(cells) else ""
        return tables.said(found)

    kind = cell("kind").casefold()
    if kind not in KINDS:
        message = _("there is no kind “%(kind)s”; there are %(kinds)s")
        raise BankError(message % {"kind": kind[:40], "kinds": ", ".join(KINDS)}, place)
    answers = [cell(f"answer{number}") for number in range(1, MOST_ANSWERS + 1)]
    while answers and not answers[-1]:
        answers.pop()
    right = cell("right")
    marked = _marked(right, len(answers), place) if kind in ("single", "multiple") else set()
    written = Written(
        place,
        kind,
        cell("question"),
        choices=[(text, number in marked) for number, text in enumerate(answers, 1)],
        unit=cell("unit"),
        seconds=_whole(cell("seconds"), 20, _("the seconds"), place),
        worth=_whole(cell("points"), 1000, _("the points"), place),
        tolerance=_number(cell("tolerance") or "0", _("the tolerance"), place),
        explanation=cell("explanation"),
        media=cell("media"),
        media_words=cell("media_words"),
        languages=_languages(columns, cell, place),
    )
    if kind == "truth":
        if right.casefold() not in ("true", "false"):
            raise BankError(_("“right” must be true or false"), place)
        written.truth = right.casefold() == "true"
    if kind == "number":
        written.number = _number(right, _("the right number"), place)
    return written


def _languages(columns: dict[str, int], cell: Callable[[str], str], place: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name in columns:
        base, _mark, code = name.rpartition("_")
        if not TRANSLATED.fullmatch(name) or not (text := cell(name)):
            continue
        if not cell(base):
            message = _("“%(name)s” is filled in, and “%(base)s” is not")
            raise BankError(message % {"name": name, "base": base}, place)
        found.setdefault(code, {})[base] = text
    return found


def _marked(right: str, count: int, place: str) -> set[int]:
    parts = re.split(r"[\s,;]+", right.strip()) if right.strip() else []
    if not all(part.isdecimal() and len(part) < 4 and 1 <= int(part) <= count for part in parts):
        raise BankError(_("“right” must name answers by their numbers, from 1 to %(count)d") % {"count": count}, place)
    return {int(part) for part in parts}


def _whole(text: str, default: int, what: str, place: str) -> int:
    if not text:
        return default
    if not text.isdecimal() or len(text) > 6:
        raise BankError(_("%(what)s must be a whole number") % {"what": what}, place)
    return int(text)


def _number(text: str, what: str, place: str) -> Decimal:
    if is_ambiguous(text):
        message = _(
            "%(what)s “%(text)s” can be read in two ways; write it without a sign between thousands, or with a point"
        )
        raise BankError(message % {"what": what, "text": text}, place)
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise BankError(_("%(what)s is no number") % {"what": what}, place) from error
    if not number.is_finite():
        raise BankError(_("%(what)s is no number") % {"what": what}, place)
    return number


def _line_words(line: int) -> str:
    return _("line %(line)d") % {"line": line}
