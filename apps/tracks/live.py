"""What a session's page hears live: its stage, and how many people are in it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.core.access import Access
from apps.core.errors import Refused
from apps.events import broadcasts as event_broadcasts
from apps.events import selectors as events
from apps.live import presence
from apps.live.registry import LogTopic, Shed, StateTopic, Who, forgets, register, user_ids
from apps.tracks import broadcasts, selectors, services

forgets(selectors.forget_gates)


def _must_enter(who: Who, session_id: int) -> None:
    if not selectors.has_session(who.event_id, session_id):
        raise Refused("session.unknown", _("There is no such session in this event."), status=404)
    selectors.check_enters(who.event_id, session_id, user_id=who.user_id, roles=who.roles, epoch=who.epoch)


@register
class StageTopic(StateTopic):
    """Who is joined to it is in the session: this is what attendance is counted by."""

    pattern = "session/{session_id:int}/stage"
    access = Access.ATTENDEE
    interval_ms = 300
    presence = True

    def guard(self, who: Who, session_id: int) -> None:  # type: ignore[override]
        _must_enter(who, session_id)

    def snapshot(self, event_id: int, session_id: int) -> broadcasts.Stage | None:  # type: ignore[override]
        return selectors.stage_of(event_id, session_id)

    def joined(self, people: Sequence[Who], at: datetime, session_id: int) -> None:  # type: ignore[override]
        services.record_arrivals(event_id=people[0].event_id, session_id=session_id, user_ids=user_ids(people), at=at)

    def left(self, people: Sequence[Who], at: datetime, session_id: int) -> None:  # type: ignore[override]
        services.record_departures(event_id=people[0].event_id, session_id=session_id, user_ids=user_ids(people), at=at)


@register
class PeopleTopic(StateTopic):
    pattern = "session/{session_id:int}/people"
    access = Access.ATTENDEE
    interval_ms = 2000
    shed = Shed.PRESENCE

    def guard(self, who: Who, session_id: int) -> None:  # type: ignore[override]
        _must_enter(who, session_id)

    def snapshot(self, event_id: int, session_id: int) -> broadcasts.People:  # type: ignore[override]
        here = presence.count(event_id, broadcasts.stage_topic(session_id))
        return broadcasts.people(presence.about(here))


@register
class ToSession(LogTopic):
    """What the organisers say to those who are in a session."""

    pattern = event_broadcasts.TO_SESSION
    access = Access.ATTENDEE

    def guard(self, who: Who, session_id: int) -> None:  # type: ignore[override]
        _must_enter(who, session_id)

    def replay(self, event_id: int, *args: Any, **params: Any) -> Sequence[tuple[int, event_broadcasts.Announced]]:
        session = selectors.announcement_key(params["session_id"])
        return events.announcements_after(event_id, after=params["after"], limit=params["limit"], audience=session)
