"""Colours that organisers choose, corrected so that what is written on them can be read."""

import hashlib
import re

LEAST_CONTRAST = 4.5
"""WCAG 2.2 AA for text."""
LEAST_BRAND_CONTRAST = 7.0
"""A brand colour carries headings, buttons and walls on a light page, so it has to be well apart from white."""
LEAST_GRAPHIC_CONTRAST = 3.0
"""WCAG 2.2 AA for what is not text: dots, bars and edges."""
DIM_PAGE = "#f2f4f4"
"""The darkest of our light grounds on which the accent marks what is happening now."""
_HEX = re.compile(r"#[0-9a-f]{6}")
_STEPS = 40


def is_colour(text: str) -> bool:
    """Whether it is written #rrggbb, in small letters."""
    return _HEX.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two #rrggbb colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(colour: str) -> str:
    """The text colour that reads best on this one: near white or near black, in a trace of its own hue."""
    light, dark = mix(colour, "#ffffff", 0.97), mix(colour, "#000000", 0.86)
    return light if contrast(colour, light) >= contrast(colour, dark) else dark


def darkened(colour: str, *, against: str = "#ffffff", least: float = LEAST_BRAND_CONTRAST) -> str:
    """The colour itself where it stands out enough, else the nearest darker one that does."""
    for step in range(_STEPS + 1):
        candidate = mix(colour, "#000000", step / _STEPS)
        if contrast(candidate, against) >= least:
            return candidate
    return "#000000"


def mix(one: str, other: str, share: float) -> str:
    """`share` of the other colour in the first, in sRGB."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def palette(brand: str, accent: str) -> dict[str, str]:
    """The colours that an event's stylesheet sets, corrected where the chosen ones could not be read. `now-day` is the
    accent where it marks what is happening, on a light page; in the dark it stands out by itself."""
    corrected = darkened(brand)
    ink = ink_on(accent)
    while contrast(accent, ink) < LEAST_CONTRAST:
        accent = mix(accent, "#ffffff", 0.08)
        ink = ink_on(accent)
    now = darkened(accent, against=DIM_PAGE, least=LEAST_GRAPHIC_CONTRAST)
    while contrast(now, ink_on(now)) < LEAST_CONTRAST:
        now = mix(now, "#000000", 0.08)
    return {
        "brand": corrected,
        "on-brand": ink_on(corrected),
        "accent": accent,
        "on-accent": ink,
        "now-day": now,
        "on-now-day": ink_on(now),
    }


def stylesheet(brand: str, accent: str) -> str:
    """The small stylesheet of one brand; everything else derives from it (see static/ui/tokens.css)."""
    lines = "".join(f"  --{name}: {value};\n" for name, value in palette(brand, accent).items())
    return f"@layer tokens {{\n:root {{\n{lines}}}\n}}\n"


def place_stylesheet(brand: str, accent: str) -> str:
    """The same for one place inside an event (a booth), whose colour is kept as bright as it was chosen.

    It carries walls and buttons with their own ink, never text on the page, so only that ink must be readable.
    """
    while contrast(brand, ink_on(brand)) < LEAST_CONTRAST:
        brand = mix(brand, "#000000", 0.08)
    colours = palette(brand, accent) | {"brand": brand, "on-brand": ink_on(brand)}
    lines = "".join(f"  --{name}: {value};\n" for name, value in colours.items())
    return f"@layer tokens {{\n[data-brand] {{\n{lines}}}\n}}\n"


def digest(brand: str, accent: str) -> str:
    """Names the content of the stylesheet, so that its address may be cached for ever."""
    return hashlib.sha256(stylesheet(brand, accent).encode()).hexdigest()[:12]


def _channels(colour: str) -> tuple[int, int, int]:
    if not _HEX.fullmatch(colour):
        raise ValueError(f"{colour!r} is not written #rrggbb.")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
