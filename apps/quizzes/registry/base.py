"""What a kind of question is, and where the kinds are found."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.quizzes.models import Choice, Question

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST_CHOICES = 12
MOST_SPELLINGS = 40
TEXT_CHARS = 100
"""Of a typed answer."""

Said = str | list[int]
"""What comes over the wire: a typed text, or places of the sheet's options."""


class Incomplete(ValueError):
    """The question cannot be asked as it is written; its message says what is missing."""

    def __init__(self, message: "str | _StrPromise") -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Drawn:
    """A question ready to be asked; both are plain JSON, and the sheet holds nothing that tells of the key."""

    sheet: dict[str, Any]
    """What is shown beside the text: `options` as [{"id", "text"}] where there are some, `unit`."""
    key: dict[str, Any]


class Kind(ABC):
    name: ClassVar[str]

    def check(self, question: Question, choices: Sequence[Choice]) -> None:  # noqa: B027 - left out: any is in order
        """Raises Incomplete."""

    @abstractmethod
    def draw(self, question: Question, choices: Sequence[Choice]) -> Drawn: ...

    @abstractmethod
    def parse(self, sheet: Mapping[str, Any], said: Said) -> Any:
        """What was sent, in the one way that this kind writes it. Refused where it is no answer to this question."""

    @abstractmethod
    def mark(self, key: Mapping[str, Any], said: Any) -> float:
        """How much of it is right, from 0 to 1."""

    @abstractmethod
    def bins(self, said: Any) -> dict[str, int]:
        """What the answer adds to the distribution that is shown with the right one; by the names of `labels`."""


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.name] = kind


def kind_of(name: str) -> Kind:
    return _kinds[name]


def kinds() -> list[Kind]:
    return list(_kinds.values())


def invalid() -> Refused:
    return Refused(
        "quiz.answer_invalid",
        _("This is not an answer to this question. Choose or type one, and send it again."),
        field="said",
        status=400,
    )
