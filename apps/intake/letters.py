"""Dead letters: set aside with their reason, and tried again or thrown away by an organiser."""

import hashlib
import json
import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F

from apps.core import clock
from apps.core.errors import Refused
from apps.intake import applying, gates, queue, store
from apps.intake.applying import Unapplied
from apps.intake.items import Item, owner_of
from apps.intake.models import DeadLetter

logger = logging.getLogger(__name__)

LONGEST_TEXT = 10_000


def set_aside(unapplied: Sequence[Unapplied]) -> None:
    """Each once, however often it comes."""
    now = clock.now()
    for failed in unapplied:
        try:
            with transaction.atomic():
                _keep(failed, now)
        except (OperationalError, InterfaceError):
            raise  # the database is away, which is nobody's fault
        except Exception as error:
            logger.error("What could not be applied can be kept only as it stands: %s", type(error).__name__)
            _keep_as_it_stands(failed, now)


def _keep(failed: Unapplied, now: datetime) -> None:
    item = failed.item
    hidden = _hides_time(item)
    seen = _day(now) if hidden else now
    letter, is_new = DeadLetter.objects.get_or_create(
        kind=_plain(item.kind)[:60],
        gate=_plain(item.gate)[:120],
        key=_plain(item.key)[:120],
        revision=item.revision,
        defaults={
            "event_id": _event_id(item),
            "title": _plain(_title(item))[:300],
            "body": json.loads(_plain(json.dumps(item.body, ensure_ascii=False)).replace("\\u0000", "\\ufffd")),
            "at": None if hidden else item.at,
            "code": failed.code[:60],
            "reason": _plain(failed.reason)[:300],
            "created_at": seen,
            "tried_at": seen,
        },
    )
    if not is_new:
        DeadLetter.objects.filter(pk=letter.pk).update(
            code=failed.code[:60], reason=_plain(failed.reason)[:300], attempts=F("attempts") + 1, tried_at=seen
        )


def _keep_as_it_stands(failed: Unapplied, now: datetime) -> None:
    """What fits into no column of its own, as a text that any database takes. Whose it is and when it came is not
    known, so it tells neither."""
    item = failed.item
    text = ascii((item.kind, item.gate, item.key, item.revision, item.body))
    DeadLetter.objects.get_or_create(
        kind="unreadable",
        gate="",
        key=hashlib.sha256(text.encode()).hexdigest()[:32],
        revision=0,
        defaults={
            "body": {"text": text[:LONGEST_TEXT]},
            "code": failed.code[:60],
            "reason": ascii(failed.reason)[:300],
            "created_at": _day(now),
            "tried_at": _day(now),
        },
    )


def _day(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


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
    """PostgreSQL takes no zero in a text and no half of a character; what cannot be applied must at least be kept."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


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
