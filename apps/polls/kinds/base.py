"""What a kind of poll answers for: what an answer is, what it counts, and how all of them together are shown."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

import msgspec
from django.utils.translation import gettext_lazy as _
from msgspec import Meta

from apps.core.errors import Refused
from apps.polls import broadcasts
from apps.polls.models import Kind as Name
from apps.polls.models import Option, Poll

Body = dict[str, Any]
Id = Annotated[int, Meta(ge=1, lt=2**53)]
FARTHEST_SENT = 2**53
Number = Annotated[int, Meta(ge=-FARTHEST_SENT, le=FARTHEST_SENT)]
"""Any that a page can send."""
LEAST_OPTIONS, MOST_OPTIONS = 2, 20
MOST_SENT, MOST_TYPED = 40, 4000
"""Parts of an answer, and characters of one, that are looked at at all."""


class Share(msgspec.Struct, forbid_unknown_fields=True):
    option: Number
    points: Number


class Said(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An answer as it is sent, by any door: one of these, as the poll's kind wants it. What is wrong with it the kind
    says (`Kind.read`), so that every door has the same code for it; here is only what it is made of."""

    option: Number | None = None
    options: list[Number] | None = None
    value: Number | None = None
    order: list[Number] | None = None
    """Options, the best first."""
    points: list[Share] | None = None
    words: list[str] | None = None
    text: str | None = None


ANSWER_FIELDS = ("option", "options", "value", "order", "points", "words", "text")


@dataclass(frozen=True, slots=True)
class Counted:
    """What was answered behind a gate: how many voters, and the sums of their counts."""

    keys: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Words:
    """What is known of a poll's words beside the counters."""

    rulings: Mapping[str, bool] = field(default_factory=dict)
    """By subject: whether somebody let it be shown."""
    texts: Sequence[str] = ()
    """Of an open text, the newest that are shown."""


class Kind(ABC):
    name: ClassVar[Name]
    field: ClassVar[str]
    """The part of what is sent that it reads."""
    least_options: ClassVar[int] = LEAST_OPTIONS
    most_options: ClassVar[int] = MOST_OPTIONS
    has_words: ClassVar[bool] = False
    """People type their answers, and somebody may have to decide what is shown."""
    least_words: ClassVar[Any] = ""
    """What its `least` is, for the organiser who sets it; nothing where it has none. The same of `most`."""
    most_words: ClassVar[Any] = ""
    usual: ClassVar[tuple[Any, Any]] = ("", "")
    """What the two are where they are left empty, in words."""
    control: ClassVar[str] = "option"
    """The template of one row of its form: templates/polls/rows/."""

    def bounds(self, poll: Poll, options: int) -> tuple[int, int]:
        """Its `least` and `most`, as the poll sets them or as is usual; `options` is how many it has."""
        return 0, 0

    def check(self, poll: Poll, options: int) -> None:
        """Whether it can be asked like this."""
        if not self.least_options <= options <= self.most_options:
            raise wrong_options(self.least_options, self.most_options, options)
        self.check_bounds(poll, options)

    def check_bounds(self, poll: Poll, options: int) -> None:  # noqa: B027 - most have none
        """Whether its bounds go together, with so many options."""

    @abstractmethod
    def read(self, poll: Poll, said: Said) -> Body:
        """The answer in the shape in which it is kept, or a refusal. Needs `options`. What is sent has any size."""

    @abstractmethod
    def results(self, poll: Poll, counted: Counted, words: Words) -> broadcasts.Results:
        """Needs `options`."""

    def rows(self, poll: Poll) -> list[tuple[int, Any, Option | None]]:
        """What its form and its chart have one row for: number, words, and the option if it is one."""
        return [(option.pk, option, option) for option in poll.options.all()]

    def given(self, said: Said) -> Any:
        value = getattr(said, self.field)
        if value is None or any(getattr(said, other) is not None for other in ANSWER_FIELDS if other != self.field):
            raise missing(self.field)
        return value

    def own(self, poll: Poll, chosen: Iterable[int]) -> None:
        """Whether these are options of this poll."""
        if not poll.option_ids.issuperset(chosen):
            raise Refused(
                "poll.option_unknown",
                _("This is not an answer to this poll. Choose one of its own."),
                field=self.field,
                status=400,
            )

    def simple(self, poll: Poll, counted: Counted, *, of: int) -> broadcasts.Results:
        """Each row by its own counter."""
        return broadcasts.Results(
            poll=poll.pk,
            round=poll.round,
            total=counted.keys,
            of=of,
            votes=[broadcasts.Tally(number, counted.counts.get(str(number), 0)) for number, *_more in self.rows(poll)],
        )


def missing(field: str) -> Refused:
    return Refused("poll.answer_missing", _("Choose or write an answer first."), field=field, status=400)


def wrong_options(least: int, most: int, count: int) -> Refused:
    words = (
        _("A poll of this kind has %(least)s to %(most)s options; this one has %(count)s.")
        if most
        else _("A poll of this kind has no options; this one has %(count)s.")
    )
    return Refused(
        "poll.options", words, values={"least": least, "most": most, "count": count}, field="options", status=400
    )


def wrong_bounds(words: Any) -> Refused:
    return Refused("poll.bounds", words, field="most", status=400)
