"""Drawings: the wall of an event or a booth, and the house with its seats."""

import math
from functools import lru_cache
from zlib import crc32

from django import template
from django.utils.safestring import SafeString, mark_safe

from apps.core import art

register = template.Library()

RINGS = ((36, 12), (56, 18), (75, 24), (94, 30))
"""Radius and number of seats of each arc of the house."""


@register.simple_tag
def wall_art(seed: object, box: str = "0 0 1600 640", align: str = "xMaxYMid slice", quiet: bool = False) -> SafeString:
    """The drawing on a wall; `quiet` leaves the newest course out, so that the accent keeps its meaning."""
    return _wall(str(seed), box, align, quiet)


@lru_cache(maxsize=512)
def _wall(seed: str, box: str, align: str, quiet: bool) -> SafeString:
    paths = art.courses(seed)
    name = f"r{crc32(seed.encode()):x}"  # a page may hold several walls, and ids are the page's
    defined, drawn = [], []
    for number, path in enumerate(paths):
        is_newest = number == len(paths) - 1
        shade = "is" if is_newest and not quiet else f"was w{number % 6}"
        defined.append(f'<path id="{name}-{number}" d="{path}"/>')
        drawn.append(f'<use href="#{name}-{number}" class="edge" stroke-width="{art.EDGE}"/>')
        drawn.append(f'<use href="#{name}-{number}" class="{shade}" stroke-width="{art.RIBBON}"/>')
    return mark_safe(
        f'<svg class="art" viewBox="{box}" preserveAspectRatio="{align}" aria-hidden="true">'
        f"<defs>{''.join(defined)}</defs>{''.join(drawn)}</svg>"
    )


@lru_cache(maxsize=1)
def seats() -> tuple[str, ...]:
    """Where the seats of the house are, from one side to the other, as drawing commands of dots."""
    found = []
    for radius, count in RINGS:
        for seat in range(count):
            angle = math.pi * seat / (count - 1)
            x, y = 100 - radius * math.cos(angle), 100 - radius * math.sin(angle)
            found.append((angle, f"M{x:.1f} {y:.1f}h0".replace(".0", "")))
    return tuple(command for _angle, command in sorted(found))


@register.simple_tag
def house(share: float) -> SafeString:
    """Seats in arcs, as many lit as the share (0 to 1) of people who are here."""
    every = seats()
    lit = min(len(every), max(1 if share > 0 else 0, round(len(every) * share)))
    return mark_safe(
        '<svg class="house-plan" viewBox="0 0 200 106" stroke-width="6" aria-hidden="true">'
        f'<path d="{"".join(every[:lit])}"/><path class="dim" d="{"".join(every[lit:])}"/></svg>'
    )
