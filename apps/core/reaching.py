"""Calling an address that somebody gave us: at a public network address alone, and never for long.

The name is looked up here, each address that it has must be public, and the connection goes to the one that was looked
at: a name that leads elsewhere a moment later leads nowhere. Redirects are not followed.
"""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_noop
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

NAT64 = ipaddress.ip_network("64:ff9b::/96")
OWN_NAT64 = ipaddress.ip_network("64:ff9b:1::/48")
"""Each network's own (RFC 8215), wherever that leads."""
PUBLIC, LOOPBACK, ANY = "public", "loopback", "any"
"""How far a call may reach: what is everybody's; this machine too; or, for addresses of our own, wherever it leads."""
FAILURES = (HTTPError, OSError, ValueError, ssl.SSLError)
"""What `exchange` raises where there is no answer, beside Forbidden."""


@dataclass(frozen=True, slots=True)
class Reply:
    """`body` is its beginning, as it came; `is_whole` says whether that was all of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_whole: bool


class Forbidden(Exception):
    """The address leads to a network that is not everybody's."""


def exchange(
    url: str,
    *,
    method: str,
    headers: Mapping[str, str],
    most: int,
    seconds: float,
    body: bytes = b"",
    reach: str = PUBLIC,
) -> Reply:
    """One request, and at most `most` bytes of its answer, within so many seconds. Raises Forbidden or a FAILURE."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = address_of(host, port, reach=reach)
    connection: HTTPConnection
    if parts.scheme == "https":
        # The certificate must be the name's, though we connect to the number.
        connection = HTTPSConnection(
            address, port, timeout=seconds, server_hostname=host, assert_hostname=host, cert_reqs=ssl.CERT_REQUIRED
        )
    else:
        connection = HTTPConnection(address, port, timeout=seconds)
    # The timeout is that of each read; who trickles ends with the watchdog.
    late = threading.Event()
    watchdog = threading.Timer(seconds, _hang_up, [connection, late])
    watchdog.daemon = True
    watchdog.start()
    try:
        path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        length = {"Content-Length": str(len(body))} if body or method == "POST" else {}
        said = {"Host": parts.netloc.rpartition("@")[2], **length, "Connection": "close", **headers}
        connection.request(method, path, body=body or None, headers=said, preload_content=False, decode_content=False)
        response = connection.getresponse()
        if late.is_set():  # what was cut off may look like an answer
            raise TimeoutError
        read, is_whole = _beginning(response, most)
        return Reply(response.status, response.headers, read, is_whole and not late.is_set())
    except (HTTPError, OSError) as error:
        if late.is_set():
            raise TimeoutError from error
        raise
    finally:
        watchdog.cancel()
        connection.close()


def _beginning(response: BaseHTTPResponse, most: int) -> tuple[bytes, bool]:
    """Where the body breaks off, the status says enough to whoever needs no more."""
    try:
        read = response.read(most + 1, decode_content=False)
    except (HTTPError, OSError):
        return b"", False
    return read[:most], len(read) <= most


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
            raise Forbidden(gettext_noop("The address leads to a network that we do not call."))
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
