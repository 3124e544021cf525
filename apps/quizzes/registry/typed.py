"""Questions whose answers are typed: a number with a tolerance, a text with accepted spellings."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.quizzes.models import Choice, Question
from apps.quizzes.registry.base import MOST_SPELLINGS, TEXT_CHARS, Drawn, Incomplete, Kind, Said, invalid
from apps.quizzes.registry.words import fold, in_languages, is_ambiguous

NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,6})?")
MOST_BIN_CHARS = 40
ARABIC = {ord(digit): str(value) for digits in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for value, digit in enumerate(digits)}


class Number(Kind):
    """Written with point or comma, without signs between thousands. Where a comma may be such a sign it is asked what
    is meant: 1,500 is one and a half to some, and a thousand more to others."""

    name = "number"

    def check(self, question: Question, choices: Sequence[Choice]) -> None:
        if question.number is None:
            raise Incomplete(_("Say which number is right."))

    def draw(self, question: Question, choices: Sequence[Choice]) -> Drawn:
        right = Decimal(question.number or 0)
        return Drawn({"unit": question.unit}, {"right": _plain(right), "tolerance": _plain(question.tolerance)})

    def parse(self, sheet: Mapping[str, Any], said: Said) -> str:
        text = said.translate(ARABIC).replace("٫", ".").replace("−", "-").strip() if isinstance(said, str) else ""
        if not NUMBER.fullmatch(text):
            raise invalid()
        if is_ambiguous(text):
            raise Refused(
                "quiz.answer_invalid",
                _("Write %(whole)s without a sign between thousands, or %(part)s with a point; then it is clear."),
                values={"whole": text.replace(",", ""), "part": _plain(Decimal(text.replace(",", ".")))},
                field="said",
                status=400,
            )
        return _plain(Decimal(text.replace(",", ".")))

    def mark(self, key: Mapping[str, Any], said: str) -> float:
        return float(abs(Decimal(said) - Decimal(key["right"])) <= Decimal(key["tolerance"]))

    def bins(self, said: str) -> dict[str, int]:
        return {said: 1}


class Text(Kind):
    """Case, accents and the spaces and marks around it make no difference."""

    name = "text"

    def check(self, question: Question, choices: Sequence[Choice]) -> None:
        if not 1 <= len(choices) <= MOST_SPELLINGS:
            raise Incomplete(_("Give one to %(most)d accepted spellings.") % {"most": MOST_SPELLINGS})
        for choice in choices:
            for text in in_languages(choice.text, "").values():
                if not _is_answer(" ".join(text.split())):
                    raise Incomplete(
                        _("Nobody can type “%(text)s”: a spelling has letters or digits, and at most %(most)d of them.")
                        % {"text": text[:MOST_BIN_CHARS], "most": TEXT_CHARS}
                    )

    def draw(self, question: Question, choices: Sequence[Choice]) -> Drawn:
        main = question.bank.event.default_language
        spellings = [in_languages(choice.text, main) for choice in choices]
        right = dict.fromkeys(text for spelling in spellings for text in spelling.values())
        return Drawn({}, {"right": list(right), "spellings": spellings})

    def parse(self, sheet: Mapping[str, Any], said: Said) -> str:
        text = " ".join(said.split()) if isinstance(said, str) else ""
        if not _is_answer(text):
            raise invalid()
        return text

    def mark(self, key: Mapping[str, Any], said: str) -> float:
        return float(fold(said) in {fold(spelling) for spelling in key["right"]})

    def bins(self, said: str) -> dict[str, int]:
        """One spelling for all that are taken for the same; counters have names without =, commas and spaces, and
        begin with a letter of ours: what somebody types is no name that the queue counts by itself."""
        return {"t" + re.sub(r"[=,\s]+", "_", fold(said))[:MOST_BIN_CHARS]: 1}


def _is_answer(text: str) -> bool:
    return bool(fold(text)) and len(text) <= TEXT_CHARS and "\x00" not in text


def _plain(number: Decimal) -> str:
    """Without an exponent and without zeros at the end: one spelling for one number."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
