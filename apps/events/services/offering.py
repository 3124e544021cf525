"""What one registers with, set by organisers: tickets, codes and questions are kept, and go while nobody has them."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import RestrictedError
from django.utils.translation import gettext_lazy as _
from i18nfield.strings import LazyI18nString

from apps.core import clock
from apps.core.errors import Refused
from apps.events import selectors, signals
from apps.events.models import Choice, InvitationCode, Question, TicketKind
from apps.events.services.asking import check_choices, check_kind, words_changed
from apps.events.services.bringing import MOST_TICKETS
from apps.events.services.places import hold, move_up

OPENS = frozenset({"opens_programme", "opens_expo"})
Said = tuple[int | None, LazyI18nString]
"""A choice as organisers send it: the id of one that is there, or None of a new one; and its words."""


@transaction.atomic
def save_ticket(ticket: TicketKind, *, changed: Collection[str] | None = None) -> None:
    """A new one, or of one that is there what was `changed`. More places go to who waits. Raises Refused where another
    one is called the same, in any language, or there are as many as may be."""
    is_new = ticket.pk is None
    if is_new or "name" in (changed or ()):
        _check_name(ticket)
    ticket.save(update_fields=None if is_new else {*(changed or ())})
    if not is_new and not OPENS.isdisjoint(changed or ()):
        signals.ticket_changed.send(sender=TicketKind, ticket=ticket)
    move_up(ticket.event)


def _check_name(ticket: TicketKind) -> None:
    event = hold(ticket.event)  # names are no constraint: two at once take turns
    taken = selectors.tickets_by_name(event)
    if any(taken.get(name.casefold(), ticket.pk) != ticket.pk for name in selectors.names_of_ticket(ticket)):
        raise Refused("ticket.name_taken", _("Another ticket has this name. Choose another one."), field="name")
    if ticket.pk is None and event.tickets.count() >= MOST_TICKETS:
        raise Refused("ticket.too_many", _("An event has up to %(most)s tickets."), values={"most": MOST_TICKETS})


@transaction.atomic
def remove_ticket(ticket: TicketKind) -> None:
    """Only while nobody has one; what is over is taken from the offer instead."""
    try:
        with transaction.atomic():
            ticket.delete()
    except RestrictedError as error:
        raise Refused("ticket.taken", _("Somebody registered with it. Take it from the offer instead.")) from error


def end_code(code: InvitationCode) -> None:
    """It lets nobody in any more; who came by it stays."""
    InvitationCode.objects.filter(pk=code.pk, revoked_at=None).update(revoked_at=clock.now())


def revive_code(code: InvitationCode) -> None:
    """It lets people in again, as often and as long as it says."""
    InvitationCode.objects.filter(pk=code.pk).exclude(revoked_at=None).update(revoked_at=None)


@transaction.atomic
def save_question(
    question: Question,
    *,
    changed: Collection[str] | None = None,
    choices: Sequence[Said] | None = None,
    tickets: Collection[TicketKind] | None = None,
) -> None:
    """A new one, or of one that is there what was `changed`. `choices` and `tickets` take the place of those that are
    there; a choice that is named by its id stays the same one under its new words."""
    is_new = question.pk is None
    if not is_new and "kind" in (changed or ()):
        check_kind(question)
    question.save(update_fields=None if is_new else {*(changed or ())})
    if tickets is not None:
        question.tickets.set(tickets)
    if choices is not None:
        _keep_choices(question, choices)
    check_choices(question, question.choices.count())
    if not is_new and says_new(question, changed or ()):
        words_changed(question)


def says_new(question: Question, changed: Collection[str]) -> bool:
    """Whether whoever agrees after the change agrees to something else. Another kind counts too: somebody may have read
    the question before it, and answer it only now."""
    return "kind" in changed or ("label" in changed and question.kind == Question.Kind.CONSENT)


def _keep_choices(question: Question, choices: Sequence[Said]) -> None:
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


@transaction.atomic
def remove_question(question: Question) -> None:
    """Only while nobody has answered; else it is asked no more, and the answers stay."""
    Question.objects.select_for_update().get(pk=question.pk)  # nobody answers it meanwhile
    if question.answers.exists():
        raise Refused("question.answered", _("Somebody has answered it. Ask it no more instead."))
    question.delete()
