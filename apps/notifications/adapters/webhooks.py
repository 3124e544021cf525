"""Calling an address that somebody gave us: signed, to a public network address alone, and never for long.

The name is looked up here, each address that it has must be public, and the connection goes to the one that was looked
at: a name that leads elsewhere a moment later leads nowhere. Redirects are not followed.
"""

import base64
import hashlib
import hmac
import ipaddress
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

SECONDS = 15
MOST_READ = 2048
PREFIX = "whsec_"
NAT64 = ipaddress.ip_network("64:ff9b::/96")
OWN_NAT64 = ipaddress.ip_network("64:ff9b:1::/48")
"""Each network's own (RFC 8215), wherever that leads."""
MOST_RETRY_AFTER = 24 * 60 * 60
TOLERANCE = 5 * 60
PUBLIC, LOOPBACK, ANY = "public", "loopback", "any"
"""How far a call may reach: what is everybody's; this machine too; or, for addresses of our own, wherever it leads."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a call. `status` is None where there was no answer; then `error` says why."""

    status: int | None
    ms: int
    excerpt: str = ""
    error: str = ""
    retry_after: float | None = None


class Forbidden(Exception):
    """The address leads to a network that is not everybody's."""


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
    except (HTTPError, OSError, ValueError, ssl.SSLError) as error:
        return Answer(None, _ms(begun), error=_said(error)[:200])
    return Answer(status, _ms(begun), excerpt=excerpt, retry_after=retry_after)


def _post(url: str, body: bytes, headers: dict[str, str], reach: str) -> tuple[int, str, float | None]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = address_of(host, port, reach=reach)
    connection: HTTPConnection
    if parts.scheme == "https":
        # The certificate must be the name's, though we connect to the number.
        connection = HTTPSConnection(
            address, port, timeout=SECONDS, server_hostname=host, assert_hostname=host, cert_reqs=ssl.CERT_REQUIRED
        )
    else:
        connection = HTTPConnection(address, port, timeout=SECONDS)
    # The timeout is that of each read; who trickles ends with the watchdog.
    late = threading.Event()
    watchdog = threading.Timer(SECONDS, _hang_up, [connection, late])
    watchdog.daemon = True
    watchdog.start()
    try:
        path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        said = {"Host": parts.netloc, "Content-Length": str(len(body)), "Connection": "close", **headers}
        connection.request("POST", path, body=body, headers=said, preload_content=False, decode_content=False)
        response = connection.getresponse()
        if late.is_set():  # what was cut off may look like an answer
            raise TimeoutError
        return response.status, _excerpt(response), retry_after(response.headers.get("Retry-After"))
    except (HTTPError, OSError) as error:
        if late.is_set():
            raise TimeoutError from error
        raise
    finally:
        watchdog.cancel()
        connection.close()


def _excerpt(response: BaseHTTPResponse) -> str:
    """The beginning of what it said; where that breaks off, the status says enough."""
    try:
        read = response.read(MOST_READ, decode_content=False)
    except (HTTPError, OSError):
        return ""
    return read.decode(errors="replace").replace("\x00", "")[:MOST_READ]


def _hang_up(connection: Any, late: threading.Event) -> None:
    late.set()
    sock = connection.sock
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:  # gone already
            return


def address_of(host: str, port: int, *, reach: str = PUBLIC) -> str:
    """The first address of a name, where every one of them may be called. Raises Forbidden where one may not."""
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for address in found:
        number = ipaddress.ip_address(address.partition("%")[0])
        if not (reach == ANY or is_public(number) or (reach == LOOPBACK and number.is_loopback)):
            raise Forbidden("The address leads to a network that we do not call.")
    return found[0]


def is_public(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """What is written inside an IPv6 address of a transition must be public, too."""
    if isinstance(number, ipaddress.IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour or (number.teredo or (None, None))[1]
        if number in NAT64:
            inner = ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if number.is_site_local or number in OWN_NAT64:
            return False
    return number.is_global and not number.is_multicast and not number.is_reserved and not number.is_unspecified


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
    if isinstance(error, socket.gaierror):
        return "The name of the address is not known."
    if isinstance(error, TimeoutError) or "timed out" in str(error).lower():
        return f"No answer within {SECONDS} seconds."
    return f"{type(error).__name__}: {error}"


def _ms(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
