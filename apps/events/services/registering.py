"""Getting a place: asked for by a visitor, by somebody signed in, or given by an organiser; and giving it back."""

from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused
from apps.events import selectors, signals
from apps.events.models import Event, InvitationCode, Registration, TicketKind
from apps.events.services import admission, asking, links, meeting, places, welcoming
from apps.events.services.admission import Terms, Wish
from apps.live import publish

State = Registration.State
NOTHING = Wish()
TICKET_UNKNOWN = _("There is no such ticket in this event.")
CHOOSE_TICKET = _("This event has several tickets: choose one.")


@transaction.atomic
def register(
    event: Event,
    *,
    email: str,
    name: str,
    company: str = "",
    title: str = "",
    language: str = "",
    wish: Wish = NOTHING,
    by: User | None = None,
) -> None:
    """A visitor asks for a place, or somebody with one does `by` name for another; whoever reads that mailbox is told
    what became of it.

    Answers nothing that would tell whether the address was known, or registered before: in each case one mail goes
    out, at most one a minute. Raises Refused where the event takes nobody any more.
    """
    terms = admission.terms_of(event, wish, email=email)
    details = {"name": name, "company": company, "title": title, "language": language}
    user = meeting.find_by_address(event.organisation, email=email, **details)
    banned = selectors.is_banned(event, user)
    # Who counts places holds the event, and everybody else who wants one waits: so that comes last.
    state = _state(event, terms)
    if banned:
        return
    registration, is_new = enter(event, user, terms, state=state, by=by if by != user else None)
    if is_new:
        _tell(registration)
    elif terms.code and _could_use(registration, terms.code):
        # Anybody can type this address: whoever reads its mailbox decides about a wish that stands.
        signals.code_brought.send(sender=Registration, registration=registration, code=terms.code.code)
    else:
        links.tell_again(registration)


@transaction.atomic
def register_person(event: Event, *, user: User, wish: Wish = NOTHING) -> Registration:
    """Somebody signed in asks for a place, and gets a mail to have it in their mailbox."""
    _check_banned(event, user)
    meeting.meet(event.organisation_id, user=user)
    mine = Registration.objects.standing().select_related("event", "user", "ticket", "code")
    existing = mine.filter(event=event, user=user).first()
    if existing:
        used = existing.code.code if existing.code else ""
        says_no_more = wish.code.strip().casefold() in ("", used.casefold())
        return existing if says_no_more or existing.state == State.CONFIRMED else bring_code(existing, wish)
    terms = admission.terms_of(event, wish, email=user.email)
    registration, is_new = enter(event, user, terms, state=_state(event, terms))
    if is_new:
        _tell(registration)
    elif registration.state == State.DECLINED:
        raise Refused("registration.declined", _("The organisers have said no to this registration."), status=403)
    return registration


@transaction.atomic
def bring_code(registration: Registration, wish: Wish) -> Registration:
    """Somebody who asked for a place, or waits for one, has a code that lets in without asking. Raises Refused where it
    opens nothing."""
    _check_banned(registration.event, registration.user)
    terms = admission.terms_with_code(registration, wish)
    if _let_in(registration, terms, state=places.state_for(registration.event, terms.ticket)):
        _tell(registration)
    return registration


def _check_banned(event: Event, user: User) -> None:
    if selectors.is_banned(event, user):
        raise Refused(
            "registration.banned",
            _("The organisers have closed this event to you. If you think they are wrong, write to them."),
            status=403,
        )


@transaction.atomic
def invite(
    event: Event,
    *,
    email: str,
    name: str = "",
    company: str = "",
    title: str = "",
    terms: Terms | None = None,
    by: User | None = None,
) -> Registration:
    """An organiser gives somebody a place; they get their link by mail, of a draft once it is published. Twice changes
    nothing; who waits or was told no gets in. Raises Refused where no place is left, and in the archive."""
    selectors.check_writable(event)
    terms = terms or Terms()
    user = meeting.find_by_address(event.organisation, email=email, name=name, company=company, title=title)
    if selectors.is_banned(event, user):
        raise Refused("registration.person_banned", _("This person is banned from the event. Lift the ban first."))
    former = Registration.objects.exclude(state=State.CANCELLED)
    existing = former.select_related("ticket").filter(event=event, user=user).first()
    if existing and existing.state == State.CONFIRMED:
        return existing
    if terms.ticket is None:
        ticket = existing.ticket if existing and existing.ticket else _only_ticket(event)
        terms = replace(terms, ticket=ticket)
    if places.state_for(event, terms.ticket, invited=True) != State.CONFIRMED:
        raise Refused("registration.full", _("All places are taken. Give the event or its ticket more places first."))
    registration, is_new = enter(event, user, terms, state=State.CONFIRMED, by=by)
    if not is_new:
        others = Registration.objects.filter(pk=registration.pk).exclude(state=State.CONFIRMED)
        decided = {"state": State.CONFIRMED, "ticket": terms.ticket, "decided_by": by, "decided_at": clock.now()}
        is_new = bool(others.update(**decided, reason=""))
        registration.state, registration.ticket = State.CONFIRMED, terms.ticket
    if is_new:
        _tell(registration)
    return registration


def _only_ticket(event: Event) -> TicketKind | None:
    """What nobody has to choose. Of several somebody must, since a place without a ticket opens everything."""
    made = list(event.tickets.all()[:2])
    if len(made) > 1:
        raise Refused("registration.ticket", CHOOSE_TICKET, field="ticket", status=400)
    return made[0] if made else None


def _state(event: Event, terms: Terms) -> Registration.State:
    if terms.needs_yes:
        places.check_open(event)
        places.hold_ticket(terms.ticket)
        return State.PENDING
    return places.state_for(event, terms.ticket)


def enter(
    event: Event, user: User, terms: Terms, *, state: Registration.State, by: User | None = None
) -> tuple[Registration, bool]:
    """The person's registration, and whether it is a new one (a cancelled one taken up again counts as new). One that
    stands is left as it is."""
    now = clock.now()
    fields: dict[str, Any] = {
        "state": state,
        "ticket": terms.ticket,
        "code": terms.code,
        "by": by,
        "source": terms.source,
        "waiting_since": now if state == State.WAITING else None,
    }
    try:
        with transaction.atomic():
            registration = Registration.objects.create(event=event, user=user, **fields)
        is_new, keep = True, asking.keep_first
    except IntegrityError:  # has a row already
        cancelled = Registration.objects.filter(event=event, user=user, state=State.CANCELLED)
        anew = {
            "created_at": now,
            "decided_at": None,
            "decided_by": None,
            "reason": "",
            "offered_to": "",
            "joined_at": None,
            "told_later": False,
        }
        is_new, keep = bool(cancelled.update(**fields, **anew)), asking.keep
        registration = Registration.objects.select_related("event", "user", "ticket").get(event=event, user=user)
    if is_new:
        if terms.code:
            admission.use_code(terms.code)
        keep(registration, terms.answers)
    return registration, is_new


def _could_use(registration: Registration, code: InvitationCode) -> bool:
    """Whether this code would let a wish in that stands, and has not done so yet."""
    is_open = registration.state in (State.PENDING, State.WAITING)
    return is_open and code.lets_in and registration.code_id != code.pk


def _let_in(registration: Registration, terms: Terms, *, state: Registration.State) -> bool:
    """Counts a code that came after the wish; whether the wish stands elsewhere by that. Who waits on for the same
    ticket keeps their turn."""
    code, was = terms.code, registration.state
    if code is None or not _could_use(registration, code):
        return False
    waits_on = was == state == State.WAITING and registration.ticket == terms.ticket
    now_is: dict[str, Any] = {"state": state, "ticket": terms.ticket}
    if state == State.WAITING and not waits_on:
        now_is["waiting_since"] = clock.now()
    if not Registration.objects.filter(pk=registration.pk, state=was).update(**now_is):
        return False  # decided, or gone, at this moment
    admission.give_code_back(registration)
    admission.use_code(code)
    Registration.objects.filter(pk=registration.pk).update(code=code)
    if terms.answers:
        asking.keep(registration, terms.answers)
    registration.refresh_from_db(fields=["state", "ticket", "waiting_since", "code"])
    return not waits_on


def _tell(registration: Registration) -> None:
    if registration.state == State.CONFIRMED:
        welcoming.welcome(registration)
    else:
        signals.wished.send(sender=Registration, registration=registration)


def leave_all(user: User) -> None:
    """Gives back what somebody has or wishes for, in every event. Inside the transaction that deletes their account."""
    for registration in Registration.objects.standing().filter(user=user).select_related("event").order_by("event_id"):
        cancel_registration(registration)


@transaction.atomic
def cancel_registration(registration: Registration) -> None:
    """Gives a place or a wish back: links end, open pages of the person lose what attendees may see, and who waits
    longest moves up."""
    # The event first, as whoever registers does: the other way round two could wait for each other.
    places.hold(registration.event)
    had_place = Registration.objects.confirmed().filter(pk=registration.pk)
    freed = bool(had_place.update(state=State.CANCELLED, offered_to=""))
    if not freed and not Registration.objects.standing().filter(pk=registration.pk).update(state=State.CANCELLED):
        return
    registration.state = State.CANCELLED
    admission.give_code_back(registration)
    if freed:
        links.revoke_links(registration)
        signals.registration_cancelled.send(sender=Registration, registration=registration)
        publish.revoke(registration.event_id, registration.user_id)
        places.move_up(registration.event)
