"""What a player does when its server fails, in a real browser: it says so, comes back, and loses no second."""

import time

import pytest
from playwright.sync_api import expect

from tests.media.playing import plays_beyond, second

LIVE_MASTER = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-STREAM-INF:BANDWIDTH=200000,CODECS="avc1.42c00d",RESOLUTION=320x180,FRAME-RATE=10
/hls/live.m3u8
"""


def play(page, beyond=0.2):
    page.locator("video-player [data-part=start]").click()
    plays_beyond(page, beyond)


def leap(page, to):
    """Beyond what is buffered."""
    page.evaluate("(to) => document.querySelector('video-player').seek(to)", to)


def trouble(page, kind):
    return page.locator(f"video-player .trouble [data-kind={kind}]")


def test_addresses_that_ran_out_are_asked_for_anew_at_the_same_second(watching):
    page, stream = watching()
    play(page)
    stream.fails = lambda name: 403 if name.endswith(".m4s") else None
    before = stream.asked.count("master.m3u8")
    with page.expect_request("**/master.m3u8"):
        leap(page, 30)
    stream.fails = lambda name: None
    plays_beyond(page, 30)
    assert second(page) < 37
    assert stream.asked.count("master.m3u8") > before
    expect(page.locator("video-player .trouble")).to_be_hidden()


def test_line_that_breaks_and_is_back(watching):
    page, stream = watching()
    play(page)
    stream.fails = lambda name: "abort"
    leap(page, 30)
    expect(page.locator("video-player .trouble")).to_be_visible()
    stream.fails = lambda name: None
    page.evaluate("() => window.dispatchEvent(new Event('online'))")
    plays_beyond(page, 30)
    expect(page.locator("video-player .trouble")).to_be_hidden()


def test_stalled_film_says_so_and_comes_back(watching):
    page, _stream = watching()
    play(page)
    held = []

    def hold(route):
        held.append(route)

    page.route("**/hls/*.m4s", hold)
    leap(page, 30)
    expect(trouble(page, "stalled")).to_be_visible()
    page.unroute("**/hls/*.m4s", hold)
    for route in held:
        route.fallback()
    plays_beyond(page, 30)
    expect(page.locator("video-player .trouble")).to_be_hidden()


def test_segment_that_cannot_be_decoded_does_not_end_the_film(watching):
    page, stream = watching()
    play(page)
    broken = {"360-015.m4s", "180-015.m4s"}

    def fails(name):
        if name not in broken:
            return None
        broken.remove(name)
        return b"\x00" * 4000

    stream.fails = fails
    leap(page, 30)
    plays_beyond(page, 32)
    assert len(broken) < 2


def test_playlist_that_is_refused_says_what_to_do(watching):
    page, stream = watching()
    stream.fails = lambda name: 404
    page.locator("video-player [data-part=start]").click()
    expect(trouble(page, "expired")).to_be_visible()
    stream.fails = lambda name: None
    page.get_by_role("button", name="Try again").click()
    plays_beyond(page, 0.2)
    expect(page.locator("video-player .trouble")).to_be_hidden()


def test_other_house_that_does_not_let_the_page_have_its_stream_is_named(watching):
    """The policy of the page is left out: which houses it allows is not the player's to say."""
    page, _stream = watching(bypass_csp=True)
    itself_alone = {"Access-Control-Allow-Origin": "https://stream.example.org"}
    page.route("https://stream.example.org/**", lambda route: route.fulfill(body=LIVE_MASTER, headers=itself_alone))
    page.evaluate(
        "() => { document.querySelector('video-player').dataset.src = 'https://stream.example.org/live.m3u8'; }"
    )
    page.locator("video-player [data-part=start]").click()
    expect(trouble(page, "elsewhere")).to_be_visible()


def test_without_media_source_the_browser_plays(watching):
    without = "delete window.MediaSource; delete window.ManagedMediaSource; delete window.WebKitMediaSource;"
    page, _stream = watching(before=lambda page: page.add_init_script(without))
    page.locator("video-player [data-part=start]").click()
    page.wait_for_function("() => document.querySelector('video').src.endsWith('/master.m3u8')")
    assert "hls.min" not in " ".join(page.evaluate("() => performance.getEntriesByType('resource').map((e) => e.name)"))


def test_without_media_source_a_running_stream_has_its_live_second(watching):
    """Of a browser that plays HLS itself: such a stream has no length."""
    alone = "delete window.MediaSource; delete window.ManagedMediaSource;"
    page, _stream = watching(before=lambda page: page.add_init_script(alone))
    page.locator("video-player [data-part=start]").click()
    page.wait_for_function("() => document.querySelector('video').src.endsWith('/master.m3u8')")
    expect(page.locator("video-player [data-part=live]")).to_be_hidden()
    page.evaluate("""() => {
      const video = document.querySelector("video");
      Object.defineProperty(video, "duration", { value: Infinity });
      video.dispatchEvent(new Event("durationchange"));
    }""")
    expect(page.locator("video-player [data-part=live]")).to_be_visible()
    expect(page.locator("video-player [data-part=time]")).to_be_hidden()


class Live:
    """A playlist without an end: the last eight segments of what has been on air."""

    WINDOW = 8

    def __init__(self, ahead):
        self.since = time.monotonic() - ahead

    def playlist(self):
        last = min(19, int((time.monotonic() - self.since) / 2))
        first = max(0, last - self.WINDOW)
        lines = [
            "#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-TARGETDURATION:2", f"#EXT-X-MEDIA-SEQUENCE:{first}",
            '#EXT-X-MAP:URI="/hls/180-init.mp4"',
        ]  # fmt: skip
        for number in range(first, last):
            lines += ["#EXTINF:2.0,", f"/hls/180-{number:03}.m4s"]
        return "\n".join(lines) + "\n"


@pytest.fixture
def on_air(watching):
    live = Live(ahead=14)

    def route(page):
        page.route(
            "**/hls/live.m3u8",
            lambda route: route.fulfill(body=live.playlist(), content_type="application/vnd.apple.mpegurl"),
        )

    page, stream = watching(master=LIVE_MASTER)
    route(page)
    return page, stream


def test_running_stream_begins_at_its_live_second_and_goes_back_and_to_live(on_air):
    page, _stream = on_air
    page.locator("video-player [data-part=start]").click()
    live = page.locator("video-player [data-part=live]")
    expect(live).to_be_visible()
    plays_beyond(page, 5)
    expect(live).to_be_disabled()
    expect(page.locator("video-player [data-part=time]")).to_be_hidden()

    page.locator("video-player [data-part=scrub]").focus()
    page.evaluate("() => { const p = document.querySelector('video-player'); p.seek(p.range[0] + 1); }")
    expect(page.get_by_role("button", name="Go to live")).to_be_enabled()
    expect(page.locator("video-player [data-part=behind]")).to_contain_text("−0:")
    back = second(page)
    page.get_by_role("button", name="Go to live").click()
    plays_beyond(page, back + 6)
    expect(live).to_be_disabled()
