"""What follows when organisers change whom a session opens to: whoever is in it and may no longer be comes back to its
door.

Where it is known which sessions these are, those who are in them are asked about again, and nobody else is disturbed.
Where it is not, or where what a ticket says of its holders is another thing now, all of the event come back with a new
ticket.
"""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q

from apps.chat import services as chat
from apps.core.rows import hold_named, hold_row
from apps.events import broadcasts as event_broadcasts
from apps.events.models import Registration, TicketKind
from apps.live import publish
from apps.tracks import registry, selectors
from apps.tracks.models import Opening, Session, Track
from apps.tracks.services.seating import move_seats_up
from apps.tracks.services.versions import touch_agenda

MOST_ASKED = 200
"""Sessions; of more at once everybody is called back, which is one short message."""
Named = frozenset[tuple[int | None, int | None]]
"""Tracks and sessions: one of the two in each."""


@transaction.atomic
def gate_changed(session: Session, changed: Collection[str]) -> None:
    """To be called once a session is saved that was there before; `changed` names its fields that are others now."""
    if "track" in changed:
        tracks_changed(session.event_id, [session.pk])
    if "sign_up" in changed:
        ask_anew()
        if session.sign_up:
            _ask_again(session.event_id, [session.pk])
    if {"sign_up", "capacity"} & {*changed}:
        move_seats_up(session)


def tracks_changed(event_id: int, session_ids: Collection[int]) -> None:
    """These sessions are in another track, or in none, which other tickets may open. In the caller's transaction."""
    if not session_ids:
        return
    ask_anew()
    if Opening.objects.filter(ticket__event=event_id).exists():
        _ask_again(event_id, session_ids)


@transaction.atomic
def openings_changed(ticket: TicketKind) -> None:
    """A ticket opens all, or no longer all: what its holders are told apart by is another thing, in every ticket of
    theirs."""
    ask_anew()
    touch_agenda(event_id=ticket.event_id)
    if Registration.objects.confirmed().filter(ticket=ticket).exists():
        publish.revoke_all(ticket.event_id)


@transaction.atomic
def openings_named(ticket: TicketKind, before: Named) -> None:
    """A ticket names other tracks and sessions than `before`."""
    changed = openings_of(ticket) ^ before
    if not changed:
        return
    ask_anew()
    touch_agenda(event_id=ticket.event_id)
    if not ticket.opens_programme and Registration.objects.confirmed().filter(ticket=ticket).exists():
        tracks = {track for track, _session in changed if track}
        named = {session for _track, session in changed if session}
        found = Session.objects.filter(Q(track__in=tracks) | Q(pk__in=named), event=ticket.event_id)
        _ask_again(ticket.event_id, list(found.order_by().values_list("pk", flat=True)[: MOST_ASKED + 1]))


@transaction.atomic
def set_openings(ticket: TicketKind, *, tracks: Collection[Track], sessions: Collection[Session]) -> None:
    """These in place of those that it opened before. Of a ticket that opens every session they mean nothing yet."""
    hold_row(ticket, gone="ticket.gone")  # of two at once one comes after the other
    hold_named(tracks, gone="agenda.part_gone", field="tracks")
    hold_named(sessions, gone="agenda.part_gone", field="sessions")
    before = openings_of(ticket)
    kept = Q(track__in=tracks) | Q(session__in=sessions)
    Opening.objects.filter(ticket=ticket).exclude(kept).delete()
    wanted = [Opening(ticket=ticket, track=track) for track in tracks]
    wanted += [Opening(ticket=ticket, session=session) for session in sessions]
    new = [opening for opening in wanted if (opening.track_id, opening.session_id) not in before]
    Opening.objects.bulk_create(new)
    openings_named(ticket, before)


def openings_of(ticket: TicketKind) -> Named:
    return frozenset(ticket.openings.order_by().values_list("track_id", "session_id"))


def _ask_again(event_id: int, session_ids: Collection[int]) -> None:
    ask_where(event_id, places_inside(session_ids), sessions=len(session_ids))
    forget_who_was_named(event_id, session_ids)


def forget_who_was_named(event_id: int, session_ids: Collection[int]) -> None:
    """In the conversations of these sessions, as far as they are shut to them from now on."""
    owners = [f"session/{session_id}" for session_id in session_ids]
    transaction.on_commit(lambda: chat.place_shuts(event_id, owners))


def ask_where(event_id: int, places: Collection[str], *, sessions: int) -> None:
    """Who is at these places, which are those of so many sessions."""
    if sessions > MOST_ASKED:
        publish.revoke_all(event_id)
    else:
        publish.ask_again(event_id, places)


def places_inside(session_ids: Collection[int]) -> list[str]:
    """Where something of these sessions is heard."""
    here = [
        place
        for session_id in session_ids
        for place in (f"session/{session_id}", event_broadcasts.announcements_topic(f"session/{session_id}"))
    ]
    return [*here, *registry.inside.of(session_ids)]


def ask_anew() -> None:
    """What stands before sessions is read again."""
    selectors.forget_gates()
    transaction.on_commit(selectors.forget_gates)
