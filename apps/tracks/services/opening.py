"""What follows when organisers change whom a session opens to: whoever is in it and may no longer be comes back to its
door.

These changes are rare, and who is in a room is known to live processes alone. So all of the event come back, with a new
ticket, and each is asked about anew: also those whose line was broken at that moment.
"""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q

from apps.events.models import Registration, TicketKind
from apps.live import publish
from apps.tracks import selectors
from apps.tracks.models import Opening, Session, Track
from apps.tracks.services.seating import move_seats_up
from apps.tracks.services.versions import touch_agenda


@transaction.atomic
def gate_changed(session: Session, changed: Collection[str]) -> None:
    """To be called once a session is saved that was there before; `changed` names its fields that are others now."""
    signs_up = "sign_up" in changed and session.sign_up
    by_track = "track" in changed and Opening.objects.filter(ticket__event=session.event_id).exists()
    if {"sign_up", "track"} & {*changed}:
        _ask_anew()
    if signs_up or by_track:
        publish.revoke_all(session.event_id)
    if {"sign_up", "capacity"} & {*changed}:
        move_seats_up(session)


@transaction.atomic
def openings_changed(ticket: TicketKind) -> None:
    """A ticket opens more or less than before: the agenda's marks, and what its holders have open, follow."""
    _ask_anew()
    touch_agenda(event_id=ticket.event_id)
    if Registration.objects.confirmed().filter(ticket=ticket).exists():
        publish.revoke_all(ticket.event_id)


@transaction.atomic
def set_openings(ticket: TicketKind, *, tracks: Collection[Track], sessions: Collection[Session]) -> None:
    """These in place of those that it opened before. Of a ticket that opens every session they mean nothing yet."""
    TicketKind.objects.select_for_update(no_key=True).get(pk=ticket.pk)  # of two at once one comes after the other
    kept = Q(track__in=tracks) | Q(session__in=sessions)
    gone, _by_model = Opening.objects.filter(ticket=ticket).exclude(kept).delete()
    there = {*Opening.objects.filter(ticket=ticket).values_list("track", "session")}
    wanted = [Opening(ticket=ticket, track=track) for track in tracks]
    wanted += [Opening(ticket=ticket, session=session) for session in sessions]
    new = [opening for opening in wanted if (opening.track_id, opening.session_id) not in there]
    Opening.objects.bulk_create(new)
    if gone or new:
        openings_changed(ticket)


def _ask_anew() -> None:
    selectors.forget_gates()
    transaction.on_commit(selectors.forget_gates)
