"""The events room on the socket: announcements, and the epochs that end everybody's tickets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from apps.core.access import Access
from apps.core.errors import Refused
from apps.events import broadcasts, selectors, services
from apps.live.registry import LogTopic, Shed, StateTopic, Who, keep_epochs, register, user_ids

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


class ToRole(LogTopic):
    """What is said to some by their role alone: the ticket says who that is."""

    access = Access.ATTENDEE
    by_ticket = True
    audience: ClassVar[str]

    def guard(self, who: Who, *args: Any, **params: Any) -> None:
        if self.audience not in selectors.audiences_of_roles(who.roles):
            raise _no_such_group()

    def replay(self, event_id: int, *args: Any, **params: Any) -> Sequence[tuple[int, broadcasts.Announced]]:
        after, limit = params["after"], params["limit"]
        return selectors.announcements_after(event_id, after=after, limit=limit, audience=self.audience)


@register
class ToSpeakers(ToRole):
    """What is said to the speakers."""

    audience = selectors.SPEAKERS
    pattern = broadcasts.announcements_topic(audience)


@register
class ToExhibitors(ToRole):
    """What is said to those who have a booth."""

    audience = selectors.EXHIBITORS
    pattern = broadcasts.announcements_topic(audience)


@register
class ToStaff(ToRole):
    """What is said to moderators and organisers."""

    audience = selectors.STAFF
    pattern = broadcasts.announcements_topic(audience)


@register
class ToTicket(LogTopic):
    """What is said to those with one kind of ticket. A ticket is not a role: each person is asked for by name, and the
    feed, which knows nobody, does not carry it."""

    pattern = broadcasts.TO_TICKET
    access = Access.ATTENDEE
    feed = False

    def guard(self, who: Who, ticket_id: int) -> None:  # type: ignore[override]
        if not selectors.has_ticket(who.event_id, who.user_id, ticket_id):
            raise _no_such_group()

    def replay(self, event_id: int, *args: Any, **params: Any) -> Sequence[tuple[int, broadcasts.Announced]]:
        ticket = f"ticket/{params['ticket_id']}"
        return selectors.announcements_after(event_id, after=params["after"], limit=params["limit"], audience=ticket)


def _no_such_group() -> Refused:
    return Refused("announcement.audience", _("There is no such group of people in this event."), status=404)


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
        services.tell_presence(people[0].event_id, user_ids=user_ids(people))

    def left(self, people: Sequence[Who], at: datetime, *args: Any, **params: Any) -> None:
        services.tell_presence(people[0].event_id, user_ids=user_ids(people))
