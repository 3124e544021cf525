"""The queue of messages that wait: letting them through, or not, one by one or many at once."""

from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.chat import broadcasts
from apps.chat.models import Act, Message
from apps.chat.services import mentioning
from apps.chat.services.recording import Actor, record, tell_person
from apps.core.errors import Refused
from apps.live import publish
from apps.live.seq import next_seqs

MOST_AT_ONCE = 100


@transaction.atomic
def decide(actor: Actor, *, messages: Sequence[int], approve: bool) -> Act:
    """Lets these through, as the newest of their rooms, or rejects them. Those that somebody else decided meanwhile
    are left as they are; where none is left, that is refused."""
    actor.must_moderate()
    if len(messages) > MOST_AT_ONCE:
        raise Refused("chat.too_many", _("Choose at most 100 messages at once."), status=400)
    waiting = Message.objects.filter(pk__in=messages, room__event=actor.event_id, held=Message.Held.WAITING, removed="")
    rows = waiting.select_related("room", "author", "reply_to__author")
    found = list(rows.select_for_update(of=("self",), no_key=True).order_by("created_at", "pk"))
    if not found:
        raise Refused("chat.decided", _("This was decided already, or taken back by its author."), status=404)
    authors = {message.author_id for message in found}
    act = record(
        actor,
        Act.Kind.APPROVE if approve else Act.Kind.REJECT,
        person_id=next(iter(authors)) if len(authors) == 1 else None,
        room=found[0].room if len({message.room_id for message in found}) == 1 else None,
        message=found[0] if len(found) == 1 else None,
        messages=[message.pk for message in found],
    )
    if approve:
        let_through(found)
    else:
        Message.objects.filter(pk__in=[message.pk for message in found]).update(held=Message.Held.REJECTED)
    for author in authors:
        tell_person(actor.event_id, author)
    return act


def let_through(messages: Sequence[Message]) -> None:
    """Numbers and publishes these in their order."""
    by_room: dict[int, list[Message]] = defaultdict(list)
    for message in messages:
        by_room[message.room_id].append(message)
    for room_id in sorted(by_room, key=broadcasts.topic):
        ours = by_room[room_id]
        event_id, topic = ours[0].room.event_id, broadcasts.topic(room_id)
        for message, number in zip(ours, next_seqs(event_id, topic, count=len(ours)), strict=True):
            message.seq, message.held = number, ""
            message.save(update_fields=["seq", "held"])
            publish.log(event_id, topic, seq=number, payload=broadcasts.message_entry(message))
        mentioning.keep(ours)
