"""Single values as schedule files write them: texts, HTML, addresses, times, lengths."""

import html
import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from urllib.parse import quote, urljoin, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apps.core.html import clean

# What XML 1.0 cannot carry, and PostgreSQL and screens do not want.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_SPACE = re.compile(r"\s+")
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:[a-zA-Z]+|#[0-9]+|#[xX][0-9a-fA-F]+);")
_BLANK_LINE = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_LENGTH = re.compile(r"(\d{1,4}):([0-5]\d)(?::([0-5]?\d))?")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")
# RFC 3986, so that the strictest reader of an export takes it.
_URI = re.compile(
    r"https?://[A-Za-z0-9\-._~%!$&'()*+,;=:@\[\]]+(/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*)?"
    r"(\?(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*)?"
    r"(#(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*)?"
)
FIRST_YEAR, LAST_YEAR = 1971, 2198
"""So that whatever begins in them also ends within reach (`core.moments`)."""


def readable(text: str) -> str:
    """The text without characters that no page can show, its line ends all alike."""
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def line(text: str) -> str:
    """One line of plain text."""
    return _SPACE.sub(" ", readable(text)).strip()


def rich(text: str) -> str:
    """Clean HTML; a plain text becomes paragraphs. Cleaning its own result again changes nothing."""
    result = readable(text).strip()
    # Parsing what a parser wrote may differ once more (a line feed at the start of <pre>): go on till it rests.
    for _ in range(6):
        before = result
        result = readable(clean(result if _MARKUP.search(result) else _paragraphs(result))).strip()
        if result == before:
            break
    return result


def _paragraphs(text: str) -> str:
    parts = (part.strip() for part in _BLANK_LINE.split(text))
    return "\n".join(
        f"<p>{'<br>'.join(html.escape(row.strip(), quote=False) for row in part.splitlines())}</p>"
        for part in parts
        if part
    )


def address(text: str, base: str = "") -> str:
    """An absolute http(s) address, or "" where the text is none."""
    text = readable(text).strip()
    if not text:
        return ""
    try:
        whole = urljoin(base, text) if base else text
        parts = urlsplit(whole)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname or not port_is_fine:
        return ""
    # What no address may hold is written as browsers send it; all else stays as it was.
    return quote(whole, safe="!#$%&'()*+,/:;=?@[]~")


def strict(url: str) -> str:
    """The address where it is a valid URI of RFC 3986, else ""."""
    return url if _URI.fullmatch(url) else ""


def moment(text: str, zone: tzinfo) -> tuple[datetime, bool] | None:
    """An ISO date and time, and whether it carried its own offset; None where it is none."""
    try:
        value = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if "T" not in text and " " not in text.strip():
        return None
    offset = value.tzinfo is not None
    try:
        value = (value if offset else value.replace(tzinfo=zone)).astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        return None
    return (value, offset) if FIRST_YEAR <= value.year <= LAST_YEAR else None


def day(text: str) -> date | None:
    """The date of an ISO date, or of an ISO date and time."""
    try:
        value = datetime.fromisoformat(text.strip()).date()
    except ValueError:
        return None
    return value if FIRST_YEAR <= value.year <= LAST_YEAR else None


def clock(text: str) -> time | None:
    """A time of day, HH:MM or HH:MM:SS."""
    found = _CLOCK.fullmatch(text.strip())
    return time(int(found[1]), int(found[2]), int(found[3] or 0)) if found else None


def length(text: str) -> timedelta | None:
    """A duration, HH:MM or HH:MM:SS; None where it is none, or zero."""
    found = _LENGTH.fullmatch(text.strip())
    if not found:
        return None
    return timedelta(hours=int(found[1]), minutes=int(found[2]), seconds=int(found[3] or 0)) or None


def zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name and name.isascii() else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
