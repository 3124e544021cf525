"""The control room on the socket."""

from apps.core.access import Access
from apps.live.registry import StateTopic, Who, register
from apps.venue import broadcasts, selectors


@register
class ControlTopic(StateTopic):
    pattern = broadcasts.CONTROL
    access = Access.MODERATOR
    by_ticket = True
    interval_ms = 2000

    def guard(self, who: Who) -> None:
        """Whoever moderates the event may see its figures; the ticket says of which event."""

    def snapshot(self, event_id: int) -> broadcasts.Control:
        return selectors.control_snapshot(event_id)
