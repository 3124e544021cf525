"""The booth on the socket: who is there."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from apps.core.access import Access
from apps.core.errors import Refused
from apps.events.permissions import may_enter_expo
from apps.exhibitors import broadcasts, permissions, selectors
from apps.live import publish
from apps.live.registry import Shed, StateTopic, Who, register


@register
class HereTopic(StateTopic):
    pattern = broadcasts.PRESENCE
    access = Access.ATTENDEE
    presence = True
    interval_ms = 2000
    shed = Shed.PRESENCE

    def guard(self, who: Who, booth_id: int) -> None:
        if not selectors.booth_topic_exists(who.event_id, booth_id):
            raise Refused("booth.unknown", _("This booth does not exist (any more)."), status=404)
        if not may_enter_expo(who.roles):
            raise permissions.other_ticket()

    def snapshot(self, event_id: int, booth_id: int) -> broadcasts.Here:
        return selectors.here(event_id, booth_id)

    def joined(self, people: Sequence[Who], at: datetime, booth_id: int) -> None:
        publish.state(people[0].event_id, broadcasts.presence(booth_id))

    def left(self, people: Sequence[Who], at: datetime, booth_id: int) -> None:
        publish.state(people[0].event_id, broadcasts.presence(booth_id))
