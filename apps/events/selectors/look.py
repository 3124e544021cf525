"""How an event's colours are used: what pages make of those that were chosen, and why, in words."""

from typing import TypedDict

from django.utils.translation import gettext as _

from apps.core import colour

WHITE = "#ffffff"


class Remark(TypedDict):
    field: str
    is_changed: bool
    used: str
    """The colour that pages show."""
    words: str


class Look(TypedDict):
    colours: dict[str, str]
    """The tokens of the event's stylesheet, without their dashes."""
    remarks: list[Remark]


def look_of(brand: str, accent: str) -> Look:
    """Both colours written #rrggbb; raises ValueError where one is not."""
    colours = colour.palette(brand, accent)
    return {"colours": colours, "remarks": [_of_brand(brand, colours), _of_accent(accent, colours)]}


def read_colour(text: str, otherwise: str) -> str:
    """What somebody chose, or the other where it is no colour."""
    return text.lower() if colour.is_colour(text.lower()) else otherwise


def _of_brand(brand: str, colours: dict[str, str]) -> Remark:
    used, ratio = colours["brand"], _ratio(colour.contrast(brand, WHITE))
    if used == brand:
        words = _("Reads well: %(ratio)s against white.") % {"ratio": ratio}
    else:
        words = _(
            "Too light to read on a white page: %(ratio)s, and it takes %(least)s. Where text stands in it or on it, it"
            " is used as %(used)s."
        ) % {"ratio": ratio, "least": _ratio(colour.LEAST_BRAND_CONTRAST), "used": _as_written(used)}
    return {"field": "brand", "is_changed": used != brand, "used": used, "words": words}


def _of_accent(accent: str, colours: dict[str, str]) -> Remark:
    used, ink = colours["accent"], colours["on-accent"]
    ratio = _ratio(colour.contrast(used, ink))
    if used != accent:
        words = _("No text can be read on it. It is used as %(used)s, with which text reaches %(ratio)s.") % {
            "used": _as_written(used),
            "ratio": ratio,
        }
    elif colour.contrast(ink, WHITE) > colour.contrast(ink, "#000000"):
        words = _("Too light for white text, so text on it is dark: %(ratio)s.") % {"ratio": ratio}
    else:
        words = _("Text on it is light: %(ratio)s.") % {"ratio": ratio}
    return {"field": "accent", "is_changed": used != accent, "used": used, "words": words}


def _ratio(contrast: float) -> str:
    """Cut, not rounded: 4.49 does not pass."""
    return _as_written(f"{int(contrast * 10) / 10:g} : 1")


def _as_written(text: str) -> str:
    """From left to right, also inside a sentence that goes the other way."""
    return f"\u2066{text}\u2069"
