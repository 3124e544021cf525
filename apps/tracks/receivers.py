"""What the agenda hears of its event: name, zone and dates stand in its pages and downloads, and who leaves it gives
their seats back. Webhooks are told when the agenda is another one, and who has a seat; people, by mail, of theirs. It
goes along when an event is duplicated."""

import zoneinfo
from typing import Any

import msgspec
from django.conf import settings
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.chat import services as chat
from apps.core import clock, words, zones
from apps.core.templatetags.ui import moment
from apps.events.kinds import Plan
from apps.events.models import Event, Registration, TicketKind
from apps.events.registry.copying import parts
from apps.events.signals import (
    banned,
    event_set_up,
    place_corrected,
    place_passed_on,
    registration_cancelled,
    ticket_changed,
    ticket_exchanged,
)
from apps.live import publish
from apps.media.models import Stream
from apps.media.signals import stream_changed
from apps.notifications import services as notifications
from apps.notifications.registry import facts
from apps.tracks import broadcasts, selectors, services
from apps.tracks.models import Seat, Session
from apps.tracks.signals import (
    agenda_changed,
    schedule_imported,
    seat_awaited,
    seat_given_back,
    seat_lost,
    seat_moved_up,
    seat_taken,
)


@facts.register("agenda.changed", _("something on the agenda changed"))
class AgendaChanged(msgspec.Struct):
    """Something that the agenda shows changed: read it anew. Of changes that follow each other closely, one is told."""

    at: str


@facts.register("schedule.imported", _("a schedule was imported"))
class ScheduleImported(msgspec.Struct):
    """A schedule file was applied; `sessions` counts those in it, `added` and `removed` sessions too."""

    sessions: int
    added: int
    removed: int
    at: str


class _Seat(msgspec.Struct):
    session: str
    email: str
    at: str


@facts.register("seat.taken", _("somebody got a seat in a session"))
class SeatTaken(_Seat):
    """Somebody has a seat in a session: they took it, moved up to it, or were given it. `session` is its slug."""


@facts.register("seat.given_back", _("a seat in a session was given back"))
class SeatGivenBack(_Seat):
    """Somebody gave their seat back, or lost it with their place in the event."""


@receiver(event_set_up)
def begin_agenda(sender: Any, event: Event, plan: Plan, **_kwargs: Any) -> None:
    services.begin_agenda(event, plan)


@receiver(post_save, sender=Event)
def note_edited_event(sender: Any, instance: Event, created: bool, **_kwargs: Any) -> None:
    if not created:
        services.touch_agenda(event_id=instance.pk)


@receiver(agenda_changed, sender=Event)
def tell_of_agenda(sender: Any, event_id: int, **_kwargs: Any) -> None:
    """Not of sessions that only begin or end."""
    notifications.tell(event_id, AgendaChanged(at=clock.now().isoformat()), once=True)


@receiver(schedule_imported)
def tell_of_import(sender: Any, event: Event, report: services.Report, **_kwargs: Any) -> None:
    found = report.summary()
    counts = {name: int(found.get(name, 0)) for name in ("sessions", "added", "removed")}
    notifications.tell(event.pk, ScheduleImported(**counts, at=clock.now().isoformat()))


@receiver(stream_changed)
def tell_stage_of_stream(sender: Any, stream: Stream, **_kwargs: Any) -> None:
    """Whoever waits before a live stage gets the picture as soon as there is one."""
    for pk in Session.objects.filter(event=stream.event_id, stream=stream).values_list("pk", flat=True):
        publish.state(stream.event_id, broadcasts.stage_topic(pk))


# Seats --------------------------------------------------------------------------------------------------------------
@receiver([registration_cancelled, place_passed_on, place_corrected, ticket_exchanged])
def free_seats(sender: Any, registration: Registration, **_kwargs: Any) -> None:
    services.free_seats_of(registration.event, user=registration.user)


@receiver(banned)
def free_seats_of_banned(sender: Any, event: Event, user: User, **_kwargs: Any) -> None:
    services.free_seats_of(event, user=user)


@receiver(ticket_changed)
def note_openings(sender: Any, ticket: TicketKind, **_kwargs: Any) -> None:
    services.openings_changed(ticket)


@receiver([seat_taken, seat_moved_up])
def tell_of_seat(sender: Any, seat: Seat, **_kwargs: Any) -> None:
    notifications.tell(seat.session.event_id, SeatTaken(**_of(seat)))


@receiver(seat_given_back)
def tell_of_seat_given_back(sender: Any, seat: Seat, **_kwargs: Any) -> None:
    notifications.tell(seat.session.event_id, SeatGivenBack(**_of(seat)))


@receiver(seat_given_back)
def let_go_of_the_conversation(sender: Any, seat: Seat, **_kwargs: Any) -> None:
    """Where they were named inside, and cannot look any more."""
    chat.place_shuts(seat.session.event_id, [f"session/{seat.session_id}"], people=[seat.user_id])


def _of(seat: Seat) -> dict[str, str]:
    return {"session": seat.session.slug, "email": seat.user.email, "at": clock.now().isoformat()}


SEAT_SUBJECTS = {
    "seat_taken": _("Your seat: %(session)s"),
    "seat_awaited": _("You are on the waiting list: %(session)s"),
    "seat_moved_up": _("A seat for you: %(session)s"),
    "seat_lost": _("You no longer have a seat: %(session)s"),
}
SEAT_TEXTS = {
    "seat_taken": (
        _("You have a seat in %(session)s. It begins on %(start)s, %(city)s time."),
        _("If you cannot come, give it back on the page of the session: somebody else is glad of it."),
    ),
    "seat_awaited": (
        _("All seats in %(session)s are taken for now. You are number %(place)s on the waiting list."),
        _("When a seat is given back and it is your turn, it is yours by itself: you get a mail."),
    ),
    "seat_moved_up": (
        _("A seat in %(session)s is free, and it is yours. It begins on %(start)s, %(city)s time."),
        _("If you cannot come, give it back on the page of the session: somebody else is glad of it."),
    ),
    "seat_lost": (
        _("You no longer have a seat in %(session)s: the organisers took it back, or your ticket no longer opens it."),
        _("If this is a mistake, please write to the organisers."),
    ),
}


@receiver(seat_taken)
def owe_seat(sender: Any, seat: Seat, **_kwargs: Any) -> None:
    _owe_note(seat, kind="seat_taken")


@receiver(seat_awaited)
def owe_place_in_row(sender: Any, seat: Seat, **_kwargs: Any) -> None:
    _owe_note(seat, kind="seat_awaited")


@receiver(seat_moved_up)
def owe_seat_at_last(sender: Any, seat: Seat, **_kwargs: Any) -> None:
    _owe_note(seat, kind="seat_moved_up")


@receiver(seat_lost)
def owe_sorrow(sender: Any, seat: Seat, **_kwargs: Any) -> None:
    _owe_note(seat, kind="seat_lost")


def _owe_note(seat: Seat, *, kind: str) -> None:
    """A few sentences and the way to the session's page, in the person's language and zone."""
    session, user = seat.session, seat.user
    event = session.event
    zone = zones.find(user.time_zone) or zoneinfo.ZoneInfo(event.time_zone)
    with translation.override(user.language or event.default_language), timezone.override(zone):
        named = {
            "session": str(session.title),
            "start": moment(session.starts_at, "datetime"),
            "city": zones.city(zone),
            "place": words.Number(selectors.place_in_row(seat)) if kind == "seat_awaited" else "",
        }
        paragraphs = [str(text % named) for text in SEAT_TEXTS[kind]]
        url = settings.SITE_URL + session.get_absolute_url()
        notifications.owe_mail(
            event=event,
            user=user,
            kind=kind,
            to=user.email,
            subject=str(SEAT_SUBJECTS[kind] % named),
            template="tracks/mail/seat",
            context={"paragraphs": paragraphs, "text": "\n\n".join([*paragraphs, url]), "url": url},
        )


parts.register(
    "agenda",
    label=_("Agenda"),
    words=_("Tracks, rooms, sessions, speakers; what was cancelled stays behind. Portraits and films need the files."),
    position=30,
    count=lambda event: Session.objects.filter(event=event, state__in=services.COPIED).count(),
)(services.copy_agenda)
