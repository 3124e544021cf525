"""What organisers take away as a table: a head, then a row for each, read in pieces."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from apps.events.models import GuestList, Question, Registration
from apps.events.models.asking import MOST_QUESTIONS
from apps.events.selectors.events import as_known
from apps.events.selectors.guests import guest_report

CHUNK = 1000
BETWEEN = "|"
"""Stands between several things in one cell."""


def registration_rows(registrations: QuerySet[Registration]) -> Iterable[list[str]]:
    """Who they are, their ticket, code and place, and a column for each question that their events ask. Of several
    events these may be more than one event has: what was answered beyond so many stands in the last column."""
    of_events = Question.objects.filter(event__in=registrations.order_by().values("event")).select_related("event")
    everything = list(of_events.order_by("event__slug", "position", "pk"))
    questions, others = everything[:MOST_QUESTIONS], {one.pk: one for one in everything[MOST_QUESTIONS:]}
    is_of_one = len({question.event_id for question in everything}) < 2
    yield [
        *("event", "name", "e-mail", "company", "title", "ticket", "code", "source", "state", "registered", "came in"),
        *(str(one.label) if is_of_one else f"{one.event.slug}: {one.label}" for one in questions),
        *(["further answers"] if others else []),
    ]
    rows: Any = as_known(registrations.select_related("event", "user", "ticket", "code"), "event__organisation")
    for row in rows.prefetch_related("answers").iterator(chunk_size=CHUNK):
        came = row.joined_at.isoformat(timespec="seconds") if row.joined_at else ""
        registered = row.created_at.isoformat(timespec="seconds")
        person = [row.known_name, row.user.email, row.known_company, row.known_title]
        place = [str(row.ticket or ""), row.code.code if row.code else "", row.source, row.state, registered, came]
        said = {answer.question_id: answer.text for answer in row.answers.all()}
        more = [f"{others[pk].label}: {text}" for pk, text in said.items() if pk in others]
        further = ["\n".join(more)] if others else []
        yield [row.event.slug, *person, *place, *(said.get(one.pk, "") for one in questions), *further]


def guest_rows(lists: QuerySet[GuestList]) -> Iterable[list[str]]:
    """Each line of each file, with what became of it."""
    yield ["event", "file", "line", "e-mail", "result", "why"]
    for guests in lists.select_related("event").iterator(chunk_size=20):
        _head, *rows = guest_report(guests)
        for row in rows:
            yield [guests.event.slug, guests.name, *row]


def question_rows(questions: QuerySet[Question]) -> Iterable[list[str]]:
    """What is asked at registration, as a file brings it in again."""
    yield ["event", "question", "kind", "choices", "help", "required", "asked", "tickets"]
    rows = questions.select_related("event").prefetch_related("choices", "tickets")
    for row in rows.iterator(chunk_size=CHUNK):
        choices, tickets = (f" {BETWEEN} ".join(map(str, found.all())) for found in (row.choices, row.tickets))
        required, asked = ("yes" if flag else "no" for flag in (row.required, row.is_asked))
        yield [row.event.slug, str(row.label), row.kind, choices, str(row.help), required, asked, tickets]
