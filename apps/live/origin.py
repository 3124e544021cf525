"""Whether a handshake comes from a page of ours."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings


def is_ours(scope: dict[str, Any]) -> bool:
    """The page's origin is this very host, or one of those that may post forms here. Programs name one too.

    The ticket already proves who asks; this keeps other sites' pages from trying.
    """
    words = {name: value.decode("latin1") for name, value in scope["headers"] if name in (b"origin", b"host")}
    origin = urlsplit(words.get(b"origin", ""))
    if origin.scheme not in ("http", "https") or not origin.netloc:
        return False
    if origin.netloc == words.get(b"host") or origin.geturl() == settings.SITE_URL:
        return True
    return any(matches(origin.scheme, origin.netloc, trusted) for trusted in settings.CSRF_TRUSTED_ORIGINS)


def matches(scheme: str, netloc: str, trusted: str) -> bool:
    """Django's rule for CSRF_TRUSTED_ORIGINS: exact, or `https://*.example.org` for its subdomains."""
    wanted = urlsplit(trusted)
    if scheme != wanted.scheme:
        return False
    if wanted.netloc.startswith("*."):
        return netloc.endswith(wanted.netloc[1:])
    return netloc == wanted.netloc
