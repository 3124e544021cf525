"""How the organisers' admin looks: django-unfold's settings."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy


def _(words: str) -> str:
    """Marks them for the catalogues. Django's `gettext_noop` reads the settings, which import us."""
    return words


THEME: dict[str, Any] = {
    "SITE_TITLE": "Plenary",
    "SITE_HEADER": "Plenary",
    "SITE_ICON": lambda request: static("ui/plenary.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("ui/plenary.svg")}],
    "STYLES": [
        lambda request: static("events/desk-frame.css"),
        lambda request: static("events/desk.css"),
        lambda request: static("events/desk-steps.css"),
        lambda request: static("events/desk-work.css"),
        lambda request: static("events/desk-rtl.css"),
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": True,
    "ACCOUNT": {
        "navigation": [{"title": gettext_lazy("Where you are signed in"), "link": reverse_lazy("accounts:devices")}]
    },
    "BORDER_RADIUS": "8px",
    "COLORS": {
        "primary": {
            "50": "#eef7f8", "100": "#d8ecef", "200": "#b4dae0", "300": "#83c1cb", "400": "#69b3c0", "500": "#4da1af",
            "600": "#1b6877", "700": "#0b4f5c", "800": "#0a434e", "900": "#0a3841", "950": "#05242b",
        }
    },
}  # fmt: skip

WORDS_OF_THE_THEME = (
    _("Apply Filters"), _("Choose file to upload"), _("Click to cancel"), _("Click to download"), _("Dark"), _("Date"),
    _("Date from"), _("Date to"), _("Expand row"), _("General"), _("Go back"), _("Image preview"), _("Light"),
    _("More actions"), _("No results matching your query"), _("Record picture"), _("Select action"),
    _("Select action to run"), _("Select all rows"), _("Select record"), _("Select value"), _("System"),
    _("This item will be deleted."), _("Type to search"), _("Value"),
)  # fmt: skip
"""The theme brings no translations of its own: these stand in our catalogues."""
