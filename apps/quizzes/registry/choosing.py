"""Questions whose answers are chosen: one, several, true or false, an order."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.quizzes.models import Choice, Question
from apps.quizzes.registry.base import MOST_CHOICES, Drawn, Incomplete, Kind, Said, invalid
from apps.quizzes.registry.words import in_languages

LEAST_CHOICES = 2


class Chosen(Kind):
    """Options are named by their place on the sheet, from 1."""

    def check(self, question: Question, choices: Sequence[Choice]) -> None:
        if not LEAST_CHOICES <= len(choices) <= MOST_CHOICES:
            raise Incomplete(
                _("It needs %(least)d to %(most)d answers to choose from.")
                % {"least": LEAST_CHOICES, "most": MOST_CHOICES}
            )

    def draw(self, question: Question, choices: Sequence[Choice]) -> Drawn:
        right = [place for place, choice in enumerate(choices, 1) if choice.is_right]
        return Drawn(self.options(question, choices), {"right": right})

    def options(self, question: Question, choices: Sequence[Choice]) -> dict[str, Any]:
        main = question.bank.event.default_language
        texts = (in_languages(choice.text, main) for choice in choices)
        return {"options": [{"id": place, "text": text} for place, text in enumerate(texts, 1)]}

    def chosen(self, sheet: Mapping[str, Any], said: Said) -> list[int]:
        """Places of this sheet, none twice, in the order in which they came."""
        given = [said] if isinstance(said, str) else said
        try:
            places = [int(one) for one in given]
        except ValueError as error:
            raise invalid() from error
        if len(set(places)) != len(places) or not all(1 <= place <= len(sheet["options"]) for place in places):
            raise invalid()
        return places

    def bins(self, said: Any) -> dict[str, int]:
        return {str(place): 1 for place in said}


class Single(Chosen):
    name = "single"

    def check(self, question: Question, choices: Sequence[Choice]) -> None:
        super().check(question, choices)
        if sum(choice.is_right for choice in choices) != 1:
            raise Incomplete(_("Mark exactly one of its answers as right."))

    def parse(self, sheet: Mapping[str, Any], said: Said) -> list[int]:
        found = self.chosen(sheet, said)
        if len(found) != 1:
            raise invalid()
        return found

    def mark(self, key: Mapping[str, Any], said: list[int]) -> float:
        return float(said == key["right"])


class Multiple(Chosen):
    """Each right one counts its part; each wrong one takes such a part away."""

    name = "multiple"

    def check(self, question: Question, choices: Sequence[Choice]) -> None:
        super().check(question, choices)
        if not any(choice.is_right for choice in choices):
            raise Incomplete(_("Mark at least one of its answers as right."))

    def parse(self, sheet: Mapping[str, Any], said: Said) -> list[int]:
        found = self.chosen(sheet, said)
        if not found:
            raise invalid()
        return sorted(found)

    def mark(self, key: Mapping[str, Any], said: list[int]) -> float:
        hits = len(set(key["right"]).intersection(said))
        return max(0, hits - (len(said) - hits)) / len(key["right"])


class Truth(Kind):
    name = "truth"

    def draw(self, question: Question, choices: Sequence[Choice]) -> Drawn:
        return Drawn({}, {"right": question.truth})

    def parse(self, sheet: Mapping[str, Any], said: Said) -> bool:
        if said not in ("true", "false"):
            raise invalid()
        return said == "true"

    def mark(self, key: Mapping[str, Any], said: bool) -> float:
        return float(said == key["right"])

    def bins(self, said: bool) -> dict[str, int]:
        return {"true" if said else "false": 1}


class Order(Chosen):
    """Right is the order in which the items were written; the sheet shows them in one by chance."""

    name = "order"

    def draw(self, question: Question, choices: Sequence[Choice]) -> Drawn:
        places = list(range(len(choices)))
        # By chance alone, so also in the right order now and then: an order that is never the right one tells of it,
        # and of two items it would tell all.
        mixed = random.sample(places, len(places))
        sheet = self.options(question, [choices[place] for place in mixed])
        return Drawn(sheet, {"right": [mixed.index(place) + 1 for place in places]})

    def parse(self, sheet: Mapping[str, Any], said: Said) -> list[int]:
        found = self.chosen(sheet, said)
        if len(found) != len(sheet["options"]):
            raise invalid()
        return found

    def mark(self, key: Mapping[str, Any], said: list[int]) -> float:
        return float(said == key["right"])

    def bins(self, said: list[int]) -> dict[str, int]:
        """By what they put first."""
        return {str(said[0]): 1}
