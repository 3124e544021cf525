"""What was said further up: pages of history, what stands around a message, search, the recording's clock, export."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from unicodedata import category

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.chat import broadcasts, registry
from apps.chat.models import Message, Room
from apps.chat.selectors.rooms import ENTRY, MOST_PAGE, PAGE, shown
from apps.core import folding
from apps.core.errors import Refused
from apps.live import seq

FOUND_PAGE = 20
MOST_LOOKED_THROUGH = 20_000
EXPORT_BATCH = 500


@dataclass(frozen=True, slots=True)
class Page:
    """Messages that follow each other, oldest first, and whether there are more on either side."""

    messages: list[broadcasts.Message]
    earlier: bool
    later: bool


def page_of(
    room: Room, *, before: int | None = None, after: int | None = None, around: int | None = None, limit: int = PAGE
) -> Page:
    """The shown messages before this seq, or after it, or on both sides of it and with it; else the newest."""
    limit = max(1, min(limit, MOST_PAGE))
    if around is not None:
        older = _before(room, around, limit // 2)
        newer = _after(room, around - 1, limit - limit // 2)
        return Page(older.messages + newer.messages, older.earlier, newer.later)
    return _after(room, after, limit) if after is not None else _before(room, before, limit)


def _before(room: Room, before: int | None, limit: int) -> Page:
    rows = shown(room) if before is None else shown(room).filter(seq__lt=before)
    found = list(rows[: limit + 1])
    messages = [broadcasts.message_entry(message) for message in reversed(found[:limit])]
    return Page(messages, len(found) > limit, before is not None)


def _after(room: Room, after: int, limit: int) -> Page:
    found = list(shown(room).filter(seq__gt=after).order_by("seq")[: limit + 1])
    messages = [broadcasts.message_entry(message) for message in found[:limit]]
    return Page(messages, after > 0, len(found) > limit)


def find_message(room: Room, message_id: int) -> Message:
    """One message of this room, as it is stored; who may see which part of it, the caller decides."""
    message = Message.objects.filter(room=room, pk=message_id).select_related(*ENTRY, "room").first()
    if message is None:
        raise Refused("chat.message_unknown", _("This message does not exist (any more)."), status=404)
    return message


def search(room: Room, words: str, *, before: int | None = None) -> Page:
    """What was said with all of these words in it, newest first. A word matches from its beginning; one of a script
    without spaces anywhere, among the newest messages, since no index knows where it begins."""
    terms = _terms(words)
    if not terms:
        return Page([], False, False)
    rows = shown(room).filter(removed="")
    if spaced := [f"'{term}':*" for term in terms if not folding.is_unspaced(term)]:
        query = SearchQuery(" & ".join(spaced), config="simple", search_type="raw")
        # The expression is the index's own, so that the index answers.
        rows = rows.annotate(words=SearchVector("text", config="simple")).filter(words=query)
    if unspaced := [term for term in terms if folding.is_unspaced(term)]:
        newest = seq.head(room.event_id, broadcasts.topic(room.pk))
        rows = rows.filter(*(Q(text__icontains=term) for term in unspaced), seq__gt=newest - MOST_LOOKED_THROUGH)
    if before is not None:
        rows = rows.filter(seq__lt=before)
    found = list(rows[: FOUND_PAGE + 1])
    messages = [broadcasts.message_entry(message) for message in found[:FOUND_PAGE]]
    return Page(messages, len(found) > FOUND_PAGE, False)


def _terms(words: str) -> list[str]:
    """Letters, with the signs that belong to them, and digits: nothing of the query language gets through."""
    cleaned = "".join(sign if sign.isalnum() or category(sign)[0] == "M" else " " for sign in words[:100])
    return cleaned.split()[:8]


def recorded_from(room: Room) -> datetime:
    """When the first second of the place's recording was; refused where there is none."""
    kind = registry.kind_of(room)
    start = kind.recorded_from(room) if kind.recorded_from else None
    if start is None:
        raise Refused("chat.no_recording", _("There is no recording of this conversation’s hour."), status=404)
    return start


def between(
    room: Room, start: datetime, *, begin: float, end: float, past: int | None = None, limit: int = MOST_PAGE
) -> Page:
    """What was said from `begin` to before `end`, in seconds after `start`: the recording's clock. Where one page does
    not hold it all, the next begins behind the message `past`, the last one of the page before."""
    rows = shown(room).filter(
        created_at__gte=start + timedelta(seconds=begin), created_at__lt=start + timedelta(seconds=end)
    )
    last = Message.objects.filter(room=room, pk=past, seq__isnull=False).first() if past else None
    if last is not None:
        rows = rows.filter(Q(created_at__gt=last.created_at) | Q(created_at=last.created_at, seq__gt=last.seq))
    found = list(rows.order_by("created_at", "seq")[: limit + 1])
    messages = [broadcasts.message_entry(message) for message in found[:limit]]
    return Page(messages, begin > 0, len(found) > limit)


def goes_on(room: Room, start: datetime, *, end: float) -> bool:
    """Whether anything was said from this second of the recording on."""
    return shown(room).filter(created_at__gte=start + timedelta(seconds=end)).exists()


def everything_said(room: Room) -> Iterator[Message]:
    """Every stored message of a room, oldest first, read in batches so that memory stays flat."""
    rows: QuerySet[Message] = Message.objects.filter(room=room).select_related("author").order_by("created_at", "pk")
    return rows.iterator(chunk_size=EXPORT_BATCH)
