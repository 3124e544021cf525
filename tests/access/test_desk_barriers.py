"""The organisers' desk keeps nobody out: every kind of its pages in a real browser, on a phone in daylight and in the dark.

`tests/screens` shows the same pages to the eye.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib import admin
from django.urls import reverse

from apps.accounts.models import User
from tests.access import world
from tests.factories.events import EventFactory
from tests.plugins.browser import told
from tests.screens.camera import SETTLED

PHONE = {"width": 390, "height": 844}
RULES = {"light": {"resultTypes": ["violations"]}, "dark": {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}}


def of_model(model, kind, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=args)


def lists(place):
    return [of_model(model, "changelist") for model in admin.site._registry]


def rows(place):
    return [of_model(model, "change", place.things[model].pk) for model in admin.site._registry]


def empty_forms(place, request):
    return [of_model(model, "add") for model, desk in admin.site._registry.items() if desk.has_add_permission(request)]


@pytest.fixture
def place(transactional_db):
    found = world.build(EventFactory(name="Freshet 2026", slug="freshet", organisation__name="Weir Society"))
    User.objects.filter(pk=found.people["organiser"].pk).update(is_staff=True)
    return found


@pytest.fixture
def walk(place, new_page):
    page, axe = new_page(place.people["organiser"], reduced_motion="reduce"), Axe()
    page.set_viewport_size(PHONE)

    def barriers(address, scheme):
        page.evaluate(SETTLED, {"width": PHONE["width"], "scheme": scheme})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > PHONE["width"]:
            yield f"{address}: {wide} pixels wide on a phone"
        for violation in axe.run(page, options=RULES[scheme]).response["violations"]:
            if violation["impact"] in {"serious", "critical"}:
                yield f"{address}, {scheme}: {told(violation)}"

    def found(addresses):
        import time
        wrong = []
        for address in addresses:
            t = time.monotonic()
            page.emulate_media(color_scheme="light")
            answer = page.goto(address, wait_until="load")
            t1 = time.monotonic()
            if answer.status >= 400:
                wrong.append(f"{address}: {answer.status}")
                continue
            wrong += barriers(address, "light")
            t2 = time.monotonic()
            page.emulate_media(color_scheme="dark")
            wrong += barriers(address, "dark")
            print(f"{address} load {t1 - t:.2f} light {t2 - t1:.2f} dark {time.monotonic() - t2:.2f}")
        return wrong

    return found


def test_lists(place, walk):
    wrong = walk(lists(place))
    assert not wrong, "\n".join(wrong)


def test_rows(place, walk):
    wrong = walk(rows(place))
    assert not wrong, "\n".join(wrong)


def test_empty_forms(place, walk, rf):
    request = rf.get("/admin/")
    request.user = place.people["organiser"]
    wrong = walk(empty_forms(place, request))
    assert not wrong, "\n".join(wrong)
