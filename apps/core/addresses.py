"""The network address that a request or a socket comes from: read here alone, for rates, logs and bounds."""

import ipaddress

from django.conf import settings

HERE = "127.0.0.1"
"""Who comes by a unix socket has no address: it is this machine."""
HOUSEHOLD = 64
"""The bits of an IPv6 address that name a subscriber; the rest they choose themselves, as often as they like."""


def client(forwarded: str, peer: str) -> str:
    """The visitor's address, from X-Forwarded-For and the address that the connection comes from.

    Each of our proxies adds whom it heard at the end, and callers may write before that what they like. So the last
    TRUSTED_PROXIES entries are believed, and the first of these is the visitor. Where there are fewer, the visitor did
    not come by all of them: then it is the first that there is.
    """
    named = [part.strip() for part in forwarded.split(",") if part.strip()] if settings.TRUSTED_PROXIES else []
    believed = named[-settings.TRUSTED_PROXIES :] if named else []
    return next((found for found in map(_read, (*believed[:1], peer)) if found), HERE)


def place(address: str) -> str:
    """What is counted together: an IPv4 address, or all of IPv6 that one subscriber has."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv4Address):
        return address
    return str(ipaddress.ip_network((found, HOUSEHOLD), strict=False))


def _read(written: str) -> str:
    """The address alone, as it is always written; some balancers add a port."""
    if written.startswith("["):
        written = written[1:].partition("]")[0]
    elif written.count(":") == 1:
        written = written.partition(":")[0]
    try:
        found = ipaddress.ip_address(written.partition("%")[0])
    except ValueError:
        return ""
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)
