"""What a page with a player costs over the wire: little at first, and the rest when it is needed."""

import re
from pathlib import Path

import brotli
from django.conf import settings
from playwright.sync_api import expect

from tests.media.playing import plays_beyond

ROOT = Path(settings.BASE_DIR) / "static"
MOST_KB = 10
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


def modules(page):
    names = page.evaluate("() => performance.getEntriesByType('resource').map((entry) => entry.name)")
    return {found[1] for name in names if (found := re.search(r"/media/([a-z-]+?)(?:\.[0-9a-f]{12})?\.js", name))}


def test_the_rest_comes_when_it_is_needed(watching):
    page, _stream = watching()
    page.wait_for_load_state("load")
    assert "video-player" in modules(page)
    assert not modules(page) & LATER

    page.locator("video-player [data-part=start]").click()
    plays_beyond(page, 0.2)
    assert {"engine", "engine-recovery", "player-session", "player-watch"} <= modules(page)
    page.locator("video-player [data-part=settings]").click()
    expect(page.get_by_role("radio", name="Automatic")).to_be_visible()
    page.locator("video-player [data-part=scrub]").hover(force=True)
    expect(page.locator("video-player .ahead")).to_be_visible()
    assert modules(page) >= LATER
