"""The look of an event: what is said of its colours, and its preview at the desk."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect

from apps.core import colour
from apps.events import selectors
from apps.events.models import Event

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
LOOK, HUES, SHEET = (reverse(f"admin:events_event_{name}") for name in ("look", "colours", "look_sheet"))


@given(COLOURS, COLOURS)
def test_every_remark_names_the_colour_that_pages_show(brand, accent):
    look = selectors.look_of(brand, accent)
    for remark, chosen in zip(look["remarks"], (brand, accent), strict=True):
        assert remark["used"] == look["colours"][remark["field"]]
        assert remark["is_changed"] == (chosen != remark["used"])
        assert not remark["is_changed"] or remark["used"] in remark["words"]


def test_pale_brand_is_told_with_its_ratio_and_what_it_becomes():
    remark = selectors.look_of("#f07030", "#f07030")["remarks"][0]
    words = remark["words"].replace("\u2066", "").replace("\u2069", "")
    assert words.startswith("Too light to read on a white page: 2.9 : 1, and it takes 7 : 1.")
    assert colour.contrast(remark["used"], "#ffffff") >= 7


def test_what_is_no_colour_is_never_written_into_a_stylesheet(organiser, enter):
    sheet = enter(organiser).get(SHEET, {"brand": "red;}body{display:none", "accent": "#F07030"}).content.decode()
    assert ("display" in sheet, "--accent: #f07030" in sheet) == (False, True)


def test_colours_are_answered_as_pages_use_them(organiser, enter):
    answer = enter(organiser).get(HUES, {"brand": "#ffcc00", "accent": "#0000ff"}).json()
    assert answer["colours"] == colour.palette("#ffcc00", "#0000ff")


def test_preview_without_a_script_shows_what_was_typed_and_stores_nothing(event, organiser, enter):
    before = list(Event.objects.values())
    response = enter(organiser).post(
        LOOK, {"name_0": "", "name_1": "Ebbe <b>", "brand": "#123456", "accent": "#f07030"}
    )
    shown = response.content.decode()
    assert ("Ebbe &lt;b&gt;" in shown, "brand=%23123456" in shown) == (True, True)
    assert list(Event.objects.values()) == before


def test_preview_may_be_framed_by_the_desk_alone(organiser, enter):
    response = enter(organiser).get(LOOK)
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("address", [LOOK, HUES, SHEET])
def test_preview_is_for_the_desk(address, attendee, enter, visitor):
    for client in (enter(attendee), visitor):
        assert client.get(address).status_code == 302


def test_form_says_what_becomes_of_the_colours_before_any_script(event, organiser, enter):
    Event.objects.update(brand="#ffcc00")
    page = enter(organiser).get(reverse("admin:events_event_change", args=[event.pk])).content.decode()
    assert "Too light to read on a white page" in page


@pytest.mark.django_db(transaction=True)
def test_preview_follows_what_is_typed_and_chosen(event, organiser, new_page):
    page = new_page(organiser)
    page.goto(reverse("admin:events_event_change", args=[event.pk]))
    light = page.frame_locator("iframe.light-frame")
    expect(light.locator("[data-look=name]")).to_have_text("Freshet 2026")
    page.locator("#id_name_0").fill("Ebb")
    expect(light.locator("[data-look=name]")).to_have_text("Ebb")
    page.locator("#id_brand").fill("#ffcc00")
    expect(page.locator("[data-remarks] > .changed")).to_contain_text("Too light to read on a white page")
    used = colour.darkened("#ffcc00")
    for scheme in ("light", "dark"):
        html = page.frame_locator(f"iframe.{scheme}-frame").locator("html")
        assert html.evaluate("element => element.style.getPropertyValue('--brand')") == used
        assert html.get_attribute("data-theme") == scheme


PAIRS = [
    *[(ink, ground, 4.5) for ink in ("ink", "ink-2", "ink-3", "link", "now-ink") for ground in ("canvas", "surface")],
    *[(ink, ground, 4.5) for ink in ("ink", "ink-2") for ground in ("sunken", "raised", "wash", "now-wash")],
    ("now-ink", "now-wash", 4.5), ("link", "wash", 4.5), ("ink", "wash-2", 4.5),
    ("on-solid", "solid", 4.5), ("on-field", "field", 4.5), ("on-now", "now", 4.5),
    ("solid", "canvas", 3), ("now", "canvas", 3), ("now", "surface", 3), ("line-3", "surface", 3),
    ("focus", "canvas", 3),
]  # fmt: skip
"""What stands on what in our stylesheets: text needs 4.5, edges and graphics 3."""
MEASURE = """([looks, pairs]) => {
  const pen = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const probe = document.createElement('i');
  document.body.replaceChildren(probe); // else the whole page is styled anew for each colour
  const read = (name) => { probe.style.color = `var(--${name})`; return getComputedStyle(probe).color; };
  const linear = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = () => { const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map(linear);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const fill = (colour) => { pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1); return light(); };
  const root = document.documentElement, poor = [];
  for (const scheme of ['light', 'dark']) {
    root.dataset.theme = scheme;
    for (const look of looks) {
      for (const [name, value] of Object.entries(look)) root.style.setProperty(`--${name}`, value);
      for (const [ink, ground, least] of pairs) {
        const under = fill(read(ground)), over = fill(read(ink));
        const ratio = (Math.max(under, over) + 0.05) / (Math.min(under, over) + 0.05);
        if (ratio < least - 0.02) poor.push([scheme, look.brand, look.accent, ink, ground, ratio.toFixed(2)].join(' '));
      }
    }
  }
  return poor;
}"""


def many_looks():
    """Every corner and the middle of the cube of colours, each as brand and as accent."""
    steps = ("00", "55", "aa", "ff")
    cube = [f"#{r}{g}{b}" for r in steps for g in steps for b in steps]
    return [colour.palette(brand, accent) for brand, accent in zip(cube, [*cube[21:], *cube[:21]], strict=True)]


@pytest.mark.django_db(transaction=True)
def test_every_pair_of_tokens_can_be_read_in_either_scheme(page, db):
    page.goto("/ui/")
    assert page.evaluate(MEASURE, [many_looks(), PAIRS]) == []
