"""The events room on the socket: announcements, and the epochs that end everybody's tickets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from apps.core.access import Access
from apps.events import broadcasts, selectors, services
from apps.live.registry import LogTopic, Shed, StateTopic, Who, keep_epochs, register

keep_epochs(services.raise_live_epoch, selectors.live_epoch)


@register
class Announcements(LogTopic):
    pattern = broadcasts.ANNOUNCEMENTS
    access = Access.ATTENDEE
    by_ticket = True

    def guard(self, who: Who, *args: Any, **params: Any) -> None:
        """Everybody of the event hears them; the ticket says who that is."""

    def replay(self, event_id: int, *args: Any, **params: Any) -> Sequence[tuple[int, broadcasts.Announced]]:
        return selectors.announcements_after(event_id, after=params["after"], limit=params["limit"])


@register
class Here(StateTopic):
    """Presence: everybody who has a page of the event open."""

    pattern = broadcasts.HERE
    access = Access.ATTENDEE
    by_ticket = True
    presence = True
    interval_ms = 2000
    shed = Shed.PRESENCE

    def guard(self, who: Who, *args: Any, **params: Any) -> None:
        """The ticket says whose event it is."""

    def snapshot(self, event_id: int, *args: Any, **params: Any) -> broadcasts.People:
        return selectors.people_here(event_id)

    def joined(self, people: Sequence[Who], at: datetime, *args: Any, **params: Any) -> None:
        services.tell_presence(people[0].event_id)

    def left(self, people: Sequence[Who], at: datetime, *args: Any, **params: Any) -> None:
        services.tell_presence(people[0].event_id)
