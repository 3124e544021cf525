"""What one registers with, set by organisers: tickets, codes and questions are kept, and go while nobody has them."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import RestrictedError
from django.utils.translation import gettext_lazy as _
from i18nfield.strings import LazyI18nString

from apps.core import clock
from apps.core.errors import Refused
from apps.core.rows import hold_named, hold_row
from apps.events import selectors, signals
from apps.events.models import Choice, Event, InvitationCode, Question, TicketKind
from apps.events.services.asking import check_choices, check_count, check_kind, words_changed
from apps.events.services.bringing import MOST_TICKETS
from apps.events.services.places import hold, move_up
from apps.events.services.registering import TICKET_UNKNOWN

OPENS = frozenset({"opens_programme", "opens_expo"})
Said = tuple[int | None, LazyI18nString]
"""A choice as organisers send it: the id of one that is there, or None of a new one; and its words."""


@transaction.atomic
def save_ticket(ticket: TicketKind, *, changed: Collection[str] | None = None) -> None:
    """Keeps a ticket, and tells who must know."""
    is_new = ticket.pk is None
    keep_ticket(ticket, changed=changed)
    if not is_new:
        ticket_changed(ticket, changed or ())
    move_up(ticket.event)


@transaction.atomic
def keep_ticket(ticket: TicketKind, *, changed: Collection[str] | None = None) -> None:
    """A new one, or of one that is there what was `changed`. Raises Refused where another one is called the same, in
    any language, where there are as many as may be, where it closes before it opens, and where it was deleted
    meanwhile. Who calls this one tells (`ticket_changed`, `move_up`) when all that goes with it is kept."""
    is_new = ticket.pk is None
    event = hold(ticket.event)  # names are no constraint: two at once take turns. And the event comes before its ticket
    if not is_new:
        hold_row(ticket, gone="ticket.gone")
    if is_new or "name" in (changed or ()):
        _check_name(event, ticket)
    if is_new or not {"opens_at", "closes_at"}.isdisjoint(changed or ()):
        _check_times(ticket)
    ticket.save(update_fields=None if is_new else {*(changed or ())})


def _check_times(ticket: TicketKind) -> None:
    if ticket.opens_at and ticket.closes_at and ticket.closes_at <= ticket.opens_at:
        words = _("It closes before it opens. Check both times.")
        raise Refused("ticket.closes_first", words, field="closes_at", status=400)


def ticket_changed(ticket: TicketKind, changed: Collection[str]) -> None:
    """Another name or number of places opens nothing and shuts nothing."""
    if not OPENS.isdisjoint(changed):
        signals.ticket_changed.send(sender=TicketKind, ticket=ticket)


def _check_name(event: Event, ticket: TicketKind) -> None:
    taken = selectors.tickets_by_name(event)
    if any(taken.get(name.casefold(), ticket.pk) != ticket.pk for name in selectors.names_of_ticket(ticket)):
        raise Refused("ticket.name_taken", _("Another ticket has this name. Choose another one."), field="name")
    if ticket.pk is None and event.tickets.count() >= MOST_TICKETS:
        raise Refused("ticket.too_many", _("An event has up to %(most)s tickets."), values={"most": MOST_TICKETS})


@transaction.atomic
def remove_ticket(ticket: TicketKind) -> None:
    """Only while nobody has one; what is over is taken from the offer instead."""
    TicketKind.objects.select_for_update().filter(pk=ticket.pk).first()  # nobody registers with it meanwhile
    try:
        with transaction.atomic():
            ticket.delete()
    except RestrictedError as error:
        raise Refused("ticket.taken", _("Somebody registered with it. Take it from the offer instead.")) from error


def end_code(code: InvitationCode) -> None:
    """It lets nobody in any more; who came by it stays."""
    InvitationCode.objects.filter(pk=code.pk, revoked_at=None).update(revoked_at=clock.now())


@transaction.atomic
def save_question(
    question: Question,
    *,
    changed: Collection[str] | None = None,
    choices: Sequence[Said] | None = None,
    tickets: Collection[TicketKind] | None = None,
) -> None:
    """Keeps a question with what hangs on it. `choices` and `tickets` take the place of those that are there; a choice
    that is named by its id stays the same one under its new words."""
    if tickets is not None:
        check_tickets(question, tickets)
    keep_question(question, changed=changed)
    if tickets is not None:
        question.tickets.set(tickets)
    new = _keep_choices(question, choices) if choices is not None else 0
    check_choices(question, question.choices.count(), new=new)


@transaction.atomic
def keep_question(question: Question, *, changed: Collection[str] | None = None) -> None:
    """The row alone: a new one, or of one that is there what was `changed`. New words of a consent are a new version.
    Raises Refused where somebody has answered it and it would become another kind, where there are as many as may be,
    and where it was deleted meanwhile."""
    is_new = question.pk is None
    if is_new:
        check_count(question.event, 1)
    else:
        is_another = "kind" in (changed or ())
        held = hold_row(question, gone="question.gone", whole=is_another)  # nobody answers it meanwhile
        if is_another:
            check_kind(question, held)
    question.save(update_fields=None if is_new else {*(changed or ())})
    if not is_new and says_new(question, changed or ()):
        words_changed(question)


def check_tickets(question: Question, tickets: Collection[TicketKind]) -> None:
    """Holds them, after the event of a new question and before one that is there: who deletes a ticket comes in this
    order. Raises Refused where one of them is of another event, or gone."""
    if question.pk is None:
        hold(question.event)
    if any(ticket.event_id != question.event_id for ticket in tickets):
        raise Refused("registration.ticket", TICKET_UNKNOWN, field="tickets", status=400)
    hold_named(tickets, gone="registration.ticket", field="tickets", status=400)


def says_new(question: Question, changed: Collection[str]) -> bool:
    """Whether whoever agrees after the change agrees to something else. Another kind counts too: somebody may have read
    the question before it, and answer it only now."""
    return "kind" in changed or ("label" in changed and question.kind == Question.Kind.CONSENT)


def _keep_choices(question: Question, choices: Sequence[Said]) -> int:
    """How many of them are new."""
    there = {choice.pk: choice for choice in question.choices.select_for_update()}
    if unknown := {pk for pk, _label in choices if pk is not None} - there.keys():
        words = _("This question has no choice %(id)s.")
        raise Refused("question.choice", words, values={"id": min(unknown)}, field="choices", status=400)
    question.choices.exclude(pk__in=[pk for pk, _label in choices if pk is not None]).delete()
    for position, (pk, label) in enumerate(choices):
        if pk is None:
            Choice.objects.create(question=question, label=label, position=position)
        else:
            question.choices.filter(pk=pk).update(label=label, position=position)
    return sum(pk is None for pk, _label in choices)


@transaction.atomic
def remove_question(question: Question) -> None:
    """Only while nobody has answered; else it is asked no more, and the answers stay."""
    Question.objects.select_for_update().filter(pk=question.pk).first()  # nobody answers it meanwhile
    if question.answers.exists():
        raise Refused("question.answered", _("Somebody has answered it. Ask it no more instead."))
    question.delete()
