"""Reads of what is said in a green room."""

from apps.media import broadcasts
from apps.media.models import BackstageLine, Stream

MOST_SHOWN = 30


def backstage(event_id: int, stream_id: int) -> broadcasts.Backstage | None:
    """None where the event has no such stream."""
    if not Stream.objects.filter(event_id=event_id, pk=stream_id).exists():
        return None
    rows = BackstageLine.objects.filter(stream=stream_id).select_related("author", "to__person").order_by("-pk")
    return {"id": stream_id, "lines": [broadcasts.said(line) for line in reversed(rows[:MOST_SHOWN])]}
