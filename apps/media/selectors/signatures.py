"""Signatures in the addresses of live playlists: who may watch is asked once, at the master, and not at each of the
reloads of very many readers."""

import base64
import re

from django.utils.crypto import constant_time_compare, salted_hmac

from apps.core import clock
from apps.media.registry import WINDOW_SECONDS

SALT = "media.live"
UNTIL = re.compile(r"[0-9]{1,12}")


def signature_of(said: str) -> str:
    """The same for all readers for a window, so that they have one address; it lives up to twice as long."""
    until = (int(clock.now().timestamp()) // WINDOW_SECONDS + 2) * WINDOW_SECONDS
    return f"{until}.{_mac(said, until)}"


def _mac(said: str, until: int) -> str:
    mac = salted_hmac(SALT, f"{said} {until}", algorithm="sha256")
    return base64.urlsafe_b64encode(mac.digest()[:18]).decode()


def is_signed(signature: str, said: str) -> bool:
    until, _, mac = signature.partition(".")
    if not UNTIL.fullmatch(until) or not constant_time_compare(mac, _mac(said, int(until))):
        return False
    return int(until) >= clock.now().timestamp()
