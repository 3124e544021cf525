"""An address as a code for a phone's camera, drawn into the page."""

from functools import lru_cache
from io import BytesIO

import segno
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
REMEMBERED = 256


@register.simple_tag
def qr(address: str, words: str) -> SafeString:
    """Dark on light in any mood, since cameras want it so; `words` say where it leads. Its size comes from CSS."""
    return format_html('<span class="qr" role="img" aria-label="{}">{}</span>', words, _drawn(address))


QR_KINDS = {"svg": "image/svg+xml", "png": "image/png"}


def qr_file(address: str, *, form: str) -> bytes:
    """The code as a file to print: large, with the quiet border that cameras want around it."""
    file = BytesIO()
    segno.make(address, error="q", micro=False).save(file, kind=form, scale=12, border=4, dark="#000", light="#fff")
    return file.getvalue()


@lru_cache(maxsize=REMEMBERED)
def _drawn(address: str) -> SafeString:
    code = segno.make(address, error="m", micro=False, boost_error=False)
    # Of letters of ours alone: coordinates.
    return mark_safe(code.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None, light="#fff"))
