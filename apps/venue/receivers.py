"""What the venue adds to the rooms below: their conversations, and what waits for people in the programme."""

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.chat import registry as chat
from apps.chat.models import Room
from apps.events.registry import next_for_you
from apps.tracks.models import Session
from apps.venue.selectors import nextup



def session_of(room: Room) -> Session | None:
    _kind, _slash, pk = room.owner.partition("/")
    return Session.objects.select_related("event").filter(event_id=room.event_id, pk=int(pk)).first()


def session_title(room: Room) -> str:
    session = session_of(room)
    return str(session.title) if session else room.owner


def session_address(room: Room) -> str:
    session = session_of(room)
    return session.get_absolute_url() if session else ""


def lobby_title(room: Room) -> str:
    return _("Lobby")


def lobby_address(room: Room) -> str:
    return reverse("venue:lobby", args=[room.event.slug])


chat.owner_kind("lobby", title=lobby_title, address=lobby_address)
chat.owner_kind("session", title=session_title, address=session_address)

next_for_you.register("polls")(nextup.open_polls)
next_for_you.register("sessions")(nextup.own_sessions)
next_for_you.register("announcements")(nextup.last_word)
