"""What happens in a room beside messages: numbered in its log, and told to its readers."""

from collections.abc import Mapping, Sequence

from apps.chat import broadcasts
from apps.chat.models import Change, Message, Room
from apps.live import publish
from apps.live.seq import next_seqs

COMES_OR_GOES = (Change.Kind.REMOVED, Change.Kind.PURGED, Change.Kind.RESTORED)
"""What takes messages away or brings them back, and with them the reactions to them."""
TRACED = (*COMES_OR_GOES, Change.Kind.EDITED)
"""What moderators see a trace of, or no longer."""


def log_change(
    room: Room,
    kind: Change.Kind,
    *,
    value: Mapping[str, object],
    user_id: int | None,
    message: Message | None = None,
    restored: Sequence[Message] = (),
) -> Change:
    topic = broadcasts.topic(room.pk)
    [number] = next_seqs(room.event_id, topic, count=1)
    change = Change.objects.create(room=room, seq=number, kind=kind, message=message, value=dict(value), by_id=user_id)
    publish.log(room.event_id, topic, seq=number, payload=broadcasts.change_entry(change, restored))
    if kind in COMES_OR_GOES:
        publish.state(room.event_id, broadcasts.marks_topic(room.pk))
    if kind in TRACED:
        publish.state(room.event_id, broadcasts.trace_topic(room.pk))
    return change
