"""Writing banks by hand: their questions with the answers to choose from, put into order; and banks that go."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max, RestrictedError
from django.utils.translation import gettext_lazy as _

from apps.core.bounds import check_room
from apps.core.errors import Refused
from apps.quizzes.models import Bank, Choice, Question, banks
from apps.quizzes.registry import Incomplete, kind_of
from apps.tracks import services as tracks

WITH_CHOICES = frozenset({Question.Kind.SINGLE, Question.Kind.MULTIPLE, Question.Kind.ORDER, Question.Kind.TEXT})
MOST_POSITION = 2**31 - 1


@transaction.atomic
def save_bank(bank: Bank) -> Bank:
    """A new one, or its other name. Raises Refused where there are as many as may be."""
    if bank.pk is None:
        check_banks(bank.event_id)
    else:
        hold_bank(bank.pk)
    bank.save(update_fields=["name"] if bank.pk is not None else None)
    return bank


def check_banks(event_id: int) -> None:
    tracks.hold_events([event_id])
    check_room(Bank.objects.filter(event=event_id), most=banks.MOST_BANKS, code="quiz.too_many_banks")


@transaction.atomic
def remove_bank(bank: Bank) -> None:
    """With its questions. Games and attempts keep what they asked; a bank that a quiz asks from stays."""
    hold_bank(bank.pk, whole=True)
    try:
        bank.delete()
    except RestrictedError as error:
        raise Refused(
            "quiz.bank_in_use", _("A quiz asks from this bank. Give the quiz another one first, or delete it.")
        ) from error


@transaction.atomic
def save_question(
    question: Question,
    *,
    choices: Sequence[tuple[Any, bool]] | None = None,
    changed: Collection[str] | None = None,
    at_end: bool = False,
) -> Question:
    """A new question (`changed` is None), or what was changed of one. `choices` are its answers in their order, each
    with whether it is right; None leaves them as they are. Refused where it could not be asked like this."""
    hold_bank(question.bank_id)
    if changed is not None and not Question.objects.filter(pk=question.pk).exists():
        raise question_unknown()
    if changed is None and not question.bank.room:
        said = _("This bank is full: it holds %(most)d questions.")
        raise Refused("quiz.bank_full", said, values={"most": banks.MOST_HELD}, status=422)
    known = list(Choice.objects.filter(question=question.pk)) if question.pk is not None else []
    wanted = known if choices is None else [Choice(text=text, is_right=is_right) for text, is_right in choices]
    if question.kind not in WITH_CHOICES:
        wanted = []
    _check(question, wanted)
    if at_end:
        last = Question.objects.filter(bank=question.bank_id).aggregate(last=Max("position"))["last"]
        question.position = 0 if last is None else min(last + 1, MOST_POSITION)
    if changed is None:
        question.save()
    elif changed:
        question.save(update_fields=[*changed])
    if [(choice.text, choice.is_right) for choice in wanted] != [(choice.text, choice.is_right) for choice in known]:
        Choice.objects.filter(question=question).delete()
        Choice.objects.bulk_create(
            Choice(question=question, text=choice.text, is_right=choice.is_right, position=place)
            for place, choice in enumerate(wanted)
        )
    return question


@transaction.atomic
def remove_question(question: Question) -> None:
    """Games and attempts keep it as they asked it."""
    hold_bank(question.bank_id)
    question.delete()


@transaction.atomic
def arrange_questions(bank: Bank, ids: Sequence[int]) -> None:
    """These first, in this order; the others stay behind them as they were."""
    hold_bank(bank.pk)
    rows = {row.pk: row for row in Question.objects.filter(bank=bank).order_by("position", "pk")}
    named = list(dict.fromkeys(ids))
    if not rows.keys() >= {*named}:
        raise Refused("quiz.question_unknown", UNKNOWN, field="questions", status=400)
    moved = []
    for place, pk in enumerate([*named, *(pk for pk in rows if pk not in {*named})]):
        if rows[pk].position != place:
            rows[pk].position = place
            moved.append(rows[pk])
    Question.objects.bulk_update(moved, ["position"])


UNKNOWN = _("There is no such question in this bank.")


def question_unknown() -> Refused:
    return Refused("quiz.question_unknown", UNKNOWN, status=404)


def hold_bank(pk: int, *, whole: bool = False) -> Bank:
    """Its row: whoever writes its questions, or a quiz that asks them, waits for each other; and for who deletes it,
    `whole`, everybody."""
    found = Bank.objects.select_for_update(no_key=not whole).filter(pk=pk).first()
    if found is None:
        raise Refused("quiz.bank_unknown", BANK_UNKNOWN, status=404)
    return found


BANK_UNKNOWN = _("There is no such question bank in this event.")


def _check(question: Question, choices: Sequence[Choice]) -> None:
    try:
        kind_of(question.kind).check(question, choices)
    except Incomplete as why:
        field = "number" if question.kind == Question.Kind.NUMBER else "choices"
        raise Refused("quiz.question_incomplete", why.message, field=field, status=400) from why
