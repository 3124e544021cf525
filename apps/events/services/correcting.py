"""What organisers put right of a registration: another ticket, what was answered, an address that was mistyped.

What somebody agreed to is theirs alone: no organiser agrees in their name.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused
from apps.core.rows import hold_row
from apps.events import selectors, signals
from apps.events.models import Answer, Event, Question, Registration, TicketKind, Unmet
from apps.events.services import admission, asking, links, meeting, places, registering, welcoming
from apps.events.services.admission import Terms
from apps.live import publish

State = Registration.State


@transaction.atomic
def correct(
    registration: Registration,
    *,
    ticket: TicketKind | None = None,
    answers: Mapping[str, Any] | None = None,
    email: str = "",
) -> Registration:
    """All at once: another ticket where one is given, then the answers that are named, as they are asked with it, then
    the right address. The registration that stands from now on."""
    if ticket is not None:
        change_ticket(registration, ticket=ticket)
    if answers:
        correct_answers(registration, answers)
    return correct_address(registration, email=email) if email else registration


@transaction.atomic
def change_ticket(registration: Registration, *, ticket: TicketKind) -> bool:
    """Another ticket for a place or a wish; whether it was another. What that does not open ends: seats in its sessions
    are given back, and open pages come back with what it does open. Raises Refused where no place with it is left."""
    event = places.hold(registration.event)
    held = _held(registration)
    if ticket.event_id != event.pk:
        raise Refused("registration.ticket", registering.TICKET_UNKNOWN, field="ticket", status=400)
    if held.ticket_id == ticket.pk:
        return False
    places.hold_ticket(ticket)
    has_place = held.state == State.CONFIRMED
    if has_place and selectors.is_sold_out(ticket):
        words = _("All places with this ticket are taken. Give it more places first.")
        raise Refused("registration.full", words, field="ticket")
    Registration.objects.filter(pk=held.pk).update(ticket=ticket)
    registration.ticket = ticket
    if has_place:
        publish.revoke(event.pk, held.user_id)
        signals.ticket_exchanged.send(sender=Registration, registration=registration)
        places.move_up(event)
    return True


def _held(registration: Registration) -> Registration:
    """As it is now. Raises Refused where there is nothing (any more) to put right."""
    held = hold_row(registration, gone="not_found")
    if held.state not in Registration.STANDING:
        words = _("They have no place, and wait for none. Invite them, or take the no back first.")
        raise Refused("registration.cancelled", words)
    return held


@transaction.atomic
def correct_answers(registration: Registration, answers: Mapping[str, Any]) -> None:
    """Writes the answers that are named, by the questions' `field`; nothing takes one away that need not be given. What
    is not named, or not asked with this ticket, stays. Raises Refused, with the field, where something is no answer."""
    held = _held(registration)
    asked = selectors.questions_asked(registration.event, registration.ticket)
    named = [question for question in asked if question.field in answers]
    asking.hold_questions(named)
    for question in named:
        _correct_one(held, question, answers[question.field])


def _correct_one(registration: Registration, question: Question, raw: Any) -> None:
    if question.kind == Question.Kind.CONSENT:
        words = _("Nobody else can agree to this for them, or take it back.")
        raise Refused("registration.consent", words, field=question.field)
    given = asking.read(question, raw)
    before = registration.answers.filter(question=question).first()
    if given is None:
        if before and question.required:
            raise Refused("registration.answer", _("This needs an answer."), field=question.field)
        registration.answers.filter(question=question).delete()
        return
    written = {"text": given.text, "picked": [*given.picked], "version": question.version}
    if before and (before.text, before.picked, before.version) == tuple(written.values()):
        return  # it keeps its day
    Answer.objects.update_or_create(
        registration=registration, question=question, defaults={**written, "created_at": clock.now()}
    )


@transaction.atomic
def correct_address(registration: Registration, *, email: str) -> Registration:
    """Moves a place or a wish to whom it was meant for: all links of the mistyped address end, and the right one is
    mailed what it should have been. Ticket, code, answers and the place in the queue go along. Whoever reads the wrong
    mailbox is told nothing: not whose place it was, nor where it went.

    Raises Refused where that person has a place or a wish here already, or is banned."""
    if email == registration.user.email:
        raise Refused("registration.same_address", _("This is the address that they have."), field="email")
    user = meeting.find_by_address(registration.event.organisation, email=email, **_typed(registration))
    event = places.hold(registration.event)  # after the person, as whoever registers does
    before = _held(registration)
    if selectors.is_banned(event, user):
        raise Refused("registration.person_banned", _("This person is banned from the event. Lift the ban first."))
    if Registration.objects.exclude(state=State.CANCELLED).filter(event=event, user=user).exists():
        raise _has_one()
    Registration.objects.filter(pk=before.pk).update(state=State.CANCELLED, offered_to="", offered_at=None)
    links.revoke_links(before)
    moved = _enter_again(event, before, user)
    publish.revoke(event.pk, before.user_id)
    registration.state = State.CANCELLED
    if before.state == State.CONFIRMED:
        signals.place_corrected.send(sender=Registration, registration=registration, to=moved)
        welcoming.welcome(moved)
    else:
        signals.wished.send(sender=Registration, registration=moved)
    return moved


def _typed(registration: Registration) -> dict[str, str]:
    """What stood beside the mistyped address. What an account says of somebody who came is their own."""
    typed = Unmet.objects.filter(organisation=registration.event.organisation_id, user=registration.user_id).first()
    return {"name": typed.name, "company": typed.company, "title": typed.title} if typed else {}


def _enter_again(event: Event, before: Registration, user: User) -> Registration:
    terms = Terms(before.ticket, source=before.source)
    moved, is_new = registering.enter(event, user, terms, state=State(before.state), by=before.by)
    if not is_new:  # registered at this moment
        raise _has_one()
    kept = {"created_at": before.created_at, "waiting_since": before.waiting_since}
    decided = {"decided_by": before.decided_by, "decided_at": before.decided_at}
    Registration.objects.filter(pk=moved.pk).update(**kept, **decided)
    Answer.objects.filter(registration=before).update(registration=moved)
    admission.hand_code_on(before, to=moved)
    moved.refresh_from_db()
    moved.event, moved.user, moved.ticket = event, user, before.ticket
    return moved


def _has_one() -> Refused:
    return Refused("registration.has_one", _("Somebody with this address is registered already."), field="email")
