"""What follows when organisers change whom a session opens to: whoever is in it and may no longer be comes back to its
door."""

from collections.abc import Iterable

from django.db import transaction

from apps.events import broadcasts as event_broadcasts
from apps.events.models import Registration, TicketKind
from apps.live import presence, publish
from apps.tracks import broadcasts, selectors
from apps.tracks.models import Seat, Session, SessionSpeaker
from apps.tracks.services.seating import move_seats_up
from apps.tracks.services.versions import touch_agenda

MOST_CALLED_BACK = 2000


@transaction.atomic
def gate_changed(session: Session) -> None:
    """Sign-up was turned on or off, or there are more seats or fewer. To be called once the session is saved."""
    selectors.forget_gates()
    transaction.on_commit(selectors.forget_gates)
    if not session.sign_up:
        return
    here = presence.people(session.event_id, broadcasts.stage_topic(session.pk), most=MOST_CALLED_BACK)
    seated = Seat.objects.taken().filter(session=session, user__in=here).values_list("user", flat=True)
    speaking = SessionSpeaker.objects.filter(session=session, speaker__user__in=here)
    _call_back(session.event_id, set(here) - {*seated} - {*speaking.values_list("speaker__user", flat=True)})
    move_seats_up(session)


@transaction.atomic
def openings_changed(ticket: TicketKind) -> None:
    """A ticket opens more or less than before: the agenda's marks, and what its holders have open, follow."""
    selectors.forget_gates()
    transaction.on_commit(selectors.forget_gates)
    touch_agenda(event_id=ticket.event_id)
    here = presence.people(ticket.event_id, event_broadcasts.HERE, most=MOST_CALLED_BACK)
    holders = Registration.objects.confirmed().filter(ticket=ticket, user__in=here).order_by()
    _call_back(ticket.event_id, holders.values_list("user_id", flat=True))


def _call_back(event_id: int, people: Iterable[int]) -> None:
    """Their sockets close and come back with what they may hear now."""
    for user_id in people:
        publish.revoke(event_id, user_id)
