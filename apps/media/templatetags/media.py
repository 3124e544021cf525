"""Moments of a film as pages write them."""

from django import template

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
