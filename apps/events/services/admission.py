"""Who may register, for which ticket, and whether somebody has to say yes first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions, states
from apps.events.models import Event, InvitationCode, Registration, TicketKind
from apps.events.selectors import sources
from apps.events.services import asking


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for, as it came: a ticket's id, a code, answers by the questions' `field`, and the label of
    the link that brought them."""

    ticket: int | None = None
    code: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What they get if they get anything."""

    ticket: TicketKind | None = None
    code: InvitationCode | None = None
    needs_yes: bool = False
    answers: tuple[asking.Given, ...] = ()
    source: str = ""


def terms_of(event: Event, wish: Wish, *, email: str) -> Terms:
    """Raises Refused, with the field, where this wish cannot be. What it says is the same whoever asks: nothing in it
    depends on what the platform knows of the address."""
    _check_time(event)
    code = _find_code(event, wish.code.strip())
    ticket = _find_ticket(event, wish.ticket, code)
    way_in = ticket.way_in if ticket else event.admission
    if way_in == Event.Admission.CODE and code is None:
        raise _code_needed()
    if not (code and code.lets_in) and not permissions.can_register_from(event, email):
        raise Refused(
            "registration.domain",
            _("This event does not take this address. Try the one of your work or your school, or ask the organisers."),
            field="email",
        )
    needs_yes = way_in == Event.Admission.APPROVAL and not (code and code.lets_in)
    return Terms(ticket, code, needs_yes, tuple(asking.given(event, ticket, wish.answers)), sources.label(wish.source))


def terms_with_code(registration: Registration, wish: Wish) -> Terms:
    """Of somebody who asked before, or waits, and has a code that lets in without asking since then: they keep the
    ticket and the answers, unless the code or the wish says otherwise. Raises Refused where the code opens nothing."""
    event, kept = registration.event, registration.ticket
    _check_time(event)
    code = _find_code(event, wish.code.strip())
    if code is None:
        raise _code_needed()
    if not code.lets_in:
        words = _("With this code the organisers still decide. Your registration stands as it did.")
        raise Refused("registration.code", words, field="code")
    says_nothing = wish.ticket is None and code.ticket is None
    ticket = kept if kept and says_nothing else _find_ticket(event, wish.ticket, code)
    answers = tuple(asking.given(event, ticket, wish.answers)) if wish.answers else ()
    return Terms(ticket, code, False, answers)


def _code_needed() -> Refused:
    return Refused(
        "registration.code_needed",
        _("This needs an invitation code. It stands in the invitation; if you have none, ask the organisers."),
        field="code",
    )


def _check_time(event: Event) -> None:
    now = clock.now()
    if event.ends_at <= now:
        raise Refused("registration.over", _("The event is over, so nobody can register any more."))
    opens_at = event.registration_opens_at
    if states.permits(event.state, states.Act.REGISTER) and opens_at and now < opens_at:
        raise Refused("registration.early", _("Registration is not open yet. Look at the event’s page for when it is."))
    if not event.takes_registrations:
        raise Refused(
            "registration.closed", _("Registration is closed. Ask the organisers if you think it should not be.")
        )


def _find_code(event: Event, said: str) -> InvitationCode | None:
    if not said:
        return None
    usable = event.invitation_codes.usable(clock.now()).select_related("ticket")
    found = usable.filter(code__iexact=said[:40]).first()
    if found is None:
        raise Refused(
            "registration.code",
            _("This code opens nothing: it may be used up or over, or be written differently."),
            field="code",
        )
    return found


def _find_ticket(event: Event, pk: int | None, code: InvitationCode | None) -> TicketKind | None:
    made = list(event.tickets.all())
    tickets = [ticket for ticket in made if ticket.can_be_had(clock.now())]
    if code and code.ticket:
        # A code for a ticket is a way to it also where it is not on offer.
        if pk not in (None, code.ticket.pk):
            raise Refused("registration.ticket_code", _("This code is for another ticket."), field="code")
        code.ticket.event = event
        return code.ticket
    if pk is None and len(tickets) == 1:
        pk = tickets[0].pk
    for ticket in tickets:
        if ticket.pk == pk:
            ticket.event = event
            return ticket
    if pk is None and not made:
        return None
    if not tickets:
        raise Refused("registration.no_ticket", _("There is no ticket to be had at the moment."))
    raise Refused("registration.ticket", _("Choose one of these tickets."), field="ticket", status=400)


def use_code(code: InvitationCode) -> None:
    """Counts one use, in one conditional update: of two people with the last one, one is refused."""
    if not InvitationCode.objects.usable(clock.now()).filter(pk=code.pk).update(used=F("used") + 1):
        raise Refused("registration.code", _("This code was used up just now."), field="code")


def hand_code_on(giver: Registration, *, to: Registration) -> None:
    """With the place goes the use of the code that opened it; a use that the taker has made of another comes back."""
    give_code_back(to)
    Registration.objects.filter(pk=to.pk).update(code=giver.code_id)
    Registration.objects.filter(pk=giver.pk).update(code=None)


def give_code_back(registration: Registration) -> None:
    """Who gives their place back, or is given none, gives back the use of their code: once, whoever says so first."""
    code_id = registration.code_id
    if code_id and Registration.objects.filter(pk=registration.pk, code=code_id).update(code=None):
        InvitationCode.objects.filter(pk=code_id, used__gt=0).update(used=F("used") - 1)
    registration.code = None
