"""What a photograph is of: where the page is, who looks at it, and how wide and how dark."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

DEMO = "freshet"
PEOPLE = {
    "organiser": "organiser@freshet.example",
    "moderator": "moderator@freshet.example",
    "speaker": "oduya.barasa@freshet.example",
    "exhibitor": "bea.ostrander@freshet.example",
    "attendee": "nadia.okello@freshet.example",
    "newcomer": "mei.tanaka.ruiz@freshet.example",
}
"""The newcomer has no password yet; the others have the demo's."""
SIZES = {1440: 900, 390: 844}
SCHEMES = ("light", "dark")
EVERY_VIEW = tuple((width, scheme) for scheme in SCHEMES for width in SIZES)
ONE_EACH = ((1440, "dark"), (390, "light"))
"""Of a state of a page that is seen in every view elsewhere."""
ON_SCREEN = ((1440, "light"),)
"""A shared screen is as dark as the room, whatever its machine prefers."""


@dataclass(frozen=True)
class Shot:
    """One page: where it is, and as whom it is seen (a key of PEOPLE; nothing is a visitor)."""

    path: str
    person: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    """For instance {"django_language": "ar"}, for the page from right to left."""
    whole: bool = True
    """The whole page; false for what fills the window and scrolls inside itself."""
    template: str = ""
    """What stands there in place of the page: a refusal that cannot be called up by an address."""
    views: tuple[tuple[int, str], ...] = EVERY_VIEW
    """By width and scheme."""
    act: Callable[[Any], None] | None = None
    """What the visitor does there first, with Playwright's page."""
