"""Seats of sessions: counted while the session's row is held, given in turn, and passed to who waits when one is free.

Whoever holds rows of an event and of its sessions holds the event first.
"""

import logging
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.access import May, may
from apps.core.errors import Refused
from apps.core.rows import hold_named, hold_row
from apps.events.models import Event
from apps.live import publish
from apps.tracks import selectors, signals
from apps.tracks.models import Seat, Session
from apps.tracks.services.editing import hold_events

logger = logging.getLogger(__name__)

MOST_MOVED = 200
"""At once; the round goes on with the rest within a minute."""
MOST_LOST = 1000
State = Seat.State


def hold(session: Session) -> Session:
    """The session as it is now, held until the end of the transaction: of two people who want the last seat, or of one
    who gives theirs back while another asks, one comes after the other. Raises Refused where it was deleted."""
    return hold_row(session, gone="not_found")


@transaction.atomic
def take_seat(session: Session, *, user: User, roles: frozenset[str], by: User | None = None) -> Seat:
    """A seat, or a number in the row where none is free; twice changes nothing. Raises Refused where sign-up is not
    open, or the person's ticket does not open the session.

    `by` is who runs the event and gives it to them: also before sign-up opens and after it closes, and past those who
    wait, as long as one is free.
    """
    existing = Seat.objects.standing().filter(session=session, user=user).first()
    if existing and (by is None or existing.state == State.TAKEN):
        return existing
    _check_open(session, by=by)
    gate = selectors.gate_of(session.event_id, session.pk)
    if gate is not None and gate.is_shut_to(roles) and not may(roles, May.ENTER_SESSIONS):
        raise selectors.other_ticket()
    # Who counts seats holds the session, and everybody else who wants one waits: so that comes last.
    state = _state_for(session, passing=by is not None)
    if by is not None and state == State.WAITING:
        raise Refused("seat.full", _("All seats are taken. Give the session more seats first."))
    seat, is_new = _enter(session, user, state=state, by=by)
    if is_new:
        seat.session, seat.user = session, user
        taken = seat.state == State.TAKEN
        (signals.seat_taken if taken else signals.seat_awaited).send(sender=Seat, seat=seat)
    return seat


def _check_open(session: Session, *, by: User | None) -> None:
    if session.state == Session.State.WITHDRAWN:
        raise Refused("session.withdrawn", _("This session is no longer in the programme."), status=404)
    if not session.sign_up:
        raise Refused("seat.not_needed", _("Nobody signs up for this session: just go in."))
    if session.state == Session.State.CANCELLED:
        raise Refused("seat.cancelled", _("This session is cancelled."))
    if session.ends_at <= clock.now():
        raise Refused("seat.over", _("This session is over."))
    if by is not None:
        return
    phase = selectors.sign_up_phase(session)
    if phase == "early":
        raise Refused("seat.early", _("Sign-up is not open yet. The page of the session says when it opens."))
    if phase == "closed":
        raise Refused("seat.closed", _("Sign-up for this session is closed."))


def _state_for(session: Session, *, passing: bool) -> Seat.State:
    """Where no seat is counted, nobody waits for another: the session is kept from being deleted, and no more."""
    if session.capacity is None:
        hold_named([session], gone="not_found", status=404)
        return State.TAKEN
    held = hold(session)
    is_free = selectors.seats_left(held) != 0 and (passing or not selectors.has_row(held))
    return State.TAKEN if is_free else State.WAITING


def _enter(session: Session, user: User, *, state: Seat.State, by: User | None) -> tuple[Seat, bool]:
    """The person's seat, and whether it is a new one (one that was given back and is taken again counts as new)."""
    now = clock.now()
    fields: dict[str, Any] = {"state": state, "by": by, "waiting_since": now if state == State.WAITING else None}
    try:
        with transaction.atomic():
            return Seat.objects.create(session=session, user=user, **fields), True
    except IntegrityError:  # has a row already
        old = Seat.objects.filter(session=session, user=user)
        # Whoever waits and is given a seat by hand moves up; nobody falls back.
        free = old.filter(state__in=(State.GIVEN_BACK, State.WAITING) if by else (State.GIVEN_BACK,))
        is_new = bool(free.update(**fields, created_at=now))
        return old.get(), is_new


@transaction.atomic
def give_seat_back(session: Session, *, user: User, is_taken: bool = False) -> bool:
    """Gives a seat or a number in the row back: what the person has open of the session ends, and who waits longest
    moves up. False where they had neither. `is_taken` where it is not their own wish: whoever loses a seat is told."""
    mine = Seat.objects.filter(session=session, user=user)
    if not mine.standing().exists():
        return False
    # The event before the session, also for who only waits: they may move up at this moment, and are then revoked.
    hold_events([session.event_id])
    hold(session)
    if not mine.taken().update(state=State.GIVEN_BACK):
        return bool(mine.filter(state=State.WAITING).update(state=State.GIVEN_BACK))
    publish.revoke(session.event_id, user.pk)
    seat = mine.select_related("session__event", "user").get()
    signals.seat_given_back.send(sender=Seat, seat=seat)
    if is_taken:
        signals.seat_lost.send(sender=Seat, seat=seat)
    move_seats_up(session)
    return True


@transaction.atomic
def move_seats_up(session: Session) -> int:
    """Gives what seats are free to those who wait longest, and may go in; how many that were. Call it after whatever
    frees seats: one that is given back, a higher number."""
    held = hold(session)
    if not held.sign_up or held.state != Session.State.PLANNED or held.ends_at <= clock.now():
        return 0
    left = selectors.seats_left(held)
    row = Seat.objects.waiting().filter(~selectors.is_lost(), session=held).select_related("session", "user")
    moved = 0
    for seat in row[: MOST_MOVED if left is None else min(left, MOST_MOVED)]:
        if not Seat.objects.filter(pk=seat.pk, state=State.WAITING).update(state=State.TAKEN):
            continue  # gone at this moment
        moved += 1
        seat.state = State.TAKEN
        signals.seat_moved_up.send(sender=Seat, seat=seat)
    return moved


@transaction.atomic
def free_seats_of(event: Event, *, user: User) -> int:
    """All that somebody holds in the sessions of an event that they may no longer go into; how many that were."""
    freed = 0
    for seat in selectors.lost_seats().filter(session__event=event, user=user):
        freed += _take_back(seat)
    return freed


def _take_back(seat: Any) -> bool:
    """Whoever takes no part any more is not written to."""
    return give_seat_back(seat.session, user=seat.user, is_taken=seat.is_by_ticket)


def do_round() -> int:
    """For what was freed without a word: people who are out of the event, accounts that are closed or deleted, tickets
    that no longer open the session."""
    moved = 0
    for seat in selectors.lost_seats()[:MOST_LOST]:
        try:
            _take_back(seat)
        except Exception:
            logger.exception("The seat %s was not freed.", seat.pk)
    for session in selectors.sessions_to_move()[:MOST_LOST]:
        try:
            moved += move_seats_up(session)
        except Exception:
            logger.exception("The row for session %s did not move.", session.pk)
    return moved
