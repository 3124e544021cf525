"""Looks a domain's TXT records up, by which an organisation shows that the domain is its own."""

import dns.exception
import dns.resolver

SECONDS = 6
MOST_RECORDS = 50


def resolver() -> dns.resolver.Resolver:
    """The machine's own; a test puts one of its own in its place."""
    return dns.resolver.Resolver()


def texts(name: str) -> list[str]:
    """What the TXT records of a name say; nothing where there are none, or nobody answers in time."""
    return find(name) or []


def find(name: str) -> list[str] | None:
    """The same; None where nobody says whether there are any."""
    try:
        answer = resolver().resolve(name, "TXT", lifetime=SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError):
        return None
    return [b"".join(record.strings).decode(errors="replace") for record in list(answer)[:MOST_RECORDS]]
