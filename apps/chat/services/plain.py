"""What is stored of what people write."""

import re

from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused

MOST_CHARS = 2000
# Control characters, overrides of the reading direction (which would reach into others' lines), lone surrogates.
UNSAID = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str, *, may_be_empty: bool = False) -> str:
    """No control characters, no blank edges. Refused where nothing is left, or too much."""
    words = line(text)
    if not words and not may_be_empty:
        raise Refused("chat.empty", _("Write something first."), field="text", status=400)
    if len(words) > MOST_CHARS:
        raise Refused(
            "chat.too_long",
            _("A message has at most %(most)s characters; yours has %(count)s. Shorten it, or send it in parts."),
            values={"most": MOST_CHARS, "count": len(words)},
            field="text",
            status=400,
        )
    return words


def line(text: str) -> str:
    return UNSAID.sub("", text.replace("\r\n", "\n")).strip()
