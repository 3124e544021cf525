"""The organisers' desk keeps nobody out: every kind of its pages in a browser, on a phone in daylight and in the dark.

Of pages that differ in their words alone one stands for all; `make screens` shows every one to the eye.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from tests.access import world
from tests.factories.events import EventFactory
from tests.plugins.browser import told
from tests.screens.camera import SETTLED

PHONE = {"width": 390, "height": 844}
IN_THE_DARK = "document.documentElement.classList.add('dark')"
EVERYTHING = {"resultTypes": ["violations"]}
CONTRAST = {**EVERYTHING, "runOnly": ["color-contrast"]}
LISTS = (
    "events_registration",
    "tracks_track",
    "polls_poll",
    "chat_act",
    "media_asset",
    "audit_entry",
    "notifications_delivery",
)
NOTHING_FOUND = "events_registration"
FORMS = ("tracks_session", "tracks_scheduleimport", "polls_poll", "events_event", "notifications_endpoint")
ROWS = (
    "events_event", "events_registration", "tracks_session", "tracks_scheduleimport", "polls_poll", "quizzes_question",
    "quizzes_bank", "questions_question", "chat_room", "chat_message", "exhibitors_booth", "media_asset", "audit_entry",
    "media_stream", "notifications_endpoint", "notifications_delivery", "notifications_receiver",
)  # fmt: skip


def pages(place):
    known = {f"{model._meta.app_label}_{model._meta.model_name}": row.pk for model, row in place.things.items()}
    event = place.event.pk
    yield reverse("admin:index")
    yield reverse("admin:events_event_desk", args=[event])
    yield reverse("admin:events_event_step", args=[event, "publish"])
    yield reverse("admin:events_event_duplicate", args=[event])
    yield reverse("admin:events_event_look")
    yield reverse("admin:events_event_add") + "?kind=launch"
    yield reverse("admin:events_event_history", args=[event])
    yield reverse("admin:tracks_session_arrange", args=[event])
    yield reverse("admin:events_registration_correct", args=[known["events_registration"]])
    yield reverse("admin:notifications_endpoint_try", args=[known["notifications_endpoint"]])
    yield reverse("admin:tracks_track_delete", args=[known["tracks_track"]])
    yield from (reverse(f"admin:{name}_changelist") for name in LISTS)
    yield reverse(f"admin:{NOTHING_FOUND}_changelist") + "?q=zeppelin"
    yield from (reverse(f"admin:{name}_add") for name in FORMS)
    yield from (reverse(f"admin:{name}_change", args=[known[name]]) for name in ROWS)


def barriers(page, axe, options):
    for violation in axe.run(page, options=options).response["violations"]:
        if violation["impact"] in {"serious", "critical"}:
            yield told(violation)


@pytest.fixture
def place(transactional_db):
    return world.build(EventFactory(name="Freshet 2026", slug="freshet", organisation__name="Weir Society"))


@pytest.fixture
def page(place, new_page):
    page = new_page(place.people["organiser"], reduced_motion="reduce")
    page.set_viewport_size(PHONE)
    return page


def test_no_page_of_the_desk_keeps_anybody_out(place, page):
    axe, wrong = Axe(), []
    for address in pages(place):
        answer = page.goto(address, wait_until="load")
        if answer.status >= 400:
            wrong.append(f"{address}: {answer.status}")
            continue
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > PHONE["width"]:
            wrong.append(f"{address}: {wide} pixels wide on a phone")
        wrong += [f"{address}: {one}" for one in barriers(page, axe, EVERYTHING)]
        page.evaluate(IN_THE_DARK)
        page.evaluate(SETTLED, {"width": PHONE["width"], "scheme": "light"})
        wrong += [f"{address}, in the dark: {one}" for one in barriers(page, axe, CONTRAST)]
    assert not wrong, "\n".join(wrong)


def test_keys_open_what_a_click_opens(place, page):
    page.goto(reverse("admin:events_registration_changelist"), wait_until="load")
    page.get_by_role("button", name="Menu of the desk").press("Enter")
    expect(page.get_by_role("link", name="Audience questions")).to_be_visible()
    page.get_by_role("button", name="Freshet 2026").press("Enter")
    expect(page.get_by_role("link", name="Freshet 2026").first).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Close the menu").press("Enter")
    expect(page.get_by_role("link", name="Audience questions")).to_be_hidden()
    page.get_by_role("button", name="Filters", exact=True).press("Enter")
    expect(page.get_by_role("button", name="Apply Filters")).to_be_visible()
