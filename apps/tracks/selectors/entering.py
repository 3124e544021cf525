"""Who may go into a session: whose ticket opens it, and who has a seat where people sign up for it.

Of most sessions everybody of the event may: that is found out once for all, and kept for a moment, so that thousands
who arrive, and each message that is written, cost nothing here. Only where something stands before a room the person
is asked for, and of many people together in one query.
"""

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.access import May, may, may_own
from apps.core.errors import Refused
from apps.events import permissions
from apps.events.models import Event, TicketKind
from apps.media.models import Asset, Stream
from apps.tracks.models import Opening, Seat, Session, SessionSpeaker, Stage

KEPT_SECONDS = 2.0
MOST_KEPT = 5000
MOST_EVENTS = 500
MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Gate:
    """What stands before a session's room."""

    session_id: int
    needs_seat: bool
    openers: frozenset[int]
    """The tickets that name it or its track; of those that open the whole programme nobody asks."""

    def is_shut_to(self, roles: frozenset[str]) -> bool:
        """Whether the ticket that these roles tell of does not open it."""
        tickets = permissions.limited_tickets(roles)
        return bool(tickets) and self.openers.isdisjoint(tickets)


_gates: dict[int, dict[int, tuple[float, Gate | None]]] = {}
"""By event, so that one of them is forgotten at once."""
_inside: dict[tuple[int, int, int], float] = {}
_changing = threading.Lock()
_era = 0
"""Grows whenever something is forgotten: what was being read at that moment is not kept."""


def forget_gates(event_id: int | None = None) -> None:
    """This process asks anew; called by whoever changes what sessions ask for, and with each revocation in an event.
    Other processes ask anew when they hear of the revocation, and within two seconds anyway."""
    global _era
    with _changing:
        _era += 1
        if event_id is None:
            _gates.clear()
            _inside.clear()
        else:
            _gates.pop(event_id, None)
            _inside.clear()


def gate_of(event_id: int, session_id: int) -> Gate | None:
    """None where the event has no such session."""
    now = time.monotonic()
    kept = _gates.get(event_id, {}).get(session_id)
    if kept is None or kept[0] < now:
        era = _era
        kept = (now + KEPT_SECONDS, _read_gate(event_id, session_id))
        with _changing:
            if len(_gates) >= MOST_EVENTS or len(_gates.get(event_id, ())) >= MOST_KEPT:
                _gates.clear()
            if era == _era:
                _gates.setdefault(event_id, {})[session_id] = kept
    return kept[1]


def _read_gate(event_id: int, session_id: int) -> Gate | None:
    rows = Session.objects.using(DEFAULT_DB_ALIAS).filter(event_id=event_id, pk=session_id)
    found = rows.values_list("sign_up", "track_id").first()
    if found is None:
        return None
    needs_seat, track_id = found
    named = Q(session=session_id) | Q(track=track_id) if track_id else Q(session=session_id)
    openers = Opening.objects.using(DEFAULT_DB_ALIAS).filter(named).order_by().values_list("ticket_id", flat=True)
    return Gate(session_id, needs_seat, frozenset(openers))


def why_shut(
    event_id: int, session_id: int, *, user_id: int | None, roles: frozenset[str], epoch: int | None = None
) -> Refused | None:
    """Why somebody with these roles may not go in; None where they may. `user_id` None asks for an audience: the answer
    is yes only where it holds for all of them.

    With the `epoch` of a socket's ticket a yes is kept for a moment, since a page asks for a dozen topics at once:
    whoever loses a seat comes back with another epoch.
    """
    if user_id is None:
        return _why_audience(gate_of(event_id, session_id), roles)
    key, now = (session_id, user_id, epoch or 0), time.monotonic()
    if epoch is not None and _inside.get(key, 0.0) > now:
        return None
    era = _era
    refusal = shut_out(event_id, session_id, {user_id: roles}).get(user_id)
    if refusal is None and epoch is not None:
        with _changing:
            if len(_inside) >= MOST_KEPT:
                _inside.clear()
            if era == _era:
                _inside[key] = now + KEPT_SECONDS
    return refusal


def why_shut_here(session: Session, *, user_id: int, roles: frozenset[str]) -> Refused | None:
    """The same for a session that is at hand: of most nothing has to be read."""
    if not session.sign_up and not permissions.limited_tickets(roles):
        return None
    return why_shut(session.event_id, session.pk, user_id=user_id, roles=roles)


def _why_audience(gate: Gate | None, roles: frozenset[str]) -> Refused | None:
    if _runs(roles):
        return None
    if gate is None:
        return _no_session()
    if gate.is_shut_to(roles):
        return other_ticket()
    return no_seat() if gate.needs_seat else None


def shut_out(event_id: int, session_id: int, people: Mapping[int, frozenset[str]]) -> dict[int, Refused]:
    """Of these people, with their roles: those who may not go in, and why. Two queries at most, and none for a session
    before which nothing stands."""
    gate = gate_of(event_id, session_id)
    if gate is None:
        # What was inside a session that was deleted is nobody's but of those who run the event.
        return {user_id: _no_session() for user_id, roles in people.items() if not _runs(roles)}
    out: dict[int, Refused] = {}
    for user_id, roles in people.items():
        if not _runs(roles) and (gate.needs_seat or gate.is_shut_to(roles)):
            out[user_id] = other_ticket() if gate.is_shut_to(roles) else no_seat()
    if not out:
        return {}
    allowed: set[int] = set()
    if gate.needs_seat:
        allowed |= _seated(session_id, [user_id for user_id in out if not gate.is_shut_to(people[user_id])])
    if speakers := [user_id for user_id in out if may_own(people[user_id], May.ENTER_SESSIONS)]:
        allowed |= _speaking(session_id, speakers)
    return {user_id: refusal for user_id, refusal in out.items() if user_id not in allowed}


def check_enters(
    event_id: int, session_id: int | None, *, user_id: int | None, roles: frozenset[str], epoch: int | None = None
) -> None:
    """Raises Refused where they may not go in. What belongs to no session (None) stands open here."""
    if session_id is None:
        return
    refusal = why_shut(event_id, session_id, user_id=user_id, roles=roles, epoch=epoch)
    if refusal is not None:
        raise refusal


def may_have_file(asset: Asset, user_id: int | None, roles: frozenset[str]) -> Refused | bool:
    """Of what the stage of a session shows: it is for whoever may go in. One that plays in several opens with any of
    them; False where it plays in none. The film itself is to be had while it is on stage, or the recording is shown:
    nobody is ahead of the others. Those who run the event, and who speaks, look when they like."""
    refusal: Refused | bool = False
    shown = Q(video=asset) | Q(stage__recording=asset) | Q(stage__lobby_film=asset) | Q(stage__intermission_asset=asset)
    found = Session.objects.select_related("stage__recording", "video").filter(shown, event=asset.event_id)
    for session in found.defer("abstract", "description", "imported").order_by("pk")[:MOST_NAMED]:
        why = why_shut(asset.event_id, session.pk, user_id=user_id, roles=roles)
        why = why or _why_not_on_stage(session, asset, user_id, roles)
        if why is None:
            return True
        refusal = why
    return refusal


def plays_as_live(asset: Asset) -> bool:
    """Whether the film plays as live on some session's stage at this moment: then nobody may have it otherwise."""
    return hours_as_live(asset) is not None


def hours_as_live(asset: Asset) -> frozenset[datetime] | None:
    """When the film's first second was on each stage that plays it as live at this moment; empty in an intermission,
    None where it is not held back."""
    now = clock.now()
    held = [stage for stage in map(Stage.of, _plays_on(asset)) if stage.holds_back(now)] if asset.is_played else []
    return frozenset(since for stage in held if (since := stage.plays_since(now))) if held else None


def _plays_on(asset: Asset) -> QuerySet[Session, Any]:
    found = Session.objects.planned().select_related("stage").filter(event=asset.event_id, video=asset)
    return found.defer("abstract", "description", "imported").order_by("pk")[:MOST_NAMED]


def may_have_stream(stream: Stream, user_id: int | None, roles: frozenset[str]) -> Refused | bool:
    """Of the live stream of a session: it is for whoever may go in, while its stage is live: what cameras see before,
    and in an intermission, is for those who run the event, and who speak. False where no session shows it."""
    session = _shows_stream(stream)
    if session is None:
        return False
    why = why_shut(stream.event_id, session.pk, user_id=user_id, roles=roles)
    is_live = Stage.of(session).state_at(clock.now()) == Stage.State.LIVE
    if why is None and not is_live and not _is_behind_stage(session, user_id, roles):
        why = Refused("stage.not_live", _("The stage is not live at the moment."), status=403)
    return why or True


def stream_shown_since(stream: Stream) -> datetime | None:
    """Since when its session's stage has been live without a break."""
    session = _shows_stream(stream)
    return Stage.of(session).live_since(clock.now()) if session else None


def _shows_stream(stream: Stream) -> Session | None:
    rows = Session.objects.select_related("stage").filter(event=stream.event_id, stream=stream)
    return rows.defer("abstract", "description", "imported").first()


def must_not_be_recorded(stream: Stream) -> bool:
    return Session.objects.filter(event=stream.event_id, stream=stream, do_not_record=True).exists()


def _why_not_on_stage(session: Session, asset: Asset, user_id: int | None, roles: frozenset[str]) -> Refused | None:
    stage = Stage.of(session)
    if asset.pk in (stage.lobby_film_id, stage.intermission_asset_id):
        return None
    if stage.state_at(clock.now()) in stage.ON_SCREEN or _is_behind_stage(session, user_id, roles):
        return None
    return Refused("stage.not_shown", _("This film is not on stage at the moment."), status=403)


def _is_behind_stage(session: Session, user_id: int | None, roles: frozenset[str]) -> bool:
    """Whether they look when they like: those who run the event, and the session's speakers."""
    if _runs(roles):
        return True
    return user_id is not None and may_own(roles, May.ENTER_SESSIONS) and user_id in _speaking(session.pk, [user_id])


def shut_to(event: Event, roles: frozenset[str], user: User) -> QuerySet[Session, Any]:
    """The sessions of an event that somebody cannot go into at this moment, for want of a seat or another ticket: as
    ids, to leave them out of another query."""
    if _runs(roles):
        return event.sessions.none().values("pk")
    seated = Seat.objects.taken().filter(user=user).order_by().values("session_id")
    shut = Q(sign_up=True) & ~Q(pk__in=seated)
    if tickets := permissions.limited_tickets(roles):
        shut |= _not_opened(tickets)
    found = event.sessions.filter(shut)
    if may_own(roles, May.ENTER_SESSIONS):
        found = found.exclude(session_speakers__speaker__user=user)
    return found.order_by().values("pk")


def _not_opened(tickets: frozenset[int]) -> Q:
    opened = Opening.objects.filter(ticket__in=tickets).order_by()
    tracks = opened.filter(track__isnull=False).values("track_id")
    named = opened.filter(session__isnull=False).values("session_id")
    return ~(Q(track__isnull=False) & Q(track__in=tracks)) & ~Q(pk__in=named)


def openers_of(session: Session) -> list[TicketKind]:
    """The tickets on offer with which one may go in, in their order: for whoever asks how."""
    named = Q(openings__session=session) | Q(openings__track=session.track_id, openings__track__isnull=False)
    found = TicketKind.objects.filter(
        Q(opens_programme=True) | named, event=session.event_id, is_offered=True
    ).distinct()
    return list(found.order_by("position", "pk")[:MOST_NAMED])


def shut_by_ticket(event: Event, roles: frozenset[str], user: User | None) -> frozenset[int]:
    """The sessions of an event that somebody's ticket does not open; none, and no query, for most people."""
    tickets = permissions.limited_tickets(roles)
    if not tickets or _runs(roles):
        return frozenset()
    shut = event.sessions.filter(_not_opened(tickets))
    if user is not None and may_own(roles, May.ENTER_SESSIONS):
        shut = shut.exclude(session_speakers__speaker__user=user)
    return frozenset(shut.order_by().values_list("pk", flat=True))


def other_ticket() -> Refused:
    return Refused("session.ticket", _("Your ticket does not open this session."), status=403)


def no_seat() -> Refused:
    return Refused(
        "session.seat", _("People sign up for this session. Take a seat on its page; then it opens."), status=403
    )


def _no_session() -> Refused:
    return Refused("session.unknown", _("There is no such session in this event."), status=404)


def _runs(roles: frozenset[str]) -> bool:
    return may(roles, May.ENTER_SESSIONS)


def _seated(session_id: int, people: Iterable[int]) -> set[int]:
    # Of the primary: who has just taken a seat goes in at once.
    rows = Seat.objects.using(DEFAULT_DB_ALIAS).taken().filter(session=session_id, user__in=list(people))
    return set(rows.order_by().values_list("user_id", flat=True))


def _speaking(session_id: int, people: Iterable[int]) -> set[int]:
    rows = SessionSpeaker.objects.using(DEFAULT_DB_ALIAS).filter(session=session_id, speaker__user__in=list(people))
    return {user_id for user_id in rows.order_by().values_list("speaker__user", flat=True) if user_id is not None}
