"""The player's menus, places and chapters in a real browser, by keyboard alone where a choice is made."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.media.models import Watched
from tests.media import playing
from tests.media.playing import kept, plays_beyond, second

VTT = "WEBVTT\n\n00:00.000 --> 00:39.000\n{words}\n"


@pytest.fixture
def spoken():
    """Captions as the server would give them: English, then German."""

    def says(words):
        return lambda route: route.fulfill(body=VTT.format(words=words), content_type="text/vtt")

    def answer(page):
        for number, words in enumerate(("Good morning.", "Guten Morgen.")):
            page.route(f"**/captions/{number}.vtt", says(words))

    return answer


def play(page):
    page.locator("video-player [data-part=start]").click()
    plays_beyond(page, 0.2)


def open_menu(page):
    """By keyboard; the focus goes into it."""
    page.locator("video-player [data-part=settings]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("video-player [data-part=menu]")).to_be_visible()
    page.wait_for_function("() => document.activeElement.closest('[data-part=menu]')")


def choose(page, group, name):
    """Tab to the set of radio buttons, and the arrow keys to the one that is wanted."""
    wanted = page.get_by_role("group", name=group, exact=True).get_by_role("radio", name=name, exact=True)
    for _step in range(12):
        if page.evaluate("(g) => document.activeElement.closest('fieldset')?.dataset.choice === g", group_name(group)):
            break
        page.keyboard.press("Tab")
    for _step in range(8):
        if wanted.is_checked():
            break
        page.keyboard.press("ArrowDown")
    expect(wanted).to_be_checked()


def group_name(group):
    return {"Quality": "quality", "Captions": "captions", "Sound": "sound", "Speed": "speed"}[group]


def test_menus_work_by_keyboard_and_are_remembered(watching, spoken, axe):
    page, stream = watching(before=spoken)
    play(page)
    open_menu(page)
    expect(page.get_by_role("group", name="Sound", exact=True).get_by_role("radio")).to_have_count(2)
    choose(page, "Quality", "180p")
    choose(page, "Captions", "Deutsch")
    choose(page, "Sound", "Deutsch")
    choose(page, "Speed", "1.5×")
    axe(page)
    page.keyboard.press("Escape")
    expect(page.locator("video-player [data-part=settings]")).to_be_focused()
    expect(page.locator("video-player [data-part=says]")).to_have_text("Guten Morgen.")
    assert page.evaluate("() => document.querySelector('video').playbackRate") == 1.5
    page.wait_for_function("() => document.querySelector('video').videoHeight === 180")
    found = kept(page)
    assert (found["height"], found["captions"], found["sound"], found["speed"]) == (180, "de", "Deutsch", 1.5)

    page.reload()
    del stream.asked[:]
    play(page)
    expect(page.locator("video-player [data-part=says]")).to_have_text("Guten Morgen.")
    assert page.evaluate("() => document.querySelector('video').playbackRate") == 1.5
    assert stream.segments("180")
    assert stream.segments("de")
    assert not stream.segments("360")


def test_data_saver_takes_the_lowest_readable_rung_and_sound_only_no_picture(watching):
    page, stream = watching()
    play(page)
    open_menu(page)
    page.get_by_role("checkbox", name="Save data").focus()
    page.keyboard.press("Space")
    assert kept(page)["saver"] is True
    expect(page.get_by_role("group", name="Quality", exact=True)).to_be_hidden()
    page.get_by_role("checkbox", name="Sound only").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(page.locator("video-player .calm")).to_be_visible()
    page.wait_for_function("() => document.querySelector('video').readyState >= 3")
    at = second(page)
    pictures = len(stream.segments("180")) + len(stream.segments("360"))
    plays_beyond(page, at + 4)
    assert len(stream.segments("180")) + len(stream.segments("360")) == pictures

    page.reload()
    expect(page.locator("video-player .calm")).to_be_visible()
    del stream.asked[:]
    play(page)
    page.wait_for_function("() => document.querySelector('video').buffered.length > 0")


def test_sound_that_has_no_playlist_of_its_own_comes_with_the_smallest_picture(watching):
    """As that of a live stream does."""
    together = re.sub(r',AUDIO="sound"|#EXT-X-MEDIA.*\n', "", playing.MASTER)
    page, _stream = watching(master=together)
    play(page)
    open_menu(page)
    choose(page, "Quality", "360p")
    page.wait_for_function("() => document.querySelector('video').videoHeight === 360")
    page.get_by_role("checkbox", name="Sound only").focus()
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelector('video').videoHeight === 180")
    assert kept(page)["height"] == 360


def test_telephone_shows_the_picture_alone_with_its_captions(watching, spoken):
    """There only a picture fills the screen, and nothing of the page with it."""
    telephone = """
      Object.defineProperty(document, "fullscreenEnabled", { value: false });
      HTMLVideoElement.prototype.webkitEnterFullscreen = function () {
        this.dispatchEvent(new Event("webkitbeginfullscreen"));
      };
    """

    def before(page):
        spoken(page)
        page.add_init_script(telephone)

    page, _stream = watching(before=before)
    play(page)
    open_menu(page)
    choose(page, "Captions", "Deutsch")
    page.keyboard.press("Escape")
    modes = "() => [...document.querySelector('video').textTracks].map((track) => track.mode).sort()"
    assert page.evaluate(modes) == ["disabled", "hidden"]
    page.get_by_role("button", name="Full screen (F)").click()
    assert page.evaluate(modes) == ["disabled", "showing"]
    page.evaluate("() => document.querySelector('video').dispatchEvent(new Event('webkitendfullscreen'))")
    assert page.evaluate(modes) == ["disabled", "hidden"]


def test_browser_that_saves_data_is_heeded(watching):
    saves = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"
    page, stream = watching(before=lambda page: page.add_init_script(saves))
    play(page)
    plays_beyond(page, 1)
    assert stream.segments("360")
    assert not stream.segments("180")
    open_menu(page)
    expect(page.get_by_role("checkbox", name="Save data")).to_be_checked()


def test_link_to_a_second_begins_there(watching, recorded):
    page, _stream = watching()
    # Those that name no second come first: whoever has seen more goes on where they stopped.
    for path, at in (("?t=", 0), ("#t=nonsense", 0), ("?t=0m25s", 25), ("#t=20", 20), ("?t=0:22", 22)):
        page.goto(recorded.get_absolute_url() + path)
        page.locator("video-player [data-part=start]").click()
        plays_beyond(page, at)
        assert at <= second(page) < at + 5, path


def test_link_at_this_second_is_copied(watching, recorded):
    page, _stream = watching(permissions=["clipboard-read", "clipboard-write"])
    play(page)
    page.keyboard.press("k")
    page.locator("video-player [data-part=scrub]").fill("14")
    open_menu(page)
    page.get_by_role("button", name="Copy link at this second").click()
    expect(page.locator("[data-part=copied]")).to_have_text("Copied.")
    assert page.evaluate("() => navigator.clipboard.readText()").endswith(f"{recorded.get_absolute_url()}#t=14")


def test_chapters_are_marked_and_lead_to_their_second(watching, axe):
    page, _stream = watching()
    expect(page.locator("video-player .marks span")).to_have_count(2)
    page.get_by_role("button", name="Chapters").focus()
    page.keyboard.press("Enter")
    menu = page.locator("video-player [data-part=chapters]")
    expect(menu.get_by_role("link").first).to_be_focused()
    axe(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(menu).to_be_hidden()
    plays_beyond(page, 12.5)
    assert second(page) < 18
    beside = page.locator(".under .chapter-list")
    expect(beside.locator("[aria-current]")).to_contain_text("What the gauges say")
    beside.get_by_role("link", name="Questions").click()
    plays_beyond(page, 30)
    expect(beside.locator("[aria-current]")).to_contain_text("Questions")


def test_scrub_bar_shows_what_lies_ahead(watching):
    page, _stream = watching(
        before=lambda page: page.route("**/storyboard.vtt", lambda route: route.fulfill(
            body="WEBVTT\n\n00:00.000 --> 00:20.000\n/static/a.jpg#xywh=0,0,160,90\n\n"
            "00:20.000 --> 00:40.000\n/static/a.jpg#xywh=160,0,160,90\n", content_type="text/vtt"))
    )  # fmt: skip
    page.evaluate("() => { document.querySelector('video-player').dataset.storyboard = '/storyboard.vtt'; }")
    scrub = page.locator("video-player [data-part=scrub]")
    box = scrub.bounding_box()
    with page.expect_response("**/storyboard.vtt"):
        scrub.hover(position={"x": box["width"] * 0.5, "y": 5})
    ahead = page.locator("video-player .ahead")
    scrub.hover(position={"x": box["width"] * 0.4, "y": 5})
    expect(ahead).to_contain_text("What the gauges say")
    expect(ahead.locator("[data-second]")).to_have_text(re.compile(r"^0:1[56]$"))
    scrub.hover(position={"x": box["width"] * 0.8, "y": 5})
    expect(ahead.locator("[data-picture]")).to_have_css("background-position", "-160px 0px")


def test_who_comes_back_goes_on_where_they_stopped(watching, recorded, attendee):
    Watched.objects.create(asset=recorded.video, person=attendee, place=17, seconds=17)
    page, _stream = watching()
    resume = page.locator("video-player .resume")
    expect(resume).to_contain_text("You go on at 0:17")
    page.locator("video-player [data-part=start]").click()
    plays_beyond(page, 17)
    page.keyboard.press("k")
    page.locator("video-player [data-part=scrub]").fill("21")
    page.wait_for_function("() => !document.querySelector('video').seeking")
    page.keyboard.press("k")
    plays_beyond(page, 21)
    page.keyboard.press("k")

    # On this device the newer place counts, though the server has not been told yet.
    page.reload()
    expect(resume).to_contain_text("You go on at 0:2")
    resume.get_by_role("button", name="From the beginning").click()
    plays_beyond(page, 0.2)
    assert second(page) < 10


def test_beats_reach_the_database(watching, recorded, attendee, told_beats):
    page, _stream = watching()
    page.locator("video-player [data-part=start]").click()
    plays_beyond(page, 3)
    page.keyboard.press("k")
    row = told_beats(recorded.video, attendee)
    assert 2 < row.seconds < 8
    assert row.furthest == pytest.approx(second(page), abs=1)

    # And when the page goes, what came since: at the latest with the next page of the event.
    page.keyboard.press("k")
    plays_beyond(page, 6)
    page.goto(reverse("venue:lobby", args=[recorded.event.slug]))
    assert told_beats(recorded.video, attendee, beyond=row.place + 1).place > 5


def test_player_can_be_used_by_everybody(watching, spoken, axe):
    page, _stream = watching(before=spoken)
    play(page)
    for width, scheme, way in ((390, "light", "ltr"), (390, "light", "rtl"), (1280, "dark", "rtl")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.evaluate("(way) => { document.documentElement.dir = way; }", way)
        open_menu(page)
        box = page.locator("video-player [data-part=menu]").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        axe(page)
        assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
        page.keyboard.press("Escape")
        axe(page)
