"""What the venue adds to the rooms below: their conversations, and what waits for people in the programme."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.chat import broadcasts as conversations
from apps.chat import registry as chat
from apps.chat.models import Room
from apps.core import clock
from apps.events.registry import next_for_you
from apps.events.signals import presence_changed
from apps.live import publish
from apps.media import broadcasts as media
from apps.media import registry as films
from apps.media import services as media_services
from apps.tracks import selectors as tracks
from apps.tracks.models import Session, Stage
from apps.tracks.registry import inside, leaving
from apps.tracks.signals import agenda_changed
from apps.venue import broadcasts
from apps.venue.selectors import nextup, playing


def session_of(room: Room) -> Session | None:
    _kind, _slash, pk = room.owner.partition("/")
    return Session.objects.select_related("event", "stage").filter(event_id=room.event_id, pk=int(pk)).first()


def session_titles(rooms: Sequence[Room]) -> dict[int, str]:
    found = Session.objects.in_bulk({room.owner_id for room in rooms if room.owner_id})
    return {room.pk: str(found[room.owner_id].title) for room in rooms if room.owner_id in found}


def session_address(room: Room) -> str:
    session = session_of(room)
    return session.get_absolute_url() if session else ""


def lobby_titles(rooms: Sequence[Room]) -> dict[int, str]:
    return {room.pk: _("Lobby") for room in rooms}


def lobby_address(room: Room) -> str:
    return reverse("venue:lobby", args=[room.event.slug])


chat.owner_kind("lobby", titles=lobby_titles, address=lobby_address)


def session_recorded_from(room: Room) -> datetime | None:
    """The film runs on the session's clock while that runs; a recording may have begun sooner or later."""
    session = session_of(room)
    return tracks.recorded_from(session, clock.now()) if session is not None else None


def may_read_session(room: Room, user_id: int | None, roles: frozenset[str]) -> bool:
    """Whoever may go into the session."""
    if not chat.may_attend(room, user_id, roles) or room.owner_id is None:
        return False
    return tracks.why_shut(room.event_id, room.owner_id, user_id=user_id, roles=roles) is None


def let_into_session(room: Room, people: Mapping[int, frozenset[str]], *, epoch: int | None = None) -> Collection[int]:
    """The same of many: one query a batch where people sign up, none where they just go in."""
    here = {user_id: roles for user_id, roles in people.items() if chat.may_attend(room, user_id, roles)}
    if room.owner_id is None:
        return ()
    if epoch is None:
        return here.keys() - tracks.shut_out(room.event_id, room.owner_id, here).keys()
    return [
        user_id
        for user_id, roles in here.items()
        if tracks.why_shut(room.event_id, room.owner_id, user_id=user_id, roles=roles, epoch=epoch) is None
    ]


chat.owner_kind(
    "session",
    may_read=may_read_session,
    let_in=let_into_session,
    titles=session_titles,
    address=session_address,
    recorded_from=session_recorded_from,
)


@inside.register("chat")
def places_of_conversations(session_ids: Collection[int]) -> list[str]:
    events = Session.objects.filter(pk__in=session_ids).order_by().values("event")
    owners = [f"session/{pk}" for pk in session_ids]
    rooms = Room.objects.filter(event__in=events, owner__in=owners).values_list("pk", flat=True)
    return [place for pk in rooms for place in (conversations.topic(pk), conversations.reactions_topic(pk))]


class SessionStages:
    """Captions of sessions: for whoever may go in."""

    def find(self, event_id: int, number: int) -> films.StagePlace | None:
        rows = Session.objects.select_related("event", "video", "stream", "stage__recording")
        session = rows.filter(event_id=event_id, pk=number).first()
        if session is None:
            return None
        return films.StagePlace(
            title=str(session.title),
            url=session.get_absolute_url(),
            starts_at=session.starts_at,
            language=session.language or session.event.default_language,
            film=tracks.recorded_film(session),
            offset_ms=tracks.recording_begins(session) * 1000,
            stream=tracks.green_room_of(session),
            is_live=Stage.of(session).state_at(clock.now()) == Stage.State.LIVE,
        )

    def check_reads(
        self, event_id: int, number: int, *, user_id: int | None, roles: frozenset[str], epoch: int | None = None
    ) -> None:
        tracks.check_enters(event_id, number, user_id=user_id, roles=roles, epoch=epoch)


films.stage_captions("session", SessionStages())


@inside.register("captions")
def places_of_captions(session_ids: Collection[int]) -> list[str]:
    return [media.caption_languages_topic(f"session/{pk}") for pk in session_ids]


@leaving.puts_away("captions")
def put_captions_away(session_ids: Collection[int]) -> None:
    media_services.drop_captions([f"session/{pk}" for pk in session_ids])


next_for_you.register("polls")(nextup.open_polls)
next_for_you.register("quizzes")(playing.open_quizzes)
next_for_you.register("trainings")(playing.own_trainings)
next_for_you.register("sessions")(nextup.own_sessions)
next_for_you.register("announcements")(nextup.last_word)


@receiver([presence_changed, agenda_changed])
def tell_control_room(sender: Any, event_id: int, **_kwargs: Any) -> None:
    publish.state(event_id, broadcasts.CONTROL)
