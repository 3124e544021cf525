"""Banks from files and into files: all of a file comes in, or nothing."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.errors import Refused
from apps.events.models import Event
from apps.quizzes import adapters
from apps.quizzes.adapters import BankError, Written
from apps.quizzes.models import Bank, Choice, Question
from apps.quizzes.registry import Incomplete, kind_of

MOST_NAME = 120
SCALE = Decimal("0.000001")


def read_bank(data: bytes) -> list[Written]:
    """The questions of a file (CSV, QTI 2.1 or 3.0), each of which could be asked. Refused with the place where
    something is wrong."""
    try:
        written = adapters.read(data)
        for one in written:
            one.check()
            _drawn_up(one)
    except BankError as error:
        raise Refused("quiz.file", str(error), field="file", status=422) from error
    return written


@transaction.atomic
def fill_bank(bank: Bank, written: Sequence[Written]) -> None:
    """Adds these questions after those that the bank has."""
    first = bank.questions.count()
    for position, one in enumerate(written, first):
        question, choices = _drawn_up(one)
        question.bank, question.position = bank, position
        question.save()
        Choice.objects.bulk_create(choices)


@transaction.atomic
def import_bank(event: Event, *, name: str, data: bytes) -> Bank:
    written = read_bank(data)
    bank = Bank.objects.create(event=event, name=name[:MOST_NAME])
    fill_bank(bank, written)
    return bank


def _drawn_up(written: Written) -> tuple[Question, list[Choice]]:
    question = Question(
        kind=written.kind,
        text=written.text,
        truth=written.truth,
        number=None if written.number is None else written.number.quantize(SCALE),
        tolerance=written.tolerance.quantize(SCALE),
        unit=written.unit,
        seconds=written.seconds,
        worth=written.worth,
        explanation=written.explanation,
    )
    choices = [
        Choice(question=question, text=text, is_right=is_right, position=place)
        for place, (text, is_right) in enumerate(written.choices)
    ]
    try:
        kind_of(written.kind).check(question, choices)
    except Incomplete as why:
        raise BankError(str(why.message), written.place) from why
    return question, choices


def written_bank(bank: Bank) -> list[Written]:
    """Its questions as files carry them, in the language that is active."""
    found = Question.objects.filter(bank=bank).prefetch_related("choices").order_by("position", "pk")
    return [
        Written(
            place=_("question %(number)d") % {"number": number},
            kind=question.kind,
            text=str(question.text),
            choices=[(str(choice.text), choice.is_right) for choice in question.choices.all()],
            truth=question.truth,
            number=None if question.number is None else _short(question.number),
            tolerance=_short(question.tolerance),
            unit=question.unit,
            seconds=question.seconds,
            worth=question.worth,
            explanation=str(question.explanation),
        )
        for number, question in enumerate(found, 1)
    ]


def export_csv(bank: Bank) -> Iterable[str]:
    return adapters.csv_bank.write(written_bank(bank))


def csv_template() -> Iterable[str]:
    return adapters.csv_bank.template()


def export_qti(bank: Bank) -> bytes:
    return adapters.qti_writer.write(bank.name, written_bank(bank))


def _short(number: Decimal) -> Decimal:
    """Without zeros at the end."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()
