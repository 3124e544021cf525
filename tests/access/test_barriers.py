"""Nobody is kept out by how a page is made: every page of the URL map, in a real browser, by those it is for.

One window for each role goes from page to page, on a phone in daylight and on a table in the dark. The organisers' desk
is not walked here.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from apps.accounts.models import User
from apps.core.access import Access
from tests.access import routes, world
from tests.factories.events import EventFactory
from tests.plugins.browser import told
from tests.screens.camera import SETTLED
from tests.screens.pages import FILES, LEFT_OUT

ROLES = {
    Access.ANYONE: "",
    Access.PUBLIC: "",
    Access.SIGNED_IN: "attendee",
    Access.ATTENDEE: "attendee",
    Access.SPEAKER: "moderator",
    Access.EXHIBITOR: "exhibitor",
    Access.MODERATOR: "moderator",
    Access.ORGANISER: "organiser",
    Access.PLATFORM_STAFF: "staff",
}
UNMET = {
    "quizzes:training": "the quiz of this world is played together, not alone",
    "quizzes:task": "needs an attempt at a training",
    "quizzes:review": "needs an attempt at a training",
    "core:components": "a developer's page",
    "notifications:mailbox": "a developer's page",
    "notifications:message": "a developer's page, and nobody was mailed",
}
"""Pages that this walk does not come to, and why."""
HEAVY = [f"*.{kind}" for kind in ("woff2", "webp", "png", "jpg", "mp4", "m3u8", "ts")]
"""What axe does not look at, and what it would wait for."""
PHONE, TABLE = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
PATIENCE_MS = 60_000
"""A machine that is busy with the drills besides may take its time."""
EVERYTHING = {"resultTypes": ["violations"]}
CONTRAST = {**EVERYTHING, "runOnly": ["color-contrast"]}


def is_page(route):
    """Whether a reader may stand before it: it answers GET, with a page of ours."""
    of_files = route.name in FILES or route.name.startswith(("media:", "api:", "admin:"))
    return not of_files and route.name not in LEFT_OUT.keys() | UNMET.keys() and "get" in route.methods


def addresses(place, role):
    for route in routes.every_route():
        if is_page(route) and ROLES[route.access] == role:
            yield reverse(route.name, kwargs=world.arguments(place, route.name, route.parameters))


def leave_out(files, page):
    """Not by a route of Playwright's, with which the browser would fetch every style and script anew for each page."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.setBlockedURLs", {"urls": files})


def grave(axe, page, options):
    """What keeps people out for longer than a frame: a busy machine draws the new colours late."""
    for _look in range(2):
        found = axe.run(page, options=options).response["violations"]
        wrong = [told(violation) for violation in found if violation["impact"] in {"serious", "critical"}]
        if not wrong:
            return []
        page.wait_for_timeout(500)
    return wrong


@pytest.mark.parametrize("role", sorted({*ROLES.values()} - {"staff"}), ids=lambda role: role or "visitor")
def test_no_page_keeps_anybody_out(role, new_page, transactional_db):
    place = world.build(
        EventFactory(
            name="Freshet 2026",
            slug="freshet",
            organisation__name="Weir Society",
            embed_origins="*\nhttps://www.example.org",
        )
    )
    User.objects.filter(pk=place.people["organiser"].pk).update(is_staff=True)
    page, axe, wrong = new_page(place.people.get(role), reduced_motion="reduce"), Axe(), []
    leave_out(HEAVY, page)
    for address in addresses(place, role):
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="light")
        answer = page.goto(address, wait_until="domcontentloaded", timeout=PATIENCE_MS)
        if answer.status >= 400:
            wrong.append(f"{address}: {answer.status}")
            continue
        page.evaluate(SETTLED, {"width": PHONE["width"], "scheme": "light"})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > PHONE["width"]:
            wrong.append(f"{address}: {wide} pixels wide on a phone")
        wrong += [f"{address}: {one}" for one in grave(axe, page, EVERYTHING)]
        page.set_viewport_size(TABLE)
        page.emulate_media(color_scheme="dark")
        page.evaluate(SETTLED, {"width": TABLE["width"], "scheme": "dark"})
        wrong += [f"{address}, in the dark: {one}" for one in grave(axe, page, CONTRAST)]
    assert not wrong, "\n".join(wrong)
