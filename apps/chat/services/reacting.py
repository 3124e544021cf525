"""The audience's reactions to a stage: counted together, never one by one."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from apps.chat import broadcasts, registry, selectors
from apps.chat.models import Room, Sanction
from apps.core.errors import Refused
from apps.live import counters, publish

MOST = 60
WINDOW_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Reacting:
    event_id: int
    room_id: int
    user_id: int
    roles: frozenset[str]
    kind: str


def react(reactings: Sequence[Reacting]) -> list[Refused | None]:
    """Counts all of these; one answer each: None, or the refusal. While Redis is away nothing is counted."""
    rooms = {
        (room.event_id, room.pk): room
        for room in Room.objects.filter(pk__in={reacting.room_id for reacting in reactings})
    }
    people = {reacting.user_id for reacting in reactings}
    bars = {event_id: selectors.bars_of(event_id, people) for event_id, _room in rooms}
    asked = registry.Asked((rooms.get((one.event_id, one.room_id)), one.user_id, one.roles) for one in reactings)
    answers: list[Refused | None] = [_reaction_refusal(reacting, rooms, bars, asked) for reacting in reactings]
    answers = _held_back(reactings, answers)
    counts: dict[int, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for reacting, refusal in zip(reactings, answers, strict=True):
        if refusal is None:
            counts[reacting.event_id][broadcasts.reactions_topic(reacting.room_id)][reacting.kind] += 1
    for event_id, topics in counts.items():
        if counters.add(event_id, topics):
            for topic in topics:
                publish.state(event_id, topic)
    return answers


def _held_back(reactings: Sequence[Reacting], answers: list[Refused | None]) -> list[Refused | None]:
    """The same answers, with a refusal for those who are too quick, by whichever door they came."""
    wanted: dict[int, Counter[str]] = defaultdict(Counter)
    for reacting, refusal in zip(reactings, answers, strict=True):
        if refusal is None:
            wanted[reacting.event_id][str(reacting.user_id)] += 1
    late = {
        event_id: counters.over(event_id, "reacting", people, most=MOST, seconds=WINDOW_SECONDS)
        for event_id, people in wanted.items()
    }
    quick = Refused(
        "chat.reacting_fast", _("That was a lot of applause. Wait a moment."), retry_after=WINDOW_SECONDS, status=429
    )
    return [
        quick if refusal is None and str(reacting.user_id) in late[reacting.event_id] else refusal
        for reacting, refusal in zip(reactings, answers, strict=True)
    ]


def _reaction_refusal(
    reacting: Reacting,
    rooms: Mapping[tuple[int, int], Room],
    bars: Mapping[int, Mapping[int, Sanction]],
    asked: registry.Asked,
) -> Refused | None:
    room = rooms.get((reacting.event_id, reacting.room_id))
    if room is None or not asked.may_read(room, reacting.user_id, reacting.roles):
        return selectors.unknown()
    bar = bars[reacting.event_id].get(reacting.user_id)
    if bar is not None and bar.kind == Sanction.Kind.BAN:
        return selectors.banned()
    if reacting.kind not in broadcasts.REACTIONS:
        return Refused("chat.reaction_unknown", _("There is no such reaction."), field="kind", status=400)
    return None
