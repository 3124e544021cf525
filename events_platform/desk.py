"""How the organisers' admin looks: django-unfold's settings."""

from typing import Any

from django.templatetags.static import static

THEME: dict[str, Any] = {
    "SITE_TITLE": "Plenary",
    "SITE_HEADER": "Plenary",
    "SITE_ICON": lambda request: static("ui/plenary.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("ui/plenary.svg")}],
    "STYLES": [lambda request: static("events/desk.css")],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": True,
    "BORDER_RADIUS": "8px",
    "COLORS": {
        "primary": {
            "50": "#eef7f8", "100": "#d8ecef", "200": "#b4dae0", "300": "#83c1cb", "400": "#69b3c0", "500": "#4da1af",
            "600": "#1b6877", "700": "#0b4f5c", "800": "#0a434e", "900": "#0a3841", "950": "#05242b",
        }
    },
}  # fmt: skip
