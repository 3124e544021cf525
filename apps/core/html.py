"""Imported and written HTML, cleaned to what a text needs."""

import html
import re

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


def clean(text: str) -> str:
    """HTML with nothing in it but text markup and safe links."""
    return nh3.clean(text, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener nofollow").strip()


def to_text(text: str) -> str:
    """The words of a piece of HTML, a paragraph a line."""
    stripped = nh3.clean(_BREAKS.sub("\n", text), tags=set(), attributes={})
    lines = (_SPACE.sub(" ", html.unescape(line)).strip() for line in stripped.split("\n"))
    return "\n".join(line for line in lines if line)
