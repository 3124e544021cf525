"""Places in a recording, as pages show them."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def seconds(at: float) -> str:
    """For scripts: the same in every language."""
    return f"{at:.1f}"


def clock_words(at: float) -> str:
    """1:02:03, or 2:03 within the first hour."""
    hours, rest = divmod(int(at), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


@register.simple_tag
def film_time(at: float) -> SafeString:
    """A place in the film beside it. With a script it is a button that leads there."""
    words = clock_words(at)
    label = _("Play from %(time)s") % {"time": words}
    return format_html(
        '<button type="button" class="film-time num" data-seek="{}" aria-label="{}" disabled>{}</button>',
        seconds(at), label, words,
    )  # fmt: skip
