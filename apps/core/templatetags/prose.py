"""Long texts of organisers: what an import brought as HTML, and what was typed as plain paragraphs."""

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from apps.core import html, links

register = template.Library()

MARKUP = re.compile(r"<(p|br|ul|ol|li|a|em|strong|b|i|h[2-5]|blockquote|pre|code|table|div)\b", re.IGNORECASE)
PARAGRAPHS = re.compile(r"\n\s*\n")


@register.filter
def prose(text: object) -> SafeString:
    """Safe HTML in paragraphs. Markup is cleaned again here: whatever way it came in, nothing else goes out."""
    words = str(text or "").strip()
    if MARKUP.search(words):
        return mark_safe(html.clean(words))
    return format_html_join("", "<p>{}</p>", ((_lines(part),) for part in PARAGRAPHS.split(words) if part.strip()))


def _lines(part: str) -> SafeString:
    return format_html_join(mark_safe("<br>"), "{}", ((links.linked(line),) for line in part.strip().split("\n")))


@register.filter
def opening(text: object) -> SafeString:
    """The first paragraph, without markup: for a line that stands for the whole."""
    words = html.to_text(str(text or ""))
    return format_html("{}", words.split("\n")[0])
