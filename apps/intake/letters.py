"""Dead letters: set aside with their reason, and tried again or thrown away by an organiser."""

import json
import logging
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from apps.core import clock
from apps.core.errors import Refused
from apps.intake import applying, gates, queue, store
from apps.intake.applying import Unapplied
from apps.intake.items import Item, owner_of
from apps.intake.models import DeadLetter

logger = logging.getLogger(__name__)


def set_aside(unapplied: Sequence[Unapplied]) -> None:
    """Each once, however often it comes."""
    now = clock.now()
    for failed in unapplied:
        item = failed.item
        hidden = _hides_time(item)
        seen = now.replace(hour=0, minute=0, second=0, microsecond=0) if hidden else now
        letter, is_new = DeadLetter.objects.get_or_create(
            kind=_plain(item.kind)[:60],
            gate=_plain(item.gate)[:120],
            key=_plain(item.key)[:120],
            revision=item.revision,
            defaults={
                "event_id": _event_id(item),
                "title": _plain(_title(item))[:300],
                "body": json.loads(json.dumps(item.body).replace("\\u0000", "\\ufffd")),
                "at": None if hidden else item.at,
                "code": failed.code[:60],
                "reason": failed.reason,
                "created_at": seen,
                "tried_at": seen,
            },
        )
        if not is_new:
            DeadLetter.objects.filter(pk=letter.pk).update(
                code=failed.code[:60], reason=failed.reason, attempts=F("attempts") + 1, tried_at=seen
            )


def replay(letter: DeadLetter) -> Refused | None:
    """Applies it once more; it was accepted, so it counts even where its gate has closed since. The refusal, if it
    fails again, in which case it stays."""
    item = Item(letter.kind, letter.gate, letter.key, letter.revision, letter.body, letter.at or letter.created_at)
    failed = applying.apply([item])
    if failed:
        with transaction.atomic():
            set_aside(failed)
        return Refused(failed[0].code, failed[0].reason)
    letter.delete()
    if queue.backend_name() != "direct":
        try:
            gates.recount(item.kind, item.gate)
        except store.Failed:
            logger.warning("A replayed item is in the database; the live counters will follow when Redis is back.")
    owner_of(item.kind).changed([item.gate])
    return None


def discard(letter: DeadLetter) -> None:
    letter.delete()


def waiting() -> int:
    return DeadLetter.objects.count()


def _plain(text: str) -> str:
    """PostgreSQL takes no zero in a text, and what cannot be applied must at least be kept."""
    return text.replace("\0", "\ufffd")


def _title(item: Item) -> str:
    try:
        return owner_of(item.kind).title(item.gate)
    except (KeyError, ValueError):
        return item.gate


def _hides_time(item: Item) -> bool:
    try:
        return owner_of(item.kind).hides_time(item.gate)
    except (KeyError, ValueError):
        return False


def _event_id(item: Item) -> int | None:
    try:
        gate = owner_of(item.kind).gates([item.gate]).get(item.gate)
    except (KeyError, ValueError):
        return None
    return gate.event_id if gate else None
