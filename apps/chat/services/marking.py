"""Reactions to one message: one of each kind from each person, given and taken back, counted together."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from apps.chat import broadcasts, registry, selectors
from apps.chat.models import Mark, Message, Sanction
from apps.core import clock
from apps.core.errors import Refused
from apps.live import publish


@dataclass(frozen=True, slots=True)
class Marking:
    event_id: int
    room_id: int
    user_id: int
    roles: frozenset[str]
    message_id: int
    kind: str
    on: bool


@dataclass(frozen=True, slots=True)
class Marked:
    id: int
    counts: dict[str, int]


@transaction.atomic
def mark_messages(markings: Sequence[Marking]) -> list[Marked | Refused]:
    """Gives and takes back all of these; one answer each. The sums are counted anew under the messages' locks."""
    ids = {marking.message_id for marking in markings}
    rows = Message.objects.filter(pk__in=ids, seq__isnull=False, removed="").select_related("room")
    messages = {row.pk: row for row in rows.select_for_update(of=("self",), no_key=True).order_by("pk")}
    bars = {
        event_id: selectors.bars_of(event_id, {marking.user_id for marking in markings})
        for event_id in {marking.event_id for marking in markings}
    }
    asked = registry.Asked(
        (messages[marking.message_id].room, marking.user_id, marking.roles)
        for marking in markings
        if marking.message_id in messages
    )
    refusals = [
        _refusal(marking, messages.get(marking.message_id), bars[marking.event_id], asked) for marking in markings
    ]
    touched = _apply([marking for marking, refusal in zip(markings, refusals, strict=True) if refusal is None])
    _count_anew([messages[pk] for pk in sorted(touched)])
    return [
        refusal or Marked(marking.message_id, messages[marking.message_id].marks)
        for marking, refusal in zip(markings, refusals, strict=True)
    ]


def _refusal(
    marking: Marking, message: Message | None, bars: dict[int, Sanction], asked: registry.Asked
) -> Refused | None:
    room = message.room if message else None
    if message is None or room is None or room.pk != marking.room_id or room.event_id != marking.event_id:
        return Refused("chat.message_unknown", _("This message does not exist (any more)."), status=404)
    if not asked.may_read(room, marking.user_id, marking.roles):
        return selectors.unknown()
    if marking.kind not in broadcasts.REACTIONS:
        return Refused("chat.reaction_unknown", _("There is no such reaction."), field="kind", status=400)
    bar = bars.get(marking.user_id)
    if bar is not None and bar.kind == Sanction.Kind.BAN:
        return selectors.banned()
    return None


def _apply(markings: Sequence[Marking]) -> set[int]:
    """The messages of which anything changed. Of what one person says of one kind the last counts."""
    wanted = {(one.message_id, one.user_id, one.kind): one.on for one in markings}
    if not wanted:
        return set()
    messages, people = {key[0] for key in wanted}, {key[1] for key in wanted}
    rows = Mark.objects.filter(message__in=messages, user__in=people)
    there = {(row.message_id, row.user_id, row.kind): row.pk for row in rows}
    new = [key for key, on in wanted.items() if on and key not in there]
    gone = [key for key, on in wanted.items() if not on and key in there]
    if new:
        made = [Mark(message_id=message, user_id=user, kind=kind) for message, user, kind in new]
        Mark.objects.bulk_create(made, ignore_conflicts=True)
    if gone:
        Mark.objects.filter(pk__in=[there[key] for key in gone]).delete()
    return {key[0] for key in (*new, *gone)}


def _count_anew(messages: Sequence[Message]) -> None:
    if not messages:
        return
    sums: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Mark.objects.filter(message__in=messages).order_by("kind").values_list("message", "kind")
    for message_id, kind, count in rows.annotate(count=Count("pk")):
        sums[message_id][kind] = count
    now = clock.now()
    for message in messages:
        message.marks, message.marked_at = sums[message.pk], now
    Message.objects.bulk_update(messages, ["marks", "marked_at"])
    for event_id, room_id in {(message.room.event_id, message.room_id) for message in messages}:
        publish.state(event_id, broadcasts.marks_topic(room_id))
