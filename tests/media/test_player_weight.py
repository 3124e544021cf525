"""What a page with a player costs over the wire: little at first, and the rest when it is needed."""

import re
from pathlib import Path

import brotli
from django.conf import settings
from playwright.sync_api import expect

from tests.media.playing import plays_beyond

ROOT = Path(settings.BASE_DIR) / "static"
MOST_KB = 10
MOST_PAGE_KB = 80
IMPORT = re.compile(rb'^\s*(?:import|export)\b[^;]*?["\']plenary/(media/[^"\']+)["\']', re.MULTILINE)
LATER = {"engine", "engine-recovery", "player-menu", "player-ahead", "player-session", "player-watch"}


def fetched_with(name, found):
    """By name: the bytes of a file and of what it imports of ours, as they are served."""
    if name not in found:
        text = (ROOT / name).read_bytes()
        found[name] = len(brotli.compress(text))
        for imported in IMPORT.findall(text):
            fetched_with(imported.decode(), found)
    return found


def test_what_comes_with_the_page_is_small():
    found = fetched_with("media/video-player.js", fetched_with("media/video-player.css", {}))
    assert "media/player-keys.js" in found
    assert sum(found.values()) < MOST_KB * 1024


def ours(page):
    """The scripts and styles of ours that the page has loaded, by their place below static/."""
    names = page.evaluate("() => performance.getEntriesByType('resource').map((entry) => entry.name)")
    found = [re.search(r"/static/((?!npm/)[\w/-]+)(?:\.[0-9a-f]{12})?(\.js|\.css)$", name) for name in names]
    return {"".join(match.groups()) for match in found if match}


def modules(page):
    return {name.removeprefix("media/").removesuffix(".js") for name in ours(page) if name.startswith("media/")}


def test_the_rest_comes_when_it_is_needed(watching):
    page, _stream = watching()
    page.wait_for_load_state("load")
    assert "video-player" in modules(page)
    assert not modules(page) & LATER
    assert sum(len(brotli.compress((ROOT / name).read_bytes())) for name in ours(page)) < MOST_PAGE_KB * 1024

    page.locator("video-player [data-part=start]").click()
    plays_beyond(page, 0.2)
    assert {"engine", "engine-recovery", "player-session", "player-watch"} <= modules(page)
    page.locator("video-player [data-part=settings]").click()
    expect(page.get_by_role("radio", name="Automatic")).to_be_visible()
    page.locator("video-player [data-part=scrub]").hover(force=True)
    expect(page.locator("video-player .ahead")).to_be_visible()
    assert modules(page) >= LATER
