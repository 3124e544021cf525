"""Banks from files and into files: all of a file comes in, or nothing."""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString

from apps.core.errors import Refused
from apps.events.models import Event
from apps.media.models import Asset
from apps.quizzes import adapters
from apps.quizzes.adapters import BankError, Written
from apps.quizzes.models import Bank, Choice, Question
from apps.quizzes.models.banks import MOST_HELD, SHOWN_WITH
from apps.quizzes.registry import Incomplete, kind_of
from apps.quizzes.registry.words import in_languages
from apps.quizzes.services.writing import hold_bank, save_bank

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
    """Adds these questions after those that the bank has, where there is room for all of them. One whose picture or
    clip is not among the event's files, or there more than once, comes in without it: `leaves_behind` says so."""
    hold_bank(bank.pk)  # so that two files at once do not both find room
    check_room(bank, written)
    last = bank.questions.aggregate(last=Max("position"))["last"]
    first = 0 if last is None else last + 1
    files = _files(bank.event, {one.media for one in written if one.media})
    for position, one in enumerate(written, first):
        question, choices = _drawn_up(one, bank.event.default_language)
        question.bank, question.position = bank, position
        question.media = files.get(one.media)
        one.leaves_behind |= bool(one.media) and question.media is None
        question.save()
        Choice.objects.bulk_create(choices)


@transaction.atomic
def import_bank(event: Event, *, name: str, data: bytes) -> Bank:
    written = read_bank(data)
    bank = save_bank(Bank(event=event, name=name[:MOST_NAME]))
    fill_bank(bank, written)
    return bank


def check_room(bank: Bank, written: Sequence[Written]) -> None:
    room = bank.room if bank.pk else MOST_HELD
    if len(written) > room:
        raise Refused(
            "quiz.bank_full",
            _("A bank holds at most %(most)d questions. This file has %(count)d, and there is room for %(room)d."),
            values={"most": MOST_HELD, "count": len(written), "room": room},
            field="file",
            status=422,
        )


def _files(event: Event, titles: Collection[str]) -> dict[str, Asset]:
    """The event's pictures and clips by their titles, of those that only one of them has."""
    found: dict[str, list[Asset]] = {}
    for asset in Asset.objects.filter(SHOWN_WITH, event=event, title__in=titles):
        found.setdefault(asset.title, []).append(asset)
    return {title: assets[0] for title, assets in found.items() if len(assets) == 1}


def _drawn_up(written: Written, main: str = "en") -> tuple[Question, list[Choice]]:
    """`main` is the language of texts that say none."""

    def text(name: str, words: str) -> Any:
        found = written.in_language(name, words, main)
        return LazyI18nString(found) if isinstance(found, dict) else found

    question = Question(
        kind=written.kind,
        text=text("question", written.text),
        media_words=text("media_words", written.media_words),
        truth=written.truth,
        number=None if written.number is None else written.number.quantize(SCALE),
        tolerance=written.tolerance.quantize(SCALE),
        unit=written.unit,
        seconds=written.seconds,
        worth=written.worth,
        explanation=text("explanation", written.explanation),
    )
    choices = [
        Choice(question=question, text=text(f"answer{place + 1}", words), is_right=is_right, position=place)
        for place, (words, is_right) in enumerate(written.choices)
    ]
    try:
        kind_of(written.kind).check(question, choices)
    except Incomplete as why:
        raise BankError(str(why.message), written.place) from why
    return question, choices


def written_bank(bank: Bank) -> list[Written]:
    """Its questions as files carry them, in the language that is active; beside it, what is in others."""
    found = Question.objects.filter(bank=bank).select_related("media").prefetch_related("choices")
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
            media=question.media.title if question.media else "",
            media_words=str(question.media_words),
            languages=_other_languages(question),
        )
        for number, question in enumerate(found.order_by("position", "pk"), 1)
    ]


def _other_languages(question: Question) -> dict[str, dict[str, str]]:
    answers = {f"answer{place}": choice.text for place, choice in enumerate(question.choices.all(), 1)}
    texts = {
        "question": question.text,
        **answers,
        "explanation": question.explanation,
        "media_words": question.media_words,
    }
    found: dict[str, dict[str, str]] = {}
    for name, text in texts.items():
        for code, words in in_languages(text, get_language()).items():
            if code != get_language() and code in dict(settings.LANGUAGES):
                found.setdefault(code, {})[name] = words
    return found


def export_csv(bank: Bank) -> Iterable[str]:
    """In the event's main language and, in columns of their own, all others."""
    with override(bank.event.default_language):
        return adapters.csv_bank.write(written_bank(bank))


def csv_template() -> Iterable[str]:
    return adapters.csv_bank.template()


def export_qti(bank: Bank) -> bytes:
    """In the language that is active; seconds, pictures, clips and other languages stay behind."""
    return adapters.qti_writer.write(bank.name, written_bank(bank))


def _short(number: Decimal) -> Decimal:
    """Without zeros at the end."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()
