"""Imported and written HTML, cleaned to what a text needs."""

import html
import re
from collections import Counter

import nh3

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "dl", "dt", "em", "h2", "h3", "h4", "h5", "hr",
    "i", "li", "ol", "p", "pre", "q", "s", "small", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead",
    "tr", "u", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "abbr": {"title"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
SCHEMES = {"http", "https", "mailto"}

_SPACE = re.compile(r"[ \t\r\f\v]+")
_BREAKS = re.compile(r"</(p|li|h[2-5]|dd|dt|tr|blockquote|pre)>|<br\s*/?>", re.IGNORECASE)

# Possessive: what is no tag to its end is not tried again from each of its letters.
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)[^>]*+>")
# These cannot stand inside themselves, however often they are opened.
_FLAT = frozenset({"area", "br", "dd", "dt", "hr", "img", "input", "li", "p", "td", "th", "tr", "wbr"})
DEEPEST, MOST_TAGS = 64, 5000


def clean(text: str) -> str:
    """HTML with nothing in it but text markup and safe links."""
    text = _shallow(text)
    return nh3.clean(text, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener nofollow").strip()


def _shallow(text: str) -> str:
    """The same without the tags that nest deeper than any text does: a parser takes the square of the depth.

    What only looks like a closing tag, in an attribute, makes the depth seem smaller; hence the number has its end too.
    """
    opened: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    depth = number = 0

    def keep(tag: re.Match[str]) -> str:
        nonlocal depth, number
        name = tag[2].lower()
        if name in _FLAT:
            return tag[0]
        if not tag[1]:
            number += 1
            if depth >= DEEPEST or number > MOST_TAGS:
                dropped[name] += 1
                return ""
            opened[name] += 1
            depth += 1
        elif dropped[name]:
            dropped[name] -= 1
            return ""
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
        return tag[0]

    # Behind the last ">" no tag ends, and each "<" would be followed to the end of the text.
    end = text.rfind(">") + 1
    return _TAG.sub(keep, text[:end]) + text[end:]


def to_text(text: str) -> str:
    """The words of a piece of HTML, a paragraph a line."""
    stripped = nh3.clean(_BREAKS.sub("\n", _shallow(text)), tags=set(), attributes={})
    lines = (_SPACE.sub(" ", html.unescape(line)).strip() for line in stripped.split("\n"))
    return "\n".join(line for line in lines if line)
