"""What people answer when they register: read, checked and kept, whichever door it came by."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.core.rows import hold_row
from apps.events import selectors
from apps.events.models import Answer, Event, Question, Registration, TicketKind
from apps.events.models.asking import MOST_QUESTIONS

UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
"""What no database keeps: half a character is no text."""
MOST_CHOICES = 100
"""Of one question."""
SHARE = "SELECT id FROM events_question WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"
MOST_CHARS = {Question.Kind.TEXT: 300, Question.Kind.LONG: 4000}


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that is in order: in words, and which choices those are."""

    question: Question
    text: str
    picked: tuple[int, ...] = ()


def given(event: Event, ticket: TicketKind | None, answers: Mapping[str, Any]) -> Iterator[Given]:
    """The answers to what is asked with this ticket; what is not asked is left out. Raises Refused at the first that
    is missing or no answer, with the question's `field`."""
    for question in selectors.questions_asked(event, ticket):
        answer = read(question, answers.get(question.field))
        if answer is not None:
            yield answer
        elif question.required:
            raise _refusal(question, _("This needs an answer."))


def read(question: Question, raw: Any) -> Given | None:
    """What was answered to one question; None is no answer. Raises Refused where it cannot be one."""
    if question.kind == Question.Kind.CONSENT:
        return Given(question, str(question.label)) if raw is True or raw in ("on", "true", "1") else None
    if question.has_choices:
        return _read_choices(question, raw)
    if raw is None:
        return None
    if not isinstance(raw, str) or UNWRITABLE.search(raw):
        raise _refusal(question, _("This is answered in words."))
    text = raw.strip()
    most = MOST_CHARS[Question.Kind(question.kind)]
    if len(text) > most:
        raise _refusal(question, _("This is longer than it may be. Say it shorter."))
    return Given(question, text) if text else None


def _read_choices(question: Question, raw: Any) -> Given | None:
    wanted = raw if isinstance(raw, list | tuple) else [raw]
    if len(wanted) > len(question.choices.all()) + 1:
        raise _refusal(question, _("Choose from what is offered."))
    wanted = [str(one) for one in wanted if one not in (None, "")]
    if not wanted:
        return None
    chosen = [choice for choice in question.choices.all() if str(choice.pk) in wanted]
    if len(chosen) != len(set(wanted)) or (question.kind == Question.Kind.CHOICE and len(chosen) > 1):
        raise _refusal(question, _("Choose from what is offered."))
    return Given(question, "\n".join(str(choice) for choice in chosen), tuple(choice.pk for choice in chosen))


def _refusal(question: Question, words: Any) -> Refused:
    return Refused("registration.answer", words, field=question.field)


def keep(registration: Registration, answers: tuple[Given, ...]) -> None:
    """In place of what was answered before."""
    registration.answers.all().delete()
    keep_first(registration, answers)


def keep_first(registration: Registration, answers: tuple[Given, ...]) -> None:
    """Of somebody who has answered nothing yet."""
    hold_questions([answer.question for answer in answers])
    Answer.objects.bulk_create(
        Answer(
            registration=registration,
            question=answer.question,
            text=answer.text,
            picked=list(answer.picked),
            version=answer.question.version,
        )
        for answer in answers
    )


def hold_questions(questions: Sequence[Question]) -> None:
    """They are not deleted before the end of the transaction. Raises Refused, with its field, for one that was."""
    if not questions:
        return
    held = {question.pk for question in Question.objects.raw(SHARE, [[question.pk for question in questions]])}
    for question in questions:
        if question.pk not in held:
            raise _refusal(question, _("The organisers took this question away just now. Load the page again."))


@transaction.atomic
def answer_again(registration: Registration, answers: Mapping[str, Any]) -> None:
    """Somebody with a place changes what they answered. What is asked no more stays, and what stands as it did keeps
    its day; an agreement to former words is one until they say otherwise of the new ones."""
    hold_row(registration, gone="not_found")
    asked = {question.pk for question in selectors.questions_asked(registration.event, registration.ticket)}
    told = {answer.question.pk: answer for answer in given(registration.event, registration.ticket, answers)}
    for row in registration.answers.filter(question__in=asked).select_related("question"):
        answer = told.get(row.question_id)
        if answer and (row.text, row.picked, row.version) == (answer.text, [*answer.picked], answer.question.version):
            del told[row.question_id]
        elif answer or row.question.kind != Question.Kind.CONSENT or row.version == row.question.version:
            row.delete()
    keep_first(registration, tuple(told.values()))


def rest_questions_of(ticket: TicketKind) -> None:
    """Before it is deleted: what was asked with it alone is asked of nobody, since a question without a ticket would be
    asked of all."""
    selectors.questions_of_ticket_alone(ticket).update(is_asked=False)


def check_count(event: Event, new: int) -> None:
    """Raises Refused where so many more questions would be too many. The event is held: two at once are counted."""
    held = hold_row(event, gone="event.gone")
    if held.registration_questions.count() + new > MOST_QUESTIONS:
        raise Refused("question.too_many", _("An event has up to %(most)s questions."), values={"most": MOST_QUESTIONS})


def check_choices(question: Question, choices: int, *, new: int = 0) -> None:
    """Raises Refused where a question would offer nothing to choose from, or more than anybody reads, and where one
    that has no choices is given some. What it had when it was of another kind rests with it."""
    if question.has_choices and not choices:
        raise Refused("question.no_choices", _("Write at least one choice, or make it a question for text."))
    if choices > MOST_CHOICES:
        words = _("A question has up to %(most)s choices.")
        raise Refused("question.too_many_choices", words, values={"most": MOST_CHOICES}, field="choices")
    if new and not question.has_choices:
        words = _("A question of this kind has no choices. Take them away, or choose another kind.")
        raise Refused("question.takes_no_choices", words, field="choices", status=400)


def words_changed(question: Question) -> None:
    """New words of a consent are a new version of it: nobody has agreed to them yet. Of two who change them at once,
    each makes one."""
    Question.objects.filter(pk=question.pk).update(version=F("version") + 1)
    question.refresh_from_db(fields=["version"])


def check_kind(question: Question, held: Question) -> None:
    """Raises Refused where a question that somebody has answered would become another kind than it is `held` as: a text
    that was written is no consent."""
    if held.kind != question.kind and held.answers.exists():
        words = _("Somebody has answered it, so it stays what it is. Ask it no more, and make a new question.")
        raise Refused("question.kind", words, field="kind")
