"""A question as files carry it, and what is said of a file that cannot be read."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

MAX_BYTES = 4 * 1024 * 1024
MOST_QUESTIONS = 500
TEXT_CHARS, CHOICE_CHARS, EXPLANATION_CHARS, UNIT_CHARS, MEDIA_CHARS = 300, 200, 1000, 20, 200


class BankError(Exception):
    """Nothing was taken over. Its text is one line: the place, then what is wrong there."""

    def __init__(self, message: str, place: str) -> None:
        super().__init__(f"{place}: {message}")
        self.message = message
        self.place = place

    @classmethod
    def too_large(cls) -> "BankError":
        size = MAX_BYTES // 1024 // 1024
        return cls(_("the file is larger than %(size)d MB") % {"size": size}, _("the whole file"))


@dataclass(slots=True)
class Written:
    place: str
    """Where it stands in the file, for whoever has to put it right."""
    kind: str
    text: str
    choices: list[tuple[str, bool]] = field(default_factory=list)
    truth: bool = True
    number: Decimal | None = None
    tolerance: Decimal = Decimal(0)
    unit: str = ""
    seconds: int = 20
    worth: int = 1000
    explanation: str = ""
    media: str = ""
    """The title of its picture or clip among the files of the event."""
    media_words: str = ""
    languages: dict[str, dict[str, str]] = field(default_factory=dict)
    """By language, and by the name of a text (`question`, `answer1`, `explanation`, `media_words`): the texts in other
    languages than the one in which the rest is."""
    leaves_behind: bool = False
    """Whether the file has a picture, clip or passage with it that did not come along."""

    def in_language(self, name: str, text: str, main: str) -> str | dict[str, str]:
        """The text of this name, in all its languages where it has more than one; `main` is that of the rest."""
        others = {code: texts[name] for code, texts in self.languages.items() if name in texts}
        return {main: text, **others} if others else text

    def _translated(self) -> list[tuple[str, str, int]]:
        bounds = {"question": TEXT_CHARS, "media_words": TEXT_CHARS, "explanation": EXPLANATION_CHARS}
        return [
            (f"“{name}_{code}”", text, bounds.get(name, CHOICE_CHARS))
            for code, texts in self.languages.items()
            for name, text in texts.items()
        ]

    def check(self) -> None:
        """Lengths and bounds that hold for every kind; what a kind needs, the kind itself asks for."""
        bounds = [
            (_("the question"), self.text, TEXT_CHARS),
            (_("the explanation"), self.explanation, EXPLANATION_CHARS),
            (_("the unit"), self.unit, UNIT_CHARS),
            (_("the name of the picture or clip"), self.media, MEDIA_CHARS),
            (_("what it shows"), self.media_words, TEXT_CHARS),
            *((_("an answer"), text, CHOICE_CHARS) for text, _right in self.choices),
            *self._translated(),
        ]
        for what, text, most in bounds:
            if len(text) > most:
                raise BankError(
                    _("%(what)s is longer than %(most)d letters") % {"what": what, "most": most}, self.place
                )
            if "\x00" in text:
                raise BankError(_("%(what)s holds a letter that cannot be kept") % {"what": what}, self.place)
        wrong = [
            (not self.text, _("the question is empty")),
            (any(not text for text, _right in self.choices), _("an answer is empty")),
            (not 5 <= self.seconds <= 600, _("the seconds must be from 5 to 600")),
            (self.worth not in (0, 1000, 2000), _("the points must be 0, 1000 or 2000")),
            (self.tolerance < 0, _("the tolerance is negative")),
            (not all(map(_fits, (self.number, self.tolerance))), _("a number has at most 12 digits before the point")),
        ]
        for is_so, message in wrong:
            if is_so:
                raise BankError(message, self.place)


def _fits(number: Decimal | None) -> bool:
    return number is None or (number.is_finite() and abs(number) < Decimal(10) ** 12)
