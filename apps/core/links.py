"""Web addresses in what people write become links; nothing else does. `static/ui/links.js` does the same."""

import re

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

ADDRESS = re.compile(r"https?://[^\s<>\"'`]+", re.IGNORECASE)
TRAILING = ".,;:!?…»”’"
PAIRS = {")": "(", "]": "[", "}": "{"}


def parts(text: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is a web address."""
    found: list[tuple[str, bool]] = []
    at = 0
    for match in ADDRESS.finditer(text):
        address = _trimmed(match.group())
        if len(address) <= len("https://"):
            continue
        if match.start() > at:
            found.append((text[at : match.start()], False))
        found.append((address, True))
        at = match.start() + len(address)
    if at < len(text):
        found.append((text[at:], False))
    return found


def _trimmed(address: str) -> str:
    """Without the sentence's own full stop, or a bracket that was opened before the address."""
    while address:
        last = address[-1]
        if last in TRAILING or (last in PAIRS and address.count(last) > address.count(PAIRS[last])):
            address = address[:-1]
        else:
            break
    return address


def linked(text: str) -> SafeString:
    """The text as HTML: escaped, with its addresses as links."""
    return format_html_join("", "{}", ((_part(words, is_address),) for words, is_address in parts(text)))


def _part(words: str, is_address: bool) -> SafeString:
    if not is_address:
        return format_html("{}", words)
    return format_html('<a href="{0}" target="_blank" rel="noopener nofollow ugc">{0}</a>', words)
