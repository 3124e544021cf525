"""Mails that somebody may do without: which kinds there are, and the address in each that ends them.

Higher rooms name their kinds here. A mail of such a kind carries the address in its foot and in its head (RFC 8058: a
mail program's own button posts there); it opens nothing but this one choice, so it needs nobody to be signed in and
does not expire.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.functional import Promise

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.events.models import Event
    from apps.notifications.models import OwedMail

SALT = "notifications.silence"
KINDS: dict[str, Promise] = {}
"""What each kind is called, as the end of "mails about …"."""
Writer = Callable[["OwedMail", "Event", "User"], None]
LETTERS: dict[str, Writer] = {}
"""Who writes a mail of which kind when it is sent: of its event, to its person, from its facts, by `mails.fill`."""


def name(kind: str, words: Promise) -> None:
    KINDS[kind] = words


def letter(*kinds: str) -> Callable[[Writer], Writer]:
    def add(writer: Writer) -> Writer:
        LETTERS.update(dict.fromkeys(kinds, writer))
        return writer

    return add


def address(user_id: int, kind: str) -> str:
    """Where a person stops this kind of mail: the same address in every mail of it, and it never ends."""
    token = signing.Signer(salt=SALT).sign_object([user_id, kind])
    return settings.SITE_URL + reverse("notifications:silence", args=[token])


def read(token: str) -> tuple[int, str] | None:
    """(person, kind) of an address; None where it is none of ours."""
    try:
        user_id, kind = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (int(user_id), str(kind)) if kind in KINDS else None


def headers(user_id: int | None, kind: str) -> dict[str, str]:
    if user_id is None or kind not in KINDS:
        return {}
    return {
        "List-Unsubscribe": f"<{address(user_id, kind)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
