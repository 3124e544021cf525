"""Media on the socket: how far an asset is, for those who look after the event."""

from typing import Any

from apps.core.access import Access
from apps.core.errors import Refused
from apps.live.registry import StateTopic, Who, register
from apps.media import broadcasts, selectors


@register
class Progress(StateTopic):
    pattern = broadcasts.PROGRESS
    access = Access.MODERATOR
    interval_ms = 500

    def guard(self, who: Who, *args: Any, **params: Any) -> None:
        if selectors.progress(who.event_id, params["asset_id"]) is None:
            raise Refused("media.none", selectors.NO_SUCH_FILE, status=404)

    def snapshot(self, event_id: int, *args: Any, **params: Any) -> broadcasts.Progress | None:
        return selectors.progress(event_id, params["asset_id"])
