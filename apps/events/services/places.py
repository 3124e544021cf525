"""Places: counted while the event's row is held, given in turn, and passed to who waits when one is free."""

import logging
from collections import Counter
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refused
from apps.core.rows import hold_row
from apps.events import selectors, signals, states
from apps.events.models import Event, Registration, TicketKind
from apps.events.services import links

logger = logging.getLogger(__name__)

MOST_MOVED = 200
MOST_LOOKED_AT = 1000
"""At once; the sweep goes on with the rest within a minute."""
SHARE = "SELECT id, state, ends_at, capacity FROM events_event WHERE id = %s FOR KEY SHARE"
SHARE_TICKET = "SELECT id, capacity FROM events_ticketkind WHERE id = %s FOR KEY SHARE"
TAKING = states.that_permit(states.Act.REGISTER)


def hold(event: Event) -> Event:
    """The event as it is now, held until the end of the transaction: of two people who want the last place, or of one
    who gives theirs back while another asks, one comes after the other. Raises Refused where it was deleted."""
    return hold_row(event, gone="event.gone")


def state_for(
    event: Event, ticket: TicketKind | None, *, invited: bool = False, by_staff: bool = False
) -> Registration.State:
    """Confirmed or waiting: what becomes of somebody who may have a place. Raises Refused where neither is possible.
    Where no place is counted, nobody waits for anybody. Whoever is `invited` by the organisers passes those who wait;
    what is done `by_staff` is done at any time."""
    by_staff = by_staff or invited
    if not _is_counted(event, ticket):
        seen = _as_it_is(event)
        _check_takes(seen, by_staff=by_staff)
        ticket = hold_ticket(ticket)
        if not _is_counted(seen, ticket) and (invited or not _is_somebody_first(seen, ticket)):
            return Registration.State.CONFIRMED
    held = hold(event)
    _check_takes(held, by_staff=by_staff)
    if _has_room(held, hold_ticket(ticket), passing=invited):
        return Registration.State.CONFIRMED
    if not held.waiting_list:
        raise Refused("registration.full", _("All places are taken. When somebody cancels, a place is free again."))
    return Registration.State.WAITING


def check_open(event: Event) -> None:
    """Raises Refused where the event takes nobody at this moment. It is no draft again before the transaction ends."""
    _check_takes(_as_it_is(event), by_staff=False)


def _is_counted(event: Event, ticket: TicketKind | None) -> bool:
    return event.capacity is not None or (ticket is not None and ticket.capacity is not None)


def _as_it_is(event: Event) -> Event:
    """With the lock that a new registration takes of its event anyway: all of them share it, and only who takes the
    event back to a draft waits for them, or they for that."""
    found = Event.objects.raw(SHARE, [event.pk])
    return found[0]


def hold_ticket(ticket: TicketKind | None) -> TicketKind | None:
    """With the limit of this moment. It is not deleted before the transaction ends; raises Refused where it was."""
    if ticket is not None:
        found = next(iter(TicketKind.objects.raw(SHARE_TICKET, [ticket.pk])), None)
        if found is None:
            raise Refused("registration.ticket", _("Choose one of these tickets."), field="ticket", status=400)
        ticket.capacity = found.capacity
    return ticket


def _check_takes(event: Event, *, by_staff: bool) -> None:
    """What the request knows of the event was read before: it may have ended since. Organisers let people in before it
    is published and after it is over."""
    if by_staff:
        states.check_writable(event.state)
    elif event.ends_at <= clock.now():
        raise Refused("registration.over", _("The event is over, so nobody can register any more."))
    elif event.state not in TAKING:
        raise Refused(
            "registration.closed", _("Registration is closed. Ask the organisers if you think it should not be.")
        )


def _has_room(event: Event, ticket: TicketKind | None, *, passing: bool) -> bool:
    if selectors.is_full(event) or (ticket is not None and selectors.is_sold_out(ticket)):
        return False
    return passing or not _is_somebody_first(event, ticket)


def _is_somebody_first(event: Event, ticket: TicketKind | None) -> bool:
    """Whether somebody waits who has their turn first; in most events, nobody waits at all."""
    if not selectors.who_may_move_up(event).exists():
        return False
    return selectors.in_the_way(event, ticket.pk if ticket else None).exists()


@transaction.atomic
def move_up(event: Event) -> int:
    """Gives what places are free to those who wait longest; how many that were. Call it after whatever frees places:
    a cancellation, a higher limit."""
    held = hold(event)
    if held.state not in TAKING or held.ends_at <= clock.now():
        return 0
    free = selectors.places_left(held)
    queue = selectors.who_may_move_up(held).select_related("event", "user", "ticket")
    full = selectors.sold_out(held)
    first = queue.exclude(ticket__in=full) if full else queue
    chosen = _next(first[:MOST_LOOKED_AT], most=MOST_MOVED if free is None else free)
    moved = 0
    for registration in chosen:
        still = Registration.objects.filter(pk=registration.pk, state=Registration.State.WAITING)
        if not still.update(state=Registration.State.CONFIRMED):
            continue  # told no, or gone, at this moment
        moved += 1
        registration.state = Registration.State.CONFIRMED
        signals.moved_up.send(sender=Registration, registration=registration, join_url=links.new_link_url(registration))
    return moved


def _next(queue: Iterable[Registration], *, most: int) -> list[Registration]:
    """As many of them as there are places for, in the event and with their tickets."""
    chosen: list[Registration] = []
    given: Counter[int] = Counter()
    left: dict[int, int | None] = {}
    for registration in queue:
        if len(chosen) >= min(most, MOST_MOVED):
            break
        ticket = registration.ticket
        if ticket is not None and ticket.capacity is not None:
            if ticket.pk not in left:
                left[ticket.pk] = selectors.tickets_left(ticket)
            if given[ticket.pk] >= (left[ticket.pk] or 0):
                continue
            given[ticket.pk] += 1
        chosen.append(registration)
    return chosen


def move_up_everywhere() -> int:
    """The sweep: for what was freed without a word, as when an account is deleted."""
    waiting = Registration.objects.waiting().order_by().values("event_id").distinct()
    moved = 0
    for event in Event.objects.filter(pk__in=waiting, ends_at__gt=clock.now(), state__in=TAKING):
        try:
            moved += move_up(event)
        except Exception:
            logger.exception("The waiting list of event %s did not move.", event.pk)
    return moved
