"""Calls that may be sent again: the second with the same Idempotency-Key gets the answer of the first.

A call takes its place before it begins: one row, whose constraint lets one of two at the same moment go on. Place,
deed and answer are three transactions, so that what a service does when it commits happens as it always does. Where the
process dies in between, the place stays held for `LEASE`; a repetition is refused so long (409 with Retry-After), and
is done anew after that, since nobody can know how far the first came. So a deed is done once, but for a death in that
moment; services whose wishes carry an id of their own (chat, questions, votes) answer for themselves even then.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refused
from apps.core.models import KeptAnswer

KEPT = timedelta(hours=24)
LEASE = timedelta(minutes=2)
"""Longer than a web process gives a request."""
MOST_KEY, MOST_BODY, MOST_SWEPT = 200, 256 * 1024, 10_000
RETRY_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Held for a call that goes on; what it answers is kept there."""

    pk: int
    begun_at: Any


def take(*, user_id: int, token_id: int | None, key: str, call: str, body: Any) -> Place | KeptAnswer:
    """The place of this call (`call`: method and address), or the answer that it has got before. Raises Refused where
    another body came with this key, and where the first call still runs."""
    if not 0 < len(key) <= MOST_KEY:
        raise Refused(
            "idempotency.key",
            _("An Idempotency-Key has between 1 and %(most)s characters."),
            values={"most": MOST_KEY},
            status=400,
        )
    digest = _digest("\x00".join((str(user_id), str(token_id or ""), call, key)).encode())
    said, now = body_digest(body), clock.now()
    KeptAnswer.objects.filter(digest=digest, begun_at__lt=now - KEPT).delete()
    try:
        with transaction.atomic():
            made = KeptAnswer.objects.create(user_id=user_id, digest=digest, body_digest=said, begun_at=now)
        return Place(made.pk, now)
    except IntegrityError:
        found = KeptAnswer.objects.filter(digest=digest).first()
    if found is not None and found.body_digest != said:
        raise Refused(
            "idempotency.other_body", _("This key came with another content before. Take a new one."), status=422
        )
    if found is not None and found.status is not None:
        return found
    # The first is at work, or has just let go of its place, or died with it.
    given_up = KeptAnswer.objects.filter(digest=digest, status=None, begun_at__lt=now - LEASE)
    if found is not None and given_up.update(begun_at=now):
        return Place(found.pk, now)
    raise Refused(
        "idempotency.running",
        _("The first call with this key is not answered yet. Try again in a moment."),
        retry_after=RETRY_SECONDS,
    )


def keep(place: Place, *, status: int, content_type: str, location: str, body: bytes) -> None:
    """The answer, for a day. One that is longer than `MOST_BODY` is kept as a fact alone."""
    KeptAnswer.objects.filter(pk=place.pk, begun_at=place.begun_at).update(
        status=status,
        content_type=content_type[:100],
        location=location[:500],
        body=body if len(body) <= MOST_BODY else None,
    )


def let_go(place: Place) -> None:
    """Nothing came of it: the same key may be tried again."""
    KeptAnswer.objects.filter(pk=place.pk, begun_at=place.begun_at, status=None).delete()


def sweep() -> None:
    """Lets go of what is older than a day, so much at a time until nothing is left of it."""
    old = KeptAnswer.objects.filter(begun_at__lt=clock.now() - KEPT).order_by("begun_at").values_list("pk", flat=True)
    while chosen := list(old[:MOST_SWEPT]):
        KeptAnswer.objects.filter(pk__in=chosen).delete()


def body_digest(body: Any) -> str:
    """Of what was said, not of how it was written: forms have another boundary each time."""
    if isinstance(body, MultiValueDict):
        parts = [(name, [_part(value) for value in body.getlist(name)]) for name in sorted(body)]
        return _digest(json.dumps(parts).encode())
    try:
        return _digest(json.dumps(body, sort_keys=True, default=str).encode())
    except RecursionError as error:
        raise Refused("parse_error", _("This request cannot be read."), status=400) from error


def _part(value: Any) -> str:
    if not isinstance(value, UploadedFile):
        return f"text {value}"
    found = hashlib.sha256()
    for chunk in value.chunks():
        found.update(chunk)
    value.seek(0)
    return f"file {value.name} {found.hexdigest()}"


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
