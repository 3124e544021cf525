"""Colours of an event, written out for mails, which know no stylesheet of ours."""

from django import template

from apps.core import colour
from apps.events.models import Event

register = template.Library()

PLENARY = "#0b4f5c"
ACCENT = "#f07030"


@register.simple_tag
def mail_colours(event: Event | None) -> dict[str, str]:
    """wall, on_wall, ground: in light; wall_dark, button_dark: where the reader's mail program is dark."""
    chosen = colour.palette(event.brand if event else PLENARY, event.accent if event else ACCENT)
    brand = chosen["brand"]
    return {
        "wall": brand,
        "on_wall": chosen["on-brand"],
        "ground": colour.mix(brand, "#ffffff", 0.93),
        "wall_dark": colour.mix(brand, "#000000", 0.35),
        "button_dark": colour.mix(brand, "#ffffff", 0.62),
    }
