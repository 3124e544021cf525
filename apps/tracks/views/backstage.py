"""What the pages on both sides of a green room show of the lines that are said in it."""

from typing import Any

from apps.live.registry import Rate
from apps.media import selectors as media
from apps.media.broadcasts import backstage_topic, green_room_topic
from apps.media.models import Stream

SAYS = Rate(per_second=0.5, burst=10)


def backstage(event_id: int, stream: Stream) -> dict[str, Any]:
    """For `tracks/backstage.html`."""
    said = media.backstage(event_id, stream.pk)
    return {
        "lines": said["lines"] if said else [],
        "lines_topic": backstage_topic(stream.pk),
        "room_topic": green_room_topic(stream.pk),
    }
