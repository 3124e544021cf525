"""What one person alone sees of an event's conversations, and what keeps them from writing."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db.models import QuerySet

from apps.chat import broadcasts
from apps.chat.models import Message, Sanction
from apps.chat.selectors.rooms import ENTRY
from apps.core import clock

MOST_OWN = 20
OWN_FOR = timedelta(hours=6)


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
