"""A real browser: `page` is a tab of a visitor, `new_page(person)` one more, signed in; `axe(page)` asserts access."""

import asyncio
import os
import re
import shutil
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.plugins.left_out import BROWSER

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WAIT_MS = 30_000
LOAD_MS = 60_000
"""A page of eighty files beside ten other browsers, where cores are busy."""
FAILED = Path("var/failed")


def executable():
    """The system's Chromium, else the one that Playwright downloaded, else None."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    for pattern in ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*"):
        if found := sorted(cache.glob(pattern)):
            return str(found[-1])
    return None


def pytest_collection_modifyitems(items):
    missing = BROWSER.unwanted or executable() is None
    for item in items:
        if "driven_browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            if missing:
                BROWSER.leave_out(item)


@contextmanager
def chromium(*flags):
    """Chromium, driven in this thread; also for benches."""
    from playwright.sync_api import expect, sync_playwright

    from tests.plugins.greenlets import announce_only_inside

    playwright = sync_playwright().start()
    loop = asyncio.get_running_loop()
    announce_only_inside(loop)
    asyncio._set_running_loop(None)
    expect.set_options(timeout=WAIT_MS)
    browser = playwright.chromium.launch(executable_path=executable(), args=[*FLAGS, *flags])
    yield browser
    browser.close()
    asyncio._set_running_loop(loop)
    playwright.stop()


@pytest.fixture(scope="session")
def driven_browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def browser(driven_browser, platform):
    """Chromium, with the platform running for it to visit."""
    return driven_browser


@pytest.fixture
def new_page(browser, platform, request):
    """Makes a tab in a context of its own: a visitor's, or that of a person who is signed in."""
    contexts, complaints, waited_for = [], [], {}

    def make(person=None, **options):
        context = browser.new_context(base_url=platform.url, locale="en-GB", timezone_id="Europe/Berlin", **options)
        contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        context.set_default_navigation_timeout(LOAD_MS)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda said: _listen(said, complaints))
        context.on("request", lambda asked: waited_for.update({asked: time.monotonic()}))
        for ended in ("requestfinished", "requestfailed"):
            context.on(ended, lambda asked: waited_for.pop(asked, None))
        if person is not None:
            sign_in(context, person, platform.url)
        return context.new_page()

    request.node.stash[WAITED_FOR] = waited_for
    yield make
    if request.node.stash.get(BROKEN, False):
        _photograph(contexts, request.node)
    for context in contexts:
        context.close()
    assert complaints == [], "the page's own scripts failed"


@pytest.fixture
def page(new_page):
    return new_page()


def sign_in(context, person, url):
    """The cookie of a session that began a moment ago."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(person)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": url}])


@pytest.fixture
def axe():
    """`axe(page)` fails on violations that keep somebody out: serious and critical ones."""
    from axe_playwright_python.sync_playwright import Axe

    def check(page):
        found = Axe().run(page).response["violations"]
        grave = [told(violation) for violation in found if violation["impact"] in {"serious", "critical"}]
        assert grave == [], f"on {page.url}"

    return check


def told(violation):
    places = ", ".join(str(node["target"]) for node in violation["nodes"][:5])
    return f"{violation['id']} ({violation['impact']}): {violation['help']}: {places}"


def _listen(said, complaints):
    if said.type == "error" and "Content Security Policy" in said.text:
        complaints.append(said.text)


BROKEN = pytest.StashKey[bool]()
WAITED_FOR = pytest.StashKey[dict]()
"""By request: when it was made. What a page still waits for tells why it is not there."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" and report.failed and "platform" in item.fixturenames:
        item.stash[BROKEN] = True
        for log in item.funcargs["platform"].logs:
            report.sections.append((f"the platform's {log.parent.name}/{log.name}", log.read_text()[-4000:]))
        if waited_for := item.stash.get(WAITED_FOR, {}):
            told = [f"{time.monotonic() - since:.1f} s: {asked.url}" for asked, since in waited_for.items()]
            report.sections.append(("requests without an end", "\n".join(told)))
    return report


def _photograph(contexts, node):
    FAILED.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^\w.-]+", "_", node.nodeid)[-100:]
    tabs = [tab for context in contexts for tab in context.pages]
    for number, tab in enumerate(tabs):
        tab.screenshot(path=FAILED / f"{name}.{number}.png")
