"""Moments of a film, and what was found in it, as pages write them."""

import json

from django import template
from django.utils.translation import ngettext

from apps.core import plurals

register = template.Library()


@register.filter
def clock(ms: int) -> str:
    """1:02:03"""
    seconds = ms // 1000
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


@register.filter
def seconds(ms: int) -> int:
    return ms // 1000


@register.simple_tag
def found_forms() -> str:
    """For a script that searches in the page: how many places, in each form."""
    return json.dumps(plurals.forms(lambda n: ngettext("Said in %(count)s place", "Said in %(count)s places", n)))
