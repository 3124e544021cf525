"""Calling an address that somebody gave us, signed; how far a call may reach is `core.reaching`'s."""

import base64
import hashlib
import hmac
import socket
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from django.utils.translation import gettext_noop

from apps.core.reaching import ANY, FAILURES, LOOPBACK, PUBLIC, Forbidden, exchange

SECONDS = 15
MOST_READ = 2048
PREFIX = "whsec_"
MOST_RETRY_AFTER = 24 * 60 * 60
TOLERANCE = 5 * 60

__all__ = ["ANY", "LOOPBACK", "PUBLIC", "Answer", "call", "holds", "retry_after", "sign"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a call. `status` is None where there was no answer; then `error` says why."""

    status: int | None
    ms: int
    excerpt: str = ""
    error: str = ""
    retry_after: float | None = None


def sign(message_id: str, timestamp: int, body: str, secrets: list[str]) -> str:
    """`webhook-signature`: one for each secret that is valid, the newest first (Standard Webhooks, symmetric)."""
    return " ".join(f"v1,{_signature(message_id, str(timestamp), body.encode(), secret)}" for secret in secrets)


def holds(headers: dict[str, str], body: bytes, secrets: list[str], *, now: float) -> bool:
    """Whether one of the signatures is by one of the secrets, and not older than five minutes."""
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not stamp.isdecimal() or len(stamp) > 12 or abs(now - int(stamp)) > TOLERANCE:
        return False
    given = [one[3:] for one in headers.get("webhook-signature", "").split() if one.startswith("v1,")]
    wanted = [_signature(message_id, stamp, body, secret) for secret in secrets]
    return any(hmac.compare_digest(one.encode(), other.encode()) for one in given for other in wanted)


def _signature(message_id: str, stamp: str, body: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    said = f"{message_id}.{stamp}.".encode() + body
    return base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()


def call(url: str, *, body: str, headers: dict[str, str], reach: str = PUBLIC) -> Answer:
    """Posts a body. Raises nothing: what goes wrong is in the answer."""
    begun = time.monotonic()
    try:
        status, excerpt, retry_after = _post(url, body.encode(), headers, reach)
    except Forbidden as refused:
        return Answer(None, _ms(begun), error=str(refused))
    except FAILURES as error:
        return Answer(None, _ms(begun), error=_said(error)[:200])
    return Answer(status, _ms(begun), excerpt=excerpt, retry_after=retry_after)


def _post(url: str, body: bytes, headers: dict[str, str], reach: str) -> tuple[int, str, float | None]:
    reply = exchange(url, method="POST", body=body, headers=headers, most=MOST_READ, seconds=SECONDS, reach=reach)
    excerpt = reply.body.decode(errors="replace").replace("\x00", "")[:MOST_READ]
    return reply.status, excerpt, retry_after(reply.headers.get("Retry-After"))


def retry_after(value: str | None) -> float | None:
    """Seconds, from either way to write it; a day at most."""
    if not value:
        return None
    if value.strip().isdecimal() and len(value) < 10:
        return float(min(int(value), MOST_RETRY_AFTER))
    try:
        until = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max(0.0, (until - datetime.now(UTC)).total_seconds()), float(MOST_RETRY_AFTER))


def _said(error: BaseException) -> str:
    """In English, as it is kept: it is translated where it is shown."""
    if isinstance(error, socket.gaierror):
        return gettext_noop("The name of the address is not known.")
    if isinstance(error, TimeoutError) or "timed out" in str(error).lower():
        return gettext_noop("There was no answer in time.")
    return f"{type(error).__name__}: {error}"


def _ms(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
