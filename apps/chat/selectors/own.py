"""What one person alone sees of an event's conversations, and what keeps them from writing."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db.models import QuerySet

from apps.chat import broadcasts
from apps.chat.models import Message, Room, Sanction
from apps.chat.selectors.rooms import ENTRY, shown
from apps.core import clock

MOST_OWN = 20
OWN_FOR = timedelta(hours=6)
MOST_BESIDE = 200


def bars_of(event_id: int, people: Iterable[int]) -> dict[int, Sanction]:
    """By person: the weightiest of what stands against them, a ban before a mute, in one query."""
    found = Sanction.objects.standing().filter(event=event_id, user__in=list(people))
    bars: dict[int, Sanction] = {}
    for sanction in found:
        if sanction.user_id not in bars or sanction.kind == Sanction.Kind.BAN:
            bars[sanction.user_id] = sanction
    return bars


def _unseen(event_id: int, people: Iterable[int]) -> QuerySet[Message]:
    since = clock.now() - OWN_FOR
    return Message.objects.filter(
        room__event=event_id, author__in=list(people), seq=None, removed="", created_at__gt=since
    )


def own_of(event_id: int, people: Sequence[int]) -> dict[int, broadcasts.Own]:
    """The values of these people's own topics: two queries, and more only for those against whom something stands, or
    whose messages wait."""
    special = set(bars_of(event_id, people))
    special.update(author for author in _unseen(event_id, people).order_by().values_list("author", flat=True) if author)
    return {person: own(event_id, person) if person in special else broadcasts.Own(None, []) for person in people}


def own(event_id: int, user_id: int) -> broadcasts.Own:
    """The value of the person's own topic."""
    bar = bars_of(event_id, [user_id]).get(user_id)
    rows = _unseen(event_id, [user_id]).select_related(*ENTRY).order_by("-created_at", "-pk")[:MOST_OWN]
    return broadcasts.Own(
        bar=broadcasts.Bar(bar.kind, bar.until) if bar else None,
        messages=[broadcasts.OwnMessage(row.room_id, broadcasts.message_entry(row)) for row in rows],
    )


def own_beside(
    room: Room, user_id: int | None, page: Sequence[broadcasts.Message], *, earlier: bool, later: bool
) -> list[broadcasts.Message]:
    """This person's messages that the log does not hold, from the stretch that a page of history covers, oldest first:
    from its first message to before the one after its last. The newest stand on their own topic too."""
    if user_id is None or (not page and (earlier or later)):
        return []
    rows = Message.objects.filter(room=room, author=user_id, seq=None, removed="")
    if earlier:
        rows = rows.filter(created_at__gte=page[0].at)
    if later:
        after = shown(room).filter(seq__gt=page[-1].seq or 0).order_by("seq").first()
        rows = rows.filter(created_at__lt=after.created_at) if after else rows
    found = rows.select_related(*ENTRY).order_by("-created_at", "-pk")[:MOST_BESIDE]
    return [broadcasts.message_entry(row) for row in reversed(found)]
